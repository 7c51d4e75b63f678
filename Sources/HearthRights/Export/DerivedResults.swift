// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// What Hearth made of one local day: scores and summaries, never samples.
public struct DerivedDay: Sendable {
    public var day: LocalDate
    /// Start and end of the local day.
    public var start: Timestamp
    public var end: Timestamp
    public var metrics: [Metric]
    public var night: NightSummary?
    /// All that was computed of the day, as JSON of one line.
    public var record: [UInt8]

    public init(
        day: LocalDate, start: Timestamp, end: Timestamp, metrics: [Metric], night: NightSummary?,
        record: [UInt8]
    ) {
        self.day = day
        self.start = start
        self.end = end
        self.metrics = metrics
        self.night = night
        self.record = record
    }
}

/// How a derived number comes about, for the dictionary of ``DerivedResults``.
public struct DerivedMethod: Sendable {
    public var id: String
    public var label: String
    public var unit: String
    public var formula: String
    public var inputs: String
    public var source: String
    public var model: String

    public init(
        id: String, label: String, unit: String, formula: String, inputs: String, source: String,
        model: String
    ) {
        self.id = id
        self.label = label
        self.unit = unit
        self.formula = formula
        self.inputs = inputs
        self.source = source
        self.model = model
    }
}

/// The derived results of a person: read day by day, so that memory does not grow with the years.
public struct DerivedResults {
    public typealias Days = ((DerivedDay) throws -> Void) throws -> Void
    public typealias Alerts = (([UInt8]) throws -> Void) throws -> Void
    let methods: [DerivedMethod]
    let alertMethods: [DerivedMethod]
    let forEachDay: Days
    let forEachAlert: Alerts

    /// - Parameters:
    ///   - alertMethods: how alerts of live streams come about; an id is `alert.` and the rule.
    ///   - forEachDay: calls its argument with every day, ascending; may be called again.
    ///   - forEachAlert: the same with every stored alert, all that is stored of it as JSON of one line
    ///     without a line feed.
    public init(
        methods: [DerivedMethod], alertMethods: [DerivedMethod], forEachDay: @escaping Days,
        forEachAlert: @escaping Alerts
    ) {
        self.methods = methods
        self.alertMethods = alertMethods
        self.forEachDay = forEachDay
        self.forEachAlert = forEachAlert
    }
}

/// Writes derived results into folders of their own.
struct DerivedExporter {
    let results: DerivedResults
    let person: PersonID
    let zone: ZoneTimeline
    let made: Timestamp

    /// - Returns: how many days and how many alerts were written.
    func export(
        _ formats: Set<ExportFormat>, to files: ExportFiles
    ) throws -> (days: Int, alerts: Int) {
        var days = 0
        if formats.contains(.csv) { days = try metricsTable(files) }
        if formats.contains(.ndjson) { days = try records(files) }
        if formats.contains(.fhir) { days = try fhir(files) }
        if formats.contains(.omh) { days = try omh(files) }
        let isWhole = formats.contains(.csv) || formats.contains(.ndjson)
        let alerts = isWhole ? try alertLines(files) : 0
        guard days + alerts > 0 else { return (0, 0) }
        let header = ["metric", "meaning", "unit_ucum", "formula", "inputs", "source", "model"]
        let rows = (results.methods + (isWhole ? results.alertMethods : [])).map {
            [$0.id, $0.label, $0.unit, $0.formula, $0.inputs, $0.source, $0.model]
        }
        try files.whole(ExportText.csv(header, rows), "derived/data-dictionary.csv")
        return (days, alerts)
    }

    /// An alert has terms of its own: a table would lose them, so CSV gets this file too.
    private func alertLines(_ files: ExportFiles) throws -> Int {
        var alerts = 0
        try results.forEachAlert { line in
            if alerts == 0 { try files.begin("derived/alerts.ndjson", .ndjson) }
            alerts += 1
            try files.write(line + [UInt8(ascii: "\n")], rows: 1)
        }
        if alerts > 0 { try files.end() }
        return alerts
    }

