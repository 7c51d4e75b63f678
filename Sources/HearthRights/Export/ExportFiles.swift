// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthCrypto

/// A file of an export that another part of the program wrote, to be listed with the others.
public struct ExportedFile: Sendable, Hashable {
    public var name: String
    public var format: ExportFormat
    public var bytes: Int
    /// Lower-case hexadecimal digits.
    public var sha256: String
    public var rows: Int

    public init(name: String, format: ExportFormat, bytes: Int, sha256: String, rows: Int) {
        self.name = name
        self.format = format
        self.bytes = bytes
        self.sha256 = sha256
        self.rows = rows
    }
}

/// Writes the files of an export one after another and keeps the list of them.
final class ExportFiles {
    private let sink: any ExportSink
    private(set) var manifest = ExportManifest()
    private var entry: ExportManifest.File?
    private var hasher = SHA256Hasher()
    /// Bytes of the file being written.
    private(set) var openBytes = 0
    var isOpen: Bool { entry != nil }

    init(_ sink: any ExportSink) { self.sink = sink }

    func begin(
        _ name: String, _ format: ExportFormat? = nil, quantity: Quantity? = nil,
        countsRows: Bool = true
    ) throws(RightsError) {
        try sink.begin(name)
        entry = ExportManifest.File(
            name: name, bytes: 0, sha256: "", format: format?.rawValue, quantity: quantity?.name,
            rows: countsRows ? 0 : nil)
        hasher = SHA256Hasher()
        openBytes = 0
    }

    func write(_ bytes: [UInt8], rows: Int = 0) throws(RightsError) {
        guard !bytes.isEmpty else { return }
        try sink.write(bytes.span)
        hasher.update(bytes.span)
        openBytes += bytes.count
        if let before = entry?.rows { entry?.rows = before + rows }
    }

    func end() throws(RightsError) {
        try sink.end()
        guard var done = entry.take() else { return }
        done.bytes = openBytes
        done.sha256 = hasher.finish().hexadecimal
        manifest.files.append(done)
    }

    /// A file written in one go.
    func whole(
        _ text: String, _ name: String, _ format: ExportFormat? = nil, rows: Int? = nil
    ) throws(RightsError) {
        try begin(name, format, countsRows: rows != nil)
        try write(Array(text.utf8), rows: rows ?? 0)
        try end()
    }

    /// Lists a file that is already there.
    func adopt(_ file: ExportedFile) {
        manifest.files.append(
            ExportManifest.File(
                name: file.name, bytes: file.bytes, sha256: file.sha256,
                format: file.format.rawValue, quantity: nil, rows: file.rows))
    }

    func leaveOut(_ format: ExportFormat, _ quantity: Quantity, _ samples: Int, _ reason: String) {
        guard samples > 0 else { return }
        let same = manifest.leftOut.firstIndex {
            $0.format == format.rawValue && $0.quantity == quantity.name && $0.reason == reason
        }
        if let same {
            manifest.leftOut[same].samples += samples
        } else {
            manifest.leftOut.append(
                ExportManifest.LeftOut(
                    format: format.rawValue, quantity: quantity.name, samples: samples,
                    reason: reason))
        }
    }

    func setStreams(_ streams: [ExportManifest.Stream]) { manifest.streams = streams }

    /// Writes the manifest and, last, the checksums of all files in the form of `sha256sum`.
    ///
    /// - Returns: SHA-256 of the manifest.
    func finish() throws(RightsError) -> [UInt8] {
        let text = manifest.json
        try whole(text, "manifest.json")
        let digest = SHA256Hasher()
        digest.update(Array(text.utf8).span)
        let sums = manifest.files.map { "\($0.sha256)  \($0.name)\n" }.joined()
        try sink.begin("SHA256SUMS")
        try sink.write(Array(sums.utf8).span)
        try sink.end()
        return digest.finish()
    }
}
