// SPDX-License-Identifier: Apache-2.0

/// Order statistics without sorting everything.
enum Selection {
    /// Reorders the values.
    static func median(_ values: inout [Double]) -> Double {
        let half = values.count / 2
        let upper = smallest(half, of: &values)
        guard values.count.isMultiple(of: 2) else { return upper }
        // What is before `half` is not above it.
        var lower = values[0]
        for index in 1..<half { lower = max(lower, values[index]) }
        return 0.5 * (lower + upper)
    }

    /// The value that `rank` of the others are not above; reorders the values so that these come first.
    static func smallest(_ rank: Int, of values: inout [Double]) -> Double {
        let wanted = min(max(rank, 0), values.count - 1)
        var low = 0
        var high = values.count - 1
        while low < high {
            let pivot = values[(low + high) / 2]
            var left = low
            var right = high
            while left <= right {
                while values[left] < pivot { left += 1 }
                while pivot < values[right] { right -= 1 }
                if left <= right {
                    values.swapAt(left, right)
                    left += 1
                    right -= 1
                }
            }
            if wanted <= right {
                high = right
            } else if wanted >= left {
                low = left
            } else {
                return pivot
            }
        }
        return values[wanted]
    }
}

/// The places of a window that moves forward, by ascending value; of equals the earlier first.
struct WindowOrder: Sendable {
    private var range = 0..<0
    private var places: [Int] = []

    /// The order of `wanted` with places counted from its start.
    ///
    /// - Parameters: values that begin at place `first`.
    mutating func order(of wanted: Range<Int>, in values: [Double], from first: Int) -> [Int] {
        if wanted.lowerBound < range.lowerBound || wanted.upperBound < range.upperBound {
            range = wanted.lowerBound..<wanted.lowerBound
            places.removeAll(keepingCapacity: true)
        }
        let start = max(range.upperBound, wanted.lowerBound)
        places.removeAll { $0 < wanted.lowerBound }
        for place in start..<wanted.upperBound {
            let value = values[place - first]
            var low = 0
            var high = places.count
            while low < high {
                let middle = (low + high) / 2
                if values[places[middle] - first] <= value {
                    low = middle + 1
                } else {
                    high = middle
                }
            }
            places.insert(place, at: low)
        }
        range = wanted
        return places.map { $0 - wanted.lowerBound }
    }
}

/// Counts in 64 bins.
struct EntropyBins {
    private var bins = [UInt16](repeating: 0, count: 64)

    mutating func add(_ bin: Int) { bins[bin] += 1 }

    /// In natural units, of so many values.
    func entropy(of count: Int) -> Double {
        var sum = 0.0
        for bin in bins where bin > 0 {
            let share = Double(bin) / Double(count)
            sum -= share * naturalLogarithm(share)
        }
        return sum
    }
}

/// The median of the values up to four places away, place by place.
struct NearMedian {
    private static let reach = 4

    private let values: [Double]
    private var window: [Double] = []
    private var first = 0
    private var end = 0

    init(_ values: [Double]) {
        self.values = values
        window.reserveCapacity(2 * Self.reach + 1)
    }

    /// - Parameter place: never before the one asked for last.
    mutating func median(at place: Int) -> Double {
        let wanted = max(0, place - Self.reach)..<min(values.count, place + Self.reach + 1)
        while first < wanted.lowerBound {
            let gone = values[first]
            var at = 0
            while window[at] != gone { at += 1 }
            window.remove(at: at)
            first += 1
        }
        while end < wanted.upperBound {
            let new = values[end]
            window.append(new)
            var at = window.count - 1
            while at > 0, window[at - 1] > new {
                window[at] = window[at - 1]
                at -= 1
            }
            window[at] = new
            end += 1
        }
        let half = window.count / 2
        return window.count.isMultiple(of: 2)
            ? 0.5 * (window[half - 1] + window[half]) : window[half]
    }
}

/// How alike the pairs of neighbours in a window are.
enum NearestPairs {
    /// Distance beyond which a pair has no like.
    private static let farthest = 0.3

    /// For each pair of neighbours, by its first part ascending, the distance to the pair most like it
    /// that shares no interval with it; the distance of pairs is the greater of those of their parts.
    static func distances(_ x: [Double], _ order: [Int]) -> [Double] {
        let pairs = order.filter { $0 < x.count - 1 }
        let first = pairs.map { x[$0] }
        let second = pairs.map { x[$0 + 1] }
        var nearest = [Double](repeating: farthest, count: pairs.count)
        for place in pairs.indices {
            let (here, next, number) = (first[place], second[place], pairs[place])
            var best = nearest[place]
            // Outwards until the first parts alone are further apart.
            var other = place + 1
            while other < pairs.count, first[other] - here < best {
                let distance = max(first[other] - here, abs(second[other] - next))
                if distance < best, abs(pairs[other] - number) > 1 {
                    best = distance
                    if distance < nearest[other] { nearest[other] = distance }
                }
                other += 1
            }
            other = place - 1
            while other >= 0, here - first[other] < best {
                let distance = max(here - first[other], abs(second[other] - next))
                if distance < best, abs(pairs[other] - number) > 1 { best = distance }
                other -= 1
            }
            nearest[place] = best
        }
        return nearest
    }

    /// The negative logarithm of the share of like intervals that are followed by like ones; at most
    /// 128 intervals.
    static func sampleEntropy(_ x: [Double], _ order: [Int]) -> Double {
        let pairs = x.count - 1
        var alike = [UInt128](repeating: 0, count: x.count)
        // Places from `low` to before `high` in ascending order are within the tolerance.
        var low = 0
        var high = 0
        var below: UInt128 = 0
        var within: UInt128 = 0
        for place in order {
            while high < order.count, x[order[high]] - x[place] <= WindowIrregularity.tolerance {
                within |= 1 << UInt128(truncatingIfNeeded: order[high])
                high += 1
            }
            while x[place] - x[order[low]] > WindowIrregularity.tolerance {
                below |= 1 << UInt128(truncatingIfNeeded: order[low])
                low += 1
            }
            alike[place] = within & ~below
        }
        let all: UInt128 = (1 << UInt128(truncatingIfNeeded: pairs)) - 1
        var single = 0
        var double = 0
        for place in 0..<pairs {
            let first = alike[place] & all
            single += first.nonzeroBitCount
            double += (first & (alike[place + 1] >> 1)).nonzeroBitCount
        }
        // Each pair was counted from either side, and each interval with itself.
        single = (single - pairs) / 2
        double = (double - pairs) / 2
        return -naturalLogarithm((Double(double) + 0.5) / (Double(single) + 1))
    }
}
