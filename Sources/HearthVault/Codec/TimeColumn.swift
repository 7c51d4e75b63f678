// SPDX-License-Identifier: Apache-2.0
internal import HearthBiosignals

/// Times as a start and a period, or as differences of differences in a common unit.
enum TimeColumn {
    /// Appends the times and says whether they are regular.
    static func append(_ times: [Int64], _ range: Range<Int>, to out: inout [UInt8]) -> Bool {
        let first = times[range.lowerBound]
        let step = range.count > 1 ? times[range.lowerBound + 1] &- first : 1
        if isRegular(times, range, step: step) {
            little(first, to: &out)
            little(step, to: &out)
            little(1, to: &out)
            return true
        }
        let unit = commonUnit(times, range)
        little(first, to: &out)
        little(unit, to: &out)
        var values = [UInt64](repeating: 0, count: range.count - 1)
        var previous: Int64 = 0
        for index in 0..<(range.count - 1) {
            let at = range.lowerBound + index
            let difference = (times[at + 1] &- times[at]) / unit
            values[index] = IntegerColumn.zigzag(difference &- previous)
            previous = difference
        }
        IntegerColumn.append(values, to: &out)
        return false
    }

    static func read(
        _ count: Int, isRegular: Bool, from reader: inout ByteReader
    ) throws(VaultError) -> [Int64] {
        let first = try reader.i64()
        if isRegular {
            let (numerator, denominator) = try period(count, from: &reader)
            return (0..<Int64(count)).map { first &+ (numerator &* $0) / denominator }
        }
        let unit = try reader.i64()
        let values = try IntegerColumn.read(count - 1, from: &reader)
        var times: [Int64] = [first]
        times.reserveCapacity(count)
        var difference: Int64 = 0
        var time = first
        for value in values {
            difference = difference &+ value
            time = time &+ difference &* unit
            times.append(time)
        }
        return times
    }

    /// The first and the last time of a column, without the others.
    static func bounds(
        _ count: Int, isRegular: Bool, from reader: inout ByteReader
    ) throws(VaultError) -> (first: Int64, last: Int64) {
        let first = try reader.i64()
        if isRegular {
            let (numerator, denominator) = try period(count, from: &reader)
            return (first, first &+ (numerator &* Int64(count - 1)) / denominator)
        }
        let unit = try reader.i64()
        // A difference of differences counts in its own step and in every later one.
        let steps = try IntegerColumn.sumOfSums(count - 1, from: &reader)
        return (first, first &+ steps &* unit)
    }

    private static func period(
        _ count: Int, from reader: inout ByteReader
    ) throws(VaultError) -> (numerator: Int64, denominator: Int64) {
        let numerator = try reader.i64()
        let denominator = try reader.i64()
        guard numerator > 0, denominator > 0,
            !numerator.multipliedReportingOverflow(by: Int64(count)).overflow
        else { throw .damaged("a series block has an impossible period") }
        return (numerator, denominator)
    }

    static func passDurations(
        _ count: Int, in reader: inout ByteReader
    ) throws(VaultError) {
        _ = try reader.i64()
        _ = try IntegerColumn.pass(count, in: &reader)
    }

    static func appendDurations(
        _ durations: [Int64], _ range: Range<Int>, to out: inout [UInt8]
    ) {
        var unit: Int64 = 0
        for index in range where unit != 1 { unit = greatestCommonDivisor(unit, durations[index]) }
        unit = max(1, unit)
        little(unit, to: &out)
        var values = [UInt64](repeating: 0, count: range.count)
        var previous: Int64 = 0
        for index in 0..<range.count {
            let value = durations[range.lowerBound + index] / unit
            values[index] = IntegerColumn.zigzag(value &- previous)
            previous = value
        }
        IntegerColumn.append(values, to: &out)
    }

    static func readDurations(
        _ count: Int, from reader: inout ByteReader
    ) throws(VaultError) -> [Int64] {
        let unit = try reader.i64()
        var values = try IntegerColumn.read(count, from: &reader)
        var value: Int64 = 0
        for index in values.indices {
            value = value &+ values[index]
            values[index] = value &* unit
        }
        return values
    }

    private static func isRegular(_ times: [Int64], _ range: Range<Int>, step: Int64) -> Bool {
        guard step > 0, !step.multipliedReportingOverflow(by: Int64(range.count)).overflow
        else { return false }
        for index in range.dropFirst() where times[index] &- times[index - 1] != step {
            return false
        }
        return true
    }

    /// The largest unit all differences are multiples of; 1 if a difference overflows.
    private static func commonUnit(_ times: [Int64], _ range: Range<Int>) -> Int64 {
        var unit: Int64 = 0
        for index in range.dropFirst() where unit != 1 {
            let (difference, overflow) = times[index].subtractingReportingOverflow(times[index - 1])
            if overflow { return 1 }
            unit = greatestCommonDivisor(unit, difference)
        }
        return max(1, unit)
    }

    private static func greatestCommonDivisor(_ a: Int64, _ b: Int64) -> Int64 {
        // The magnitude of Int64.min has no Int64; 1 divides everything.
        guard b != .min else { return 1 }
        var (low, high) = (abs(b), a)
        while low != 0 { (high, low) = (low, high % low) }
        return high
    }

    static func little(_ value: Int64, to out: inout [UInt8]) {
        for byte in 0..<8 {
            out.append(UInt8(truncatingIfNeeded: value >> (8 * Int64(byte))))
        }
    }
}
