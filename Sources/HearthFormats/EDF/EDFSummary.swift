// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// What a planner keeps of one stream: its rate, its stretches and the range of its values.
struct EDFSummary: Sendable {
    struct Stretch: Sendable {
        var start: Timestamp
        var count: Int64
    }

    struct Column: Sendable {
        /// The scale of integers, as long as all blocks have the same.
        var scale: Scale?
        var stored: ClosedRange<Int32>?
        var physical: ClosedRange<Float>?
    }

    let stream: EDFStream
    private(set) var period: Period?
    private(set) var stretches: [Stretch] = []
    private(set) var columns: [Column] = []
    private(set) var refusal: EDFRefusal?

    private let mostStretches: Int

    init(_ stream: EDFStream, mostStretches: Int) {
        self.stream = stream
        self.mostStretches = mostStretches
    }

    mutating func add(_ block: SampleBlock) {
        guard refusal == nil, block.count > 0 else { return }
        guard case .regular(let start, let written, let count) = block.times else {
            refusal = .irregularTimes
            return
        }
        let divisor = Self.divisor(written.numerator, written.denominator)
        let reduced = Period(
            numerator: written.numerator / divisor, denominator: written.denominator / divisor)
        if let period, period != reduced {
            refusal = .irregularTimes
            return
        }
        period = reduced
        extend(start, Int64(count), reduced)
        if columns.isEmpty { columns = Array(repeating: Column(), count: block.columns.count) }
        for index in columns.indices where index < block.columns.count {
            widen(&columns[index], block.columns[index], isFirst: columns[index].physical == nil)
        }
    }

    /// A block that starts where the last one ended, to half a sample, is no gap.
    private mutating func extend(_ start: Timestamp, _ count: Int64, _ period: Period) {
        if let last = stretches.last {
            let end = last.start.advanced(byNanoseconds: period.nanoseconds(times: last.count))
            let shift = start.nanoseconds(since: end)
            if shift.magnitude <= UInt64(max(1, period.nanoseconds(times: 1) / 2)) {
                stretches[stretches.count - 1].count += count
                return
            }
            if shift < 0 {
                refusal = .irregularTimes
                return
            }
        }
        guard stretches.count < mostStretches else {
            refusal = .tooManyGaps
            return
        }
        stretches.append(Stretch(start: start, count: count))
    }

    private func widen(_ column: inout Column, _ values: SampleColumn, isFirst: Bool) {
        var ends: [Float] = []
        switch values {
        case .float32(let values):
            column.scale = nil
            if let low = values.min(), let high = values.max() { ends = [low, high] }
        case .int16(let values, let scale):
            guard let low = values.min(), let high = values.max() else { return }
            stored(&column, Int32(low), Int32(high), scale, isFirst)
            ends = [Int32(low), Int32(high)].map { Float($0) * scale.factor + scale.offset }
        case .int32(let values, let scale):
            guard let low = values.min(), let high = values.max() else { return }
            stored(&column, low, high, scale, isFirst)
            ends = [low, high].map { Float($0) * scale.factor + scale.offset }
        }
        guard let low = ends.min(), let high = ends.max() else { return }
        let old = column.physical ?? low...high
        column.physical = min(old.lowerBound, low)...max(old.upperBound, high)
    }

    private func stored(
        _ column: inout Column, _ low: Int32, _ high: Int32, _ scale: Scale, _ isFirst: Bool
    ) {
        column.scale = isFirst || column.scale == scale ? scale : nil
        let old = column.stored ?? low...high
        column.stored = min(old.lowerBound, low)...max(old.upperBound, high)
    }

    static func divisor(_ a: Int64, _ b: Int64) -> Int64 {
        var (a, b) = (a, b)
        while b != 0 { (a, b) = (b, a % b) }
        return max(1, a)
    }
}
