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
    /// Everything that is kept of the day, as JSON of one line.
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
    let methods: [DerivedMethod]
    let forEachDay: Days

    /// - Parameter forEachDay: calls its argument with every day, ascending; may be called again.
    public init(methods: [DerivedMethod], forEachDay: @escaping Days) {
        self.methods = methods
        self.forEachDay = forEachDay
    }
}

/// Writes derived results into folders of their own.
struct DerivedExporter {
    let results: DerivedResults
    let person: PersonID
    let zone: ZoneTimeline
    let made: Timestamp

    func export(_ formats: Set<ExportFormat>, to files: ExportFiles) throws -> Int {
        var days = 0
        if formats.contains(.csv) { days = try metricsTable(files) }
        if formats.contains(.ndjson) { days = try records(files) }
        if formats.contains(.fhir) { days = try fhir(files) }
        if formats.contains(.omh) { days = try omh(files) }
        guard days > 0 else { return 0 }
        let header = ["metric", "meaning", "unit_ucum", "formula", "inputs", "source", "model"]
        let rows = results.methods.map {
            [$0.id, $0.label, $0.unit, $0.formula, $0.inputs, $0.source, $0.model]
        }
        try files.whole(ExportText.csv(header, rows), "derived/data-dictionary.csv")
        return days
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
                try writer.add(Self.resource(metric, day, observation), rows: 1)
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
        _ metric: Metric, _ day: DerivedDay, _ observation: FHIRObservation
    ) -> String {
        let id = ExportText.uuid(
            "hearth/fhir/result \(observation.patient) \(day.day) \(metric.id)")
        var codings = [(FHIRVocabulary.own, metric.id, metric.label)]
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
            let stem = "hearth/omh/night \(user) \(night.start.nanoseconds)"
            try writer.add(
                point.point(
                    .sleepEpisode, id: ExportText.uuid(stem + " episode"), source: "Hearth",
                    at: night.end, body: Self.episode(night, point)))
            try writer.add(
                point.point(
                    .stageSummary, id: ExportText.uuid(stem + " stages"), source: "Hearth",
                    at: night.end,
                    body: OMHSleep.body(OMHSleep.stages(of: night.hypnogram), point)))
        }
        try writer.close()
        return days
    }

    private static func episode(_ night: NightSummary, _ point: OMHDataPoint) -> String {
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
            } else if metric.id == "sleep-efficiency", metric.unit == "%" {
                parts.append(
                    OMHDataPoint.unit("sleep_efficiency_percentage", ExportText.number(value), "%"))
            }
        }
        parts.append("\"is_main_sleep\":true")
        parts.append(point.frame(night.start, until: night.end))
        return "{\(parts.joined(separator: ","))}"
    }
}
