// SPDX-License-Identifier: Apache-2.0

/// Mean and spread of the last values, in fixed storage.
struct RunningWindow: Codable, Sendable, Hashable {
    private var values: [Double]
    private var next = 0
    private(set) var count = 0
    private var sum = 0.0

    init(_ length: Int) { values = Array(repeating: 0, count: length) }

    var isFull: Bool { count == values.count }
    var mean: Double { count > 0 ? sum / Double(count) : 0 }

    mutating func take(_ value: Double) {
        sum += value - values[next]
        values[next] = value
        count = min(count + 1, values.count)
        next += 1
        if next == values.count {
            next = 0
            // Rounding does not build up: once a turn the sum is taken afresh.
            sum = values.reduce(0, +)
        }
    }

    /// Standard deviation of a full window, with the count below the line; else 0.
    var deviation: Double {
        guard isFull else { return 0 }
        let mean = mean
        var squares = 0.0
        for index in values.indices {
            let difference = values[index] - mean
            squares += difference * difference
        }
        return (squares / Double(count)).squareRoot()
    }
}

/// The median of the last values before this one, in fixed storage.
struct RunningMedian: Codable, Sendable, Hashable {
    private var ring: [Double]
    private var sorted: [Double]
    private var next = 0
    private(set) var count = 0

    init(_ length: Int) {
        ring = Array(repeating: 0, count: length)
        sorted = ring
    }

    /// The upper median; 0 without a value.
    var median: Double { count > 0 ? sorted[count / 2] : 0 }

    mutating func take(_ value: Double) {
        var place = count
        if count == ring.count {
            place = index(of: ring[next])
            while place + 1 < count, sorted[place + 1] < value {
                sorted[place] = sorted[place + 1]
                place += 1
            }
        } else {
            count += 1
        }
        while place > 0, sorted[place - 1] > value {
            sorted[place] = sorted[place - 1]
            place -= 1
        }
        sorted[place] = value
        ring[next] = value
        next = next + 1 == ring.count ? 0 : next + 1
    }

    private func index(of value: Double) -> Int {
        var low = 0
        var high = count - 1
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
