// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthRights
public import HearthVault

/// An export as one SQLite file that people can query.
///
/// Schema: `docs/export.md`. One table a quantity, its columns described in the table `columns`;
/// `sources` says where a row came from, `quantities` what it means; `clock`, `sleep_corrections`,
/// `tags` and `settings` hold the rest of what is stored, `nights` and `results` what Hearth made of it.
public struct ExportDatabase {
    static let schemaName = "hearth.export-database/1"
    private let vault: Vault
    private let query: SampleQuery

    public init(vault: Vault, query: SampleQuery) {
        self.vault = vault
        self.query = query
    }

    /// Writes the file; it must not exist or be empty. What cannot be finished is taken away.
    ///
    /// - Returns: the rows of samples written.
    /// - Throws: `RightsError` if the file cannot be written, `VaultError` if the vault cannot be read.
    public func write(to path: String, derived: DerivedDays?) throws -> Int {
        do { return try fill(DatabaseWriter(path: path), derived) } catch {
            try? FileManager.default.removeItem(atPath: path)
            throw error
        }
    }

    private func fill(_ database: DatabaseWriter, _ derived: DerivedDays?) throws -> Int {
        try database.execute(Self.tables)
        try database.insert(
            "INSERT INTO about VALUES (?, ?)", [.text("schema"), .text(Self.schemaName)])
        try database.insert(
            "INSERT INTO about VALUES (?, ?)",
            [
                .text("times"),
                .text("time_ns counts nanoseconds since 1970-01-01T00:00:00 UTC"),
            ])
        let rows = try writeSamples(database)
        try writeStatements(database)
        if let derived { try Self.write(derived, database) }
        try database.finish()
        return rows
    }

    private static let tables = """
        CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL);
        CREATE TABLE quantities (quantity TEXT PRIMARY KEY, table_name TEXT NOT NULL,
          meaning TEXT NOT NULL, unit TEXT NOT NULL, aggregation TEXT NOT NULL,
          plausible_from REAL NOT NULL, plausible_to REAL NOT NULL, loinc TEXT);
        CREATE TABLE columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL,
          unit_ucum TEXT NOT NULL, PRIMARY KEY (table_name, column_name));
        CREATE TABLE sources (source_id INTEGER PRIMARY KEY, quantity TEXT NOT NULL,
          device TEXT NOT NULL, vendor TEXT NOT NULL, model TEXT NOT NULL,
          origin TEXT NOT NULL, derivation TEXT NOT NULL, samples INTEGER NOT NULL);
        CREATE TABLE sleep_corrections (id INTEGER PRIMARY KEY, kind TEXT NOT NULL,
          start_ns INTEGER NOT NULL, end_ns INTEGER NOT NULL, made_ns INTEGER NOT NULL, note TEXT);
        CREATE TABLE tags (id INTEGER PRIMARY KEY, label TEXT NOT NULL, day TEXT NOT NULL,
          time_ns INTEGER, made_ns INTEGER NOT NULL);
        CREATE TABLE settings (setting TEXT PRIMARY KEY, value INTEGER NOT NULL,
          meaning TEXT NOT NULL);
        CREATE TABLE nights (day TEXT PRIMARY KEY, start_ns INTEGER NOT NULL,
          end_ns INTEGER NOT NULL, staged_by TEXT NOT NULL, epoch_s INTEGER NOT NULL,
          stages TEXT NOT NULL);
        CREATE TABLE results (day TEXT NOT NULL, metric TEXT NOT NULL, value REAL,
          unit_ucum TEXT NOT NULL, range_low REAL, range_high REAL, coverage REAL,
          confidence TEXT, sources TEXT NOT NULL, model TEXT NOT NULL, missing TEXT,
          PRIMARY KEY (metric, day)) WITHOUT ROWID;
        CREATE TABLE methods (metric TEXT PRIMARY KEY, meaning TEXT NOT NULL,
          unit_ucum TEXT NOT NULL, formula TEXT NOT NULL, source TEXT NOT NULL);
        CREATE TABLE alerts (stream TEXT NOT NULL, sequence INTEGER NOT NULL, rule TEXT NOT NULL,
          model TEXT NOT NULL, source TEXT NOT NULL, from_ns INTEGER NOT NULL,
          to_ns INTEGER NOT NULL, value REAL, unit_ucum TEXT NOT NULL, text TEXT,
          line TEXT NOT NULL, PRIMARY KEY (stream, sequence)) WITHOUT ROWID;
        """

