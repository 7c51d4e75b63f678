// SPDX-License-Identifier: Apache-2.0

/// Where in a JSON string the reading is: in an escape, in a surrogate pair, in a UTF-8 sequence.
struct JSONStringState: Sendable {
    /// True outside escapes and multi-byte sequences.
    var isPlain: Bool { escape == .none && remaining == 0 }
    var hasNothingPending: Bool { highSurrogate == 0 }

    private enum Escape: Sendable { case none, letter, hex }
    private var escape = Escape.none
    private var hexDigits = 0
    private var unit: UInt32 = 0
    /// The first half of a surrogate pair whose second half has not come yet, or 0.
    private var highSurrogate: UInt32 = 0
    /// Continuation bytes still to come, and the range of the next one.
    private var remaining = 0
    private var lowest: UInt8 = 0x80
    private var highest: UInt8 = 0xBF

    /// Takes one byte and appends what it completes.
    mutating func take(_ byte: UInt8, _ text: inout [UInt8]) throws(JSONProblem) {
        switch escape {
        case .letter: try takeLetter(byte, &text)
        case .hex: try takeHex(byte, &text)
        case .none:
            if remaining > 0 {
                try takeContinuation(byte, &text)
            } else if byte == UInt8(ascii: "\\") {
                escape = .letter
            } else {
                endSurrogate(&text)
                try begin(byte, &text)
            }
        }
    }

    /// A first half without a second becomes the replacement character.
    mutating func endSurrogate(_ text: inout [UInt8]) {
        guard highSurrogate != 0 else { return }
        highSurrogate = 0
        Self.append(0xFFFD, to: &text)
    }

    private mutating func begin(_ byte: UInt8, _ text: inout [UInt8]) throws(JSONProblem) {
        lowest = 0x80
        highest = 0xBF
        switch byte {
        case 0x20...0x7F: remaining = 0
        case 0xC2...0xDF: remaining = 1
        case 0xE0...0xEF:
            remaining = 2
            // No overlong forms, no surrogates.
            if byte == 0xE0 { lowest = 0xA0 }
            if byte == 0xED { highest = 0x9F }
        case 0xF0...0xF4:
            remaining = 3
            if byte == 0xF0 { lowest = 0x90 }
            if byte == 0xF4 { highest = 0x8F }
        case 0..<0x20:
            throw JSONProblem(
                code: .damaged, found: "a control character in a string",
                expected: "an escape or the closing quote")
        default: throw Self.notUTF8
        }
        text.append(byte)
    }

    private mutating func takeContinuation(
        _ byte: UInt8, _ text: inout [UInt8]
    ) throws(JSONProblem) {
        guard byte >= lowest, byte <= highest else { throw Self.notUTF8 }
        text.append(byte)
        remaining -= 1
        lowest = 0x80
        highest = 0xBF
    }

    private mutating func takeLetter(_ byte: UInt8, _ text: inout [UInt8]) throws(JSONProblem) {
        escape = .none
        if byte == UInt8(ascii: "u") {
            escape = .hex
            hexDigits = 0
            unit = 0
            return
        }
        endSurrogate(&text)
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        default:
            throw JSONProblem(
                code: .damaged, found: "an unknown escape", expected: "one of JSON's escapes")
        }
    }

    private mutating func takeHex(_ byte: UInt8, _ text: inout [UInt8]) throws(JSONProblem) {
        guard let digit = Self.hexValue(byte) else {
            throw JSONProblem(
                code: .damaged, found: "an escape that is not hexadecimal",
                expected: "four hexadecimal digits")
        }
        unit = unit << 4 | UInt32(digit)
        hexDigits += 1
        guard hexDigits == 4 else { return }
        escape = .none
        if (0xDC00...0xDFFF).contains(unit), highSurrogate != 0 {
            let scalar = 0x10000 + ((highSurrogate & 0x3FF) << 10 | (unit & 0x3FF))
            highSurrogate = 0
            Self.append(scalar, to: &text)
            return
        }
        endSurrogate(&text)
        if (0xD800...0xDBFF).contains(unit) {
            highSurrogate = unit
        } else {
            Self.append((0xDC00...0xDFFF).contains(unit) ? 0xFFFD : unit, to: &text)
        }
    }

    /// The value of a hexadecimal digit of either case.
    static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    private static func append(_ scalar: UInt32, to text: inout [UInt8]) {
        guard let scalar = Unicode.Scalar(scalar), let bytes = UTF8.encode(scalar) else { return }
        text.append(contentsOf: bytes)
    }

    private static var notUTF8: JSONProblem {
        JSONProblem(code: .encoding, found: "bytes that are not UTF-8", expected: "UTF-8")
    }
}
