// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// The values of a document outside its lists: a day's or a night's totals and means.
struct GarminDocument {
    let record: JSONRecord<GarminField>
    /// Whether a list of stages was delivered.
    let hasLevels: Bool
    private var found = false
    /// The day of the document's date, once it was looked up.
    private var day: (start: Timestamp, duration: Int64)??
    private var hasDate = false

    init(record: JSONRecord<GarminField>, hasLevels: Bool) {
        self.record = record
        self.hasLevels = hasLevels
    }

    private var position: ReadPosition { record.position }

    /// - Returns: whether the document holds anything that is known.
    mutating func deliver(
        _ output: inout SampleOutput, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) -> Bool {
        try addOffsets(&output, into: &sink)
        try addNight(&output, into: &sink)
        try addDay(&output, into: &sink)
        try addMetrics(&output, into: &sink)
        try addFitness(&output, into: &sink)
        countUnread(&output)
        return found
    }

    private func addOffsets(
        _ output: inout SampleOutput, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        let pairs: [(GarminField, GarminField)] = [
            (.startGMT, .startLocal), (.sleepStartGMT, .sleepStartLocal),
            (.sleepEndGMT, .sleepEndLocal), (.endGMT, .endLocal),
        ]
        for (gmt, local) in pairs {
            try GarminClock.addOffset(record, gmt, local, &output, into: &sink)
        }
        guard let milliseconds = record.integer(.eventOffset),
            let start = GarminClock.instant(record, record.first(.eventStart))
        else { return }
        guard milliseconds % 1000 == 0, let offset = CloudTime.offset(seconds: milliseconds / 1000)
        else {
            output.count(
                .invalidValue, at: position, found: "an offset that no zone has",
                expected: "up to 14 hours", samplesLost: 0)
            return
        }
        try output.addOffset(offset, at: start, position: position, into: &sink)
    }

    // MARK: The night

    private mutating func addNight(
        _ output: inout SampleOutput, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        let night = GarminClock.span(record, .sleepStartGMT, .sleepEndGMT)
        if let night, !hasLevels, record.mentions(.stageTotals) {
            found = true
            try output.add(
                Float(SleepStage.inBed.rawValue), .sleepStage, .derived, at: night.start,
                duration: night.duration, position: position, into: &sink)
            output.countUnsupported("times of each stage without when they were", position)
        }
        let span = night ?? GarminClock.span(record, .startGMT, .endGMT)
        let means: [(GarminField, Quantity)] = [
            (.nightHRV, .hrvRMSSD), (.nightOxygen, .oxygenSaturation),
            (.nightRespiration, .respiratoryRate), (.nightTemperature, .skinTemperatureDeviation),
            (.nightStress, .stress),
        ]
        for (field, quantity) in means {
            try add(
                field, quantity, over: span, isSigned: quantity == .skinTemperatureDeviation,
                &output, into: &sink)
        }
    }

    /// A value over a span, or over the document's date where no span is told.
    private mutating func add(
        _ field: GarminField, _ quantity: Quantity,
        over span: (start: Timestamp, duration: Int64)?, isSigned: Bool = false,
        _ output: inout SampleOutput, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        guard let entry = record.first(field), !entry.isNull else { return }
        found = true
        guard let value = record.float(entry) else {
            output.countInvalidValue(position)
            return
        }
        if value < 0, !isSigned {
            output.countSentinel(position)
            return
        }
        try add(value, quantity, over: span, &output, into: &sink)
    }

    private mutating func add(
        _ value: Float, _ quantity: Quantity, over span: (start: Timestamp, duration: Int64)?,
        _ output: inout SampleOutput, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        guard let span = span ?? dateSpan(&output) else {
            // A date out of range was counted when it was met.
            if !hasDate { output.countInvalidTime(position) }
            return
        }
        try output.add(
            value, quantity, .derived, at: span.start, duration: span.duration, position: position,
            into: &sink)
    }