    /// A quantity's table: its name with underscores.
    static func table(_ quantity: Quantity) -> String { quantity.name.replacing("-", with: "_") }

    // MARK: Samples

    private func writeSamples(_ database: DatabaseWriter) throws -> Int {
        var sources: [StreamID: (id: Int64, samples: Int)] = [:]
        var rows = 0
        var made: Set<Quantity> = []
        try vault.read(query) { stream, block in
            if made.insert(stream.quantity).inserted { try makeTable(stream.quantity, database) }
            let source = Int64(sources[stream]?.id ?? Int64(sources.count + 1))
            sources[stream] = (source, (sources[stream]?.samples ?? 0) + block.count)
            if sources[stream]?.samples == block.count {
                try addSource(source, stream, block, database)
            }
            let marks = String(repeating: ", ?", count: block.columns.count)
            let sql = "INSERT INTO \(Self.table(stream.quantity)) VALUES (?, ?, ?\(marks), ?)"
            for index in 0..<block.count {
                var cells: [DatabaseCell] = [
                    .integer(source), .integer(block.times[index].nanoseconds),
                    .integer(block.duration(at: index)),
                ]
                for column in block.columns { cells.append(.real(Double(column[index]))) }
                cells.append(.integer(Int64(block.quality(at: index))))
                try database.insert(sql, cells)
            }
            rows += block.count
        }
        for source in sources.values {
            try database.execute(
                "UPDATE sources SET samples = \(source.samples) WHERE source_id = \(source.id)")
        }
        return rows
    }

