// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
import HearthFormats
import HearthVault

/// Reads inputs as an ingest would, without a vault: what they are, what they hold, what is wrong.
public struct Inspector {
    private let options: IngestOptions

    public init(options: IngestOptions = IngestOptions()) { self.options = options }

    /// The verdicts on one file: one, or one for each entry of an archive.
    ///
    /// `onBlock` sees every block of samples with the name of the recording it came from.
    public func inspect(
        _ path: String, onBlock: @escaping (String, SampleBlock) -> Void = { _, _ in }
    ) -> [FileVerdict] {
        do throws(PipelineError) {
            var file = try InputFile(path: path)
            if file.size == 0 { throw PipelineError(.empty, "found an empty file") }
            var prefix = [UInt8](repeating: 0, count: FormatDetector.prefixBytes)
            prefix.removeSubrange(try file.fill(&prefix)...)
            switch FormatDetector.detect(prefix.span) {
            case nil: throw PipelineError(.unknownFormat, PipelineError.unknownFormatMessage)
            case .recording(let kind)?:
                return [inspect(kind, named: path, prefix, &file, onBlock)]
            case .container?:
                return try inspectArchive(path, size: file.size, onBlock)
            }
        } catch {
            return [.rejected(path, error)]
        }
    }

    private func inspectArchive(
        _ path: String, size: Int64, _ onBlock: @escaping (String, SampleBlock) -> Void
    ) throws(PipelineError) -> [FileVerdict] {
        var archive = try Archive(path: path, size: size, limits: options.archiveLimits)
        var verdicts: [FileVerdict] = []
        while let entry = try archive.next() {
            var prefix = [UInt8](repeating: 0, count: FormatDetector.prefixBytes)
            prefix.removeSubrange(try archive.fill(&prefix)...)
            let name = "\(path)!\(entry)"
            if case .recording(let kind)? = FormatDetector.detect(prefix.span) {
                verdicts.append(inspect(kind, named: name, prefix, &archive, onBlock))
            } else {
                verdicts.append(FileVerdict(name: name, status: .ignored))
            }
        }
        return verdicts
    }

    private func inspect<Source: ByteSource & ~Copyable>(
        _ kind: FileKind, named name: String, _ prefix: [UInt8], _ source: inout Source,
        _ onBlock: @escaping (String, SampleBlock) -> Void
    ) -> FileVerdict {
        var sink = InspectingSink { onBlock(name, $0) }
        let feed = RecordingFeed(limits: options.limits, zone: options.zone ?? ZoneTimeline())
        var reason: String?
        do throws(RecordingFeed.Stop) {
            try feed.run(kind, named: name, prefix: prefix, from: &source, into: &sink) { _ in }
        } catch {
            switch error {
            case .reader(let error): reason = error.description
            case .source(let error): reason = error.message
            case .vault(let error): reason = error.message
            }
        }
        return FileVerdict(
            name: name, kind: kind, samples: sink.samples, issues: sink.issues, reason: reason)
    }
}

/// Counts samples and passes blocks on.
private struct InspectingSink: RefusingSink {
    let onBlock: (SampleBlock) -> Void
    var samples = 0
    var issues: [ReadIssue] = []
    var failure: VaultError? { nil }

    init(onBlock: @escaping (SampleBlock) -> Void) { self.onBlock = onBlock }

    mutating func accept(_ block: SampleBlock) {
        samples += block.count
        onBlock(block)
    }

    mutating func report(_ issue: ReadIssue) { issues.append(issue) }
}
