// SPDX-License-Identifier: Apache-2.0
import HearthFormats

/// Writes the parts of a `.gt3x` archive from the published layouts.
public struct GT3XRecording {
    public var info: String
    public var log: [UInt8] = []

    /// 2026-01-02T03:04:05 on the recorder's clock.
    public static let start: UInt32 = 1_767_323_045

    /// - Parameter more: further lines of `info.txt`.
    public init(
        serial: String = "TAS1D00000001", type: String? = "Link", firmware: String = "1.7.1",
        rate: String = "30", start: UInt32 = GT3XRecording.start,
        zone: String? = "TimeZone: 02:00:00", more: [String] = []
    ) {
        var lines = ["Serial Number: \(serial)"]
        if let type { lines.append("Device Type: \(type)") }
        lines += [
            "Firmware: \(firmware)", "Battery Voltage: 4,09", "Sample Rate: \(rate)",
            "Start Date: \(Self.ticks(start))", "Stop Date: 0",
        ]
        if let zone { lines.append(zone) }
        lines += ["Subject Name: Ada Lovelace", "DateOfBirth: 580000000000000000"] + more
        info = lines.joined(separator: "\r\n") + "\r\n"
    }

    public static func ticks(_ seconds: UInt32) -> UInt64 {
        621_355_968_000_000_000 + UInt64(seconds) * 10_000_000
    }

    public var bytes: [UInt8] {
        PartStream.bytes([("info.txt", Array(info.utf8)), ("log.bin", log)])
    }

    /// The stream of an older recorder's parts.
    public func bytes(activity: [UInt8], light: [UInt8]) -> [UInt8] {
        PartStream.bytes([
            ("info.txt", Array(info.utf8)), ("activity.bin", activity), ("lux.bin", light),
        ])
    }

    public mutating func add(type: UInt8, _ time: UInt32, _ payload: [UInt8]) {
        var record = [0x1E, type] + Self.bytes(time, 4)
        record += Self.bytes(UInt32(payload.count), 2) + payload
        log += record + [~record.reduce(0, ^)]
    }

    /// A second of 16-bit samples.
    public mutating func add(_ samples: [[Int]], at time: UInt32) {
        add(
            type: 26, time,
            samples.flatMap { $0.flatMap { Self.bytes(UInt32(truncatingIfNeeded: $0), 2) } })
    }

    /// A second of 12-bit samples.
    public mutating func addPacked(_ samples: [[Int]], at time: UInt32) {
        add(type: 0, time, Self.packed(samples))
    }

    public mutating func addSeconds(_ count: Int, rate: Int = 30, from first: UInt32 = start) {
        for second in 0..<count {
            let samples = (0..<rate).map { [$0 * 9 - 130, second % 200, 256 - $0] }
            add(samples, at: first + UInt32(second))
        }
    }

    /// Values of 12 bits, y before x before z, the highest bits first.
    public static func packed(_ samples: [[Int]]) -> [UInt8] {
        var bits: [UInt8] = []
        for sample in samples {
            for value in [sample[1], sample[0], sample[2]] {
                bits += (0..<12).reversed().map { UInt8(value >> $0 & 1) }
            }
        }
        bits += [UInt8](repeating: 0, count: (8 - bits.count % 8) % 8)
        return stride(from: 0, to: bits.count, by: 8).map { at in
            bits[at..<at + 8].reduce(0) { $0 << 1 | $1 }
        }
    }

    private static func bytes(_ value: UInt32, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt32(8 * $0)) }
    }

    /// Makes the checksums of the records in a stream of parts fit, as far as their sizes allow.
    public static func mend(_ bytes: inout [UInt8]) {
        let name = Array("log.bin".utf8)
        guard let found = bytes.firstRange(of: name)?.upperBound else { return }
        var at = found + 4
        while at + 9 <= bytes.count {
            let size = Int(bytes[at + 6]) | Int(bytes[at + 7]) << 8
            guard bytes[at] == 0x1E, at + size + 9 <= bytes.count else {
                at += 1
                continue
            }
            bytes[at + size + 8] = ~bytes[at..<at + size + 8].reduce(0, ^)
            at += size + 9
        }
    }
}
