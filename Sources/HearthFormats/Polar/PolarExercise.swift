// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// One exercise of a training session, or a session without exercises.
struct PolarExercise {
    let record: JSONRecord<PolarField>

    private var position: ReadPosition { record.position }

    /// - Parameter owner: the session around, whose offset holds if the exercise has none.
    func deliver(
        _ owner: JSONRecord<PolarField>?, _ output: inout SampleOutput,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        let offset = Self.offset(record) ?? owner.flatMap(Self.offset)
        guard let begun = time(.startTime, offset),
            let start = output.instant(begun, position: position)
        else { return output.countInvalidTime(position) }
        if let offset {
            try output.addOffset(offset, at: start, position: position, into: &sink)
        }
        var length = record.integer(.durationMillis).flatMap { milliseconds in
            (1...691_200_000).contains(milliseconds) ? milliseconds * 1_000_000 : nil
        }
        // Pauses count: the span on the clock is what else was measured in it.
        if let stopped = time(.stopTime, offset),
            let stop = output.instant(stopped, position: position),
            let span = CloudTime.duration(start, stop)
        {
            length = span
        }
        let values = [0, record.float(.calories) ?? 0, record.float(.distance) ?? 0]
        try output.add(
            values: values, .workout, at: start, duration: length ?? 0,
            position: position, into: &sink)
        try addSeries(from: start, &output, into: &sink)
        try addRates(offset, &output, into: &sink)
    }

    static func offset(_ record: JSONRecord<PolarField>) -> Int32? {
        guard let minutes = record.integer(record.early(.offsetMinutes)), abs(minutes) <= 1440
        else {
            return nil
        }
        return CloudTime.offset(seconds: minutes * 60)
    }

    /// A local time with the offset that the record tells elsewhere.
    private func time(_ field: PolarField, _ offset: Int32?) -> TextTime? {
        guard var time = record.time(field), time.hasTimeOfDay else { return nil }
        if time.offsetSeconds == nil { time.offsetSeconds = offset }
        return time
    }

    /// Series of equal steps: a type and an interval, then the values.
    private func addSeries(
        from start: Timestamp, _ output: inout SampleOutput,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        var series = PolarSeriesState()
        for entry in record.entries {
            switch entry.field {
            case .seriesType: series.begin(record.text(entry), number: entry.index)
            case .seriesInterval: series.setInterval(record.integer(entry), number: entry.index)
            case .seriesValue:
                guard let quantity = series.quantity else {
                    series.unread += 1
                    continue
                }
                guard let step = series.step else {
                    output.countInvalidTime(position)
                    continue
                }
                guard let value = value(entry, &output) else { continue }
                let (delta, overflow) = step.multipliedReportingOverflow(by: Int64(entry.index))
                guard !overflow else {
                    output.countRange(position)
                    continue
                }
                try output.add(
                    value, quantity, at: start.advanced(byNanoseconds: delta), position: position,
                    into: &sink)
            default: break
            }
        }
        if series.unread > 0 {
            output.countUnsupported(
                "speed, altitude, cadence or another series", position, times: series.unread)
        }
    }

    /// Heart rates with times of their own, as older exports have them.
    private func addRates(
        _ offset: Int32?, _ output: inout SampleOutput,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        for (moment, rate) in record.pairs(.rateTime, .rateValue) {
            guard let rate, let value = value(rate, &output) else { continue }
            guard var time = record.time(moment) else {
                output.countInvalidTime(position)
                continue
            }
            if time.offsetSeconds == nil { time.offsetSeconds = offset }
            guard let instant = output.instant(time, position: position) else { continue }
            try output.add(value, .heartRate, at: instant, position: position, into: &sink)
        }
    }

    /// `NaN`, quoted or not, and 0 mean that the sensor found nothing.
    private func value(
        _ entry: JSONRecord<PolarField>.Entry, _ output: inout SampleOutput
    ) -> Float? {
        if entry.isNull || record.text(entry)?.elementsEqual("NaN".utf8) == true {
            output.countSentinel(position)
            return nil
        }
        guard let value = record.float(entry) else {
            output.countInvalidValue(position)
            return nil
        }
        guard value > 0 else {
            output.countSentinel(position)
            return nil
        }
        return value
    }
}

/// The series at hand while the entries of an exercise go by.
private struct PolarSeriesState {
    private(set) var quantity: Quantity?
    private(set) var step: Int64?
    var unread = 0
    private var number: Int32 = -1

    mutating func begin(_ type: ArraySlice<UInt8>?, number: Int32) {
        enter(number)
        quantity = type.flatMap { PolarSeries.quantity(String(decoding: $0, as: UTF8.self)) }
    }

    mutating func setInterval(_ milliseconds: Int64?, number: Int32) {
        enter(number)
        step = milliseconds.flatMap { (1...86_400_000).contains($0) ? $0 * 1_000_000 : nil }
    }

    private mutating func enter(_ number: Int32) {
        guard number != self.number else { return }
        self.number = number
        quantity = nil
        step = nil
    }
}
