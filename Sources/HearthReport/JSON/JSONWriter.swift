// SPDX-License-Identifier: Apache-2.0

/// A JSON value that prints itself in the canonical form of RFC 8785: keys sorted, no blanks,
/// numbers as ECMAScript prints them.
enum JSONText {
    case null
    case bool(Bool)
    case number(Double)
    case text(String)
    case list([JSONText])
    /// Keys are ASCII, so byte order is the order RFC 8785 asks for.
    case object([String: JSONText])

    static func integer(_ value: Int) -> JSONText { .number(Double(value)) }

    /// `null` for a missing number and for one that is not finite, which JSON cannot say.
    static func optional(_ value: Double?) -> JSONText {
        guard let value, value.isFinite else { return .null }
        return .number(value)
    }

    static func optional(_ value: String?) -> JSONText { value.map { .text($0) } ?? .null }

    func write(into output: inout String) {
        switch self {
        case .null: output += "null"
        case .bool(let value): output += value ? "true" : "false"
        case .number(let value): output += DecimalDigits(value)?.ecmaScript ?? "null"
        case .text(let text): Self.quote(text, into: &output)
        case .list(let items):
            output += "["
            for (index, item) in items.enumerated() {
                if index > 0 { output += "," }
                item.write(into: &output)
            }
            output += "]"
        case .object(let members):
            output += "{"
            for (index, key) in members.keys.sorted().enumerated() {
                if index > 0 { output += "," }
                Self.quote(key, into: &output)
                output += ":"
                members[key]?.write(into: &output)
            }
            output += "}"
        }
    }

    private static func quote(_ text: String, into output: inout String) {
        output += "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": output += "\\\""
            case "\\": output += "\\\\"
            case "\n": output += "\\n"
            case "\r": output += "\\r"
            case "\t": output += "\\t"
            case "\u{8}": output += "\\b"
            case "\u{C}": output += "\\f"
            case _ where scalar.value < 0x20:
                let hex = String(scalar.value, radix: 16)
                output += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: output.unicodeScalars.append(scalar)
            }
        }
        output += "\""
    }
}
