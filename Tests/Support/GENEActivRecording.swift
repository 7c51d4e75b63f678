// SPDX-License-Identifier: Apache-2.0

/// Writes recordings of a GENEActiv from the published layout.
public struct GENEActivRecording {
    public var text: String
    public var number = 0
    public var temperature = "21.5"
    public var frequency = "100.0"
    private let lineEnd: String

    public var bytes: [UInt8] { Array(text.utf8) }

    /// - Parameters:
    ///   - zone: the line as a whole, or none.
    ///   - start: what the header gives as the start, which is not used.
    public init(
        zone: String? = "Time Zone:GMT +02:00", frequency: String = "100.0",
        start: String = "2026-01-02 03:04:05:000", gains: [String] = ["25000", "25500", "24800"],
        offsets: [String] = ["500", "-250", "0"], pages: Int = 222_048, lineEnd: String = "\r\n"
    ) {
        self.lineEnd = lineEnd
        self.frequency = frequency
        var lines = [
            "Device Identity", "Device Unique Serial Code:054321", "Device Type:GENEActiv      ",
            "Device Model:1.1    ", "Device Firmware Version:Ver5.03 date 11Oct13",
            "Calibration Date:2023-04-03 11:08:52:000", "", "Device Capabilities",
            "Accelerometer Range:-8 to 8  ", "Light Meter Units:lux", "", "Configuration Info",
            "Measurement Frequency:\(frequency) Hz", "Measurement Period:24 Hours",
            "Start Time:\(start)",
        ]
        if let zone { lines.append(zone) }
        lines += [
            "", "Trial Info", "Study Centre:Somewhere",
            "Extract Notes:(device clock drift -1.459s)",
            "", "Subject Info", "Device Location Code:left wrist", "Subject Code:Ada Lovelace",
            "Date of Birth:1815-12-10", "Sex:female", "Height:", "Weight:",
            "Subject Notes:a note: with \u{E9}", "", "Calibration Data",
        ]
        for (axis, index) in [("x", 0), ("y", 1), ("z", 2)] {
            lines += ["\(axis) gain:\(gains[index])", "\(axis) offset:\(offsets[index])"]
        }
        lines += ["Volts:300", "Lux:800", "", "Memory Status", "Number of Pages:\(pages)", ""]
        text = lines.joined(separator: lineEnd) + lineEnd
    }

    public struct Sample {
        public var x: Int
        public var y: Int
        public var z: Int
        public var light: Int
        public var isPressed: Bool

        public init(_ x: Int, _ y: Int, _ z: Int, light: Int = 100, isPressed: Bool = false) {
            self.x = x
            self.y = y
            self.z = z
            self.light = light
            self.isPressed = isPressed
        }

        /// Twelve hexadecimal digits.
        var digits: String {
            var word = UInt64(x & 0xFFF) << 36 | UInt64(y & 0xFFF) << 24 | UInt64(z & 0xFFF) << 12
            word |= UInt64(light & 0x3FF) << 2 | (isPressed ? 2 : 0)
            let plain = String(word, radix: 16, uppercase: true)
            return String(repeating: "0", count: 12 - plain.count) + plain
        }
    }

    /// Adds a page; `time` is as written, such as `2026-01-02 03:04:05:000`.
    public mutating func add(_ samples: [Sample], time: String) {
        let lines = [
            "Recorded Data", "Device Unique Serial Code:054321", "Sequence Number:\(number)",
            "Page Time:\(time)", "Unassigned:", "Temperature:\(temperature)",
            "Battery voltage:4.1", "Device Status:Recording", "Measurement Frequency:\(frequency)",
            samples.map(\.digits).joined(),
        ]
        text += lines.joined(separator: lineEnd) + lineEnd
        number += 1
    }

    /// Pages of 300 samples at 100 Hz, three seconds each, from a full minute on.
    public mutating func addPages(_ count: Int, samples: Int = 300) {
        for page in 0..<count {
            let second = page * 3
            let values = (0..<samples).map {
                Sample($0 - 150, -$0, 256, light: page, isPressed: page == 1 && $0 / 10 == 3)
            }
            let minute = String(100 + second / 60 % 60).dropFirst()
            let ofMinute = String(100 + second % 60).dropFirst()
            add(values, time: "2026-01-02 03:\(minute):\(ofMinute):000")
        }
    }
}
