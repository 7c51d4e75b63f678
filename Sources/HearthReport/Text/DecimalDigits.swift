// SPDX-License-Identifier: Apache-2.0

/// A finite number as 0.d₁d₂d₃… × 10^`exponent`, in the fewest digits that still name it.
///
/// Rounding works on these digits, so 2.675 with two digits is 2.68 on every machine: what a reader
/// would do with the number as printed.
struct DecimalDigits {
    private(set) var isNegative: Bool
    /// 0...9, no zeros at either end; empty for zero.
    private(set) var digits: [UInt8]
    private(set) var exponent: Int

    /// `nil` for a number that is not finite.
    init?(_ value: Double) {
        guard value.isFinite else { return nil }
        isNegative = value < 0
        digits = []
        var whole = 0
        var power = 0
        let text = Array(value.magnitude.description.utf8)
        var afterPoint = false
        for (index, byte) in text.enumerated() {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                digits.append(byte - UInt8(ascii: "0"))
                if !afterPoint { whole += 1 }
            case UInt8(ascii: "."):
                afterPoint = true
            default:
                power = Int(String(decoding: text[(index + 1)...], as: UTF8.self)) ?? 0
            }
            if byte == UInt8(ascii: "e") { break }
        }
        exponent = whole + power
        trim()
    }

    /// Rounds to `places` digits after the point, halves away from zero.
    func rounded(to places: Int) -> DecimalDigits {
        var result = self
        let keep = exponent + places
        if keep >= digits.count { return result }
        if keep < 0 {
            result.digits = []
            result.trim()
            return result
        }
        let roundsUp = digits[keep] >= 5
        result.digits = Array(digits[..<keep])
        if roundsUp { result.addOneToLast() }
        result.trim()
        return result
    }

    /// Digits before the point, at least one.
    var whole: [UInt8] {
        guard exponent > 0 else { return [0] }
        return (0..<exponent).map { $0 < digits.count ? digits[$0] : 0 }
    }

    /// The first `places` digits after the point.
    func fraction(_ places: Int) -> [UInt8] {
        (0..<places).map { place in
            let index = exponent + place
            return digits.indices.contains(index) ? digits[index] : 0
        }
    }

    /// The number as ECMAScript prints it, which is what RFC 8785 asks of canonical JSON.
    var ecmaScript: String {
        guard !digits.isEmpty else { return "0" }
        let sign = isNegative ? "-" : ""
        let text = Self.text(digits)
        let count = digits.count
        if (-5...21).contains(exponent) {
            if exponent <= 0 { return sign + "0." + Self.zeros(-exponent) + text }
            if count <= exponent { return sign + text + Self.zeros(exponent - count) }
            return sign + Self.text(Array(digits[..<exponent])) + "."
                + Self.text(Array(digits[exponent...]))
        }
        let power = exponent - 1
        let tail = count > 1 ? "." + Self.text(Array(digits[1...])) : ""
        return sign + Self.text([digits[0]]) + tail + "e" + (power < 0 ? "-" : "+")
            + String(power.magnitude)
    }

    static func text(_ digits: [UInt8]) -> String {
        String(decoding: digits.map { $0 + UInt8(ascii: "0") }, as: UTF8.self)
    }

    private static func zeros(_ count: Int) -> String { String(repeating: "0", count: count) }

    private mutating func addOneToLast() {
        var index = digits.count - 1
        while index >= 0 {
            if digits[index] < 9 {
                digits[index] += 1
                return
            }
            digits[index] = 0
            index -= 1
        }
        digits.insert(1, at: 0)
        exponent += 1
    }

    private mutating func trim() {
        while let last = digits.last, last == 0 { digits.removeLast() }
        let leading = digits.prefix { $0 == 0 }.count
        digits.removeFirst(leading)
        exponent -= leading
        if digits.isEmpty {
            exponent = 0
            isNegative = false
        }
    }
}
