// SPDX-License-Identifier: Apache-2.0
internal import HearthBiosignals

/// One column of values: as integers where that loses nothing, as float bits where not.
enum ValueColumn {
    private enum Kind: UInt8 { case floatBits = 0, scaledFloat = 1, int16 = 2, int32 = 3 }

    /// Divisors tried in turn: decimals as files print them, then binary sensor scales.
    private static let divisors: [UInt32] = [
        1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 256, 1024, 4096, 16_384,
    ]

    static func append(_ column: SampleColumn, _ range: Range<Int>, to out: inout [UInt8]) {
        switch column {
        case .float32(let values):
            if let (divisor, integers) = scaled(values, range) {
                out.append(Kind.scaledFloat.rawValue)
                for byte in 0..<4 { out.append(UInt8(truncatingIfNeeded: divisor >> (8 * byte))) }
                appendDeltas(integers, to: &out)
            } else {
                out.append(Kind.floatBits.rawValue)
                appendBits(values, range, to: &out)
            }
        case .int16(let values, let scale):
            out.append(Kind.int16.rawValue)
            append(scale, to: &out)
            appendDeltas(range.map { Int64(values[$0]) }, to: &out)
        case .int32(let values, let scale):
            out.append(Kind.int32.rawValue)
            append(scale, to: &out)
            appendDeltas(range.map { Int64(values[$0]) }, to: &out)
        }
    }

    static func read(
        _ count: Int, from reader: inout ByteReader
    ) throws(VaultError) -> SampleColumn {
        guard let kind = Kind(rawValue: try reader.u8()) else {
            throw .damaged("a column of an unknown kind")
        }
        switch kind {
        case .floatBits: return .float32(try readBits(count, from: &reader))
        case .scaledFloat:
            let divisor = Double(try reader.u32())
            guard divisor > 0 else { throw .damaged("a column divided by zero") }
            return .float32(
                try readDeltas(count, from: &reader).map { Float(Double($0) / divisor) })
        case .int16:
            let scale = Scale(factor: try reader.f32(), offset: try reader.f32())
            let wide = try readDeltas(count, from: &reader)
            guard wide.allSatisfy({ Int16(exactly: $0) != nil }) else {
                throw .damaged("a 16-bit column holds a wider value")
            }
            return .int16(wide.map { Int16(truncatingIfNeeded: $0) }, scale)
        case .int32:
            let scale = Scale(factor: try reader.f32(), offset: try reader.f32())
            let wide = try readDeltas(count, from: &reader)
            guard wide.allSatisfy({ Int32(exactly: $0) != nil }) else {
                throw .damaged("a 32-bit column holds a wider value")
            }
            return .int32(wide.map { Int32(truncatingIfNeeded: $0) }, scale)
        }
    }

    /// Passes over a column of `count` values of a known kind.
    static func pass(_ count: Int, in reader: inout ByteReader) throws(VaultError) {
        guard let kind = Kind(rawValue: try reader.u8()) else {
            throw .damaged("a column of an unknown kind")
        }
        switch kind {
        case .floatBits:
            guard count <= reader.remaining / 4 else { throw .damaged("a column is cut short") }
            _ = try reader.take(4 * count)
            return
        case .scaledFloat:
            guard try reader.u32() > 0 else { throw .damaged("a column divided by zero") }
        case .int16, .int32: _ = try reader.u64()
        }
        _ = try IntegerColumn.pass(count, in: &reader)
    }

    /// The first divisor for which every value is an integer over it, bit for bit.
    private static func scaled(
        _ values: [Float], _ range: Range<Int>
    ) -> (divisor: UInt32, integers: [Int64])? {
        for divisor in divisors {
            // Most divisors fail within the first samples, before anything is allocated.
            guard range.prefix(16).allSatisfy({ integer(values[$0], divisor) != nil }) else {
                continue
            }
            var integers = [Int64](repeating: 0, count: range.count)
            var isExact = true
            for index in 0..<range.count {
                guard let value = integer(values[range.lowerBound + index], divisor) else {
                    isExact = false
                    break
                }
                integers[index] = value
            }
            if isExact { return (divisor, integers) }
        }
        return nil
    }

    private static func integer(_ value: Float, _ divisor: UInt32) -> Int64? {
        let wide = (Double(value) * Double(divisor)).rounded()
        // Beyond 2^31 the deltas gain nothing over the float bits.
        guard abs(wide) <= 2_147_483_648 else { return nil }
        // The way back starts from the integer, which has no negative zero.
        let integer = Int64(wide)
        guard Float(Double(integer) / Double(divisor)).bitPattern == value.bitPattern else {
            return nil
        }
        return integer
    }

    private static func append(_ scale: Scale, to out: inout [UInt8]) {
        for value in [scale.factor.bitPattern, scale.offset.bitPattern] {
            for byte in 0..<4 { out.append(UInt8(truncatingIfNeeded: value >> (8 * byte))) }
        }
    }

    private static func appendDeltas(_ integers: [Int64], to out: inout [UInt8]) {
        var previous: Int64 = 0
        var values = [UInt64](repeating: 0, count: integers.count)
        for index in integers.indices {
            values[index] = IntegerColumn.zigzag(integers[index] &- previous)
            previous = integers[index]
        }
        IntegerColumn.append(values, to: &out)
    }

    private static func readDeltas(
        _ count: Int, from reader: inout ByteReader
    ) throws(VaultError) -> [Int64] {
        var values = try IntegerColumn.read(count, from: &reader)
        var value: Int64 = 0
        for index in values.indices {
            value = value &+ values[index]
            values[index] = value
        }
        return values
    }

    /// Each value's bits XOR those of the value before, in four byte planes.
    private static func appendBits(_ values: [Float], _ range: Range<Int>, to out: inout [UInt8]) {
        for plane in 0..<UInt32(4) {
            var previous: UInt32 = 0
            for index in range {
                let bits = values[index].bitPattern
                out.append(UInt8(truncatingIfNeeded: (bits ^ previous) >> (8 * plane)))
                previous = bits
            }
        }
    }

    private static func readBits(
        _ count: Int, from reader: inout ByteReader
    ) throws(VaultError) -> [Float] {
        guard count <= reader.remaining / 4 else { throw .damaged("a column is cut short") }
        var bits = [UInt32](repeating: 0, count: count)
        for plane in 0..<UInt32(4) {
            let range = try reader.take(count)
            for index in 0..<count {
                bits[index] |= UInt32(reader.byte(at: range.lowerBound + index)) << (8 * plane)
            }
        }
        var previous: UInt32 = 0
        return bits.map { value in
            previous ^= value
            return Float(bitPattern: previous)
        }
    }
}
