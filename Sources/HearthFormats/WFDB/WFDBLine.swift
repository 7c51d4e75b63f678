// SPDX-License-Identifier: Apache-2.0

/// The first line of a header: `name[/segments] signals [fs[/counter[(base)]] [length [time [date]]]]`.
struct WFDBRecordLine {
    let name: String
    private(set) var segments: Int64?
    let signals: Int64
    private(set) var frequency: Double?
    private(set) var frequencyText = ""
    private(set) var length: Int64?
    private(set) var time = ""
    private(set) var date = ""

    init?(_ line: Substring) {
        let fields = line.split(whereSeparator: WFDBLines.isBlank)
        guard (2...6).contains(fields.count) else { return nil }
        let parts = fields[0].split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, !parts[0].isEmpty, parts[0].utf8.count <= 255,
            parts[0].utf8.allSatisfy(Self.isNameByte),
            let signals = Int64(fields[1]), signals >= 0
        else { return nil }
        name = String(parts[0])
        self.signals = signals
        if parts.count == 2 {
            guard let count = Int64(parts[1]), count > 0 else { return nil }
            segments = count
        }
        guard fields.count < 3 || readFrequency(fields[2]) else { return nil }
        if fields.count > 3 {
            guard let count = Int64(fields[3]), count >= 0 else { return nil }
            length = count == 0 ? nil : count
        }
        if fields.count > 4 {
            guard WFDBClock.timeOfDay(fields[4]) != nil else { return nil }
            time = String(fields[4])
        }
        if fields.count > 5 {
            guard WFDBClock.date(fields[5]) != nil else { return nil }
            date = String(fields[5])
        }
    }

    private mutating func readFrequency(_ field: Substring) -> Bool {
        let rate = field.prefix { $0 != "/" }
        guard let value = WFDBSignalLine.number(rate), value > 1e-6, value <= 1e9 else {
            return false
        }
        frequency = value
        frequencyText = String(rate)
        return true
    }

    /// Letters, digits, `.`, `_` and `-`.
    static func isNameByte(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
            || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
    }
}

/// The line of a signal: `file format[xSPF][:skew][+offset] [gain[(baseline)][/units] [resolution
/// [zero [initial [checksum [block [description]]]]]]]`.
enum WFDBSignalLine {
    static func read(_ line: Substring) -> WFDBHeader.Signal? {
        // The description is the rest of the line.
        let fields = line.split(
            maxSplits: 8, omittingEmptySubsequences: true, whereSeparator: WFDBLines.isBlank)
        guard fields.count >= 2 else { return nil }
        var signal = WFDBHeader.Signal(file: String(fields[0]))
        guard readFormat(fields[1], &signal) else { return nil }
        var hasBaseline = false
        if fields.count > 2 {
            guard readGain(fields[2], &signal, &hasBaseline) else { return nil }
        }
        var numbers: [Int64] = []
        for field in fields.dropFirst(3).prefix(5) {
            guard let number = Int64(field) else { return nil }
            numbers.append(number)
        }
        if numbers.count > 1 {
            if !hasBaseline { signal.baseline = numbers[1] }
            signal.initial = Int32(truncatingIfNeeded: numbers[1])
        }
        if numbers.count > 2 { signal.initial = Int32(truncatingIfNeeded: numbers[2]) }
        if numbers.count > 3 { signal.checksum = UInt16(truncatingIfNeeded: numbers[3]) }
        if fields.count > 8 { signal.description = String(fields[8]) }
        return signal
    }

    /// A decimal number; no infinity, no hexadecimal.
    static func number(_ text: Substring) -> Double? {
        let isDecimal = text.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains(byte)
        }
        guard isDecimal, text.utf8.count <= 64, let value = Double(text), value.isFinite else {
            return nil
        }
        return value
    }

    /// `212x4:3+24`
    private static func readFormat(_ field: Substring, _ signal: inout WFDBHeader.Signal) -> Bool {
        var rest = field
        guard let format = leadingInteger(&rest) else { return false }
        signal.format = Int(clamping: format)
        if rest.first == "x" {
            rest.removeFirst()
            guard let count = leadingInteger(&rest), count > 0 else { return false }
            signal.samplesPerFrame = Int(clamping: count)
        }
        if rest.first == ":" {
            rest.removeFirst()
            guard let skew = leadingInteger(&rest) else { return false }
            signal.skew = skew
        }
        if rest.first == "+" {
            rest.removeFirst()
            guard let offset = leadingInteger(&rest) else { return false }
            signal.prologue = offset
        }
        return rest.isEmpty
    }

    /// `200(1024)/mV`; a gain of 0 stands for none and means 200.
    private static func readGain(
        _ field: Substring, _ signal: inout WFDBHeader.Signal, _ hasBaseline: inout Bool
    ) -> Bool {
        let number = field.prefix { $0 != "(" && $0 != "/" }
        guard let gain = Self.number(number) else { return false }
        if gain != 0 { signal.gain = gain }
        var rest = field.dropFirst(number.count)
        if rest.first == "(" {
            let baseline = rest.dropFirst().prefix { $0 != ")" }
            guard let value = Int64(baseline) else { return false }
            rest = rest.dropFirst(baseline.count + 1)
            guard rest.first == ")" else { return false }
            rest.removeFirst()
            signal.baseline = value
            hasBaseline = true
        }
        if rest.first == "/" {
            signal.units = String(rest.dropFirst())
        } else if !rest.isEmpty {
            return false
        }
        return true
    }

    private static func leadingInteger(_ text: inout Substring) -> Int64? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        text = text.dropFirst(digits.count)
        return Int64(digits)
    }
}
