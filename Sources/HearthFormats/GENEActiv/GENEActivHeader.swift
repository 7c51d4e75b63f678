// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// What the lines ahead of the pages tell. Names, codes, birth dates and notes of the person are not kept.
struct GENEActivHeader {
    private(set) var unit: UInt64 = 0
    /// Seconds east of UTC when the recorder was configured.
    private(set) var offsetSeconds: Int32?
    private(set) var period: Period?
    private var gains: [Double?] = [nil, nil, nil]
    private var offsets: [Double?] = [nil, nil, nil]
    private var volts: Int64?
    private var lux: Int64?

    /// Keys that are known and not needed, by their first words.
    enum Taken { case used, known, invalid, unknown }

    /// Takes one `Key:Value` line.
    mutating func take(_ line: GENEActivLine) -> Taken {
        let value = line.value
        switch line.key {
        case "Device Unique Serial Code": unit = NameHash.of(value.utf8)
        case "Time Zone":
            guard let seconds = Self.zone(value) else { return .invalid }
            offsetSeconds = seconds
        case "Measurement Frequency":
            guard let found = GENEActivLine.period(value) else { return .invalid }
            period = found
        case "x gain", "y gain", "z gain":
            guard let gain = GENEActivLine.number(value), gain != 0 else { return .invalid }
            gains[Self.axis(line.key)] = gain
        case "x offset", "y offset", "z offset":
            guard let offset = GENEActivLine.number(value) else { return .invalid }
            offsets[Self.axis(line.key)] = offset
        case "Volts":
            guard let number = GENEActivLine.whole(value), number > 0 else { return .invalid }
            volts = number
        case "Lux":
            guard let number = GENEActivLine.whole(value), number >= 0 else { return .invalid }
            lux = number
        default: return Self.isKnown(line.key) ? .known : .unknown
        }
        return .used
    }

    /// g of a raw value: (raw * 100 - offset) / gain. `nil` if a value is missing, or if the largest
    /// raw value would be more than any recorder measures.
    var scales: MotionScales? {
        let scales = (0..<3).compactMap { axis -> Scale? in
            guard let gain = gains[axis], let offset = offsets[axis] else { return nil }
            return Scale(factor: Float(100 / gain), offset: Float(-offset / gain))
        }
        guard scales.count == 3 else { return nil }
        let all = MotionScales(x: scales[0], y: scales[1], z: scales[2])
        return all.holds(-2048...2047) ? all : nil
    }

    /// Lux of each reading of 10 bits, rounded down as the vendor does; `nil` if not calibrated.
    var luxOfReading: [UInt32]? {
        guard let volts, let lux else { return nil }
        return (0..<1024).map { UInt32(clamping: $0 * lux / volts) }
    }

    private static func axis(_ key: Substring) -> Int {
        key.hasPrefix("x") ? 0 : (key.hasPrefix("y") ? 1 : 2)
    }

    private static func isKnown(_ key: Substring) -> Bool {
        let starts = [
            "Device", "Calibration", "Accelerometer", "Light Meter", "Temperature Sensor",
            "Measurement Period", "Start Time", "Study", "Investigator", "Exercise", "Config",
            "Extract", "Subject", "Date of Birth", "Sex", "Height", "Weight", "Handedness",
            "Number of Pages", "Trial Info", "Memory Status",
        ]
        return starts.contains { key.hasPrefix($0) }
    }

    /// `GMT -04:00`; also without the word, or with `UTC`.
    private static func zone(_ text: Substring) -> Int32? {
        var rest = text
        for word in ["GMT", "UTC"] where rest.hasPrefix(word) { rest = rest.dropFirst(3) }
        while rest.first == " " { rest = rest.dropFirst() }
        if rest.isEmpty { return text.isEmpty ? nil : 0 }
        let bytes = Array(rest.utf8)
        return TextTime.offset(bytes.span)
    }
}

/// A line of the form `Key:Value`, without the blanks around both.
struct GENEActivLine {
    let key: Substring
    let value: Substring

    init(_ bytes: Span<UInt8>) {
        var scalars = String.UnicodeScalarView()
        var colon: Int?
        for index in bytes.indices {
            let byte = bytes[index]
            if byte == UInt8(ascii: ":"), colon == nil { colon = scalars.count }
            // What is not ASCII is part of notes, which are not read.
            scalars.append(Unicode.Scalar(byte < 0x80 ? byte : UInt8(ascii: "?")))
        }
        let text = String(scalars)
        guard let colon else {
            key = Self.trimmed(Substring(text))
            value = ""
            return
        }
        let place = text.utf8.index(text.startIndex, offsetBy: colon)
        key = Self.trimmed(text[..<place])
        value = Self.trimmed(text[text.utf8.index(after: place)...])
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while let last = text.unicodeScalars.last, last == " " || last == "\t" || last == "\r" {
            text.unicodeScalars.removeLast()
        }
        while let first = text.unicodeScalars.first, first == " " || first == "\t" {
            text.unicodeScalars.removeFirst()
        }
        return text
    }

    /// A decimal number; a comma may be the decimal mark.
    static func number(_ text: Substring) -> Double? {
        let bytes = Array(text.utf8)
        return TextNumber.float(bytes.span, decimalComma: true).map(Double.init)
    }

    static func whole(_ text: Substring) -> Int64? {
        let bytes = Array(text.utf8)
        guard let value = TextNumber.integer(bytes.span), value.magnitude < 1 << 40 else {
            return nil
        }
        return value
    }

    static func period(_ text: Substring) -> Period? {
        let bytes = Array((text.hasSuffix("Hz") ? trimmed(text.dropLast(2)) : text).utf8)
        return period(bytes.span)
    }

    /// The period of a rate such as `85.7` or `85,7`: 1 to 1,000 Hz.
    static func period(_ bytes: Span<UInt8>) -> Period? {
        // A thousand million times the rate, exactly.
        guard let rate = TextNumber.nanoseconds(bytes, decimalComma: true),
            (1_000_000_000...1_000_000_000_000).contains(rate)
        else { return nil }
        return Period(numerator: 1_000_000_000_000_000_000, denominator: rate)
    }

    /// `2013-05-30 10:12:54:500` in nanoseconds since 1970 on the recorder's clock.
    static func wallTime(_ bytes: Span<UInt8>) -> Int64? {
        let marks = (bytes.count == 23 ? bytes[19] : 0)
        guard bytes.count == 23, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            bytes[10] == UInt8(ascii: " "), bytes[13] == UInt8(ascii: ":"),
            bytes[16] == UInt8(ascii: ":"),
            marks == UInt8(ascii: ":") || marks == UInt8(ascii: ".") || marks == UInt8(ascii: ",")
        else { return nil }
        guard let year = digits(bytes, 0..<4), (1970...2200).contains(year),
            let month = digits(bytes, 5..<7), let day = digits(bytes, 8..<10),
            let hour = digits(bytes, 11..<13), let minute = digits(bytes, 14..<16),
            let second = digits(bytes, 17..<19), let milli = digits(bytes, 20..<23), hour < 24,
            minute < 60, second < 60, let date = LocalDate(year: year, month: month, day: day)
        else { return nil }
        let seconds = date.dayNumber * 86_400 + Int64(hour * 3600 + minute * 60 + second)
        return seconds * 1_000_000_000 + Int64(milli) * 1_000_000
    }

    private static func digits(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
        var sum = 0
        for index in range {
            guard TextNumber.isDigit(bytes[index]) else { return nil }
            sum = sum * 10 + Int(bytes[index] - UInt8(ascii: "0"))
        }
        return sum
    }
}
