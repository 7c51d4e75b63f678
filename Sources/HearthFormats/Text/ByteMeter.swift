// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Counts the bytes of a recording and holds the limit of its length.
struct ByteMeter: Sendable {
    private(set) var total: Int64 = 0
    private let limit: Int64

    init(limits: ReadLimits) { self.limit = limits.recordingBytes }

    /// Where in the recording the next `count` bytes begin.
    ///
    /// - Throws: if the recording is longer than the limit.
    mutating func take(_ count: Int) throws(ReadError) -> Int64 {
        let base = total
        total += Int64(count)
        guard total <= limit else {
            throw ReadError(
                .limitExceeded, at: ReadPosition(byte: limit), found: "a longer recording",
                expected: "at most \(limit) bytes")
        }
        return base
    }
}

/// Times as exports of phones and web services write them.
enum CloudTime {
    /// The instant of whole milliseconds since 1970; `nil` outside the years 1678 to 2261.
    static func instant(milliseconds: Int64) -> Timestamp? {
        let (product, overflow) = milliseconds.multipliedReportingOverflow(by: 1_000_000)
        return overflow ? nil : Timestamp(nanoseconds: product)
    }

    /// Clocks are at most 14 hours ahead and 12 behind, in quarters of an hour.
    static func offset(seconds: Int64) -> Int32? {
        guard (-43_200...50_400).contains(seconds), seconds % 900 == 0 else { return nil }
        return Int32(seconds)
    }

    /// A span's length, if it ends behind its start and is no longer than `days`.
    static func duration(_ start: Timestamp, _ end: Timestamp, days: Int64 = 8) -> Int64? {
        let length = end.nanoseconds(since: start)
        return length > 0 && length <= days * 86_400_000_000_000 ? length : nil
    }

    /// Nanoseconds of a duration such as `PT7H12M30.5S`; years and months are refused.
    static func nanoseconds(iso text: some Collection<UInt8>) -> Int64? {
        var seconds: Double = 0
        var number: [UInt8] = []
        var isTime = false
        var hasPart = false
        guard text.first == UInt8(ascii: "P"), text.count <= 64 else { return nil }
        for byte in text.dropFirst() {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."): number.append(byte)
            case UInt8(ascii: "T") where number.isEmpty: isTime = true
            default:
                guard let scale = scale(of: byte, isTime: isTime),
                    let value = DecimalNumber.parse(number.span, 0..<number.count)
                else { return nil }
                seconds += value * scale
                number.removeAll()
                hasPart = true
            }
        }
        guard hasPart, number.isEmpty, seconds <= 1e9 else { return nil }
        return Int64((seconds * 1e9).rounded())
    }

    private static func scale(of unit: UInt8, isTime: Bool) -> Double? {
        switch (unit, isTime) {
        case (UInt8(ascii: "D"), false): 86_400
        case (UInt8(ascii: "H"), true): 3600
        case (UInt8(ascii: "M"), true): 60
        case (UInt8(ascii: "S"), true): 1
        default: nil
        }
    }
}

extension TextTime {
    /// The date of a moment on the wall, in seconds since 1970 on that wall.
    init(dateOf wallSeconds: Int64) {
        self.wallSeconds = wallSeconds - Calendrical.floorModulo(wallSeconds, 86_400)
        self.hasTimeOfDay = false
    }
}

extension SampleOutput {
    /// The local day of a date, or as many days as said from it on: its start and its length.
    mutating func days(
        from date: TextTime, count: Int64 = 1, position: ReadPosition
    ) -> (start: Timestamp, duration: Int64)? {
        var first = date
        first.wallSeconds -= Int64(date.secondsOfDay)
        first.nanosecond = 0
        first.offsetSeconds = nil
        var last = first
        last.wallSeconds += count * 86_400
        guard let start = instant(first, position: position),
            let end = instant(last, position: position), let length = CloudTime.duration(start, end)
        else { return nil }
        return (start, length)
    }

    /// Counts a vendor's score, for which there is no quantity.
    mutating func countScore(_ position: ReadPosition) {
        count(
            .ignored, at: position, found: "a score of the vendor",
            expected: "a measurement")
    }

    /// Counts a known value that is not read, because there is no quantity that means the same.
    mutating func countUnsupported(_ what: String, _ position: ReadPosition, times: Int = 1) {
        count(
            .unsupported, at: position, found: what, expected: "a value with a quantity",
            samplesLost: times, times: times)
    }

    /// Counts damage in JSON; inside a record it costs one sample.
    mutating func count(_ problem: JSONProblem, at position: ReadPosition, isInRecord: Bool) {
        count(
            problem.code, at: position, found: problem.found, expected: problem.expected,
            samplesLost: isInRecord ? 1 : 0)
    }
}
