// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// The time of day of a beat as the phone's locale wrote it: `00:20:37,80`, `6:14:48.94 PM`.
struct AppleHealthBeatTime {
    /// Nanoseconds since local midnight; half a day off where `isOnFullDay` is false.
    var nanoseconds: Int64
    /// Whether the half of the day is known: a 24-hour clock or a Latin AM or PM.
    var isOnFullDay: Bool

    /// `nil` if there are not three or four groups of digits that make a time.
    ///
    /// Separators may be anything; digits may be Arabic-Indic ones too.
    init?(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        var scan = Scan()
        var index = range.lowerBound
        while index < range.upperBound {
            index += scan.take(bytes, at: index, end: range.upperBound)
        }
        guard let time = scan.nanoseconds else { return nil }
        self.nanoseconds = time
        self.isOnFullDay = scan.isOnFullDay
    }

    private struct Scan {
        /// Hour, minute, second, fraction.
        var groups: (Int64, Int64, Int64, Int64) = (0, 0, 0, 0)
        var count = 0
        var isInGroup = false
        var fractionDigits = 0
        /// The Latin letters met, upper case, first in the lowest byte: `AM` or `PM`.
        var letters: UInt64 = 0
        var isForeign = false

        /// Takes one character; answers its length.
        mutating func take(_ bytes: Span<UInt8>, at index: Int, end: Int) -> Int {
            let byte = bytes[index]
            if byte < 0x80 {
                takeASCII(byte)
                return 1
            }
            let next = index + 1 < end ? bytes[index + 1] : 0
            // U+0660 to U+0669 and U+06F0 to U+06F9 are digits.
            if byte == 0xD9, (0xA0...0xA9).contains(next) {
                takeDigit(next - 0xA0)
                return 2
            }
            if byte == 0xDB, (0xB0...0xB9).contains(next) {
                takeDigit(next - 0xB0)
                return 2
            }
            isInGroup = false
            // The Arabic decimal mark, a no-break space, and U+2000 to U+203F: spaces and marks.
            if byte == 0xD9, next == 0xAB { return 2 }
            if byte == 0xC2, next == 0xA0 { return 2 }
            if byte == 0xE2, next == 0x80 { return 3 }
            isForeign = true
            return 1
        }

        private mutating func takeASCII(_ byte: UInt8) {
            let digit = byte &- UInt8(ascii: "0")
            if digit <= 9 { return takeDigit(digit) }
            isInGroup = false
            let letter = byte & 0xDF
            if (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(letter) {
                letters = letters << 8 | UInt64(letter)
            }
        }

        private mutating func takeDigit(_ digit: UInt8) {
            if !isInGroup { count += 1 }
            isInGroup = true
            switch count {
            case 1: groups.0 = min(99, groups.0 * 10 + Int64(digit))
            case 2: groups.1 = min(99, groups.1 * 10 + Int64(digit))
            case 3: groups.2 = min(99, groups.2 * 10 + Int64(digit))
            default:
                if fractionDigits < 9 {
                    groups.3 = groups.3 * 10 + Int64(digit)
                    fractionDigits += 1
                }
            }
        }

        /// `AM` and `PM` as they lie in `letters`.
        private static let morning: UInt64 = 0x414D
        private static let afternoon: UInt64 = 0x504D

        var isOnFullDay: Bool {
            !isForeign && [0, Self.morning, Self.afternoon].contains(letters)
        }

        var nanoseconds: Int64? {
            guard count == 3 || count == 4, groups.0 < 24, groups.1 < 60, groups.2 <= 60 else {
                return nil
            }
            var hour = groups.0
            if letters == Self.morning, hour == 12 { hour = 0 }
            if letters == Self.afternoon, hour < 12 { hour += 12 }
            var fraction = groups.3
            for _ in fractionDigits..<9 { fraction *= 10 }
            return (hour * 3600 + groups.1 * 60 + groups.2) * 1_000_000_000 + fraction
        }
    }
}

/// The beats of one record, chained into RR intervals.
///
/// Beat times carry neither date nor offset. Offsets are multiples of a quarter of an hour, so the
/// instant is the one near the record's start with the same time within the quarter. An interval
/// counts only if it fits the beat's own rate, because beats that the watch missed are absent.
struct AppleHealthBeats {
    enum Step {
        /// The first beat of a list, or one behind a beat that could not be read.
        case first
        case interval(instant: Int64, milliseconds: Float)
        /// The interval and the rate disagree.
        case gap
    }

    /// A record with a sound time is open.
    private(set) var isActive = false
    /// The stream of the record's own value.
    private(set) var recordStream = 0
    private(set) var recordStart: Int64 = 0
    private var printedOffset: Int64 = 0
    /// The RR stream of the record's device, once it was looked up.
    var stream: Int?
    private var previous: Int64?
    private var zoneBeats = 0
    private var zoneCandidate: Int64?

