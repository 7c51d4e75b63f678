// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// One document of Oura: a sleep period, a day's summary, or one measurement.
struct OuraDocument {
    let record: JSONRecord<OuraField>

    private var position: ReadPosition { record.position }

    func deliver(
        _ output: inout SampleOutput, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        if record.mentions(.bedtimeStart) {
            try addPeriod(&output, into: &sink)
        } else if record.mentions(.bpm) {
            try addMoment(.bpm, .heartRate, &output, into: &sink)
        } else if record.mentions(.skinTemperature) {
            try addMoment(.skinTemperature, .skinTemperature, &output, into: &sink)
        } else if record.mentions(.day) || record.mentions(.stress) {
            try addDay(&output, into: &sink)
        } else {
            output.count(
                .unknownElement, at: position, found: "a document of another kind",
                expected: "sleep, heart rate or a day's summary", samplesLost: 0)
        }
    }

    // MARK: A value at a moment

    private func addMoment(
        _ field: OuraField, _ quantity: Quantity, _ output: inout SampleOutput,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        guard let time = record.time(.timestamp) else { return output.countInvalidTime(position) }
        guard record.has(field) else { return output.countSentinel(position) }
        guard let value = record.float(field) else { return output.countInvalidValue(position) }
        guard let instant = output.instant(time, position: position) else { return }
        try output.add(value, quantity, at: instant, position: position, into: &sink)
    }

    // MARK: A sleep period

    private func addPeriod(
        _ output: inout SampleOutput, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        let type = record.word(.type) ?? ""
        if type == "deleted" {
            output.count(
                .ignored, at: position, found: "a period that the wearer deleted",
                expected: "a period of sleep")
            return
        }
        guard let startTime = record.time(.bedtimeStart), let endTime = record.time(.bedtimeEnd)
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
        try addItems(
            .heartItem, .heartTime, .heartInterval, .heartRate, start, &output, into: &sink)
        try addItems(
            .variabilityItem, .variabilityTime, .variabilityInterval, .hrvRMSSD, start, &output,
            into: &sink)
        if type == "rest" {
            // The wearer said that this was no sleep: the pulse counts, the night does not.
            output.count(
                .ignored, at: position, found: "a period that the wearer said was no sleep",
                expected: "a period of sleep")
            return
        }
        try addStages(from: start, length, &output, into: &sink)
        try addMeans(from: start, length, &output, into: &sink)
        if record.has(.movement) {
            output.countUnsupported("movement on a scale of four", position)
        }
    }

    /// Values in equal steps; one that is null keeps its place.
    private func addItems(
        _ items: OuraField, _ time: OuraField, _ interval: OuraField, _ quantity: Quantity,
        _ start: Timestamp, _ output: inout SampleOutput,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        guard record.entries.contains(where: { $0.field == items }) else { return }
        var first: Timestamp? = start
        if record.has(time) {
            first = record.time(time).flatMap { output.instant($0, position: position) }
        }
        let seconds = record.double(record.first(interval)) ?? 300
        guard let first, seconds > 0, seconds <= 86_400 else {
            return output.countInvalidTime(position)
        }
        let step = Int64((seconds * 1e9).rounded())
        for entry in record.entries where entry.field == items {
            if entry.isNull {
                output.countSentinel(position)
                continue
            }
            guard let value = record.float(entry) else {
                output.countInvalidValue(position)
                continue
            }
            let (delta, overflow) = step.multipliedReportingOverflow(by: Int64(entry.index))
            guard !overflow else {
                output.countRange(position)
                continue
            }
            try output.add(
                value, quantity, at: first.advanced(byNanoseconds: delta), duration: step,
                position: position, into: &sink)
        }
    }

