// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// What `info.txt` tells of a recorder. The subject's name, birth date and body are not kept.
struct GT3XInfo: Sendable {
    /// Samples a second; `nil` if not told.
    private(set) var rate: Int?
    /// What the recorder's clock showed when recording began, in nanoseconds since 1970 on it.
    private(set) var startWallTime: Int64?
    private(set) var offsetSeconds: Int32?
    private(set) var device = SourceDevice(vendor: "ActiGraph", model: "")
    /// Steps a g.
    private(set) var stepsPerG: Float = 256
    /// ActiSleep+: its case lets less light through.
    private(set) var isActiSleep = false
    /// Firmware 1.6.0 of the wGT3X-BT turned the axes by a quarter.
    private(set) var isTurned = false
    private(set) var hasUnreadableValue = false

    init() {}

    init(_ bytes: [UInt8]) {
        var serial: Substring = ""
        var firmware: Substring = ""
        for line in bytes.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) {
            let item = GENEActivLine(Array(line).span)
            switch item.key {
            case "Serial Number": serial = item.value
            case "Firmware": firmware = item.value
            case "Device Type": device.model = Self.model(item.value)
            case "Sample Rate": take(Self.rate(item.value)) { $0.rate = $1 }
            case "Start Date": take(Self.wallTime(ticks: item.value)) { $0.startWallTime = $1 }
            case "TimeZone", "Time Zone":
                take(Self.offset(item.value)) { $0.offsetSeconds = $1 }
            default: break
            }
        }
        take(serial, firmware)
        // The file's own scale goes before what the model is known for.
        for line in bytes.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) {
            let item = GENEActivLine(Array(line).span)
            guard item.key == "Acceleration Scale" else { continue }
            let scale = GENEActivLine.number(item.value).flatMap { Self.scale(Float($0)) }
            take(scale) { $0.stepsPerG = $1 }
        }
    }

    /// What a scale can be: fewer steps could not hold the recorder's range, more would not fit it.
    static func scale(_ value: Float) -> Float? { (32...16_384).contains(value) ? value : nil }

    /// Offset from UTC of text such as `-05:00:00` or `02:00:00`.
    static func offset(_ text: Substring) -> Int32? {
        let isNegative = text.hasPrefix("-")
        let parts = text.drop { $0 == "-" || $0 == "+" }.split(separator: ":")
        guard (2...3).contains(parts.count) else { return nil }
        let numbers = parts.compactMap { GENEActivLine.whole($0) }
        guard numbers.count == parts.count, (0...18).contains(numbers[0]),
            numbers.dropFirst().allSatisfy({ (0..<60).contains($0) })
        else { return nil }
        let seconds =
            numbers[0] * 3600 + numbers[1] * 60 + (numbers.count == 3 ? numbers[2] : 0)
        guard seconds <= 64_800 else { return nil }
        return Int32(isNegative ? -seconds : seconds)
    }

    private mutating func take<Value>(
        _ value: Value?, _ set: (inout GT3XInfo, Value) -> Void
    ) {
        if let value { set(&self, value) } else { hasUnreadableValue = true }
    }

    private mutating func take(_ serial: Substring, _ firmware: Substring) {
        if !serial.isEmpty { device.unit = NameHash.of(serial.utf8) }
        // Models that measure up to 6 g in 12 bits.
        let isSixG = ["NEO", "CLE", "MRA"].contains { serial.hasPrefix($0) }
        if isSixG { stepsPerG = 341 }
        isActiSleep = serial.hasPrefix("MRA")
        isTurned = serial.hasPrefix("MOS") && firmware == "1.6.0"
        if device.model.isEmpty {
            let models = [
                "NEO": "GT3X+", "MRA": "ActiSleep+", "CLE": "wGT3X+", "MOS": "wGT3X-BT",
                "TAS": "GT9X Link",
            ]
            device.model = models[String(serial.prefix(3))] ?? ""
        }
    }

    /// Printable letters only; it comes from the file.
    private static func model(_ text: Substring) -> String {
        String(
            text.unicodeScalars.lazy.filter { $0.value >= 0x20 && $0.value < 0x7F }.prefix(40)
                .map(Character.init))
    }

    private static func rate(_ text: Substring) -> Int? {
        guard let number = GENEActivLine.number(text), (1...1000).contains(number),
            number == number.rounded()
        else { return nil }
        return Int(number)
    }

    /// Ticks are tenths of a microsecond since the year 1.
    private static func wallTime(ticks text: Substring) -> Int64? {
        let bytes = Array(text.utf8)
        let unixEpoch: Int64 = 621_355_968_000_000_000
        guard let ticks = TextNumber.integer(bytes.span),
            (unixEpoch...unixEpoch + 80_000_000_000_000_000).contains(ticks)
        else { return nil }
        return (ticks - unixEpoch) * 100
    }
}
