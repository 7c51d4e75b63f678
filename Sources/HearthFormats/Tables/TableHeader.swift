// SPDX-License-Identifier: Apache-2.0

/// A column's name as a header row writes it, without what differs between exports.
///
/// `Skin temp (celsius)`, `skin_temp` and `"Skin Temp"` all have the name `skin temp`. Case,
/// blanks, underscores, hyphens, points, slashes, percent signs, quotes and the UTF-8 mark do not
/// count; what stands in brackets is the unit.
struct ColumnTitle: Hashable, Sendable {
    var name: String
    var unit: String

    /// Longer names are cut: no known column comes near.
    private static let longest = 96

    init(_ bytes: Span<UInt8>) {
        var name: [UInt8] = []
        var unit: [UInt8] = []
        var isInUnit = false
        var index = bytes.count >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB ? 3 : 0
        while index < bytes.count, name.count < Self.longest {
            let byte = Self.folded(bytes, index)
            index += 1
            if byte == UInt8(ascii: "(") {
                isInUnit = true
                unit.removeAll(keepingCapacity: true)
                Self.appendBlank(&name)
            } else if byte == UInt8(ascii: ")") {
                isInUnit = false
            } else if isInUnit {
                if unit.count < Self.longest { unit.append(byte) }
            } else if Self.isBlank(byte) {
                Self.appendBlank(&name)
            } else {
                name.append(byte)
            }
        }
        if name.last == 0x20 { name.removeLast() }
        self.name = String(decoding: name, as: UTF8.self)
        self.unit = String(decoding: unit, as: UTF8.self)
    }

    private static func appendBlank(_ name: inout [UInt8]) {
        if let last = name.last, last != 0x20 { name.append(0x20) }
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x00...0x20, UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "/"), UInt8(ascii: "%"), UInt8(ascii: "\""):
            true
        default: false
        }
    }

    /// The byte in lower case; also that of letters with accents (U+00C0 to U+00DE).
    private static func folded(_ bytes: Span<UInt8>, _ index: Int) -> UInt8 {
        let byte = bytes[index]
        let isAccented = index > 0 && bytes[index - 1] == 0xC3 && (0x80...0x9E).contains(byte)
        let isUpper = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
        return isUpper || isAccented ? byte | 0x20 : byte
    }
}

/// The header row of a table: its columns and what separates them.
struct TableHeader: Sendable {
    var titles: [ColumnTitle] = []
    var delimiter = UInt8(ascii: ",")

    /// Numbers in tables that are separated by something else may have a decimal comma.
    var hasDecimalComma: Bool { delimiter != UInt8(ascii: ",") }

    init() {}

    /// - Parameter line: the row without its line break.
    /// - Returns: `nil` if it cannot be taken apart.
    init?(line: Span<UInt8>, limits: ReadLimits) {
        delimiter = Self.delimiter(of: line)
        var splitter = CSVFieldSplitter(delimiter: delimiter, limit: max(1, limits.attributes))
        guard splitter.split(line, from: 0) == .complete, !splitter.isOverfull else { return nil }
        titles = splitter.fields.map { ColumnTitle(line.extracting($0.start..<$0.end)) }
        // A last separator without a name is no column, but rows have it too.
        guard titles.contains(where: { !$0.name.isEmpty }) else { return nil }
    }

    /// The header row of a file from its first bytes; a row that is cut off does not count.
    init?(prefix: Span<UInt8>) {
        var start = 0
        while start < prefix.count, FitbitReader.isBeforeText(prefix[start]) { start += 1 }
        var end = start
        while end < prefix.count, prefix[end] != UInt8(ascii: "\n") { end += 1 }
        guard end < prefix.count || end < FormatDetector.prefixBytes, end > start else {
            return nil
        }
        self.init(line: prefix.extracting(start..<end), limits: .standard)
    }

    /// The first column of one of these names, the best name first.
    func column(_ names: String...) -> Int? {
        for name in names {
            if let index = titles.firstIndex(where: { $0.name == name }) { return index }
        }
        return nil
    }

    /// The same header with the names of another language replaced.
    func renamed(_ names: [String: String]) -> TableHeader {
        var header = self
        for index in titles.indices {
            if let name = names[titles[index].name] { header.titles[index].name = name }
        }
        return header
    }

    /// Whether every name is there.
    func has(_ names: String...) -> Bool {
        names.allSatisfy { name in titles.contains { $0.name == name } }
    }

    /// Whether the columns are these, all of them, in any order.
    func isExactly(_ names: Set<String>) -> Bool {
        let named = titles.map(\.name).filter { !$0.isEmpty }
        return named.count == names.count && Set(named) == names
    }

    func unit(_ column: Int?) -> String { column.map { titles[$0].unit } ?? "" }

    /// The separator met most often outside quotes.
    private static func delimiter(of line: Span<UInt8>) -> UInt8 {
        var counts = (comma: 0, semicolon: 0, tab: 0)
        var isQuoted = false
        for index in line.indices {
            switch line[index] {
            case UInt8(ascii: "\""): isQuoted.toggle()
            case UInt8(ascii: ",") where !isQuoted: counts.comma += 1
            case UInt8(ascii: ";") where !isQuoted: counts.semicolon += 1
            case 0x09 where !isQuoted: counts.tab += 1
            default: break
            }
        }
        if counts.semicolon > counts.comma, counts.semicolon >= counts.tab {
            return UInt8(ascii: ";")
        }
        return counts.tab > counts.comma ? 0x09 : UInt8(ascii: ",")
    }
}