    private static let columns = [
        "day", "metric", "value", "unit", "range_low", "range_high", "coverage", "confidence",
        "sources", "model", "missing",
    ]

    private func metricsTable(_ files: ExportFiles) throws -> Int {
        var days = 0
        try results.forEachDay { day in
            if days == 0 {
                try files.begin("derived/metrics.csv", .csv)
                try files.write(Array(ExportText.csvRow(Self.columns).utf8))
            }
            days += 1
            for metric in day.metrics {
                func number(_ value: Double?) -> String { value.map(ExportText.number) ?? "" }
                let row = [
                    day.day.description, metric.id, number(metric.value), metric.unit,
                    number(metric.range?.low), number(metric.range?.high),
                    number(metric.coverage), metric.confidence?.level.rawValue ?? "",
                    metric.sources.joined(separator: "; "), metric.model, metric.missing ?? "",
                ]
                try files.write(
                    Array(ExportText.csvRow(row, keepsNumbers: true).utf8), rows: 1)
            }
        }
        if days > 0 { try files.end() }
        return days
    }

    private func records(_ files: ExportFiles) throws -> Int {
        var days = 0
        try results.forEachDay { day in
            if days == 0 { try files.begin("derived/days.ndjson", .ndjson) }
            days += 1
            try files.write(day.record + [UInt8(ascii: "\n")], rows: 1)
        }
        if days > 0 { try files.end() }
        return days
    }

    // MARK: FHIR

    private func fhir(_ files: ExportFiles) throws -> Int {
        let patient = FHIRExporter.patientID(person)
        var writer = FHIRBundleWriter(
            files, folder: "derived/fhir", prologue: [FHIRObservation.patient(patient)],
            isDerived: true)
        let observation = FHIRObservation(patient: patient, zone: zone)
        let labels = Dictionary(
            results.methods.map { ($0.id, $0.label) }, uniquingKeysWith: { first, _ in first })
        var days = 0
        var month = ""
        try results.forEachDay { day in
            days += 1
            let name = String(day.day.description.prefix(7))
            if name != month {
                try writer.close()
                month = name
                writer.start("results-\(name)")
            }
            for metric in day.metrics {
                let label = labels[metric.id] ?? metric.label
                try writer.add(Self.resource(metric, label, day, observation), rows: 1)
            }
        }
        try writer.close()
        return days
    }

    private static let nightIDs: Set<String> = [
        "time-in-bed", "total-sleep-time", "sleep-efficiency", "sleep-onset-latency",
        "wake-after-sleep-onset", "light-sleep", "deep-sleep", "rem-sleep",
    ]

    /// The method names the model and its version; `derivedFrom` the devices whose samples were used.
    private static func resource(
        _ metric: Metric, _ label: String, _ day: DerivedDay, _ observation: FHIRObservation
    ) -> String {
        let id = ExportText.uuid(
            "hearth/fhir/result \(observation.patient) \(day.day) \(metric.id)")
        var codings = [(FHIRVocabulary.own, FHIRVocabulary.code(metric: metric.id), label)]
        if let known = FHIRVocabulary.loinc(metric: metric.id) {
            codings.insert((FHIRVocabulary.loinc, known.code, known.display), at: 0)
        }
        var (start, end) = (day.start, day.end)
        if let night = day.night, nightIDs.contains(metric.id) {
            (start, end) = (night.start, night.end)
        }
        let value: String
        if let number = metric.value {
            value =
                "\"valueQuantity\":"
                + FHIRObservation.quantity(ExportText.number(number), metric.unit, metric.unit)
        } else {
            value = FHIRObservation.absent("unknown", metric.missing ?? "not enough input")
        }
        let sources = metric.sources.map {
            "{\"type\":\"Observation\",\"display\":\(ExportText.quoted("samples of " + $0))}"
        }
        let from = sources.isEmpty ? "" : ",\"derivedFrom\":[\(sources.joined(separator: ","))]"
        return FHIRObservation.entry(
            id,
            "{\"resourceType\":\"Observation\",\"id\":\"\(id)\","
                + FHIRObservation.meta(nil, true) + ",\"status\":\"final\","
                + "\"code\":" + FHIRObservation.concept(codings, metric.label)
                + ",\"subject\":{\"reference\":\"urn:uuid:\(observation.patient)\"},"
                + observation.effective(start, end.nanoseconds(since: start)) + ",\(value),"
                + "\"method\":{\"text\":\(ExportText.quoted("Hearth " + metric.model))}\(from)}")
    }

