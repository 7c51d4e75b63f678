// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthCrypto
import HearthFormats
public import HearthVault

/// The forms samples are exported in. Both hold everything; either can be ingested again.
public enum ExportFormat: String, Sendable, CaseIterable {
    case csv, ndjson
}

/// What an export wrote.
public struct ExportSummary: Sendable, Hashable {
    public var samples = 0
    /// Corrections and tags.
    public var corrections = 0
    public var files = 0
    /// SHA-256 of the manifest, which lists the SHA-256 of every other file.
    public var digest: [UInt8] = []
}

/// Writes a person's samples as a folder that other tools can read and Hearth can take back.
///
/// Layout: `samples/<quantity>.csv` or `.ndjson`, `sleep-corrections` and `tags` in the same forms
/// if there are any, `data-dictionary.csv`, `README.txt`, and `manifest.json` with the SHA-256 of
/// every file. The bytes depend on the samples, corrections and tags alone: an export, ingested into an
/// empty vault and exported again, is identical.
public struct Exporter {
    private let vault: Vault
    private let formats: [ExportFormat]

    public init(vault: Vault, formats: [ExportFormat] = ExportFormat.allCases) {
        self.vault = vault
        self.formats = formats
    }

    /// Exports what the query selects.
    ///
    /// - Throws: ``RightsError`` if the sink fails, `VaultError` if the vault does.
    public func export(_ query: SampleQuery, to sink: some ExportSink) throws -> ExportSummary {
        // A copy for the person holds what is restricted too.
        var query = query
        query.purpose = nil
        var manifest = ExportManifest()
        var summary = ExportSummary()
        for format in formats {
            let rows = try exportSamples(query, as: format, to: sink, &manifest)
            summary.samples = rows
        }
        let own = CorrectionTables(try vault.corrections(of: query.person), query)
        for format in formats {
            let tables = own.tables(format)
            summary.corrections = tables.reduce(0) { $0 + $1.rows }
            for table in tables {
                try write(table.text, table.name, to: sink, &manifest, rows: table.rows)
            }
        }
        try write(DataDictionary.csv, "data-dictionary.csv", to: sink, &manifest)
        let about = Self.readme(withCorrections: summary.corrections > 0)
        try write(about, "README.txt", to: sink, &manifest)
        summary.files = manifest.files.count + 1
        let list = Array(manifest.json.utf8)
        let hasher = SHA256Hasher()
        hasher.update(list.span)
        summary.digest = hasher.finish()
        try sink.begin("manifest.json")
        try sink.write(list.span)
        try sink.end()
        return summary
    }

    /// One pass over the vault; a new file whenever the quantity changes.
    private func exportSamples(
        _ query: SampleQuery, as format: ExportFormat, to sink: some ExportSink,
        _ manifest: inout ExportManifest
    ) throws -> Int {
        var open: ExportedFile?
        var rows = 0
        var text: [UInt8] = []
        try vault.read(query) { stream, block in
            if open?.quantity != stream.quantity {
                if let done = open.take() { try finish(done, sink, &manifest) }
                open = try start(stream.quantity, format, sink)
            }
            text.removeAll(keepingCapacity: true)
            switch format {
            case .csv: HearthCSVWriter().append(block, to: &text)
            case .ndjson: HearthNDJSONWriter().append(block, to: &text)
            }
            try sink.write(text.span)
            open?.add(text.span, rows: block.count)
            rows += block.count
        }
        if let done = open.take() { try finish(done, sink, &manifest) }
        return rows
    }

    private func start(
        _ quantity: Quantity, _ format: ExportFormat, _ sink: some ExportSink
    ) throws(RightsError) -> ExportedFile {
        var file = ExportedFile(
            name: "samples/\(quantity.name).\(format.rawValue)", quantity: quantity)
        try sink.begin(file.name)
        if format == .csv {
            var header: [UInt8] = []
            HearthCSVWriter().appendHeader(to: &header)
            try sink.write(header.span)
            file.add(header.span, rows: 0)
        }
        return file
    }

    private func finish(
        _ file: ExportedFile, _ sink: some ExportSink, _ manifest: inout ExportManifest
    ) throws(RightsError) {
        try sink.end()
        manifest.files.append(file.entry)
    }

    private func write(
        _ text: String, _ name: String, to sink: some ExportSink,
        _ manifest: inout ExportManifest, rows: Int? = nil
    ) throws(RightsError) {
        let bytes = Array(text.utf8)
        var file = ExportedFile(name: name, quantity: nil)
        try sink.begin(name)
        try sink.write(bytes.span)
        try sink.end()
        file.add(bytes.span, rows: 0)
        var entry = file.entry
        entry.rows = rows
        manifest.files.append(entry)
    }

    private static func readme(withCorrections: Bool) -> String {
        let own =
            withCorrections
            ? """
            sleep-corrections     what you said about your sleep: added, edited, removed
            tags                  the words you put to days

            """ : ""
        return readmeHead + own + readmeTail
    }

    private static let readmeHead = """
        This folder was exported by Hearth. It holds health data: keep it as you would keep a diary.

        samples/              one file a quantity; the same samples as CSV and as NDJSON

        """

    private static let readmeTail = """
        data-dictionary.csv   what each quantity is, its unit and its columns
        manifest.json         rows and SHA-256 of every file

        Times are UTC to the nanosecond; "zone-offset" says what the clock on the wall showed.
        All of it can be read back, in either form: hearth ingest samples/heart-rate.csv

        """
}

/// A file being written: its size, rows and checksum so far.
private struct ExportedFile {
    let name: String
    let quantity: Quantity?
    private var rows = 0
    private var bytes = 0
    private let hasher = SHA256Hasher()

    init(name: String, quantity: Quantity?) {
        self.name = name
        self.quantity = quantity
    }

    mutating func add(_ text: Span<UInt8>, rows: Int) {
        hasher.update(text)
        bytes += text.count
        self.rows += rows
    }

    var entry: ExportManifest.File {
        ExportManifest.File(
            name: name, bytes: bytes, sha256: hasher.finish().hexadecimal,
            quantity: quantity?.name, rows: quantity == nil ? nil : rows)
    }
}
