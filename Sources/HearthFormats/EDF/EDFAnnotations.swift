// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// What the annotation signals of one data record tell.
///
/// A list of annotations is `+onset`, perhaps 0x15 and a duration, then 0x14 and texts each ended by
/// 0x14, then 0. Onsets are seconds since the header's start. The first list of a record begins with an
/// empty text, and its onset is the record's own start.
/// - Source: `kemp2003`.
struct EDFAnnotations: Sendable {
    enum Kind: Sendable, Equatable {
        case stage(SleepStage)
        case event(EventKind)
    }

    struct Annotation: Sendable {
        /// Nanoseconds since the header's start.
        var onset: Int64
        var duration: Int64
        var kind: Kind
        var byte: Int
    }

    /// When the record began, in nanoseconds since the header's start.
    private(set) var recordOnset: Int64?
    private(set) var found: [Annotation] = []
    /// Lists that could not be read, and where the first of them is.
    private(set) var damaged = 0
    private(set) var firstDamage = 0

    private static let textEnd: UInt8 = 0x14
    private static let durationMark: UInt8 = 0x15

    /// Reads the annotation signals of a record; `end` is how many bytes of it are there.
    mutating func scan(_ record: Span<UInt8>, _ ranges: [Range<Int>], end: Int) {
        recordOnset = nil
        found.removeAll(keepingCapacity: true)
        damaged = 0
        for (number, range) in ranges.enumerated() where range.lowerBound < end {
            let limit = min(range.upperBound, end)
            var index = range.lowerBound
            var isFirst = number == 0
            while index < limit {
                if record[index] == 0 {
                    index += 1
                    continue
                }
                var stop = index
                while stop < limit, record[stop] != 0 { stop += 1 }
                if !list(record, index..<stop, isFirst: isFirst) {
                    if damaged == 0 { firstDamage = index }
                    damaged += 1
                }
                isFirst = false
                index = stop
            }
        }
    }

    /// Reads one list; false if it is none.
    private mutating func list(_ bytes: Span<UInt8>, _ range: Range<Int>, isFirst: Bool) -> Bool {
        var index = range.lowerBound
        while index < range.upperBound, bytes[index] != Self.textEnd,
            bytes[index] != Self.durationMark
        { index += 1 }
        guard index < range.upperBound,
            let onset = EDFText.nanoseconds(bytes, range.lowerBound..<index)
        else { return false }
        var duration: Int64 = 0
        if bytes[index] == Self.durationMark {
            let start = index + 1
            index = start
            while index < range.upperBound, bytes[index] != Self.textEnd { index += 1 }
            if index > start {
                guard let told = EDFText.nanoseconds(bytes, start..<index), told >= 0 else {
                    return false
                }
                duration = told
            }
        }
        guard index < range.upperBound else { return false }
        index += 1
        var isFirstText = true
        while index < range.upperBound {
            let start = index
            while index < range.upperBound, bytes[index] != Self.textEnd { index += 1 }
            if index > start {
                found.append(
                    Annotation(
                        onset: onset, duration: duration, kind: Self.kind(bytes, start..<index),
                        byte: start))
            } else if isFirst, isFirstText {
                recordOnset = onset
            }
            isFirstText = false
            index += 1
        }
        return true
    }

    /// What a text means. Anything that is no sleep stage is a note, or a mark if it says so; the text
    /// itself, which may name people, goes no further.
    static func kind(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Kind {
        guard range.count <= 32 else { return .event(.note) }
        var text: [UInt8] = []
        for index in range {
            let byte = bytes[index]
            text.append((0x41...0x5A).contains(byte) ? byte | 0x20 : byte)
        }
        let words = EDFMeaning.words(EDFText.printable(text[...]))
        if let stage = stage(words, text) { return .stage(stage) }
        if let own = EDFNotes.kind(words) { return own }
        let marks: Set<String> = ["marker", "event", "button", "trigger"]
        return .event(words.contains(where: marks.contains) ? .marker : .note)
    }

    /// Rechtschaffen and Kales' stages and those of the AASM. Movement time belongs to no stage.
    /// - Source: `kemp2003`.
    private static func stage(_ words: [String], _ text: [UInt8]) -> SleepStage? {
        if words == ["movement", "time"] { return .unscored }
        guard words.count >= 2, words[0] == "sleep", words[1] == "stage" else { return nil }
        guard words.count == 3 else {
            return words.count == 2 && text.contains(UInt8(ascii: "?")) ? .unscored : nil
        }
        switch words[2] {
        case "w", "wake": return .wake
        case "1", "2", "n1", "n2": return .light
        case "3", "4", "n3", "n4": return .deep
        case "r", "rem": return .rem
        case "n", "nrem": return .asleep
        case "m", "mt", "u", "unscored": return .unscored
        default: return nil
        }
    }
}