    // MARK: IEEE 1752.1

    private func omh(_ files: ExportFiles) throws -> Int {
        let user = FHIRExporter.patientID(person)
        let point = OMHDataPoint(zone: zone, made: made, user: user)
        var writer = OMHFileWriter(files)
        // A night scored anew is another data point: its identifier is made of what it says.
        func add(_ schema: OMHSchema, _ body: String, _ night: NightSummary) throws(RightsError) {
            let id = ExportText.uuid("hearth/omh/night \(user) \(schema.text) \(body)")
            try writer.add(
                point.point(schema, id: id, source: "Hearth", at: night.end, body: body))
        }
        var days = 0
        var month = ""
        try results.forEachDay { day in
            days += 1
            guard let night = day.night else { return }
            let name = String(day.day.description.prefix(7))
            if name != month {
                try writer.close()
                month = name
                writer.start("derived/omh/sleep-\(name)")
            }
            if let body = Self.episode(night, point) {
                try add(.sleepEpisode, body, night)
            }
            try add(
                .stageSummary, OMHSleep.body(OMHSleep.stages(of: night.hypnogram), point), night)
        }
        try writer.close()
        return days
    }

    /// From falling asleep to the last waking, as the schema has it; lying before and after are
    /// latencies. `nil` for a night without sleep.
    private static func episode(_ night: NightSummary, _ point: OMHDataPoint) -> String? {
        let stages = night.hypnogram.stages
        guard let first = stages.firstIndex(where: \.isSleep),
            let last = stages.lastIndex(where: \.isSleep)
        else { return nil }
        let epoch = Int64(night.hypnogram.epochSeconds)
        let onset = night.hypnogram.start.advanced(bySeconds: Int64(first) * epoch)
        let waking = night.hypnogram.start.advanced(bySeconds: Int64(last + 1) * epoch)
        let names = [
            "total-sleep-time": "total_sleep_time",
            "sleep-onset-latency": "latency_to_sleep_onset",
            "wake-after-sleep-onset": "wake_after_sleep_onset",
            "light-sleep": "light_sleep_duration", "deep-sleep": "deep_sleep_duration",
            "rem-sleep": "rem_sleep_duration",
        ]
        var parts: [String] = []
        for metric in night.metrics {
            guard let value = metric.value else { continue }
            if let name = names[metric.id], metric.unit == "min" {
                parts.append(OMHDataPoint.unit(name, ExportText.number(value), "min"))
            }
        }
        let arising = max(0, night.end.seconds(since: waking) / 60)
        parts.append(
            OMHDataPoint.unit("latency_to_arising", ExportText.number(arising), "min"))
        // The share of this stretch; Hearth's own sleep efficiency is that of the time in bed.
        let share = 100 * Double(stages.count(where: \.isSleep)) / Double(last + 1 - first)
        parts.append(
            OMHDataPoint.unit("sleep_efficiency_percentage", ExportText.number(share), "%"))
        parts.append("\"is_main_sleep\":true")
        parts.append(point.frame(onset, until: waking))
        return "{\(parts.joined(separator: ","))}"
    }
}
