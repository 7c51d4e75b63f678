// SPDX-License-Identifier: Apache-2.0
import HearthFormats

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The bytes of a database file, private to this process and at a fixed place in memory.
///
/// Unsafe pointers are kept here because SQLite reads the bytes for as long as a connection is open:
/// no array or span may be lent for that long. The pointer is freed exactly once, in `deinit`, and
/// the connection holds the image.
@safe final class SQLiteImage {
    let start: UnsafeMutableRawPointer
    let count: Int
    private let isMapped: Bool
    /// The file was last written in write-ahead mode.
    let isWriteAhead: Bool

    /// Where the header tells the versions needed to write and to read: 1 for the rollback journal,
    /// 2 for the write-ahead log.
    private static let versions = 18...19
    private static let magic = "SQLite format 3\u{0}"
    private static let headerBytes = 100

    /// Copies the bytes.
    init(_ bytes: Span<UInt8>, _ limits: SQLiteLimits) throws(ReadError) {
        try Self.check(Int64(bytes.count), limits)
        unsafe start = UnsafeMutableRawPointer.allocate(byteCount: bytes.count, alignment: 16)
        count = bytes.count
        isMapped = false
        let target = unsafe UnsafeMutableRawBufferPointer(start: start, count: count)
        unsafe bytes.withUnsafeBytes { unsafe target.copyMemory(from: $0) }
        isWriteAhead = unsafe Self.clearVersions(target)
        guard unsafe Self.hasHeader(target) else { throw Self.noDatabase }
    }

    /// Maps an open file, copy-on-write.
    init(mapping descriptor: Int32, _ limits: SQLiteLimits) throws(ReadError) {
        // Not fstat, which some C libraries turn into a call that the sandbox refuses.
        let end = lseek(descriptor, 0, SEEK_END)
        guard end >= 0 else { throw Self.noDatabase }
        try Self.check(Int64(end), limits)
        let length = Int(end)
        let mapped = unsafe mmap(
            nil, length, PROT_READ | PROT_WRITE, MAP_PRIVATE, descriptor, 0)
        guard let mapped = unsafe mapped, unsafe mapped != MAP_FAILED else {
            throw Self.noDatabase
        }
        unsafe start = mapped
        count = length
        isMapped = true
        let target = unsafe UnsafeMutableRawBufferPointer(start: mapped, count: length)
        isWriteAhead = unsafe Self.clearVersions(target)
        guard unsafe Self.hasHeader(target) else { throw Self.noDatabase }
    }

    deinit {
        if isMapped {
            unsafe munmap(start, count)
        } else {
            unsafe start.deallocate()
        }
    }

    private static var noDatabase: ReadError {
        ReadError(
            .damaged, at: ReadPosition(byte: 0), found: "no header of a database",
            expected: "a SQLite file")
    }

    private static func check(_ size: Int64, _ limits: SQLiteLimits) throws(ReadError) {
        guard size >= Int64(headerBytes) else { throw noDatabase }
        guard size <= limits.databaseBytes else {
            throw ReadError(
                .limitExceeded, at: ReadPosition(byte: limits.databaseBytes),
                found: "a database of more than \(limits.databaseBytes) bytes",
                expected: "at most the limit databaseBytes")
        }
    }

    private static func hasHeader(_ bytes: UnsafeMutableRawBufferPointer) -> Bool {
        unsafe bytes.count >= headerBytes
            && bytes.prefix(magic.utf8.count).elementsEqual(magic.utf8)
    }

    /// Makes SQLite read a file of write-ahead mode without looking for the log beside it.
    private static func clearVersions(_ bytes: UnsafeMutableRawBufferPointer) -> Bool {
        guard bytes.count >= headerBytes else { return false }
        let isWriteAhead = versions.contains { unsafe bytes[$0] == 2 }
        if isWriteAhead { for index in versions { unsafe bytes[index] = 1 } }
        return isWriteAhead
    }
}
