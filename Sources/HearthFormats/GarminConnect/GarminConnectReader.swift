// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Reads one JSON document of Garmin Connect: the body of a web answer or a file of the account
/// archive. What it holds is told by its keys.
///
/// Formats and choices: `docs/formats/garmin-connect.md`.
public struct GarminConnectReader: RecordingReader, ~Copyable {
    static let shape = JSONShape<GarminField, GarminCut>()

    private var records: JSONRecords<GarminField, GarminCut>
    private var output: SampleOutput
    private var meter: ByteMeter
    private var rows = GarminRowBuffer()
    /// Stretches of sleep with a stage in the document at hand.
    private var levels = 0
    /// Records cut out of the document at hand.
    private var parts = 0

    public init(_ context: ReadContext = ReadContext()) {
        records = JSONRecords(Self.shape, limits: context.limits)
        output = SampleOutput(
            file: .garminConnect, device: SourceDevice(vendor: "Garmin", model: ""),
            limits: context.limits, zone: context.zone)
        meter = ByteMeter(limits: context.limits)
    }

    /// Whether the first bytes are those of one of Garmin Connect's documents.
    public static func recognises(_ prefix: Span<UInt8>) -> Bool {
        guard let sniff = JSONSniff(prefix) else { return false }
        if sniff.hasAny(
            "heartRateValues", "heartRateValueDescriptors", "stressValuesArray",
            "bodyBatteryValuesArray", "dailySleepDTO", "hrvSummary", "hrvSummaries", "hrvReadings",
            "dateWeightList", "sleepStartTimestampGMT", "wellnessStartTimeGmt", "asOfDateGmt",
            "userProfilePK")
        {
            return true
        }
        guard sniff.has("calendarDate") else { return false }
        return sniff.hasAny(
            "totalSteps", "values.totalSteps", "values.overallStressLevel", "moderateValue",
            "valueInML", "metrics.type", "allDayStress")
            || sniff.isList && sniff.paths == ["calendarDate", "value"]
    }

    public mutating func read(
        _ bytes: Span<UInt8>, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        let base = try meter.take(bytes.count)
        var index = 0
        while let event = records.next(bytes, &index, base: base) {
            switch event {
            case .record(let cut?): try take(cut, into: &sink)
            case .record(nil): try endDocument(into: &sink)
            case .stray: countUnknown(records.position)
            case .problem(let problem):
                output.count(problem, at: records.position, isInRecord: !records.open.isEmpty)
            }
        }
    }

    public mutating func finish(into sink: inout some SampleSink & ~Copyable) throws(ReadError) {
        let end = records.finish(at: meter.total)
        guard records.documents > 0 else {
            throw ReadError(
                .truncated, at: ReadPosition(byte: meter.total), found: "no JSON document",
                expected: "one of Garmin Connect's documents")
        }
        if let problem = end.problem {
            output.count(problem, at: records.position, isInRecord: !records.open.isEmpty)
        }
        if end.hasRecord { try endDocument(into: &sink) }
        try rows.flush(nil, &output, into: &sink)
        output.finish(into: &sink)
    }

    private mutating func countUnknown(_ position: ReadPosition) {
        output.count(
            .unknownElement, at: position, found: "an element of another kind",
            expected: "one of Garmin Connect's documents", samplesLost: 0)
    }

    // MARK: Records inside a document

    private mutating func take(
        _ cut: GarminCut, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        let record = records.record
        let position = record.position
        parts += 1
        switch cut {
        case .rate, .stress, .battery:
            guard let kind = GarminRows(cut) else { return }
            try rows.take(record, kind, document: records.open.first, &output, into: &sink)
        case .hrvReading:
            try addOffset(record, .readingGMT, .readingLocal, into: &sink)
            try add(record, .hrv, .hrvRMSSD, at: .readingGMT, into: &sink)
        case .sleepRate: try add(record, .value, .heartRate, at: .startGMT, into: &sink)
        case .sleepHRV: try add(record, .value, .hrvRMSSD, at: .startGMT, into: &sink)
        case .sleepStress: try add(record, .value, .stress, .derived, at: .startGMT, into: &sink)
        case .sleepBattery:
            try add(record, .value, .bodyBattery, .derived, at: .startGMT, into: &sink)
        case .oxygen:
            let seconds = record.integer(.epochSeconds).flatMap { (1...3600).contains($0) ? $0 : 0 }
            try add(
                record, .oxygen, .oxygenSaturation, at: .epochTime,
                duration: (seconds ?? 0) * 1_000_000_000, into: &sink)
        case .respiration:
            try add(record, .respiration, .respiratoryRate, at: .startGMT, into: &sink)
        case .level: try addLevel(record, into: &sink)
        case .movement: try addMovement(record, into: &sink)
        case .restless: output.countUnsupported("a count of restless moments", position)
        case .nap: try addNap(record, into: &sink)
        case .weight:
            try addOffset(record, .weighedGMT, .weighedLocal, into: &sink)
            if record.mentions(.bodyComposition) {
                output.countUnsupported("shares of fat, water, bone or muscle", position)
            }
            try add(record, .weight, .bodyMass, at: .weighedGMT, scale: 0.001, into: &sink)
        case .hrvSummary: try addSummary(record, into: &sink)
        }
    }

