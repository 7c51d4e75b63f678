// SPDX-License-Identifier: Apache-2.0
#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Bytes in order, read into a buffer the caller keeps.
protocol ByteSource: AnyObject {
    /// Bytes in all, where that is known and every place can be sought; `nil` for a stream.
    var length: Int64? { get }

    /// Fills the buffer from its start and returns how many bytes came; 0 at the end.
    func read(into buffer: inout [UInt8]) throws(IntakeError) -> Int

    /// The next byte read is that at `offset`. Only for sources with a length.
    func seek(to offset: Int64)
}

extension ByteSource {
    /// Reads until the buffer is full or the source has ended.
    func fill(_ buffer: inout [UInt8]) throws(IntakeError) -> Int {
        let wanted = buffer.count
        let first = try read(into: &buffer)
        guard first > 0, first < wanted else { return first }
        var filled = first
        while filled < wanted {
            var rest = [UInt8](repeating: 0, count: wanted - filled)
            let count = try read(into: &rest)
            if count == 0 { break }
            buffer.replaceSubrange(filled..<filled + count, with: rest[..<count])
            filled += count
        }
        return filled
    }

    /// The next `count` bytes, fewer at the end.
    func take(_ count: Int) throws(IntakeError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        bytes.removeSubrange(try fill(&bytes)...)
        return bytes
    }
}

/// An open file, or a stream such as standard input. Every source of one file has its own place.
final class DescriptorSource: ByteSource {
    let length: Int64?
    private let descriptor: Int32
    private var offset: Int64 = 0

    init(_ descriptor: Int32) {
        self.descriptor = descriptor
        // A stream cannot be sought. The shared place that this moves is never read from.
        let end = lseek(descriptor, 0, SEEK_END)
        length = end >= 0 ? Int64(end) : nil
    }

    func seek(to offset: Int64) { self.offset = offset }

    func read(into buffer: inout [UInt8]) throws(IntakeError) -> Int {
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { bytes -> Int in
                guard let start = bytes.baseAddress else { return 0 }
                return length == nil
                    ? unsafe systemRead(descriptor, start, bytes.count)
                    : unsafe pread(descriptor, start, bytes.count, off_t(offset))
            }
            if count >= 0 {
                offset += Int64(count)
                return count
            }
            if errno != EINTR { throw IntakeError(.readFailed, "reading failed: error \(errno)") }
        }
    }
}

/// Inside a type with a method `read` the system's function has to be named from outside.
private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer, _ count: Int) -> Int
{
    unsafe read(descriptor, buffer, count)
}

/// Bytes at hand.
final class MemorySource: ByteSource {
    private let bytes: [UInt8]
    private var offset = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var length: Int64? { Int64(bytes.count) }

    func seek(to offset: Int64) { self.offset = Int(min(max(0, offset), Int64(bytes.count))) }

    func read(into buffer: inout [UInt8]) throws(IntakeError) -> Int {
        let count = min(buffer.count, bytes.count - offset)
        guard count > 0 else { return 0 }
        buffer.replaceSubrange(0..<count, with: bytes[offset..<offset + count])
        offset += count
        return count
    }
}

/// Bytes that were looked at already, and what comes behind them.
final class ChainSource: ByteSource {
    private let head: MemorySource
    private let rest: any ByteSource

    init(_ head: [UInt8], _ rest: any ByteSource) {
        self.head = MemorySource(head)
        self.rest = rest
    }

    var length: Int64? { nil }

    func seek(to offset: Int64) {}

    func read(into buffer: inout [UInt8]) throws(IntakeError) -> Int {
        let count = try head.read(into: &buffer)
        return count > 0 ? count : try rest.read(into: &buffer)
    }
}