    private static let quarter: Int64 = 900_000_000_000
    /// A list starts with its record; no beat is placed further before it.
    private static let lead: Int64 = 60_000_000_000
    /// Largest difference between 60 / interval and the rate, which is rounded to whole beats.
    private static let rateTolerance = 2.0
    /// Beats further than this from the record's start do not tell the offset.
    private static let zoneSlack: Int64 = 300_000_000_000

    /// `start` in nanoseconds since the Unix epoch.
    mutating func begin(recordStream: Int, start: Int64, printedOffset: Int64) {
        self = AppleHealthBeats()
        self.recordStream = recordStream
        self.recordStart = start
        self.printedOffset = printedOffset
        isActive = true
    }

    mutating func end() { isActive = false }

    /// The beat before cannot be told; the next one starts anew.
    mutating func lose() { previous = nil }

    mutating func step(_ time: AppleHealthBeatTime, beatsPerMinute: Double) -> Step {
        let first = recordStart - Self.lead
        let instant = first + Calendrical.floorModulo(time.nanoseconds - first, Self.quarter)
        defer { previous = instant }
        guard let previous else { return .first }
        let interval = instant - previous
        guard interval > 0,
            abs(60e9 / Double(interval) - beatsPerMinute) < Self.rateTolerance
        else { return .gap }
        return .interval(instant: instant, milliseconds: Float(Double(interval) / 1e6))
    }

    /// The wall clock's offset in seconds, once a record, if its first two beats tell the same.
    mutating func zoneOffset(_ time: AppleHealthBeatTime) -> Int64? {
        guard zoneBeats < 2 else { return nil }
        zoneBeats += 1
        let told = offset(toldBy: time)
        if zoneBeats == 1 { zoneCandidate = told }
        return zoneBeats == 2 && told == zoneCandidate ? told : nil
    }

    /// A time of day tells the offset up to whole days; of those the one nearest to the written one.
    private func offset(toldBy time: AppleHealthBeatTime) -> Int64? {
        guard time.isOnFullDay else { return nil }
        let ahead = time.nanoseconds - Calendrical.floorModulo(recordStart, 86_400_000_000_000)
        let quarters = Calendrical.floorDivide(ahead + Self.quarter / 2, Self.quarter)
        guard abs(ahead - quarters * Self.quarter) <= Self.zoneSlack else { return nil }
        // Clocks run from twelve hours behind to fourteen ahead: two hours are told twice.
        let west = Calendrical.floorModulo(quarters * 900 + 43_200, 86_400) - 43_200
        let east = west + 86_400
        let isEast = east <= 50_400 && abs(east - printedOffset) < abs(west - printedOffset)
        return isEast ? east : west
    }
}

extension AppleHealthBody {
    mutating func beginBeats(_ stream: Int, _ span: TimeSpan) {
        beats.begin(
            recordStream: stream, start: span.startNanoseconds, printedOffset: span.printedOffset)
    }

    /// A beat of the record that is open.
    mutating func takeBeat(
        _ attributes: borrowing XMLAttributes, _ segment: Span<UInt8>, _ position: ReadPosition
    ) throws(ReadError) {
        guard beats.isActive else { return }
        var rate: Double?
        var time: AppleHealthBeatTime?
        for index in attributes.indices {
            let attribute = attributes[index]
            if XMLByteSearch.equal(segment, attribute.name, "bpm") {
                rate = DecimalNumber.parse(segment, attribute.value)
            } else if XMLByteSearch.equal(segment, attribute.name, "time") {
                time = AppleHealthBeatTime(segment, attribute.value)
            }
        }
        guard let rate, let time else {
            beats.lose()
            return notes.note(.badBeat, at: position, samplesLost: 1)
        }
        if let offset = beats.zoneOffset(time), offset != lastZoneOffset {
            lastZoneOffset = offset
            try addZone(
                offset: offset,
                at: Calendrical.floorDivide(beats.recordStart, 1_000_000_000), position)
        }
        switch beats.step(time, beatsPerMinute: rate) {
        case .first: return
        case .gap: notes.note(.beatGap, at: position)
        case .interval(let instant, let milliseconds):
            let stream = try beatStream(position)
            let isTaken = try streams.add(milliseconds, at: instant, to: stream, position)
            if !isTaken { notes.note(.implausible, at: position, samplesLost: 1) }
        }
    }

    private mutating func beatStream(_ position: ReadPosition) throws(ReadError) -> Int {
        if let stream = beats.stream { return stream }
        let stream = try streams.index(
            of: streams.device(of: beats.recordStream),
            AppleHealthType(.rrInterval, .measured), at: position)
        beats.stream = stream
        return stream
    }
}
