// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// A night: the stages of a sleep result, or the mean of a nightly recovery.
struct PolarNight {
    let record: JSONRecord<PolarField>

    private var position: ReadPosition { record.position }

    func deliver(
        _ output: inout SampleOutput, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        guard let startTime = record.time(.sleepStart), let endTime = record.time(.sleepEnd)
        else { return output.countInvalidTime(position) }
        guard let start = output.instant(startTime, position: position),
            let end = output.instant(endTime, position: position)
        else { return }
        guard let length = CloudTime.duration(start, end, days: 2) else {
            return output.countInvalidTime(position)
        }
        for (time, instant) in [(startTime, start), (endTime, end)] {
            guard let offset = time.offsetSeconds, !time.isZulu else { continue }
            try output.addOffset(offset, at: instant, position: position, into: &sink)
        }
        let changes = changes(&output)
        guard !changes.isEmpty else {
            return try add(.inBed, start, 0, length, &output, into: &sink)
        }
        for (number, change) in changes.enumerated() {
            let next = number + 1 < changes.count ? changes[number + 1].at : length
            let from = max(0, change.at)
            let to = min(next, length)
            // The last change is often the waking itself, at the end or behind it.
            guard to > from else { continue }
            try add(change.stage, start, from, to, &output, into: &sink)
        }
    }

    private func add(
        _ stage: SleepStage, _ start: Timestamp, _ from: Int64, _ to: Int64,
        _ output: inout SampleOutput, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        try output.add(
            Float(stage.rawValue), .sleepStage, .derived, at: start.advanced(byNanoseconds: from),
            duration: to - from, position: position, into: &sink)
    }

    /// The changes of state in order of time, counted from the start of sleep.
    private func changes(_ output: inout SampleOutput) -> [(at: Int64, stage: SleepStage)] {
        var changes: [(at: Int64, stage: SleepStage)] = []
        for (offset, state) in record.pairs(.stateOffset, .state) {
            guard let text = record.text(offset), let at = CloudTime.nanoseconds(iso: text) else {
                output.countInvalidTime(position)
                continue
            }
            guard let word = record.text(state),
                let stage = PolarSeries.stage(String(decoding: word.prefix(32), as: UTF8.self))
            else {
                output.count(
                    .unknownElement, at: position, found: "an unknown sleep stage",
                    expected: "WAKE, REM, NONREM12 or NONREM3")
                continue
            }
            changes.append((at, stage))
        }
        return changes.sorted { $0.at < $1.at }
    }

    /// The mean of a night, of which only the date is told.
    func deliverRecovery(
        _ output: inout SampleOutput, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        if record.mentions(.score) { output.countScore(position) }
        let means = record.entries.count { $0.field == .nightInterval && !$0.isNull }
        if means > 0 {
            output.countUnsupported("mean intervals of beats or breaths", position, times: means)
        }
        guard record.has(.nightRMSSD) else { return }
        guard let value = record.float(.nightRMSSD) else {
            return output.countInvalidValue(position)
        }
        guard let date = record.time(.night) ?? record.time(.date) else {
            return output.countInvalidTime(position)
        }
        guard let day = output.days(from: date, position: position) else { return }
        try output.add(
            value, .hrvRMSSD, .derived, at: day.start, duration: day.duration, position: position,
            into: &sink)
    }
}
