// SPDX-License-Identifier: Apache-2.0

/// The text fields of fixed width that headers are made of.
enum EDFText {
    /// Without blanks, tabs, line ends and zeros around it.
    static func trimmed(_ field: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var field = field
        while let first = field.first, isBlank(first) { field.removeFirst() }
        while let last = field.last, isBlank(last) { field.removeLast() }
        return field
    }

    /// A decimal number; a comma stands for the point where a recorder's language did so.
    static func number(_ field: ArraySlice<UInt8>) -> Double? {
        let digits = trimmed(field)
        guard (1...32).contains(digits.count),
            digits.allSatisfy({ TextNumber.isDigit($0) || "+-.,eE".utf8.contains($0) })
        else { return nil }
        let comma = UInt8(ascii: ",")
        let plain = digits.map { $0 == comma ? UInt8(ascii: ".") : $0 }
        guard let value = Double(String(decoding: plain, as: UTF8.self)), value.isFinite else {
            return nil
        }
        return value
    }

    /// A whole number, also if it is written with a fraction of zero.
    static func integer(_ field: ArraySlice<UInt8>) -> Int64? {
        guard let value = number(field), value == value.rounded(), abs(value) < 1e15 else {
            return nil
        }
        return Int64(value)
    }

    /// Seconds as nanoseconds, exactly to the ninth digit behind the point; up to 30 years.
    static func nanoseconds(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int64? {
        var index = range.lowerBound
        guard index < range.upperBound else { return nil }
        let isNegative = bytes[index] == UInt8(ascii: "-")
        if isNegative || bytes[index] == UInt8(ascii: "+") { index += 1 }
        var value: Int64 = 0
        var digits = 0
        while index < range.upperBound, TextNumber.isDigit(bytes[index]) {
            value = value &* 10 &+ Int64(bytes[index] &- UInt8(ascii: "0"))
            guard value <= 1_000_000_000 else { return nil }
            digits += 1
            index += 1
        }
        value *= 1_000_000_000
        if index < range.upperBound, [0x2E, 0x2C].contains(bytes[index]) {
            index += 1
            var place: Int64 = 100_000_000
            while index < range.upperBound, TextNumber.isDigit(bytes[index]) {
                value += place * Int64(bytes[index] &- UInt8(ascii: "0"))
                place /= 10
                digits += 1
                index += 1
            }
        }
        guard digits > 0, index == range.upperBound else { return nil }
        return isNegative ? -value : value
    }

    /// A duration as a header writes it, in nanoseconds.
    static func nanoseconds(_ field: ArraySlice<UInt8>) -> Int64? {
        let digits = Array(trimmed(field))
        if let exact = nanoseconds(digits.span, 0..<digits.count) { return exact }
        guard let seconds = number(field), abs(seconds) <= 1e9 else { return nil }
        return Int64((seconds * 1e9).rounded())
    }

    /// Printable ASCII; each other character becomes a question mark.
    static func printable(_ field: ArraySlice<UInt8>) -> String {
        var text = ""
        for byte in trimmed(field) {
            if (0x20..<0x7F).contains(byte) {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else if byte & 0xC0 != 0x80 {
                text += "?"
            }
        }
        return text
    }

    static func isASCII(_ field: ArraySlice<UInt8>) -> Bool { field.allSatisfy { $0 < 0x80 } }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0 || (0x09...0x0D).contains(byte)
    }
}
