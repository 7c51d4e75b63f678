// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthCrypto

/// Pieces of JSON and text that all exports share.
enum ExportText {
    /// A JSON string with its quotes.
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    /// The shortest decimal that reads back to the same bits, without a needless `.0`.
    static func number(_ value: Float) -> String { trimmed(value.description) }
    static func number(_ value: Double) -> String { trimmed(value.description) }

    private static func trimmed(_ text: String) -> String {
        text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    /// Digits without an exponent, as sampled data in FHIR wants them; at most nine fraction digits.
    static func plain(_ value: Float) -> String {
        let text = number(value)
        guard text.contains("e") else { return text }
        if let whole = Int64(exactly: value) { return String(whole) }
        return decimal(nano: Int64(exactly: (Double(value) * 1e9).rounded()) ?? 0)
    }

    /// A number given in billionths.
    static func decimal(nano: Int64) -> String {
        let whole = nano.magnitude / 1_000_000_000
        var part = pad(nano.magnitude % 1_000_000_000, 9)
        while part.hasSuffix("0") { part.removeLast() }
        return (nano < 0 ? "-" : "") + "\(whole)" + (part.isEmpty ? "" : "." + part)
    }

    static func pad(_ number: some BinaryInteger, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    /// RFC 3339 with the wall clock's offset where it is known, else `Z`. Offsets that are no whole
    /// minutes or beyond 14 hours cannot be written and become `Z` too.
    static func time(_ time: Timestamp, _ zone: ZoneTimeline) -> String {
        let span = zone.span(at: time)
        let offset = Int64(span.offsetSeconds)
        let isKnown =
            span.origin != .unknown && offset % 60 == 0 && offset.magnitude <= 50_400
        let seconds = time.seconds + (isKnown ? offset : 0)
        let ofDay = Calendrical.floorModulo(seconds, 86_400)
        let date = LocalDate(dayNumber: Calendrical.floorDivide(seconds, 86_400))
        let nano = Calendrical.floorModulo(time.nanoseconds, 1_000_000_000)
        var fraction = nano == 0 ? "" : "." + pad(nano, 9)
        while fraction.hasSuffix("0") { fraction.removeLast() }
        let minutes = offset.magnitude / 60
        let zone =
            isKnown
            ? (offset < 0 ? "-" : "+") + pad(minutes / 60, 2) + ":" + pad(minutes % 60, 2) : "Z"
        return "\(date)T\(pad(ofDay / 3600, 2)):\(pad(ofDay / 60 % 60, 2)):\(pad(ofDay % 60, 2))"
            + fraction + zone
    }

    /// The month of an instant in UTC, such as `2026-01`.
    static func month(_ time: Timestamp) -> String {
        let (year, month, _) = LocalDate(dayNumber: time.utcDay).components
        return pad(year, 4) + "-" + pad(month, 2)
    }

    /// A UUID (RFC 9562, version 8) made of a hash: the same text gives the same one.
    static func uuid(_ text: String) -> String {
        var bytes = BLAKE2b.hash(unkeyed: Array(text.utf8), length: 16)
        bytes[6] = bytes[6] & 0x0F | 0x80
        bytes[8] = bytes[8] & 0x3F | 0x80
        let hex = Array(bytes.hexadecimal)
        return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(hex[$0]) }
            .joined(separator: "-")
    }

    /// RFC 4180. A text that a spreadsheet would run as a formula gets an apostrophe before it, and so
    /// does one that begins with one, so that a reader can tell which was added.
    static func csv(_ header: [String], _ rows: [[String]]) -> String {
        ([header] + rows).map { csvRow($0) }.joined()
    }

    /// - Parameter keepsNumbers: a negative number stays one; for columns that hold no text of a person.
    static func csvRow(_ row: [String], keepsNumbers: Bool = false) -> String {
        row.map { cell in
            let isNumber = keepsNumbers && Double(cell) != nil
            let isFormula = !isNumber && (cell.first.map { "=+-@'".contains($0) } ?? false)
            let text = isFormula ? "'" + cell : cell
            guard text.contains(where: { ",\"\n\r".contains($0) }) else { return text }
            return "\"" + text.replacing("\"", with: "\"\"") + "\""
        }.joined(separator: ",") + "\n"
    }
}

extension DeviceID {
    /// 16 hexadecimal digits.
    var text: String { ExportText.hex(rawValue) }
}

extension PersonID {
    var text: String { ExportText.hex(rawValue) }
}

extension ExportText {
    static func hex(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
