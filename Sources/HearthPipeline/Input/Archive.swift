// SPDX-License-Identifier: Apache-2.0
import CArchive

/// An archive (zip, tar, gzip) read entry by entry through libarchive, nothing ever unpacked to disk.
///
/// Entry names are data: they are shown, never opened. Only regular files are entries here.
@safe final class Archive: ByteSource {
    private let handle: OpaquePointer
    private let archiveBytes: Int64
    private let limits: ArchiveLimits
    private var bytesOut: Int64 = 0
    private var entryBytesOut: Int64 = 0
    private var entries = 0

    /// - Throws: ``PipelineErrorCode/archiveDamaged`` if it cannot be opened as an archive.
    init(path: String, size: Int64, limits: ArchiveLimits) throws(PipelineError) {
        guard let handle = unsafe archive_read_new() else {
            throw PipelineError(.readFailed, "no memory to read the archive")
        }
        unsafe self.handle = handle
        self.archiveBytes = max(1, size)
        self.limits = limits
        unsafe archive_read_support_format_zip(handle)
        unsafe archive_read_support_format_tar(handle)
        unsafe archive_read_support_format_raw(handle)
        unsafe archive_read_support_filter_gzip(handle)
        guard unsafe archive_read_open_filename(handle, path, 1 << 18) == ARCHIVE_OK else {
            throw damaged()
        }
    }

    deinit { unsafe archive_read_free(handle) }

    /// Moves to the next regular file; `nil` at the end. The name is for showing only.
    ///
    /// - Throws: if the archive is damaged, encrypted or passes a limit.
    func next() throws(PipelineError) -> String? {
        while true {
            var entry: OpaquePointer?
            let status = unsafe archive_read_next_header(handle, &entry)
            if status == ARCHIVE_EOF { return nil }
            guard status == ARCHIVE_OK || status == ARCHIVE_WARN, let entry = unsafe entry else {
                throw damaged()
            }
            entries += 1
            if entries > limits.entries {
                throw PipelineError(
                    .archiveLimit, "more than \(limits.entries) entries (limit: entries)")
            }
            if unsafe archive_entry_is_encrypted(entry) != 0 {
                throw PipelineError(
                    .archiveEncrypted, "found an encrypted archive; expected one without password")
            }
            entryBytesOut = 0
            // Symbolic links, devices and folders hold no recording.
            if unsafe archive_entry_filetype(entry) == regularFile {
                return unsafe Self.shownName(archive_entry_pathname_utf8(entry))
            }
        }
    }

    func read(into buffer: inout [UInt8]) throws(PipelineError) -> Int {
        let count = unsafe buffer.withUnsafeMutableBytes { bytes in
            unsafe archive_read_data(handle, bytes.baseAddress, bytes.count)
        }
        guard count >= 0 else { throw damaged() }
        bytesOut += Int64(count)
        entryBytesOut += Int64(count)
        if bytesOut > limits.ratioGrace, bytesOut / archiveBytes >= limits.ratio {
            throw PipelineError(
                .archiveLimit,
                "grows more than \(limits.ratio)-fold when unpacked (limit: ratio)")
        }
        if entryBytesOut > limits.entryBytes {
            throw PipelineError(
                .archiveLimit,
                "an entry unpacks to more than \(limits.entryBytes) bytes (limit: entryBytes)")
        }
        return count
    }

    private func damaged() -> PipelineError {
        PipelineError(.archiveDamaged, "found a damaged archive; what comes after is lost")
    }

    /// The name without control characters, at most 120 characters of its end.
    private static func shownName(_ raw: UnsafePointer<CChar>?) -> String {
        guard let raw = unsafe raw else { return "entry" }
        let name = unsafe String(cString: raw)
        let clean = String(name.unicodeScalars.filter { $0.value >= 32 && $0.value != 127 })
        return clean.count > 120 ? "…" + clean.suffix(119) : clean
    }
}

/// The file-type bits of a regular file.
private let regularFile: mode_t = 0o100000
