// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// The known scalars of one object or array of a JSON document, in the document's order.
struct JSONRecord<Field: JSONNames>: Sendable {
    struct Entry: Sendable {
        var field: Field
        /// Number, from 0, in the innermost array inside the record; -1 outside arrays.
        var index: Int32
        var kind: JSONToken
        fileprivate var start: Int
        fileprivate var end: Int

        /// Whether the document says that there is no value.
        var isNull: Bool { kind == .null || kind == .notANumber }
    }

    private(set) var entries: [Entry] = []
    private(set) var position = ReadPosition(byte: 0)
    /// Number of the record in the array around it, or -1.
    private(set) var index: Int32 = -1
    /// True if something did not fit.
    private(set) var isOverfull = false
    private var bytes: [UInt8] = []

    mutating func reset(at position: ReadPosition, index: Int32) {
        entries.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: true)
        self.position = position
        self.index = index
        isOverfull = false
    }

    /// Says where the record is, if it was made from a row.
    mutating func place(at position: ReadPosition) { self.position = position }

    mutating func append(
        _ field: Field, index: Int32, _ kind: JSONToken, _ text: [UInt8], limit: Int
    ) {
        let hasText = kind == .number || kind == .string
        guard bytes.count + entries.count + (hasText ? text.count : 0) < limit else {
            isOverfull = true
            return
        }
        let start = bytes.count
        if hasText { bytes.append(contentsOf: text) }
        entries.append(
            Entry(field: field, index: index, kind: kind, start: start, end: bytes.count))
    }

    /// Takes the last entry back.
    mutating func removeLast() {
        guard !isOverfull, let last = entries.popLast() else { return }
        bytes.removeSubrange(last.start...)
    }

    /// About how much memory it takes.
    var size: Int { bytes.count + 24 * entries.count }

    /// The entries of two fields side by side, one pair an element of the array around them.
    func pairs(_ one: Field, _ other: Field) -> [(one: Entry?, other: Entry?)] {
        var pairs: [(one: Entry?, other: Entry?)] = []
        var places: [Int32: Int] = [:]
        for entry in entries where entry.field == one || entry.field == other {
            let place = places[entry.index] ?? pairs.count
            if place == pairs.count {
                places[entry.index] = place
                pairs.append((nil, nil))
            }
            if entry.field == one { pairs[place].one = entry } else { pairs[place].other = entry }
        }
        return pairs
    }

    func first(_ field: Field) -> Entry? { entries.first { $0.field == field } }

    /// The first entry of a field among the first 64: quick however long the record is.
    func early(_ field: Field) -> Entry? { entries.prefix(64).first { $0.field == field } }

    /// Whether the field is there and has a value.
    func has(_ field: Field) -> Bool { first(field).map { !$0.isNull } ?? false }

    /// Whether one of the fields is there, with a value or not.
    func mentions(_ fields: Field...) -> Bool { entries.contains { fields.contains($0.field) } }

    /// A number, or a text that spells one.
    func double(_ entry: Entry?) -> Double? {
        guard let entry, entry.kind == .number || entry.kind == .string else { return nil }
        return DecimalNumber.parse(bytes.span, entry.start..<entry.end)
    }

    func float(_ entry: Entry?) -> Float? {
        guard let value = double(entry), abs(value) <= Double(Float.greatestFiniteMagnitude) else {
            return nil
        }
        return Float(value)
    }

    /// A whole number, also one written with a fraction of zero.
    func integer(_ entry: Entry?) -> Int64? {
        guard let entry, entry.kind == .number || entry.kind == .string else { return nil }
        if let whole = TextNumber.integer(bytes.span.extracting(entry.start..<entry.end)) {
            return whole
        }
        return double(entry).flatMap { Int64(exactly: $0) }
    }

    func text(_ entry: Entry?) -> ArraySlice<UInt8>? {
        guard let entry, entry.kind == .string else { return nil }
        return bytes[entry.start..<entry.end]
    }

    /// The text of a string that is one of few words.
    func word(_ field: Field) -> String? {
        text(first(field)).map { String(decoding: $0.prefix(64), as: UTF8.self) }
    }

    func time(_ entry: Entry?) -> TextTime? {
        guard let entry, entry.kind == .string else { return nil }
        return TextTime(bytes.span.extracting(entry.start..<entry.end))
    }

    func float(_ field: Field) -> Float? { float(first(field)) }
    func integer(_ field: Field) -> Int64? { integer(first(field)) }
    func time(_ field: Field) -> TextTime? { time(first(field)) }
}
