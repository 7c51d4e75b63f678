// SPDX-License-Identifier: Apache-2.0
import CArchive
import CHearthSystem

/// An archive (zip, tar, gzip) read entry by entry through libarchive, nothing ever unpacked to disk.
///
/// Entry names are data: they are shown, never opened. Only regular files are entries here.
@safe final class Archive: ByteSource {
    private let handle: OpaquePointer
    private let feed: ArchiveFeed
    private let budget: ArchiveBudget
    private var entryBytesOut: Int64 = 0
    private var entryStart: Int64 = 0
    private var entryBytesIn: Int64 = 0
    /// Of all entries.
    private var bytesOut: Int64 = 0
    private var bytesIn: Int64 = 0
    private let isOutermost: Bool

    /// The entry at hand is a stream.
    var length: Int64? { nil }

    /// - Parameter isOutermost: the source is the file, not an entry of another archive.
    /// - Throws: ``IntakeErrorCode/archiveDamaged`` if it cannot be opened as an archive.
    init(
        _ source: any ByteSource, budget: ArchiveBudget, isOutermost: Bool
    ) throws(IntakeError) {
        guard let handle = unsafe archive_read_new() else {
            throw IntakeError(.readFailed, "no memory to read the archive")
        }
        unsafe self.handle = handle
        self.budget = budget
        self.isOutermost = isOutermost
        feed = ArchiveFeed(source)
        unsafe archive_read_support_format_zip(handle)
        unsafe archive_read_support_format_tar(handle)
        unsafe archive_read_support_format_raw(handle)
        unsafe archive_read_support_filter_gzip(handle)
        let data = unsafe Unmanaged.passUnretained(feed).toOpaque()
        unsafe archive_read_set_callback_data(handle, data)
        unsafe archive_read_set_read_callback(handle) { _, data, buffer in
            unsafe ArchiveFeed.of(data)?.read(buffer) ?? -1
        }
        if source.length != nil {
            unsafe archive_read_set_skip_callback(handle) { _, data, count in
                unsafe ArchiveFeed.of(data)?.skip(count) ?? 0
            }
            unsafe archive_read_set_seek_callback(handle) { _, data, offset, whence in
                unsafe ArchiveFeed.of(data)?.seek(offset, whence) ?? -1
            }
        }
        guard unsafe archive_read_open1(handle) == ARCHIVE_OK else { throw failure() }
    }

    deinit { unsafe archive_read_free(handle) }

    /// Moves to the next regular file; `nil` at the end. The name is for showing and comparing only.
    ///
    /// - Throws: if the archive is damaged, encrypted or passes a limit.
    func next() throws(IntakeError) -> String? {
        // Names are turned into the locale's text on their way, which must be one that can hold them.
        let before = unsafe hearth_locale_utf8()
        defer { unsafe hearth_locale_restore(before) }
        while true {
            var entry: OpaquePointer?
            let status = unsafe archive_read_next_header(handle, &entry)
            if status == ARCHIVE_EOF, feed.failure == nil { return nil }
            guard status == ARCHIVE_OK || status == ARCHIVE_WARN, let entry = unsafe entry else {
                throw failure()
            }
            try budget.countEntry()
            if unsafe archive_entry_is_encrypted(entry) != 0 {
                throw IntakeError(
                    .archiveEncrypted,
                    "found an encrypted archive; expected one without password: unpack it with its "
                        + "password first")
            }
            entryBytesOut = 0
            entryBytesIn = 0
            entryStart = unsafe archive_filter_bytes(handle, -1)
            // Symbolic links, devices and folders hold no recording.
            if unsafe archive_entry_filetype(entry) == regularFile {
                // Without a locale the library hands out a name that is not ASCII only as it stands.
                return unsafe Self.shownName(
                    archive_entry_pathname_utf8(entry) ?? archive_entry_pathname(entry))
            }
        }
    }

