// SPDX-License-Identifier: Apache-2.0

/// Decimal numbers in text, read without making a string.
///
/// The grammar is `[+-] digits [. digits] [e [+-] digits]` with at least one digit before the
/// exponent; nothing else, no white space, no `inf`, no hexadecimal.
package enum DecimalNumber {
    /// The number that the bytes of `range` spell, rounded correctly; `nil` if they spell none or
    /// one beyond the range of `Double`.
    ///
    /// - Complexity: about a nanosecond a byte up to 2^53 without the point; beyond it a string is
    ///   made, about a hundred nanoseconds.
    /// - Source: exact powers of ten after W. D. Clinger, "How to read floating point numbers
    ///   accurately" (`clinger1990`).
    package static func parse(
        _ bytes: Span<UInt8>, _ range: Range<Int>, point: UInt8 = UInt8(ascii: ".")
    ) -> Double? {
        guard range.lowerBound >= 0, range.upperBound <= bytes.count else { return nil }
        guard let scan = scan(bytes, range, point) else { return nil }
        // Both operands are exact, so the one rounding of the operation is the correct one.
        if scan.isExact, scan.mantissa <= 1 << 53 {
            let magnitude: Double
            if scan.exponent == 0 {
                magnitude = Double(scan.mantissa)
            } else if (-22 ... -1).contains(scan.exponent) {
                magnitude = Double(scan.mantissa) / powersOfTen[-scan.exponent]
            } else if (1...22).contains(scan.exponent) {
                magnitude = Double(scan.mantissa) * powersOfTen[scan.exponent]
            } else {
                return slow(bytes, range, point)
            }
            return scan.isNegative ? -magnitude : magnitude
        }
        return slow(bytes, range, point)
    }

    private struct Scan {
        var mantissa: UInt64 = 0
        var exponent = 0
        var isNegative = false
        /// No digit was left out of the mantissa.
        var isExact = true
    }

    /// Beyond this a further digit could overflow the mantissa.
    private static let mantissaLimit: UInt64 = 1_000_000_000_000_000_000

    @inline(__always)
    private static func scan(
        _ bytes: Span<UInt8>, _ range: Range<Int>, _ point: UInt8
    ) -> Scan? {
        var result = Scan()
        var index = range.lowerBound
        let end = range.upperBound
        guard index < end else { return nil }
        if bytes[index] == UInt8(ascii: "-") || bytes[index] == UInt8(ascii: "+") {
            result.isNegative = bytes[index] == UInt8(ascii: "-")
            index += 1
        }
        var digits = 0
        var fraction = 0
        var sawPoint = false
        while index < end {
            let byte = bytes[index]
            let digit = byte &- UInt8(ascii: "0")
            if digit <= 9 {
                digits += 1
                if result.mantissa < mantissaLimit {
                    result.mantissa = result.mantissa &* 10 &+ UInt64(digit)
                    if sawPoint { fraction += 1 }
                } else {
                    result.isExact = false
                }
            } else if byte == point, !sawPoint {
                sawPoint = true
            } else {
                break
            }
            index += 1
        }
        guard digits > 0 else { return nil }
        result.exponent = -fraction
        guard index < end else { return result }
        guard let written = exponent(bytes, index..<end) else { return nil }
        result.exponent += written
        return result
    }

    /// The exponent that fills `range`, clamped to what no double reaches.
    private static func exponent(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
        var index = range.lowerBound
        guard bytes[index] | 0x20 == UInt8(ascii: "e") else { return nil }
        index += 1
        var isNegative = false
        if index < range.upperBound,
            bytes[index] == UInt8(ascii: "-") || bytes[index] == UInt8(ascii: "+")
        {
            isNegative = bytes[index] == UInt8(ascii: "-")
            index += 1
        }
        guard index < range.upperBound else { return nil }
        var value = 0
        while index < range.upperBound {
            let digit = bytes[index] &- UInt8(ascii: "0")
            guard digit <= 9 else { return nil }
            value = min(99_999, value * 10 + Int(digit))
            index += 1
        }
        return isNegative ? -value : value
    }

    /// The grammar has been checked: the standard library only rounds.
    private static func slow(
        _ bytes: Span<UInt8>, _ range: Range<Int>, _ point: UInt8
    ) -> Double? {
        var text = String()
        text.reserveCapacity(range.count)
        for index in range {
            let byte = bytes[index]
            text.unicodeScalars.append(Unicode.Scalar(byte == point ? UInt8(ascii: ".") : byte))
        }
        guard let value = Double(text), value.isFinite else { return nil }
        return value
    }

    private static let powersOfTen: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
        1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ]
}