    /// One value at an instant; negative values mean none.
    private mutating func add(
        _ record: JSONRecord<GarminField>, _ field: GarminField, _ quantity: Quantity,
        _ derivation: Derivation = .measured, at time: GarminField, duration: Int64 = 0,
        scale: Float = 1, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        guard let value = value(record, field) else { return }
        guard let instant = GarminClock.instant(record, record.first(time)) else {
            output.countInvalidTime(record.position)
            return
        }
        try output.add(
            value * scale, quantity, derivation, at: instant, duration: duration,
            position: record.position, into: &sink)
    }

    private mutating func value(
        _ record: JSONRecord<GarminField>, _ field: GarminField
    ) -> Float? {
        guard let entry = record.first(field), !entry.isNull else {
            output.countSentinel(record.position)
            return nil
        }
        guard let value = record.float(entry) else {
            output.countInvalidValue(record.position)
            return nil
        }
        if value < 0 {
            output.countSentinel(record.position)
            return nil
        }
        return value
    }

    private mutating func addLevel(
        _ record: JSONRecord<GarminField>, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        guard let (start, duration) = GarminClock.span(record, .startGMT, .endGMT) else {
            output.countInvalidTime(record.position)
            return
        }
        let stages: [SleepStage] = [.deep, .light, .rem, .wake]
        guard let code = record.integer(.activityLevel), let index = Int(exactly: code),
            stages.indices.contains(index)
        else {
            output.count(
                .unknownElement, at: record.position, found: "an unknown sleep stage",
                expected: "0 deep, 1 light, 2 REM or 3 awake")
            return
        }
        levels += 1
        try output.add(
            Float(stages[index].rawValue), .sleepStage, .derived, at: start, duration: duration,
            position: record.position, into: &sink)
    }

    /// Movement has a scale of the vendor's own: it is kept as a signal, not as counts.
    private mutating func addMovement(
        _ record: JSONRecord<GarminField>, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        guard let (start, duration) = GarminClock.span(record, .startGMT, .endGMT) else {
            output.countInvalidTime(record.position)
            return
        }
        guard let value = value(record, .activityLevel) else { return }
        let device = output.device(SourceDevice(vendor: "Garmin", model: "sleep movement"))
        try output.add(
            value, .signal, .derived, device: device, at: start, duration: duration,
            position: record.position, into: &sink)
    }

    private mutating func addNap(
        _ record: JSONRecord<GarminField>, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        guard let (start, duration) = GarminClock.span(record, .napStart, .napEnd) else {
            output.countInvalidTime(record.position)
            return
        }
        try output.add(
            Float(SleepStage.inBed.rawValue), .sleepStage, .derived, at: start, duration: duration,
            position: record.position, into: &sink)
    }

    /// A night's mean in a list of nights, of which only the date is told.
    private mutating func addSummary(
        _ record: JSONRecord<GarminField>, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        guard let value = value(record, .nightHRV) else { return }
        guard let date = record.time(.date) else {
            output.countInvalidTime(record.position)
            return
        }
        guard let (start, length) = output.days(from: date, position: record.position) else {
            return
        }
        try output.add(
            value, .hrvRMSSD, .derived, at: start, duration: length, position: record.position,
            into: &sink)
    }

    private mutating func addOffset(
        _ record: JSONRecord<GarminField>, _ gmt: GarminField, _ local: GarminField,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        try GarminClock.addOffset(record, gmt, local, &output, into: &sink)
    }

    // MARK: The document itself

    private mutating func endDocument(
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        let record = records.record
        try rows.flush(record, &output, into: &sink)
        var document = GarminDocument(record: record, hasLevels: levels > 0)
        let hasValues = try document.deliver(&output, into: &sink)
        if !hasValues, parts == 0, !record.mentions(.date, .startGMT, .sleepStartGMT, .eventStart) {
            countUnknown(record.position)
        }
        levels = 0
        parts = 0
    }
}
