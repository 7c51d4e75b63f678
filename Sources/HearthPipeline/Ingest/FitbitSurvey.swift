// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats
import HearthVault

/// Looks through Fitbit files before they are read, for what one file cannot know of the others.
///
/// - The person's wall clock: the vault's, and what the export's sleep tables state. Other files
///   hold local times without a zone.
/// - What the newer tree of the export covers: the older tree repeats it, and is left out there.
struct FitbitSurvey {
    var limits: ReadLimits
    var archiveLimits: ArchiveLimits
    private(set) var spans: [ZoneSpan] = []
    private(set) var coverage = DayCoverage()

    init(limits: ReadLimits, archiveLimits: ArchiveLimits) {
        self.limits = limits
        self.archiveLimits = archiveLimits
    }

    /// True for Fitbit files and for archives, which may hold them.
    static func mayNeedZone(_ path: String) -> Bool {
        switch format(of: path) {
        case .container?, .recording(.fitbit)?: true
        default: false
        }
    }

    /// Looks through the inputs; unreadable ones are left to the ingest, which reports them.
    mutating func look(through inputs: [InputPath]) {
        for input in inputs {
            do throws(PipelineError) { try survey(input.path) } catch { continue }
        }
    }

    private mutating func survey(_ path: String) throws(PipelineError) {
        var file = try InputFile(path: path)
        var prefix = [UInt8](repeating: 0, count: FormatDetector.prefixBytes)
        prefix.removeSubrange(try file.fill(&prefix)...)
        switch FormatDetector.detect(prefix.span) {
        case .container?:
            var archive = try Archive(path: path, size: file.size, limits: archiveLimits)
            while try archive.next() != nil { try surveyEntry(&archive) }
        case .recording(.fitbit)?: try read(&file, after: prefix)
        default: return
        }
    }

    private mutating func surveyEntry(_ archive: inout Archive) throws(PipelineError) {
        var prefix = [UInt8](repeating: 0, count: FormatDetector.prefixBytes)
        prefix.removeSubrange(try archive.fill(&prefix)...)
        guard case .recording(.fitbit)? = FormatDetector.detect(prefix.span) else { return }
        try read(&archive, after: prefix)
    }

    private mutating func read<Source: ByteSource & ~Copyable>(
        _ source: inout Source, after prefix: [UInt8]
    ) throws(PipelineError) {
        guard let family = FitbitReader.family(of: prefix.span),
            family.isZoneSource || FitbitFamily.allCases.contains(where: family.prefers)
        else { return }
        var sink = SurveySink()
        var reader = FitbitReader(limits: limits)
        do throws(ReadError) {
            try reader.read(prefix.span, into: &sink)
            var buffer = [UInt8](repeating: 0, count: RecordingFeed.chunkBytes)
            while true {
                let count = try fill(&source, &buffer)
                if count == 0 { break }
                try reader.read(buffer.span.extracting(first: count), into: &sink)
            }
            try reader.finish(into: &sink)
        } catch {
            // The ingest will meet the same damage and report it.
        }
        spans += sink.spans
        coverage.formUnion(sink.coverage)
    }

    /// A source that fails here fails again in the ingest, where it is reported.
    private func fill<Source: ByteSource & ~Copyable>(
        _ source: inout Source, _ buffer: inout [UInt8]
    ) throws(ReadError) -> Int {
        do throws(PipelineError) { return try source.read(into: &buffer) } catch { return 0 }
    }

    private static func format(of path: String) -> DetectedFormat? {
        do throws(PipelineError) {
            var file = try InputFile(path: path)
            var prefix = [UInt8](repeating: 0, count: FormatDetector.prefixBytes)
            prefix.removeSubrange(try file.fill(&prefix)...)
            return FormatDetector.detect(prefix.span)
        } catch {
            return nil
        }
    }
}

/// Which UTC days of which quantities a part of an export holds, measured and derived apart.
struct DayCoverage {
    private struct Key: Hashable {
        var quantity: Quantity
        var derivation: Derivation
    }

    private var days: [Key: Set<Int64>] = [:]

    /// Whether a sample of the block's kind at `time` falls on a day that is held.
    func contains(_ block: SampleBlock, at time: Timestamp) -> Bool {
        days[Key(quantity: block.quantity, derivation: block.origin.derivation)]?
            .contains(time.utcDay) ?? false
    }

    mutating func insert(_ block: SampleBlock) {
        let key = Key(quantity: block.quantity, derivation: block.origin.derivation)
        for index in 0..<block.count { days[key, default: []].insert(block.times[index].utcDay) }
    }

    mutating func formUnion(_ other: DayCoverage) {
        days.merge(other.days) { $0.union($1) }
    }
}

/// Keeps clock offsets and which days there are samples of.
private struct SurveySink: SampleSink {
    var spans: [ZoneSpan] = []
    var coverage = DayCoverage()

    mutating func accept(_ block: SampleBlock) {
        spans.append(contentsOf: block.zoneSpans)
        coverage.insert(block)
    }

    mutating func report(_ issue: ReadIssue) {}
}

extension SampleBlock {
    /// The zone spans of a `zoneOffset` block; none for other quantities.
    var zoneSpans: [ZoneSpan] {
        guard quantity == .zoneOffset, columns.count == 2 else { return [] }
        return (0..<count).map { index in
            ZoneSpan(
                start: times[index], offsetSeconds: Int32(columns[0][index]),
                origin: ZoneOrigin(rawValue: UInt8(columns[1][index])) ?? .unknown)
        }
    }
}

extension ZoneSpan {
    /// Everything the vault knows of a person's wall clock.
    static func all(in vault: Vault, of person: PersonID) throws -> [ZoneSpan] {
        var spans: [ZoneSpan] = []
        try vault.read(SampleQuery(person: person, quantities: [.zoneOffset])) { _, block in
            spans.append(contentsOf: block.zoneSpans)
        }
        return spans
    }
}
