// SPDX-License-Identifier: Apache-2.0

/// How the worker's answer is cut into frames. All numbers are little endian.
///
/// A frame is a header of 24 bytes and a payload: `UInt32` length of the payload, `UInt16` type, two
/// zero bytes, `UInt64` number of the frame counted from 0, `UInt64` checksum of number, type and
/// payload. The checksum finds accidents; against a hostile worker only the decoder's checks help.
enum Frame {
    static let headerBytes = 24
    /// Bytes of a payload at most.
    static let payloadLimit = 1 << 20

    enum Kind: UInt16 {
        case hello = 1
        case begin, block, issue, end, passedOver, refused, progress, finished, failed, statement
    }

    /// Sums and sums of sums of 32-bit words, in eight lanes: it finds changed, lost and moved words at
    /// the speed of memory.
    static func checksum(_ bytes: [UInt8], _ range: Range<Int>, number: UInt64, kind: UInt16)
        -> UInt64
    {
        var hash = mixed(mixed(0x9E37_79B9_7F4A_7C15, number), UInt64(kind) << 32 | 1)
        unsafe bytes.withUnsafeBytes { all in
            let payload = unsafe UnsafeRawBufferPointer(rebasing: all[range])
            var sums = SIMD8<UInt32>.zero
            var sumsOfSums = SIMD8<UInt32>.zero
            var index = 0
            while index + 32 <= payload.count {
                sums &+= unsafe payload.loadUnaligned(
                    fromByteOffset: index, as: SIMD8<UInt32>.self)
                sumsOfSums &+= sums
                index += 32
            }
            for lane in 0..<8 {
                hash = mixed(hash, UInt64(sums[lane]) << 32 | UInt64(sumsOfSums[lane]))
            }
            while index < payload.count {
                hash = mixed(hash, UInt64(unsafe payload[index]))
                index += 1
            }
            hash = mixed(hash, UInt64(payload.count))
        }
        return hash
    }

    @inline(__always)
    private static func mixed(_ hash: UInt64, _ word: UInt64) -> UInt64 {
        let sum = (hash ^ word) &* 0xFF51_AFD7_ED55_8CCD
        return sum << 29 | sum >> 35
    }
}

extension [UInt8] {
    mutating func put(_ value: some FixedWidthInteger) {
        unsafe Swift.withUnsafeBytes(of: value.littleEndian) { unsafe append(contentsOf: $0) }
    }

    /// A text: `UInt32` length and UTF-8. Control characters are left out: what reads it takes none.
    mutating func put(_ text: String) {
        if text.utf8.contains(where: { $0 < 32 || $0 == 127 }) {
            let plain = text.utf8.filter { $0 >= 32 && $0 != 127 }
            put(UInt32(plain.count))
            return append(contentsOf: plain)
        }
        put(UInt32(text.utf8.count))
        append(contentsOf: text.utf8)
    }

    /// The values as they lie in memory; both ends run on one machine.
    mutating func putMemory<Value: BitwiseCopyable>(_ values: [Value]) {
        unsafe values.withUnsafeBytes { unsafe append(contentsOf: $0) }
    }

    mutating func overwrite(_ value: some FixedWidthInteger, at index: Int) {
        for byte in 0..<value.bitWidth / 8 {
            self[index + byte] = UInt8(truncatingIfNeeded: value >> (8 * byte))
        }
    }
}

/// Something in a frame, or in the order of frames, that a sound worker does not send.
struct FrameError: Error, Hashable {
    var found: String
}

/// Reads numbers and texts from a part of a buffer; every read is checked.
struct FrameCursor {
    let bytes: [UInt8]
    private(set) var index: Int
    let end: Int

    init(_ bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        index = range.lowerBound
        end = Swift.min(range.upperBound, bytes.count)
    }

    var left: Int { end - index }

    private mutating func take(_ count: Int) throws(FrameError) -> Int {
        guard count >= 0, count <= left else { throw FrameError(found: "a frame cut short") }
        defer { index += count }
        return index
    }

    mutating func number<Value: FixedWidthInteger & BitwiseCopyable>(
        _ type: Value.Type
    ) throws(FrameError) -> Value {
        let place = try take(MemoryLayout<Value>.size)
        return unsafe bytes.withUnsafeBytes {
            Value(littleEndian: unsafe $0.loadUnaligned(fromByteOffset: place, as: Value.self))
        }
    }

    mutating func float() throws(FrameError) -> Float {
        Float(bitPattern: try number(UInt32.self))
    }

    /// A text of valid UTF-8 of at most `limit` bytes, without control characters.
    mutating func text(limit: Int) throws(FrameError) -> String {
        let count = Int(try number(UInt32.self))
        guard count <= limit else { throw FrameError(found: "a text that is too long") }
        let place = try take(count)
        let part = bytes[place..<place + count]
        guard let text = String(validating: part, as: UTF8.self),
            !part.contains(where: { $0 < 32 || $0 == 127 })
        else { throw FrameError(found: "a text that is not plain") }
        return text
    }

    /// Values as they lie in memory.
    mutating func memory<Value: BitwiseCopyable>(
        _ type: Value.Type, count: Int
    ) throws(FrameError) -> [Value] {
        let (size, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Value>.size)
        guard count >= 0, !overflow, size <= left else {
            throw FrameError(found: "a frame cut short")
        }
        let place = try take(size)
        // The one place where bytes become values without being looked at: the size was checked, and
        // every bit pattern of these types is a value.
        return unsafe [Value](unsafeUninitializedCapacity: count) { target, filled in
            unsafe bytes.withUnsafeBytes { all in
                unsafe UnsafeMutableRawBufferPointer(target).copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: all[place..<place + size]))
            }
            filled = count
        }
    }

    func finish() throws(FrameError) {
        guard left == 0 else { throw FrameError(found: "a frame with bytes left over") }
    }
}
