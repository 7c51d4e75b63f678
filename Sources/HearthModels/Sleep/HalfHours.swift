// SPDX-License-Identifier: Apache-2.0

/// Values 0 and up in stretches of half an hour, each sorted once, for percentiles of a window that
/// slides.
struct HalfHours {
    private let sorted: [[Float]]

    /// Values that are unknown, not finite or below zero are left out.
    init(_ values: [Float?], slots: Int) {
        self.init(
            stride(from: 0, to: values.count, by: max(1, slots)).map { from in
                values[from..<min(values.count, from + max(1, slots))].compactMap { $0 }
            })
    }

    init(_ pieces: [[Float]]) {
        sorted = pieces.map { $0.filter { $0.isFinite && $0 >= 0 }.sorted() }
    }

    /// For each hour the percentile of the stretches around its middle, of the first or last ones at
    /// the ends; `nil` where fewer than `fewest` values are known.
    func sliding(_ percent: Double, halfHours: Int, fewest: Int) -> [Double?] {
        let latest = max(0, sorted.count - halfHours)
        return (0..<(sorted.count + 1) / 2).map { hour in
            let from = min(max(0, 2 * hour + 1 - halfHours / 2), latest)
            return percentile(
                percent, of: from..<min(sorted.count, from + halfHours), fewest: fewest)
        }
    }

    /// As ``RobustStatistics/percentile(_:of:)`` of all values of the stretches together.
    func percentile(_ percent: Double, of range: Range<Int>, fewest: Int) -> Double? {
        let pieces = sorted[range]
        let count = pieces.reduce(0) { $0 + $1.count }
        guard count > 0, count >= fewest else { return nil }
        let position = min(max(percent, 0), 100) / 100 * Double(count - 1)
        let below = Int(position.rounded(.down))
        let fraction = position - Double(below)
        let low = Double(Self.value(below, of: pieces))
        guard fraction > 0 else { return low }
        return low * (1 - fraction) + Double(Self.value(below + 1, of: pieces)) * fraction
    }

    /// The value with `rank` values before it, by bisection: bits of floats from 0 up are in order.
    private static func value(_ rank: Int, of pieces: ArraySlice<[Float]>) -> Float {
        var (low, high) = (UInt32(0), Float.infinity.bitPattern)
        while low < high {
            let middle = low + (high - low) / 2
            let limit = Float(bitPattern: middle)
            var count = 0
            for piece in pieces { count += place(piece, above: limit) }
            if count > rank { high = middle } else { low = middle + 1 }
        }
        return Float(bitPattern: low)
    }

    private static func place(_ sorted: [Float], above limit: Float) -> Int {
        var (low, high) = (0, sorted.count)
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle] <= limit { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
