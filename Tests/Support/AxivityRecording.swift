// SPDX-License-Identifier: Apache-2.0

/// Writes recordings of an Axivity recorder from the published layout, one block at a time.
public struct AxivityRecording {
    public var bytes: [UInt8]
    public var sequence: UInt32 = 0
    public var session: UInt32 = 77
    public var lightScale: UInt16 = 341
    public var temperature: UInt16 = 256
    /// 100 Hz, 8 g.
    public var rateCode: UInt8 = 0x4A

    public enum Layout: UInt8 {
        case packed = 0x30
        case three = 0x32
        case six = 0x62
        case nine = 0x92
    }

    public init(hardware: UInt8 = 0x17, device: UInt16 = 12_345) {
        bytes = Array("MD".utf8) + [0xFC, 3, hardware]
        bytes += [UInt8(device & 0xFF), UInt8(device >> 8), 77, 0, 0, 0, 0, 0]
        bytes += [UInt8](repeating: 0xFF, count: 64 - bytes.count)
        bytes += Array("_c=Subject%20Name&_s=P17".utf8)
        bytes += [UInt8](repeating: 0x20, count: 512 - bytes.count)
        bytes += [UInt8](repeating: 0xFF, count: 512)
    }

    /// The device's packed time.
    public static func stamp(
        _ year: Int, _ month: Int, _ day: Int, _ hour: Int, _ minute: Int, _ second: Int
    ) -> UInt32 {
        UInt32(year - 2000) << 26 | UInt32(month) << 22 | UInt32(day) << 17 | UInt32(hour) << 12
            | UInt32(minute) << 6 | UInt32(second)
    }

    /// Adds a block of samples, each of as many values as the layout has.
    ///
    /// - Parameters:
    ///   - fraction: in 1/32,768 s; `nil` for a recorder that knows only whole seconds.
    ///   - offset: the sample at which the clock showed `time`, as written.
    public mutating func add(
        _ samples: [[Int]], _ layout: Layout = .packed, time: UInt32, fraction: UInt16? = 0,
        offset: Int = 0, events: UInt8 = 0
    ) {
        var block = Array("AX".utf8) + [0xFC, 1]
        func put(_ value: UInt32, _ count: Int) {
            for index in 0..<count {
                block.append(UInt8(truncatingIfNeeded: value >> UInt32(8 * index)))
            }
        }
        put(UInt32(fraction.map { 0x8000 | $0 } ?? 12_345), 2)
        put(session, 4)
        put(sequence, 4)
        put(time, 4)
        put(UInt32(lightScale), 2)
        put(UInt32(temperature), 2)
        block += [events, 204, rateCode, layout.rawValue]
        put(UInt32(truncatingIfNeeded: offset), 2)
        put(UInt32(samples.count), 2)
        for sample in samples {
            if layout == .packed {
                put(Self.packed(sample), 4)
            } else {
                for value in sample { put(UInt32(truncatingIfNeeded: value), 2) }
            }
        }
        block += [UInt8](repeating: 0, count: max(0, 512 - block.count))
        Self.mend(&block, at: 0)
        bytes += block
        sequence += 1
    }

    /// Adds blocks of packed samples, 100 Hz, with whole times from the second on.
    public mutating func addSeconds(_ count: Int, from second: Int = 0) {
        for block in 0..<count {
            let samples = (0..<100).map { [($0 * 7 + block) % 900 - 450, $0 - 50, 256] }
            let at = second + block
            add(
                samples,
                time: Self.stamp(2026, 1, 2, 3 + at / 3600, at / 60 % 60, at % 60))
        }
    }

    /// Three values of at most 11 bits and the exponent that they need.
    private static func packed(_ sample: [Int]) -> UInt32 {
        let largest = sample.map { max($0, -1 - $0) }.max() ?? 0
        let exponent = largest < 512 ? 0 : (largest < 1024 ? 1 : (largest < 2048 ? 2 : 3))
        return sample.reversed().reduce(UInt32(exponent)) { word, value in
            word << 10 | UInt32(truncatingIfNeeded: value >> exponent) & 0x3FF
        }
    }

    /// Makes the checksum of the block at `start` fit.
    public static func mend(_ bytes: inout [UInt8], at start: Int) {
        guard start + 512 <= bytes.count else { return }
        var sum: UInt16 = 0
        for index in 0..<255 {
            sum &+= UInt16(bytes[start + 2 * index]) | UInt16(bytes[start + 2 * index + 1]) << 8
        }
        let check = 0 &- sum
        bytes[start + 510] = UInt8(check & 0xFF)
        bytes[start + 511] = UInt8(check >> 8)
    }
}
