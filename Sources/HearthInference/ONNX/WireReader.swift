// SPDX-License-Identifier: Apache-2.0

/// A cursor over the fields of one protobuf message within the bytes of a file.
///
/// It holds positions only; the bytes are handed to each call. Every position is checked against the
/// message's end, which was checked against the end of the message around it.
struct WireReader {
    /// One field: its number, its content, and where its key begins.
    struct Field {
        enum Content {
            case varint(UInt64)
            case fixed32(UInt32)
            case fixed64(UInt64)
            case bytes(Range<Int>)
        }

        var number: Int
        var content: Content
        var byte: Int
    }

    private(set) var position: Int
    private let end: Int

    init(_ range: Range<Int>) {
        position = range.lowerBound
        end = range.upperBound
    }

    /// The next field, or `nil` at the message's end.
    mutating func next(_ bytes: Span<UInt8>) throws(InferenceError) -> Field? {
        guard position < end else { return nil }
        let start = position
        let key = try varint(bytes)
        guard key >> 3 >= 1, key >> 3 <= 0x1FFF_FFFF else {
            throw InferenceError(
                .damaged, at: start, found: "field number \(key >> 3)", expected: "1 to 536870911")
        }
        let number = Int(key >> 3)
        switch key & 7 {
        case 0: return Field(number: number, content: .varint(try varint(bytes)), byte: start)
        case 1: return Field(number: number, content: .fixed64(try fixed(bytes, 8)), byte: start)
        case 2:
            let length = try varint(bytes)
            guard length <= UInt64(end - position) else {
                throw InferenceError(
                    .damaged, at: start, found: "a length of \(length)",
                    expected: "at most the \(end - position) bytes left")
            }
            let range = position..<position + Int(length)
            position = range.upperBound
            return Field(number: number, content: .bytes(range), byte: start)
        case 5:
            let value = UInt32(truncatingIfNeeded: try fixed(bytes, 4))
            return Field(number: number, content: .fixed32(value), byte: start)
        default:
            throw InferenceError(
                .damaged, at: start, found: "wire type \(key & 7)", expected: "0, 1, 2 or 5")
        }
    }

    /// A varint of at most ten bytes.
    mutating func varint(_ bytes: Span<UInt8>) throws(InferenceError) -> UInt64 {
        let start = position
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while position < end {
            let byte = bytes[position]
            position += 1
            if shift == 63, byte > 1 { break }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        throw InferenceError(
            .damaged, at: start, found: "a number that does not end",
            expected: "a number of at most 64 bits")
    }

    var isAtEnd: Bool { position >= end }

    /// A little-endian number of `count` bytes.
    mutating func fixed(_ bytes: Span<UInt8>, _ count: Int) throws(InferenceError) -> UInt64 {
        guard end - position >= count else {
            throw InferenceError(
                .damaged, at: position, found: "\(end - position) bytes",
                expected: "a number of \(count) bytes")
        }
        var value: UInt64 = 0
        for index in 0..<count { value |= UInt64(bytes[position + index]) << UInt64(8 * index) }
        position += count
        return value
    }
}

extension WireReader.Field {
    /// The range of a nested message, text or packed list.
    func range() throws(InferenceError) -> Range<Int> {
        guard case .bytes(let range) = content else { throw mismatch("a field with a length") }
        return range
    }

    /// A varint as the 64-bit integer of protobuf's `int64`.
    func integer() throws(InferenceError) -> Int {
        guard case .varint(let value) = content else { throw mismatch("an integer") }
        return Int(truncatingIfNeeded: value)
    }

    func float() throws(InferenceError) -> Float {
        guard case .fixed32(let bits) = content else { throw mismatch("a number of 4 bytes") }
        return Float(bitPattern: bits)
    }

    func mismatch(_ expected: String) -> InferenceError {
        InferenceError(
            .damaged, at: byte, found: "field \(number) of another wire type", expected: expected)
    }
}
