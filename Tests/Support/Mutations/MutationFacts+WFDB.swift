// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats

extension MutationFacts {
    static let wfdb = MutationFacts(
        isText: false, head: { WFDBSeeds.head($0) }, mend: { WFDBSeeds.mend(&$0) },
        seeds: WFDBSeeds.all)

    static let heartRatePackets = MutationFacts(
        isText: true,
        words: [
            "16 3c", "0x163C8F04", "06:", "14 00", "(0x) 16-3C-8F-04", "1600000000", "nRF Connect",
            "2a37", "\"value\":", "\"time\":", "T\t", ";", "\t", "1E-3C", "04 00", "16 48 00 00",
            "16 48 10 00", "FF", "10 05",
        ],
        seeds: HeartRatePacketSeeds.all)
}

/// Records of every format, built from seeded numbers.
public enum WFDBSeeds {
    static let all: [[UInt8]] =
        [16, 212, 61, 80, 160, 310, 311, 24, 32, 8].map { record(format: $0) } + [segments]

    /// A header of two signals, samples in a wave with two sentinels, and annotations.
    public static func record(format: Int, frames: Int = 60, name: String = "r") -> [UInt8] {
        var random = SeededRandom(seed: UInt64(format))
        let header = """
            \(name) 2 250 \(frames) 12:00:00 02/01/2026
            \(name).dat \(format)x2 200(0)/mV 12 0 0 0 0 MLII
            \(name).dat \(format) 10/mmHg 12 0 0 0 0 ABP
            # <age>: 50

            """
        let width = [8: 8, 80: 8, 24: 24, 32: 32, 212: 12, 310: 11, 311: 11][format] ?? 16
        let bytes = (0..<(frames * 3 * width + 7) / 8).map { index -> UInt8 in
            index % 97 < 4 && format != 8 ? 0x80 : UInt8(random.below(256))
        }
        return PartStream.bytes([
            ("\(name).hea", Array(header.utf8)), ("\(name).dat", bytes),
            ("\(name).atr", annotations),
        ])
    }

    /// Two segments, a layout and a stretch without signals.
    static let segments: [UInt8] = {
        let header = "s/4 1 100 120\ns_layout 0\ns1 40\n~ 40\ns2 40\n"
        let layout = "s_layout 1 100 0\n~ 0 200/mV 12 0 0 0 0 II\n"
        let values = (0..<40).flatMap { [UInt8($0 * 3), 0] as [UInt8] }
        func own(_ name: String) -> [UInt8] {
            Array("\(name) 1 100 40\n\(name).dat 16 200/mV 12 0 0 2340 0 II\n".utf8)
        }
        return PartStream.bytes([
            ("s.hea", Array(header.utf8)), ("s_layout.hea", Array(layout.utf8)),
            ("s1.hea", own("s1")), ("s2.hea", own("s2")), ("s1.dat", values), ("s2.dat", values),
        ])
    }()

    /// Rhythm, beats, a long distance, a note, an unreadable stretch.
    static let annotations: [UInt8] = {
        var bytes: [UInt8] = []
        func word(_ code: Int, _ low: Int) {
            let value = code << 10 | low & 0x3FF
            bytes += [UInt8(value & 0xFF), UInt8(value >> 8)]
        }
        word(28, 18)
        word(63, 5)
        bytes += Array("(AFIB\0".utf8)
        for step in 0..<12 { word(step % 5 == 4 ? 5 : 1, 180 + step) }
        word(61, 1)
        word(59, 0)
        bytes += [1, 0, 0, 0]
        word(1, 20)
        word(14, 30)
        word(61, -1)
        word(22, 5)
        word(63, 4)
        bytes += Array("note".utf8)
        word(1, 100)
        word(0, 0)
        return bytes
    }()

    /// Everything up to where samples begin.
    static func head(_ seed: [UInt8]) -> [UInt8] {
        guard let mark = marks(in: seed).first(where: { $0.name.hasSuffix(".dat") }) else {
            return []
        }
        return Array(seed[..<min(seed.count, mark.start + mark.name.utf8.count + 4)])
    }

    /// Where the names of parts are, each behind its two bytes of length.
    static func marks(in bytes: [UInt8]) -> [(name: String, start: Int)] {
        var found: [(String, Int)] = []
        var index = 0
        while index + 2 < bytes.count {
            let length = Int(bytes[index])
            if bytes[index + 1] == 0, (5...12).contains(length), index + 2 + length <= bytes.count {
                let name = String(decoding: bytes[index + 2..<index + 2 + length], as: UTF8.self)
                if [".hea", ".dat", ".atr"].contains(where: name.hasSuffix),
                    name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
                {
                    found.append((name, index + 2))
                    index += 2 + length
                    continue
                }
            }
            index += 1
        }
        return found
    }

    /// Frames the parts again, whatever their bytes have become.
    public static func mend(_ bytes: inout [UInt8]) {
        let found = marks(in: bytes)
        guard !found.isEmpty else { return }
        var parts: [(name: String, bytes: [UInt8])] = []
        for (number, mark) in found.enumerated() {
            let start = min(bytes.count, mark.start + mark.name.utf8.count + 4)
            // The end of a part is four zeros, and two bytes of length come ahead of a name.
            let end = number + 1 < found.count ? found[number + 1].start - 6 : bytes.count
            parts.append((mark.name, start < end ? Array(bytes[start..<end]) : []))
        }
        bytes = PartStream.bytes(parts)
    }
}

/// Logs in each accepted form.
public enum HeartRatePacketSeeds {
    public static let all: [[UInt8]] = [csv, objects, app, blanks].map { Array($0.utf8) }

    /// (rate, intervals) of a minute.
    private static let packets: [String] = (0..<40).map { step in
        let rate = hex(60 + step % 9)
        switch step % 8 {
        case 3: return "06" + rate
        case 5: return "16" + rate + word(1000 - step) + word(980 + step)
        case 7: return "1E" + rate + word(step) + word(990)
        default: return "16" + rate + word(1010 - step * 3)
        }
    }

    private static func hex(_ value: Int) -> String {
        let digits = Array("0123456789ABCDEF")
        return String([digits[value / 16 % 16], digits[value % 16]])
    }

    private static func word(_ value: Int) -> String { hex(value & 0xFF) + hex(value >> 8) }

    private static func clock(_ step: Int) -> String {
        "03:04:" + (step < 10 ? "0" : "") + "\(step)"
    }

    private static let csv =
        "time,hex\n"
        + packets.enumerated().map { "2026-01-02T\(clock($0))+01:00,\($1)\n" }.joined()
    private static let objects = packets.enumerated().map { step, packet in
        "{\"time\":\(1_767_323_045 + step),\"value\":\"\(packet)\"}\n"
    }.joined()
    private static let app =
        "nRF Connect, 2026-01-02\nStrap (no address)\n"
        + packets.enumerated().map { step, packet in
            "I\t\(clock(step)).250\tNotification received from "
                + "00002a37-0000-1000-8000-00805f9b34fb, value: (0x) \(packet)\n"
        }.joined()
    private static let blanks = packets.enumerated().map { step, packet in
        "2026-01-02 \(clock(step)) 0x\(packet)\n"
    }.joined()
}
