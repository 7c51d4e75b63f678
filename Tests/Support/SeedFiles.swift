// SPDX-License-Identifier: Apache-2.0
public import Foundation
public import HearthBiosignals
import HearthFormats

/// Recordings to start mutants from: the project's own samples, and the shared ones where present.
public enum SeedFiles {
    /// Of larger files ten stretches are taken: more would add time, not structure.
    static let maximumBytes = 200_000
    /// Own samples of one kind: they are many and alike.
    static let mostOwn = 24

    /// The project's own folder.
    public static let project = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// - Parameter includesShared: also the recordings that `HEARTH_DATA` names.
    public static func bytes(of kind: FileKind, includesShared: Bool = true) -> [[UInt8]] {
        var seeds = recordings(kind, below: project.appending(path: "SampleData"))
        let step = max(1, seeds.count / mostOwn)
        seeds = seeds.enumerated().filter { $0.offset.isMultiple(of: step) }.map(\.element)
        if includesShared, let shared = SharedData.folder {
            seeds += recordings(kind, below: shared.appending(path: "formats"))
        }
        return seeds + MutationFacts.of(kind).seeds
    }

    private static func recordings(_ kind: FileKind, below folder: URL) -> [[UInt8]] {
        files(below: folder).compactMap { url in
            guard var data = try? Data(contentsOf: url) else { return nil }
            if let inner = GoFuzzCorpus.unwrap([UInt8](data)) { data = Data(inner) }
            let prefix = [UInt8](data.prefix(FormatDetector.prefixBytes))
            guard case .recording(kind)? = FormatDetector.detect(prefix.span) else { return nil }
            // A header alone, without the files it names, is refused at once.
            if kind == .wfdb, !prefix.starts(with: PartStream.magic) { return nil }
            guard data.count > maximumBytes else { return [UInt8](data) }
            let stretch = maximumBytes / 10
            return (0..<10).flatMap { part -> [UInt8] in
                let start = (data.count - stretch) / 9 * part
                return [UInt8](data[start..<start + stretch])
            }
        }
    }

    /// Regular files below a folder, in order of their paths.
    public static func files(below folder: URL) -> [URL] {
        guard
            let walker = FileManager.default.enumerator(
                at: folder, includingPropertiesForKeys: [.isRegularFileKey])
        else { return [] }
        return walker.compactMap { $0 as? URL }
            .filter { (try? $0.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile) == true }
            .sorted { $0.path < $1.path }
    }
}