    func read(into buffer: inout [UInt8]) throws(IntakeError) -> Int {
        let count = unsafe buffer.withUnsafeMutableBytes { bytes in
            unsafe archive_read_data(handle, bytes.baseAddress, bytes.count)
        }
        guard count >= 0 else { throw failure() }
        entryBytesOut += Int64(count)
        if feed.source.length == nil { budget.fileBytes = max(budget.fileBytes, feed.bytesRead) }
        let before = entryBytesIn
        entryBytesIn = unsafe archive_filter_bytes(handle, -1) - entryStart
        bytesOut += Int64(count)
        bytesIn += entryBytesIn - before
        try budget.count(
            count, entryOut: entryBytesOut, entryIn: entryBytesIn + Int64(1 << 16),
            taken: isOutermost ? entryBytesIn - before : 0, archiveOut: bytesOut,
            archiveIn: bytesIn)
        return count
    }

    func seek(to offset: Int64) {}

    private func failure() -> IntakeError {
        feed.failure
            ?? IntakeError(.archiveDamaged, "found a damaged archive; what comes after is lost")
    }

    /// The name without control characters, at most 120 characters of its end.
    private static func shownName(_ raw: UnsafePointer<CChar>?) -> String {
        guard let raw = unsafe raw else { return "entry" }
        let name = unsafe String(cString: raw)
        let clean = name.unicodeScalars.filter { $0.value >= 32 && $0.value != 127 }
        return clean.count > 120 ? "…" + String(clean.suffix(119)) : String(clean)
    }
}

/// Hands a source's bytes to libarchive.
@safe private final class ArchiveFeed {
    static let bufferBytes = 1 << 18

    let source: any ByteSource
    /// Why the source failed; libarchive knows only that it did.
    private(set) var failure: IntakeError?
    private(set) var bytesRead: Int64 = 0
    private var offset: Int64 = 0
    private var piece = [UInt8](repeating: 0, count: ArchiveFeed.bufferBytes)
    /// What libarchive reads from until it asks again.
    private let memory = UnsafeMutableRawBufferPointer.allocate(
        byteCount: ArchiveFeed.bufferBytes, alignment: 64)

    init(_ source: any ByteSource) {
        self.source = source
        if source.length != nil { source.seek(to: 0) }
    }

    deinit { unsafe memory.deallocate() }

    static func of(_ data: UnsafeMutableRawPointer?) -> ArchiveFeed? {
        guard let data = unsafe data else { return nil }
        return unsafe Unmanaged<ArchiveFeed>.fromOpaque(data).takeUnretainedValue()
    }

    func read(_ buffer: UnsafeMutablePointer<UnsafeRawPointer?>?) -> Int {
        guard failure == nil else { return -1 }
        do throws(IntakeError) {
            let count = try source.read(into: &piece)
            unsafe piece.withUnsafeBytes { bytes in
                unsafe memory.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<count]))
            }
            offset += Int64(count)
            bytesRead += Int64(count)
            unsafe buffer?.pointee = UnsafeRawPointer(memory.baseAddress)
            return count
        } catch {
            failure = error
            return -1
        }
    }

    func skip(_ count: Int64) -> Int64 {
        guard let length = source.length, count > 0 else { return 0 }
        let target = min(offset &+ count, length)
        guard target > offset else { return 0 }
        defer { offset = target }
        source.seek(to: target)
        return target - offset
    }

    func seek(_ distance: Int64, _ whence: Int32) -> Int64 {
        guard let length = source.length else { return -1 }
        // SEEK_SET, SEEK_CUR and SEEK_END.
        let base: Int64 = whence == 0 ? 0 : (whence == 1 ? offset : length)
        let (target, overflow) = base.addingReportingOverflow(distance)
        guard !overflow, target >= 0 else { return -1 }
        offset = target
        source.seek(to: target)
        return target
    }
}

/// The file-type bits of a regular file.
private let regularFile: mode_t = 0o100000
