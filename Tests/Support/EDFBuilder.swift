// SPDX-License-Identifier: Apache-2.0

/// Builds EDF and BDF files for tests, with any field wrong that a test wants wrong.
public struct EDFBuilder: Sendable {
    public struct Signal: Sendable {
        public var label: String
        public var unit: String
        public var physical: (String, String)
        public var digital: (String, String)
        public var samples: String
        public var labelBytes: [UInt8]?

        public init(
            _ label: String, _ unit: String = "uV",
            physical: (String, String) = ("-3276.8", "3276.7"),
            digital: (String, String) = ("-32768", "32767"), samples: String = "4",
            labelBytes: [UInt8]? = nil
        ) {
            self.label = label
            self.unit = unit
            self.physical = physical
            self.digital = digital
            self.samples = samples
            self.labelBytes = labelBytes
        }

        public static func annotations(samples: String = "30", bdf: Bool = false) -> Signal {
            Signal(
                bdf ? "BDF Annotations" : "EDF Annotations", "", physical: ("-1", "1"),
                samples: samples)
        }
    }

    public var isBDF = false
    public var patient = "X X X X"
    public var recording = "Startdate 02-JAN-2026 X X X"
    public var date = "02.01.26"
    public var time = "03.04.05"
    public var headerBytes: String?
    public var kind = ""
    public var records: String
    public var duration = "1"
    public var signalCount: String?
    public var signals: [Signal]
    public var body: [UInt8] = []

    public init(_ signals: [Signal], records: Int = 0, kind: String = "", bdf: Bool = false) {
        self.signals = signals
        self.records = String(records)
        self.kind = kind
        isBDF = bdf
    }

    /// Appends the samples of one signal of one record.
    public mutating func append(_ values: [Int]) {
        for value in values {
            for index in 0..<(isBDF ? 3 : 2) {
                body.append(UInt8(truncatingIfNeeded: value >> (8 * index)))
            }
        }
    }

    /// Appends annotations, filled with zeros to a signal's bytes.
    public mutating func append(_ lists: String, bytes: Int) {
        let text = Array(lists.utf8.prefix(bytes))
        body += text + [UInt8](repeating: 0, count: bytes - text.count)
    }

    public var bytes: [UInt8] {
        var output: [UInt8] = isBDF ? [0xFF] + Array("BIOSEMI".utf8) : Self.field("0", 8)
        output += Self.field(patient, 80) + Self.field(recording, 80)
        output += Self.field(date, 8) + Self.field(time, 8)
        output += Self.field(headerBytes ?? "\(256 * (signals.count + 1))", 8)
        output += Self.field(kind, 44) + Self.field(records, 8) + Self.field(duration, 8)
        output += Self.field(signalCount ?? "\(signals.count)", 4)
        func column(_ width: Int, _ text: (Signal) -> String) {
            for signal in signals { output += Self.field(text(signal), width) }
        }
        for signal in signals {
            output += signal.labelBytes.map { Self.fill($0, 16) } ?? Self.field(signal.label, 16)
        }
        column(80) { _ in "" }
        column(8) { $0.unit }
        column(8) { $0.physical.0 }
        column(8) { $0.physical.1 }
        column(8) { $0.digital.0 }
        column(8) { $0.digital.1 }
        column(80) { _ in "" }
        column(8) { $0.samples }
        column(32) { _ in "" }
        return output + body
    }

    private static func field(_ text: String, _ width: Int) -> [UInt8] {
        fill(Array(text.utf8), width)
    }

    private static func fill(_ bytes: [UInt8], _ width: Int) -> [UInt8] {
        Array(bytes.prefix(width)) + [UInt8](repeating: 0x20, count: max(0, width - bytes.count))
    }

    // MARK: Recordings

    /// A night with everything: rates, gaps, stages, notes, an accelerometer, values out of range.
    public static func night(records: Int = 4, bdf: Bool = false, gaps: Bool = true) -> EDFBuilder {
        let wide = bdf ? ("-8388608", "8388607") : ("-32768", "32767")
        func signal(
            _ label: String, _ unit: String, _ low: String, _ high: String, _ samples: String
        ) -> Signal {
            Signal(label, unit, physical: (low, high), digital: wide, samples: samples)
        }
        var file = EDFBuilder(
            [
                signal("EEG Fpz-Cz", "uV", "-250", "250", "8"),
                .annotations(samples: "40", bdf: bdf), signal("ECG", "mV", "-5", "5", "4"),
                signal("Acc X", "g", "-8", "8", "2"), signal("Acc Y", "g", "-8", "8", "2"),
                signal("Acc Z", "g", "-8", "8", "2"), signal("SpO2", "%", "0", "102.3", "1"),
                Signal("Pulse", "bpm", physical: ("0", "250"), digital: ("0", "250"), samples: "1"),
                Signal("Airflow", "", physical: ("0", "0"), digital: ("5", "5"), samples: "1"),
            ], records: records, kind: (bdf ? "BDF+" : "EDF+") + (gaps ? "D" : "C"), bdf: bdf)
        let scale = bdf ? 256 : 1
        for record in 0..<records {
            let start = gaps && record >= records / 2 ? record + 30 : record
            file.append((0..<8).map { ($0 * 401 - 1500 + record) * scale })
            var lists = "+\(start)\u{14}\u{14}\u{0}"
            if record.isMultiple(of: 2) {
                lists +=
                    "+\(start)\u{15}30\u{14}Sleep stage \(["W", "1", "2", "3", "R", "?"][record / 2 % 6])\u{14}\u{0}"
            } else {
                lists += "+\(start).5\u{14}Lights off\u{14}\u{0}"
            }
            file.append(lists, bytes: bdf ? 120 : 80)
            file.append((0..<4).map { ($0 * 977 - 900) * scale })
            for axis in 0..<3 { file.append([(axis * 2048 + record) * scale, -100 * scale]) }
            file.append([(record == 1 ? -30_000 : 29_000) * scale])
            file.append([record == 2 ? 251 : 60 + record])
            file.append([record])
        }
        return file
    }
}
