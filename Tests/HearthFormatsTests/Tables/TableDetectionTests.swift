// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthFormats
import HearthTestSupport
import Testing

/// Many formats begin with a header row: none may take another's files.
@Suite struct TableDetectionTests {
    static let kinds: Set<FileKind> = [
        .whoop, .gpx, .tcx, .hrvApp, .withings, .miFitness, .zeppLife, .openStrap,
    ]

    static func kind(of url: URL) -> FileKind? {
        guard let file = try? FileHandle(forReadingFrom: url),
            let data = try? file.read(upToCount: FormatDetector.prefixBytes)
        else { return nil }
        let bytes = [UInt8](data)
        guard case .recording(let kind)? = FormatDetector.detect(bytes.span) else { return nil }
        return kind
    }

    @Test func `no sample of the project is taken`() {
        let folder = SeedFiles.project.appending(path: "SampleData")
        for url in SeedFiles.files(below: folder) {
            let found = Self.kind(of: url)
            #expect(found.map { !Self.kinds.contains($0) } ?? true, "\(url.lastPathComponent)")
        }
    }

    @Test(.enabled(if: SharedData.isPresent, "needs the real recordings"))
    func `no real file of another format is taken`() throws {
        let folder = try #require(SharedData.folder).appending(path: "formats")
        var taken: [String] = []
        for url in SeedFiles.files(below: folder) {
            guard let kind = Self.kind(of: url), Self.kinds.contains(kind) else { continue }
            taken.append("\(kind.name) \(url.lastPathComponent)")
        }
        #expect(
            taken.sorted() == [
                "gpx route_2019-06-11_3.00pm.gpx", "hrv-app SampleECG.txt", "hrv-app holter.txt",
            ])
    }
}