    private func makeTable(_ quantity: Quantity, _ database: DatabaseWriter) throws {
        let name = Self.table(quantity)
        let facts = quantity.facts
        let columns = facts.columns.map { "\"\($0)\" REAL NOT NULL, " }.joined()
        try database.execute(
            "CREATE TABLE \(name) (source_id INTEGER NOT NULL REFERENCES sources, "
                + "time_ns INTEGER NOT NULL, duration_ns INTEGER NOT NULL, \(columns)"
                + "quality INTEGER NOT NULL);"
                + "CREATE INDEX \(name)_by_time ON \(name) (source_id, time_ns);"
                + "CREATE VIEW \(name)_readable AS SELECT "
                + "strftime('%Y-%m-%dT%H:%M:%S', time_ns / 1000000000, 'unixepoch') || "
                + "printf('.%03dZ', time_ns / 1000000 % 1000) AS time_utc, "
                + "duration_ns / 1e9 AS duration_s, "
                + facts.columns.map { "\(name).\"\($0)\", " }.joined()
                + "quality, vendor, model, derivation FROM \(name) JOIN sources USING (source_id)")
        let codes = ExportVocabulary.loinc(quantity)
        try database.insert(
            "INSERT INTO quantities VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                .text(facts.name), .text(name), .text(facts.label), .text(facts.unit),
                .text(facts.aggregation.rawValue), .real(Double(facts.plausible.lowerBound)),
                .real(Double(facts.plausible.upperBound)),
                codes.isEmpty ? .null : .text(codes.joined(separator: " ")),
            ])
        for (index, column) in facts.columns.enumerated() {
            try database.insert(
                "INSERT INTO columns VALUES (?, ?, ?)",
                [.text(name), .text(column), .text(ExportVocabulary.ucum(quantity, index))])
        }
    }

    private func addSource(
        _ id: Int64, _ stream: StreamID, _ block: SampleBlock, _ database: DatabaseWriter
    ) throws {
        let digits = String(stream.device.rawValue, radix: 16)
        try database.insert(
            "INSERT INTO sources VALUES (?, ?, ?, ?, ?, ?, ?, 0)",
            [
                .integer(id), .text(stream.quantity.name),
                .text(String(repeating: "0", count: 16 - digits.count) + digits),
                .text(block.device.vendor), .text(block.device.model),
                .text(stream.origin.file.name), .text(stream.origin.derivation.name),
            ])
    }

    // MARK: What the person said, and results

    private func writeStatements(_ database: DatabaseWriter) throws {
        let said = ExportVocabulary.selected(
            try vault.corrections(of: query.person, for: query.purpose), query)
        for one in said.sleep {
            try database.insert(
                "INSERT INTO sleep_corrections VALUES (?, ?, ?, ?, ?, ?)",
                [
                    .integer(Int64(one.id.rawValue)), .text(one.kind.name),
                    .integer(one.start.nanoseconds), .integer(one.end.nanoseconds),
                    .integer(one.made.nanoseconds), one.note.map { .text($0) } ?? .null,
                ])
        }
        for tag in said.tags {
            try database.insert(
                "INSERT INTO tags VALUES (?, ?, ?, ?, ?)",
                [
                    .integer(Int64(tag.id.rawValue)), .text(tag.label), .text(tag.day.description),
                    tag.isWholeDay ? .null : .integer(tag.time.nanoseconds),
                    .integer(tag.made.nanoseconds),
                ])
        }
        for key in PersonSettings.Key.allCases {
            guard let value = said.settings[key] else { continue }
            try database.insert(
                "INSERT INTO settings VALUES (?, ?, ?)",
                [.text(key.facts.name), .integer(Int64(value)), .text(key.facts.meaning)])
        }
    }

    private static func write(_ derived: DerivedDays, _ database: DatabaseWriter) throws {
        func real(_ value: Double?) -> DatabaseCell { value.map { .real($0) } ?? .null }
        for method in DerivedDays.methods + DerivedDays.alertMethods {
            try database.insert(
                "INSERT INTO methods VALUES (?, ?, ?, ?, ?)",
                [
                    .text(method.id), .text(method.label), .text(method.unit),
                    .text(method.formula), .text(method.source),
                ])
        }
        try derived.forEachAlert { alert in
            let terms = alert.terms
            try database.insert(
                "INSERT INTO alerts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    .text(alert.stream), .integer(Int64(clamping: alert.sequence)),
                    .text(terms.rule), .text(terms.model), .text(terms.source),
                    .integer(alert.start.nanoseconds), .integer(alert.end.nanoseconds),
                    real(terms.value), .text(terms.unit), terms.text.map { .text($0) } ?? .null,
                    .text(alert.line),
                ])
        }
        try derived.forEach { day in
            let date = DatabaseCell.text(day.day.description)
            if let night = day.night {
                let digits = night.hypnogram.stages.map { String($0.rawValue) }.joined()
                try database.insert(
                    "INSERT INTO nights VALUES (?, ?, ?, ?, ?, ?)",
                    [
                        date, .integer(night.start.nanoseconds), .integer(night.end.nanoseconds),
                        .text(night.stagedBy), .integer(Int64(night.hypnogram.epochSeconds)),
                        .text(digits),
                    ])
            }
            for metric in day.metrics {
                try database.insert(
                    "INSERT OR REPLACE INTO results VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    [
                        date, .text(metric.id), real(metric.value), .text(metric.unit),
                        real(metric.range?.low), real(metric.range?.high), real(metric.coverage),
                        metric.confidence.map { .text($0.level.rawValue) } ?? .null,
                        .text(metric.sources.joined(separator: "; ")), .text(metric.model),
                        metric.missing.map { .text($0) } ?? .null,
                    ])
            }
        }
    }
}
