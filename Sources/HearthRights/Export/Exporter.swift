// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
import HearthFormats
public import HearthVault

/// The forms an export has.
///
/// CSV and NDJSON hold everything and either can be ingested again; SQLite holds everything for
/// queries; the others hold what their standards have words for.
public enum ExportFormat: String, Sendable, CaseIterable {
    case csv, ndjson, fhir, omh, edf, sqlite

    /// What is written if nothing is asked for.
    public static let standard: [ExportFormat] = [.csv, .ndjson]
}

/// What an export wrote.
public struct ExportSummary: Sendable, Hashable {
    public var samples = 0
    /// Corrections, tags and settings.
    public var corrections = 0
    /// Local days with derived results.
    public var days = 0
    /// Alerts of live streams.
    public var alerts = 0
    public var files = 0
    /// Samples that one format or another could not hold; the manifest says which and why.
    public var leftOut = 0
    /// SHA-256 of the manifest, which lists the SHA-256 of every other file.
    public var digest: [UInt8] = []
    /// Of the samples and statements that were written; ``Category/results`` where days were.
    public var categories: Set<Category> = []
}

/// Writes a person's samples as a folder that other tools can read and Hearth can take back.
///
/// Layout: `observed/` holds what was taken in and what the person said, `waveforms/` its signals as
/// EDF, apart, so that `observed/` holds a sample once for who takes it back; `derived/` what Hearth
/// made of it; beside them `data-dictionary.csv`, `README.txt`, `manifest.json`
/// with counts by stream, and `SHA256SUMS`. Apart from Open mHealth's creation time the bytes depend on
/// what is stored alone: an export, ingested into an empty vault and exported again, is identical.
public struct Exporter {
    let vault: Vault
    let formats: [ExportFormat]
    private let derived: DerivedResults?
    let made: Timestamp

    /// - Parameters:
    ///   - derived: the results to add, or `nil` for none.
    ///   - made: the time of the export, which data points of Open mHealth tell.
    public init(
        vault: Vault, formats: [ExportFormat] = ExportFormat.standard,
        derived: DerivedResults? = nil, made: Timestamp = Timestamp(nanoseconds: 0)
    ) {
        self.vault = vault
        self.formats = ExportFormat.allCases.filter(formats.contains)
        self.derived = derived
        self.made = made
    }

    /// Exports what the query selects.
    ///
    /// - Parameter others: files already written beside these, such as the SQLite database.
    /// - Throws: ``RightsError`` if the sink fails, `VaultError` if the vault does.
    public func export(
        _ query: SampleQuery, to sink: some ExportSink, beside others: [ExportedFile] = []
    ) throws -> ExportSummary {
        // A copy for the person holds what is restricted too, one for somebody else does not.
        var query = query
        if query.purpose != .share { query.purpose = nil }
        let files = ExportFiles(sink)
        let reader = try MonthlyReader(vault, query)
        let zone = try Self.zone(vault, query.person)
        var summary = ExportSummary()
        let streams = Self.listed(reader)
        files.setStreams(streams)
        summary.samples = streams.reduce(0) { $0 + $1.samples }
        for format in formats {
            switch format {
            case .csv, .ndjson:
                try exportSamples(query, as: format, to: files)
                summary.corrections = try exportCorrections(query, as: format, to: files)
            case .fhir:
                try FHIRExporter(reader, zone: zone).export(to: files)
                let said = ExportVocabulary.selected(
                    try vault.corrections(of: query.person, for: query.purpose), query)
                let own = try FHIRStatements(person: query.person, zone: zone).export(
                    said, to: files)
                summary.corrections = max(summary.corrections, own)
            case .omh: try OMHExporter(reader, zone: zone, made: made).export(to: files)
            case .edf: try EDFExporter(reader, zone: zone).export(to: files)
            case .sqlite: break
            }
        }
        if let derived {
            let exporter = DerivedExporter(
                results: derived, person: query.person, zone: zone, made: made)
            (summary.days, summary.alerts) = try exporter.export(Set(formats), to: files)
        }
        for other in others { files.adopt(other) }
        try writeDocuments(files)
        summary.digest = try files.finish()
        summary.files = files.manifest.files.count + 1
        summary.categories = try categoriesWritten(
            reader, files.manifest, days: summary.days + summary.alerts)
        summary.leftOut = files.manifest.leftOut.reduce(0) { $0 + $1.samples }
        return summary
    }

    private func writeDocuments(_ files: ExportFiles) throws(RightsError) {
        if formats.contains(.fhir) {
            let methods = derived?.methods.map { (id: $0.id, label: $0.label) } ?? []
            try files.whole(
                FHIRVocabulary.codeSystem(methods), "\(FHIRExporter.folder)/code-system.json", .fhir
            )
        }
        try files.whole(DataDictionary.csv, "data-dictionary.csv")
        try files.whole(ExportReadme.text(formats, hasDerived: derived != nil), "README.txt")
    }

    /// The person's wall clock.
    static func zone(_ vault: Vault, _ person: PersonID) throws -> ZoneTimeline {
        var spans: [ZoneSpan] = []
        try vault.read(SampleQuery(person: person, quantities: [.zoneOffset])) { _, block in
            guard block.columns.count == 2 else { return }
            for index in 0..<block.count {
                let origin = UInt8(exactly: block.columns[1][index]).flatMap(ZoneOrigin.init)
                spans.append(
                    ZoneSpan(
                        start: block.times[index],
                        offsetSeconds: Int32(block.columns[0][index]), origin: origin ?? .unknown))
            }
        }
        return ZoneTimeline(spans)
    }

    /// The streams as the manifest lists them.
    private static func listed(_ reader: MonthlyReader) -> [ExportManifest.Stream] {
        let utc = ZoneTimeline()
        return reader.streams.map { summary in
            ExportManifest.Stream(
                quantity: summary.stream.quantity.name, device: summary.device.id.text,
                vendor: summary.device.vendor, model: summary.device.model,
                origin: summary.stream.origin.file.name,
                derivation: summary.stream.origin.derivation.name, samples: summary.samples,
                first: ExportText.time(summary.first, utc), last: ExportText.time(summary.last, utc)
            )
        }
    }

    /// One pass over the vault; a new file whenever the quantity changes.
    private func exportSamples(
        _ query: SampleQuery, as format: ExportFormat, to files: ExportFiles
    ) throws {
        var current: Quantity?
        var text: [UInt8] = []
        try vault.read(query) { stream, block in
            text.removeAll(keepingCapacity: true)
            if current != stream.quantity {
                if current != nil { try files.end() }
                current = stream.quantity
                try files.begin(
                    "observed/samples/\(stream.quantity.name).\(format.rawValue)", format,
                    quantity: stream.quantity)
                if format == .csv { HearthCSVWriter().appendHeader(to: &text) }
            }
            switch format {
            case .csv: HearthCSVWriter().append(block, to: &text)
            default: HearthNDJSONWriter().append(block, to: &text)
            }
            try files.write(text, rows: block.count)
        }
        if current != nil { try files.end() }
    }

    private func exportCorrections(
        _ query: SampleQuery, as format: ExportFormat, to files: ExportFiles
    ) throws -> Int {
        let own = CorrectionTables(
            try vault.corrections(of: query.person, for: query.purpose), query)
        let tables = own.tables(format)
        for table in tables { try files.whole(table.text, table.name, format, rows: table.rows) }
        return tables.reduce(0) { $0 + $1.rows }
    }
}
