// SPDX-License-Identifier: Apache-2.0

/// Mean and spread of the last values, in fixed storage, each value in constant time.
struct RunningWindow: Codable, Sendable, Hashable {
    private var values: [Double]
    private var next = 0
    private(set) var count = 0
    private(set) var mean = 0.0
    /// Sum of squared departures from the mean.
    private var squares = 0.0

    init(_ length: Int) { values = Array(repeating: 0, count: length) }

    var isFull: Bool { count == values.count }

    mutating func take(_ value: Double) {
        let before = mean
        if isFull {
            let old = values[next]
            mean += (value - old) / Double(count)
            squares += (value - old) * (value - mean + old - before)
        } else {
            count += 1
            mean += (value - before) / Double(count)
            squares += (value - before) * (value - mean)
        }
        values[next] = value
        next += 1
        if next == values.count {
            next = 0
            settle()
        }
    }

    /// Once a turn, so that rounding does not build up.
    private mutating func settle() {
        var sum = 0.0
        for index in values.indices { sum += values[index] }
        mean = sum / Double(count)
        squares = 0
        for index in values.indices {
            let difference = values[index] - mean
            squares += difference * difference
        }
    }

    /// Standard deviation of a full window, with the count below the line; else 0.
    var deviation: Double {
        isFull && squares > 0 ? (squares / Double(count)).squareRoot() : 0
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
        if count == ring.count { place = index(of: ring[next]) } else { count += 1 }
        let last = count - 1
        var span = sorted.mutableSpan
        while place < last, span[place + 1] < value {
            span[place] = span[place + 1]
            place += 1
        }
        while place > 0, span[place - 1] > value {
            span[place] = span[place - 1]
            place -= 1
        }
        span[place] = value
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
