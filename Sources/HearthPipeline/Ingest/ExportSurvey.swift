// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
import HearthFormats
import HearthIntake
import HearthVault

/// Looks through exports before they are read, for what one file cannot know of the others.
///
/// - The person's wall clock: what some of the export's files state. Others hold local times without
///   a zone.
/// - What the newer tree of a Fitbit export covers: the older tree repeats it, and is left out there.
struct ExportSurvey {
    private let options: IngestOptions
    private let driver: IntakeDriver
    private(set) var spans: [ZoneSpan] = []
    private(set) var coverage = DayCoverage()

    init(options: IngestOptions, driver: IntakeDriver) {
        self.options = options
        self.driver = driver
    }

    /// Looks through the inputs; unreadable ones are left to the ingest, which reports them.
    mutating func look(through inputs: [InputPath]) {
        let options = options.intake(zone: ZoneTimeline(), .survey)
        for input in inputs {
            let sink = SurveySink()
            do throws(IntakeError) {
                let opened = try OpenInput(path: input.path)
                let prefix = try opened.file.prefix(IntakeDetector.prefixBytes)
                guard IntakeDetector.mayTellZone(prefix) else { continue }
                try opened.whileOpen { descriptors throws(IntakeError) in
                    try driver.run(descriptors, size: opened.file.size, options, into: sink)
                }
            } catch {
                // The ingest will meet the same damage and report it.
            }
            spans += sink.spans
            coverage.formUnion(sink.coverage)
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
private final class SurveySink: IntakeSink {
    var spans: [ZoneSpan] = []
    var coverage = DayCoverage()

    var wantsStop: Bool { false }

    func accept(_ block: SampleBlock) {
        spans.append(contentsOf: block.zoneSpans)
        if block.origin.file == .fitbit { coverage.insert(block) }
    }

    func begin(_ recording: IntakeRecording) {}
    func end(reason: String?) {}
    func report(_ issue: ReadIssue) {}
    func passOver(_ name: String) {}
    func refuse(_ name: String, _ error: IntakeError) {}
    func progress(_ bytes: Int) {}
}

extension SampleBlock {
    /// The zone spans of a `zoneOffset` block; none for other quantities.
    public var zoneSpans: [ZoneSpan] {
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
