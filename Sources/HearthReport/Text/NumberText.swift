// SPDX-License-Identifier: Apache-2.0

/// Numbers as people read them, in English: `9,412`, `36.4`, `+0.8`, `−1.2`.
enum NumberText {
    /// A number with `digits` places after the point and a comma every three digits before it.
    ///
    /// Numbers of more than 15 places are printed with an exponent; one that is not finite gives an
    /// empty text, and callers say in words that there is no number.
    static func fixed(_ value: Double, digits: Int) -> String {
        guard let exact = DecimalDigits(value) else { return "" }
        if exact.exponent > 15 { return exact.ecmaScript }
        let places = min(max(digits, 0), 6)
        let rounded = exact.rounded(to: places)
        let whole = grouped(rounded.whole)
        let fraction = places > 0 ? "." + DecimalDigits.text(rounded.fraction(places)) : ""
        return (rounded.isNegative ? "−" : "") + whole + fraction
    }

    /// Like ``fixed(_:digits:)`` with a plus sign in front of what is above zero.
    static func signed(_ value: Double, digits: Int) -> String {
        let text = fixed(value, digits: digits)
        let isZero = text.utf8.allSatisfy { $0 == UInt8(ascii: "0") || $0 == UInt8(ascii: ".") }
        return value > 0 && !isZero ? "+" + text : text
    }

    static func integer(_ value: Int) -> String {
        let digits = Array(String(value.magnitude).utf8).map { $0 - UInt8(ascii: "0") }
        return (value < 0 ? "−" : "") + grouped(digits)
    }

    /// A share, 0...1, as a whole percentage.
    static func percent(_ share: Double) -> String { fixed(share * 100, digits: 0) + " %" }

    /// `first` to `tenth` in words, then `11th`.
    static func ordinal(_ number: Int) -> String {
        let words = [
            "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth",
            "tenth",
        ]
        if (1...words.count).contains(number) { return words[number - 1] }
        let lastTwo = number % 100
        let suffix =
            switch number % 10 {
            case 1 where lastTwo != 11: "st"
            case 2 where lastTwo != 12: "nd"
            case 3 where lastTwo != 13: "rd"
            default: "th"
            }
        return integer(number) + suffix
    }

    private static func grouped(_ digits: [UInt8]) -> String {
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text += "," }
            text += String(digit)
        }
        return text
    }
}