    /// The local day of the document's date, looked up once.
    private mutating func dateSpan(
        _ output: inout SampleOutput
    ) -> (start: Timestamp, duration: Int64)? {
        if let known = day {
            if known == nil, hasDate { output.countRange(position) }
            return known
        }
        let date = record.time(.date)
        hasDate = date != nil
        let span = date.flatMap { output.days(from: $0, position: position) }
        day = .some(span)
        return span
    }

    // MARK: The day

    private mutating func addDay(
        _ output: inout SampleOutput, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        let day = GarminClock.span(record, .startGMT, .endGMT)
        let night = GarminClock.span(record, .sleepStartGMT, .sleepEndGMT)
        try add(.restingRate, .restingHeartRate, over: day ?? night, &output, into: &sink)
        try add(.steps, .steps, over: day, &output, into: &sink)
        try add(.distance, .distance, over: day, &output, into: &sink)
        try add(.activeEnergy, .activeEnergy, over: day, &output, into: &sink)
        try add(.dayStress, .stress, over: day, &output, into: &sink)
        for (type, level) in record.pairs(.stressType, .stressLevel) {
            guard let value = record.float(level) else { continue }
            found = true
            if record.text(type)?.elementsEqual("TOTAL".utf8) != true {
                output.countUnsupported("a mean of the time asleep or awake", position)
            } else if value < 0 {
                output.countSentinel(position)
            } else {
                try add(value, .stress, over: day, &output, into: &sink)
            }
        }
    }

    /// The list of measurements of a day's health status.
    private mutating func addMetrics(
        _ output: inout SampleOutput, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        let known: [(String, Quantity)] = [
            ("HRV", .hrvRMSSD), ("HR", .restingHeartRate), ("SPO2", .oxygenSaturation),
            ("SKIN_TEMP_C", .skinTemperatureDeviation), ("RESPIRATION", .respiratoryRate),
        ]
        for (name, value) in record.pairs(.metricType, .metricValue) {
            found = true
            let type = record.text(name)
            guard let quantity = known.first(where: { type?.elementsEqual($0.0.utf8) == true })?.1
            else {
                // The same temperature in Fahrenheit, or a measurement of later years.
                output.countUnsupported("a measurement of another type", position)
                continue
            }
            guard let number = record.float(value) else {
                output.countSentinel(position)
                continue
            }
            let isSigned = quantity == .skinTemperatureDeviation
            guard isSigned || number > 0 else {
                output.countSentinel(position)
                continue
            }
            try add(number, quantity, over: nil, &output, into: &sink)
        }
    }

    /// The data behind the vendor's fitness age.
    private mutating func addFitness(
        _ output: inout SampleOutput, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        guard let time = GarminClock.instant(record, record.first(.asOfDate)) else { return }
        found = true
        let values: [(GarminField, Quantity)] = [
            (.fitnessRate, .restingHeartRate), (.oxygenUptake, .maximalOxygenUptake),
        ]
        for (field, quantity) in values {
            guard let value = record.float(field) else { continue }
            guard value > 0 else {
                output.countSentinel(position)
                continue
            }
            try output.add(
                value, quantity, .derived, at: time, position: position, into: &sink)
        }
    }

    // MARK: What is not read

    private mutating func countUnread(_ output: inout SampleOutput) {
        let kinds: [(GarminField, String)] = [
            (.intensityMinutes, "minutes of intensity"),
            (.weekSteps, "a total of a week, which repeats the days'"),
        ]
        for (field, what) in kinds {
            let count = record.entries.count { $0.field == field && !$0.isNull }
            guard count > 0 else { continue }
            found = true
            output.countUnsupported(what, position, times: count)
        }
        if record.has(.hydration) {
            found = true
            output.count(
                .ignored, at: position, found: "what was drunk", expected: "a measurement")
        }
        if record.has(.sleepScore) { output.countScore(position) }
        if record.mentions(.value), record.mentions(.date), record.entries.count == 2 {
            found = true
            output.countUnsupported("a number a day without what it means", position)
        }
        if record.mentions(.extremes) {
            output.count(
                .ignored, at: position, found: "means and extremes of what is listed",
                expected: "the list itself", samplesLost: 0)
        }
    }
}
