// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthTestSupport

/// One hash a sample of a block, of all that it says: stream, time, duration, values and quality.
///
/// Every step is one to one in what it adds, so that two samples that differ in one thing never have
/// the same hash. Column by column, since a flip of every bit of a store hashes 20 billion samples.
struct SampleHashes {
    /// The sum of the hashes of each UTC day, in the order of the samples.
    private(set) var sums: [(day: Int64, sum: UInt64)] = []
    private var hashes: [UInt64]

    init(_ block: SampleBlock, _ stream: UInt64) {
        let count = block.count
        hashes = [UInt64](repeating: stream, count: count)
        let times = Self.nanoseconds(block.times)
        mix(times) { UInt64(bitPattern: $0) }
        mix(block.durations) { UInt64(bitPattern: $0) }
        for column in block.columns {
            switch column {
            case .float32(let values): mix(values) { UInt64($0.bitPattern) }
            case .int16(let values, let scale):
                mix(values) { UInt64((Float($0) * scale.factor + scale.offset).bitPattern) }
            case .int32(let values, let scale):
                mix(values) { UInt64((Float($0) * scale.factor + scale.offset).bitPattern) }
            }
        }
        mix(block.quality) { UInt64($0) }
        addUp(times)
    }

    private static func nanoseconds(_ times: TimeAxis) -> [Int64] {
        if case .irregular(let times) = times { return times }
        return (0..<times.count).map { times[$0].nanoseconds }
    }

    /// Adds one value a sample; zeros where the block has none.
    @inline(__always)
    private mutating func mix<Value>(_ values: [Value], _ bits: (Value) -> UInt64) {
        if values.isEmpty {
            for index in hashes.indices { hashes[index] = Self.step(hashes[index], 0) }
            return
        }
        precondition(values.count == hashes.count, "a column has another length")
        for index in hashes.indices {
            hashes[index] = Self.step(hashes[index], bits(values[index]))
        }
    }

    @inline(__always)
    private static func step(_ hash: UInt64, _ value: UInt64) -> UInt64 {
        let mixed = (hash ^ value) &* 0x9E37_79B9_7F4A_7C15
        return mixed ^ (mixed >> 29)
    }

    private mutating func addUp(_ times: [Int64]) {
        var (first, next, sum) = (Int64.max, Int64.min, UInt64(0))
        for (time, hash) in zip(times, hashes) {
            if time < first || time >= next {
                if first < next { sums.append((Timestamp(nanoseconds: first).utcDay, sum)) }
                first = Timestamp(nanoseconds: time).utcDay * LabVault.dayNanoseconds
                (next, sum) = (first + LabVault.dayNanoseconds, 0)
            }
            sum &+= Holdings.hash(of: 0, hash)
        }
        if first < next { sums.append((Timestamp(nanoseconds: first).utcDay, sum)) }
    }
}

extension SampleHashes {
    /// How many of `trials` blocks in which one bit of one sample is another have the same sums.
    static func unnoticed(_ trials: Int, _ random: inout SeededRandom) -> Int {
        var blocks = [
            LabVault.block(.steps, day: 1, count: 24, &random),
            LabVault.acceleration(day: 1, seconds: 1, &random),
        ]
        for index in blocks.indices {
            blocks[index].times = .irregular(nanoseconds(blocks[index].times))
            blocks[index].quality = blocks[index].columns[0].indices.map { UInt8($0 & 1) }
            if blocks[index].durations.isEmpty {
                blocks[index].durations = blocks[index].columns[0].indices.map { Int64($0) }
            }
        }
        return (0..<trials).count { trial in
            let block = blocks[trial % 2]
            var other = block
            other.flipBit(trial / 2 % 4, &random)
            return SampleHashes(block, 1).sums.elementsEqual(SampleHashes(other, 1).sums, by: ==)
        }
    }
}

extension SampleColumn {
    fileprivate var indices: Range<Int> { 0..<count }
}

extension SampleBlock {
    /// Changes one bit of a time, a duration, a quality mask or a value.
    fileprivate mutating func flipBit(_ part: Int, _ random: inout SeededRandom) {
        let index = Int.random(in: 0..<count, using: &random)
        let bit = Int.random(in: 0..<8, using: &random)
        switch part {
        case 0:
            guard case .irregular(var list) = times else { return }
            list[index] ^= 1 << Int64(bit)
            times = .irregular(list)
        case 1: durations[index] ^= 1 << Int64(bit)
        case 2: quality[index] ^= 1 << UInt8(bit)
        default:
            switch columns[0] {
            case .float32(var values):
                values[index] = Float(bitPattern: values[index].bitPattern ^ 1 << UInt32(bit))
                columns[0] = .float32(values)
            case .int16(var values, let scale):
                values[index] ^= 1 << Int16(bit)
                columns[0] = .int16(values, scale)
            case .int32(var values, let scale):
                values[index] ^= 1 << Int32(bit)
                columns[0] = .int32(values, scale)
            }
        }
    }
}
