// SPDX-License-Identifier: Apache-2.0

/// A row of a table with named columns. Columns that are `nil` or beyond the row are empty.
struct TableRow: Sendable {
    /// What stands in a cell that is to hold a number.
    enum Number: Equatable {
        case none, value(Float), sentinel, wrong
    }

    var bytes: [UInt8] = []
    var fields: [CSVField] = []
    var position = ReadPosition(byte: 0)
    var hasDecimalComma = false

    func range(_ column: Int?) -> Range<Int> {
        guard let column, column < fields.count else { return 0..<0 }
        return fields[column].start..<fields[column].end
    }

    func isEmpty(_ column: Int?) -> Bool { range(column).isEmpty }

    /// The cell's text with `""` read as one quote.
    func text(_ column: Int?) -> [UInt8] {
        let cell = Array(bytes[range(column)])
        guard let column, column < fields.count, fields[column].hasEscapes else { return cell }
        var text: [UInt8] = []
        text.reserveCapacity(cell.count)
        var index = 0
        while index < cell.count {
            text.append(cell[index])
            let isPair =
                cell[index] == UInt8(ascii: "\"") && index + 1 < cell.count
                && cell[index + 1] == UInt8(ascii: "\"")
            index += isPair ? 2 : 1
        }
        return text
    }

    /// The cell as a word in lower case; long text is cut, no known word comes near.
    func word(_ column: Int?) -> String {
        String(decoding: text(column).prefix(64), as: UTF8.self).lowercased()
    }

    func number(_ column: Int?) -> Number {
        let range = range(column)
        if range.isEmpty { return .none }
        let cell = bytes.span.extracting(range)
        if let value = TextNumber.float(cell, decimalComma: hasDecimalComma) {
            return .value(value)
        }
        return Self.sentinels.contains(word(column)) ? .sentinel : .wrong
    }

    func integer(_ column: Int?) -> Int64? {
        TextNumber.integer(bytes.span.extracting(range(column)))
    }

    func time(_ column: Int?) -> TextTime? { TextTime(bytes.span.extracting(range(column))) }

    /// A date and a time of day in columns of their own.
    func time(date: Int?, timeOfDay: Int?) -> TextTime? {
        let text = bytes[range(date)] + [UInt8(ascii: " ")] + bytes[range(timeOfDay)]
        return TextTime(Array(text).span)
    }

    private static let sentinels: Set<String> = ["-", "--", "nan", "null", "n/a", "none"]
}