    /// A digit for each five minutes; equal ones in a row are one stretch.
    private func addStages(
        from start: Timestamp, _ length: Int64, _ output: inout SampleOutput,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        let step: Int64 = 300_000_000_000
        let most = length / step + 1
        guard let digits = record.text(record.first(.phases)), !digits.isEmpty else {
            try addStage(.inBed, start, length, &output, into: &sink)
            if record.has(.stageTotals) {
                output.countUnsupported("times of each stage without when they were", position)
            }
            return
        }
        if Int64(digits.count) > most {
            output.count(
                .invalidValue, at: position, found: "more stages than the period has time for",
                expected: "a stage each five minutes", samplesLost: 0)
        }
        var run: (stage: SleepStage, first: Int64)?
        for (number, digit) in digits.enumerated() {
            let stage = Self.stage(digit)
            if stage == nil {
                output.count(
                    .unknownElement, at: position, found: "an unknown sleep stage",
                    expected: "1 deep, 2 light, 3 REM or 4 awake")
            }
            guard Int64(number) < most else { break }
            if let known = run, known.stage != stage {
                try addRun(known, to: Int64(number), start, length, &output, into: &sink)
                run = nil
            }
            if let stage, run == nil { run = (stage, Int64(number)) }
        }
        if let run {
            let count = min(Int64(digits.count), most)
            try addRun(run, to: count, start, length, &output, into: &sink)
        }
    }

    private func addRun(
        _ run: (stage: SleepStage, first: Int64), to end: Int64, _ start: Timestamp,
        _ length: Int64, _ output: inout SampleOutput,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        let step: Int64 = 300_000_000_000
        let from = run.first * step
        let to = min(end * step, length)
        guard to > from else { return }
        try addStage(
            run.stage, start.advanced(byNanoseconds: from), to - from, &output, into: &sink)
    }

    private func addStage(
        _ stage: SleepStage, _ start: Timestamp, _ length: Int64, _ output: inout SampleOutput,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        try output.add(
            Float(stage.rawValue), .sleepStage, .derived, at: start, duration: length,
            position: position, into: &sink)
    }

    static func stage(_ digit: UInt8) -> SleepStage? {
        switch digit {
        case UInt8(ascii: "1"): .deep
        case UInt8(ascii: "2"): .light
        case UInt8(ascii: "3"): .rem
        case UInt8(ascii: "4"): .wake
        default: nil
        }
    }

    private func addMeans(
        from start: Timestamp, _ length: Int64, _ output: inout SampleOutput,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        let means: [(OuraField, Quantity)] = [
            (.averageVariability, .hrvRMSSD), (.averageRate, .heartRate),
            (.lowestRate, .restingHeartRate), (.averageBreath, .respiratoryRate),
        ]
        for (field, quantity) in means where record.has(field) {
            guard let value = record.float(field) else {
                output.countInvalidValue(position)
                continue
            }
            if value <= 0 {
                output.countSentinel(position)
                continue
            }
            try output.add(
                value, quantity, .derived, at: start, duration: length, position: position,
                into: &sink)
        }
    }

    // MARK: A day

    private func addDay(
        _ output: inout SampleOutput, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        if record.has(.score) { output.countScore(position) }
        if record.has(.stress) {
            output.countUnsupported("stress on a scale that is not published", position)
        }
        if record.has(.movement) || record.mentions(.metItem) {
            output.countUnsupported("activity on a scale of the vendor's own", position)
        }
        let values: [(OuraField, Quantity)] = [
            (.oxygen, .oxygenSaturation), (.temperatureDeviation, .skinTemperatureDeviation),
            (.steps, .steps), (.activeEnergy, .activeEnergy), (.oxygenUptake, .maximalOxygenUptake),
        ]
        let present = values.filter { record.has($0.0) }
        guard !present.isEmpty else { return }
        guard let date = record.time(.day), !date.hasTimeOfDay else {
            return output.countInvalidTime(position)
        }
        guard let day = output.days(from: date, position: position) else { return }
        for (field, quantity) in present {
            guard let value = record.float(field) else {
                output.countInvalidValue(position)
                continue
            }
            // A day on which the ring found nothing is written as 0.
            if value == 0, quantity == .oxygenSaturation {
                output.countSentinel(position)
                continue
            }
            try output.add(
                value, quantity, .derived, at: day.start, duration: day.duration,
                position: position, into: &sink)
        }
    }
}
