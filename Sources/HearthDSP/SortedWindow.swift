// SPDX-License-Identifier: Apache-2.0

/// Numbers kept in order while one comes in and one leaves: quantiles of a window that slides.
///
/// A change costs a binary search and a move of the values behind it.
public struct SortedWindow: Codable, Sendable, Hashable {
    public private(set) var values: [Double] = []

    public init() {}

    /// Takes a number in; one that is not a number is left out.
    public mutating func insert(_ value: Double) {
        if !value.isNaN { values.insert(value, at: place(of: value)) }
    }

    /// Lets one number go that was taken in; no effect if there is none such.
    public mutating func remove(_ value: Double) {
        let index = place(of: value)
        if index < values.count, values[index] == value { values.remove(at: index) }
    }

    /// The value below which `share` (0...1) lies, between the neighbours linearly; `nil` of none.
    ///
    /// - Source: definition 7 of `hyndman1996`.
    public func quantile(_ share: Double) -> Double? {
        guard let last = values.indices.last, share.isFinite else { return nil }
        let position = min(max(share, 0), 1) * Double(last)
        let below = Int(position.rounded(.down))
        guard below < last else { return values[last] }
        let fraction = position - Double(below)
        return values[below] * (1 - fraction) + values[below + 1] * fraction
    }

    /// Half the distance between the quartiles; `nil` of none.
    public var quartileDeviation: Double? {
        guard let lower = quantile(0.25), let upper = quantile(0.75) else { return nil }
        return (upper - lower) / 2
    }

    /// Index of the first value that is not below.
    private func place(of value: Double) -> Int {
        var (low, high) = (0, values.count)
        while low < high {
            let middle = (low + high) / 2
            if values[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
