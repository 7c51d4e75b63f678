// SPDX-License-Identifier: Apache-2.0

extension CanonicalJSON {
    /// The one text of this value, in UTF-8.
    ///
    /// - Precondition: numbers are finite; members are in canonical order.
    public var bytes: [UInt8] {
        var output: [UInt8] = []
        Self.write(self, to: &output)
        return output
    }

    private static func write(_ value: CanonicalJSON, to output: inout [UInt8]) {
        switch value {
        case .null: output.append(contentsOf: "null".utf8)
        case .bool(let value): output.append(contentsOf: (value ? "true" : "false").utf8)
        case .integer(let value): output.append(contentsOf: String(value).utf8)
        case .number(let value): output.append(contentsOf: CanonicalNumber.text(value).utf8)
        case .text(let text): write(text, to: &output)
        case .list(let elements):
            output.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                write(element, to: &output)
            }
            output.append(UInt8(ascii: "]"))
        case .object(let members):
            output.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                write(member.name, to: &output)
                output.append(UInt8(ascii: ":"))
                write(member.value, to: &output)
            }
            output.append(UInt8(ascii: "}"))
        }
    }

    private static func write(_ text: String, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case 0x22, 0x5C: output.append(contentsOf: [0x5C, byte])
            case 0x08: output.append(contentsOf: "\\b".utf8)
            case 0x09: output.append(contentsOf: "\\t".utf8)
            case 0x0A: output.append(contentsOf: "\\n".utf8)
            case 0x0C: output.append(contentsOf: "\\f".utf8)
            case 0x0D: output.append(contentsOf: "\\r".utf8)
            case 0..<0x20:
                output.append(contentsOf: "\\u00".utf8)
                output.append(contentsOf: Hexadecimal.text([byte]).utf8)
            default: output.append(byte)
            }
        }
        output.append(UInt8(ascii: "\""))
    }
}

/// Numbers as ECMAScript's `Number::toString` prints them.
///
/// - Source: `rfc8785`
enum CanonicalNumber {
    /// The shortest digits that read back as the same number, laid out as ECMAScript does.
    ///
    /// - Precondition: `value` is finite.
    static func text(_ value: Double) -> String {
        precondition(value.isFinite, "JSON has finite numbers only")
        guard value != 0 else { return "0" }
        let (digits, point) = decimal(value.magnitude)
        return (value < 0 ? "-" : "") + laidOut(digits, point: point)
    }

    /// Digits without zeros at either end, and where the point is: 0.5 is ("5", 0), 50 is ("5", 2).
    private static func decimal(_ magnitude: Double) -> (digits: [Character], point: Int) {
        let parts = magnitude.description.split(separator: "e")
        let exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        let fraction = mantissa.count > 1 ? Array(mantissa[1]) : []
        var digits = Array(mantissa[0]) + fraction
        var point = mantissa[0].count + exponent
        while digits.count > 1, digits.last == "0" { digits.removeLast() }
        let zeros = digits.prefix { $0 == "0" }.count
        digits.removeFirst(zeros)
        point -= zeros
        return (digits, point)
    }

    private static func laidOut(_ digits: [Character], point: Int) -> String {
        let count = digits.count
        switch point {
        case count...21:
            return String(digits) + String(repeating: "0", count: point - count)
        case 1...21:
            return String(digits[..<point]) + "." + String(digits[point...])
        case -5...0:
            return "0." + String(repeating: "0", count: -point) + String(digits)
        default:
            let exponent = point - 1
            let rest = count > 1 ? "." + String(digits[1...]) : ""
            return String(digits[0]) + rest + (exponent < 0 ? "e-" : "e+")
                + String(exponent.magnitude)
        }
    }
}
