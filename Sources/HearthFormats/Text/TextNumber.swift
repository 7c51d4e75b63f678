// SPDX-License-Identifier: Apache-2.0

/// Decimal numbers as bytes: read strictly, to the nearest representable value, without Foundation.
///
/// A number is an optional `-`, digits, an optional fraction and an optional exponent. `+`, spaces,
/// hexadecimal, infinity and not-a-number are refused. Reading the shortest form that
/// `Float.description` writes gives the same bits.
enum TextNumber {
    /// The nearest `Float`, or `nil` if the bytes are no number or the value is out of range.
    ///
    /// - Parameter decimalComma: also accepts `,` as the decimal mark.
    static func float(_ bytes: Span<UInt8>, decimalComma: Bool = false) -> Float? {
        guard let parts = decimal(bytes, decimalComma: decimalComma) else { return nil }
        if let fast = parts.nearestFloat { return fast }
        var text = ""
        for index in bytes.indices {
            let byte = bytes[index]
            text.unicodeScalars.append(Unicode.Scalar(byte == UInt8(ascii: ",") ? dot : byte))
        }
        guard let value = Float(text), value.isFinite else { return nil }
        return value
    }

    /// A whole number; a fraction or exponent is refused.
    static func integer(_ bytes: Span<UInt8>) -> Int64? {
        guard let parts = decimal(bytes, decimalComma: false), parts.isPlain, parts.exponent == 0,
            parts.isExact, let magnitude = Int64(exactly: parts.mantissa)
        else { return nil }
        return parts.isNegative ? -magnitude : magnitude
    }

    /// Nanoseconds of a non-negative number of seconds with up to nine fraction digits, exactly.
    static func nanoseconds(_ bytes: Span<UInt8>, decimalComma: Bool = false) -> Int64? {
        guard let parts = decimal(bytes, decimalComma: decimalComma), parts.isPlain, parts.isExact,
            !parts.isNegative, (-9...0).contains(parts.exponent)
        else { return nil }
        let scale = UInt64(powersOfTen[9 + parts.exponent])
        let (product, overflow) = parts.mantissa.multipliedReportingOverflow(by: scale)
        return overflow ? nil : Int64(exactly: product)
    }

    /// Whether the bytes are a number as JSON writes it: no leading zeros, digits on both sides
    /// of the point.
    static func isJSONNumber(_ bytes: Span<UInt8>) -> Bool {
        guard decimal(bytes, decimalComma: false) != nil else { return false }
        let first = bytes[0] == minus ? 1 : 0
        guard bytes.count > first + 1, bytes[first] == zero else { return true }
        return !isDigit(bytes[first + 1])
    }

    /// Appends the shortest decimal that reads back to the same bits.
    static func append(_ value: Float, to output: inout [UInt8]) {
        output.append(contentsOf: value.description.utf8)
    }

    /// Appends seconds with as many fraction digits as the nanoseconds need.
    static func appendSeconds(nanoseconds: Int64, to output: inout [UInt8]) {
        let (whole, part) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        if nanoseconds < 0 { output.append(minus) }
        output.append(contentsOf: whole.magnitude.description.utf8)
        appendFraction(UInt32(part.magnitude), to: &output)
    }

    /// Appends `.` and the digits of a nanosecond part without trailing zeros; nothing for zero.
    static func appendFraction(_ nanoseconds: UInt32, to output: inout [UInt8]) {
        guard nanoseconds != 0 else { return }
        output.append(dot)
        var rest = nanoseconds
        var place: UInt32 = 100_000_000
        while rest != 0, place != 0 {
            output.append(zero + UInt8(rest / place % 10))
            rest %= place
            place /= 10
        }
    }

    /// Appends `value` with leading zeros up to `width` digits.
    @inline(__always)
    static func appendPadded(_ value: Int, width: Int, to output: inout [UInt8]) {
        var place = 1
        for _ in 1..<width { place *= 10 }
        while place > 0 {
            output.append(zero + UInt8(value / place % 10))
            place /= 10
        }
    }

