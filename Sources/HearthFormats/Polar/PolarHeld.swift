// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Records that need the date or the offset of the record around them, which may stand behind them.
///
/// They are held back up to ``mostBytes``; then they are delivered with what is known.
struct PolarHeld: Sendable {
    enum Kind: Sendable { case exercise, step, rate }

    static let mostBytes = 16 << 20

    private struct Item: Sendable {
        var record: JSONRecord<PolarField>
        var kind: Kind
    }
    private var items: [Item] = []
    private var bytes = 0
    /// Exercises met in the document at hand.
    private(set) var exercises = 0

    mutating func take(
        _ record: JSONRecord<PolarField>, _ kind: Kind, owner: JSONRecord<PolarField>?,
        _ output: inout SampleOutput, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        if kind == .exercise { exercises += 1 }
        let field: PolarField = kind == .exercise ? .offsetMinutes : .date
        // What is known already stands at the front of the record around.
        if let owner, owner.early(field) != nil {
            try Self.deliver(record, kind, owner, &output, into: &sink)
            return
        }
        items.append(Item(record: record, kind: kind))
        bytes += record.size + 128
        if bytes > Self.mostBytes { try deliver(owner, &output, into: &sink) }
    }

    /// The record around has ended.
    mutating func flush(
        _ owner: JSONRecord<PolarField>?, _ output: inout SampleOutput,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        try deliver(owner, &output, into: &sink)
        exercises = 0
    }

    private mutating func deliver(
        _ owner: JSONRecord<PolarField>?, _ output: inout SampleOutput,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        for item in items {
            try Self.deliver(item.record, item.kind, owner, &output, into: &sink)
        }
        items.removeAll()
        bytes = 0
    }

    private static func deliver(
        _ record: JSONRecord<PolarField>, _ kind: Kind, _ owner: JSONRecord<PolarField>?,
        _ output: inout SampleOutput, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        switch kind {
        case .exercise: try PolarExercise(record: record).deliver(owner, &output, into: &sink)
        case .step: try addStep(record, owner, &output, into: &sink)
        case .rate: try addRate(record, owner, &output, into: &sink)
        }
    }

    /// Steps at a time of day, or at a whole local time.
    private static func addStep(
        _ record: JSONRecord<PolarField>, _ owner: JSONRecord<PolarField>?,
        _ output: inout SampleOutput, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        let position = record.position
        guard record.has(.value) else { return output.countSentinel(position) }
        guard let value = record.float(.value) else { return output.countInvalidValue(position) }
        var time = record.time(.localTime)
        if time == nil, let date = owner?.time(owner?.early(.date)),
            let clock = record.text(record.first(.localTime))
        {
            time = date.at(clock)
        }
        guard let time, time.hasTimeOfDay else { return output.countInvalidTime(position) }
        guard let instant = output.instant(time, position: position) else { return }
        try output.add(value, .steps, at: instant, position: position, into: &sink)
    }

    private static func addRate(
        _ record: JSONRecord<PolarField>, _ owner: JSONRecord<PolarField>?,
        _ output: inout SampleOutput, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        let position = record.position
        guard record.has(.heartRate) else { return output.countSentinel(position) }
        guard let value = record.float(.heartRate) else {
            return output.countInvalidValue(position)
        }
        guard value > 0 else { return output.countSentinel(position) }
        guard var time = owner?.time(owner?.early(.date)),
            let second = record.integer(.secondOfDay),
            (0..<93_600).contains(second)
        else { return output.countInvalidTime(position) }
        time.wallSeconds += second
        time.hasTimeOfDay = true
        guard let instant = output.instant(time, position: position) else { return }
        var device = SampleOutput.defaultDevice
        if let unit = owner?.text(owner?.early(.deviceID)), !unit.isEmpty {
            device = output.device(
                SourceDevice(vendor: "Polar", model: "", unit: NameHash.of(unit)))
        }
        try output.add(
            value, .heartRate, device: device, at: instant, position: position, into: &sink)
    }
}

extension TextTime {
    /// The same date at `HH:MM`, `HH:MM:SS` or `HH:MM:SS.fff`.
    func at(_ clock: some Collection<UInt8>) -> TextTime? {
        guard clock.count <= 32 else { return nil }
        var text: [UInt8] = Array("1970-01-01T".utf8)
        text.append(contentsOf: clock)
        guard let time = TextTime(text.span), time.offsetSeconds == nil else { return nil }
        var result = time
        result.wallSeconds = wallSeconds - Int64(secondsOfDay) + time.wallSeconds
        return result
    }
}