    @inline(__always)
    static func isDigit(_ byte: UInt8) -> Bool { byte &- zero < 10 }

    private static let zero = UInt8(ascii: "0")
    private static let minus = UInt8(ascii: "-")
    private static let dot = UInt8(ascii: ".")

    /// All powers of ten that a `Double` holds exactly.
    fileprivate static let powersOfTen: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
        1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ]

    /// The parts of a decimal number, or `nil` if the bytes are not one.
    private static func decimal(_ bytes: Span<UInt8>, decimalComma: Bool) -> DecimalParts? {
        var parts = DecimalParts()
        var index = 0
        let end = bytes.count
        if index < end, bytes[index] == minus {
            parts.isNegative = true
            index += 1
        }
        let whole = parts.take(bytes, &index)
        guard whole > 0 else { return nil }
        if index < end, bytes[index] == dot || (decimalComma && bytes[index] == UInt8(ascii: ",")) {
            index += 1
            let fraction = parts.take(bytes, &index)
            guard fraction > 0 else { return nil }
            parts.exponent -= fraction
        }
        if index < end, bytes[index] | 0x20 == UInt8(ascii: "e") {
            index += 1
            guard parts.takeExponent(bytes, &index) else { return nil }
        }
        return index == end ? parts : nil
    }
}

/// `mantissa * 10^exponent`, as far as 64 bits hold it.
private struct DecimalParts {
    var mantissa: UInt64 = 0
    var exponent = 0
    var isNegative = false
    /// False once digits did not fit into the mantissa.
    var isExact = true
    /// False once an exponent was written.
    var isPlain = true

    /// Takes a run of digits; returns how many.
    @inline(__always)
    mutating func take(_ bytes: Span<UInt8>, _ index: inout Int) -> Int {
        let start = index
        while index < bytes.count, TextNumber.isDigit(bytes[index]) {
            let digit = UInt64(bytes[index] &- UInt8(ascii: "0"))
            // 1.8e18 * 10 + 9 still fits into 64 bits.
            if mantissa < 1_800_000_000_000_000_000 {
                mantissa = mantissa &* 10 &+ digit
            } else {
                isExact = false
            }
            index += 1
        }
        return index - start
    }

    /// Takes a sign and digits; exponents beyond ten thousand all mean zero or too large.
    mutating func takeExponent(_ bytes: Span<UInt8>, _ index: inout Int) -> Bool {
        isPlain = false
        var isDown = false
        if index < bytes.count,
            bytes[index] == UInt8(ascii: "-") || bytes[index] == UInt8(ascii: "+")
        {
            isDown = bytes[index] == UInt8(ascii: "-")
            index += 1
        }
        var value = 0
        let start = index
        while index < bytes.count, TextNumber.isDigit(bytes[index]) {
            value = min(10_000, value * 10 + Int(bytes[index] &- UInt8(ascii: "0")))
            index += 1
        }
        exponent += isDown ? -value : value
        return index > start
    }

    /// The nearest `Float` where double arithmetic is known to give it, else `nil`.
    ///
    /// Mantissa and power of ten are exact doubles, so one operation rounds correctly to `Double`.
    /// Rounding that once more to `Float` is right unless the double lies exactly between two
    /// floats, or the float is subnormal or too large.
    /// - Source: W. D. Clinger, "How to Read Floating Point Numbers Accurately" (`clinger1990`).
    var nearestFloat: Float? {
        guard isExact, mantissa <= 1 << 53, (-22...22).contains(exponent) else { return nil }
        if mantissa == 0 { return isNegative ? -0.0 : 0 }
        let power = TextNumber.powersOfTen[abs(exponent)]
        let wide = exponent < 0 ? Double(mantissa) / power : Double(mantissa) * power
        let isBetween = wide.bitPattern & 0x1FFF_FFFF == 0x1000_0000
        let isOrdinary = wide >= 0x1p-126 && wide <= 0x1.fffffep+127
        guard !isBetween, isOrdinary else { return nil }
        return isNegative ? -Float(wide) : Float(wide)
    }
}
