// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The last values of a series, `nil` where it is undefined. Windows end with the newest value, are cut
/// at the series' start and pass over what is undefined.
struct Trace: Codable, Sendable, Hashable {
    /// The longest window, in epochs.
    static let capacity = 120

    private var values: [Double?] = Array(repeating: nil, count: Trace.capacity)
    private var next = 0
    private(set) var count = 0

    mutating func append(_ value: Double?) {
        values[next] = value
        next = next + 1 == Self.capacity ? 0 : next + 1
        count = min(count + 1, Self.capacity)
    }

    /// The value `back` places before the newest.
    subscript(back back: Int) -> Double? {
        guard back < count else { return nil }
        let place = next - 1 - back
        return values[place < 0 ? place + Self.capacity : place]
    }

    /// Calls `body` with each defined value of the last `window`, oldest first.
    @inline(__always)
    private func forEach(_ window: Int, _ body: (Double) -> Void) {
        var back = min(window, count) - 1
        while back >= 0 {
            if let value = self[back: back] { body(value) }
            back -= 1
        }
    }

    func defined(_ window: Int) -> Int {
        var defined = 0
        forEach(window) { _ in defined += 1 }
        return defined
    }

    /// How many of the last `window` lie above a limit.
    func above(_ limit: Double, _ window: Int) -> Int {
        var above = 0
        forEach(window) { if $0 > limit { above += 1 } }
        return above
    }

    func mean(_ window: Int) -> Double? {
        var sum = 0.0
        var defined = 0
        forEach(window) {
            sum += $0
            defined += 1
        }
        return defined == 0 ? nil : sum / Double(defined)
    }

    /// Natural logarithm of 0.3 plus the population standard deviation.
    func logDeviation(_ window: Int) -> Double? {
        guard let mean = mean(window) else { return nil }
        var squares = 0.0
        forEach(window) { squares += ($0 - mean) * ($0 - mean) }
        return log(0.3 + (squares / Double(defined(window))).squareRoot())
    }

    func greatest(_ window: Int) -> Double? {
        var greatest: Double?
        forEach(window) { greatest = max(greatest ?? $0, $0) }
        return greatest
    }

    func least(_ window: Int) -> Double? {
        var least: Double?
        forEach(window) { least = min(least ?? $0, $0) }
        return least
    }

    /// The middle of the last 20, without allocating.
    func median20() -> Double? {
        var sorted = [20 of Double](repeating: 0)
        var defined = 0
        forEach(20) { value in
            var place = defined
            while place > 0, sorted[place - 1] > value {
                sorted[place] = sorted[place - 1]
                place -= 1
            }
            sorted[place] = value
            defined += 1
        }
        guard defined > 0 else { return nil }
        let middle = sorted[defined / 2]
        return defined.isMultiple(of: 2) ? (sorted[defined / 2 - 1] + middle) / 2 : middle
    }
}

/// The last defined value, for a limited number of epochs.
struct CarriedValue: Codable, Sendable, Hashable {
    let limit: Int
    private var value: Double?
    private var age = 0

    init(limit: Int) { self.limit = limit }

    mutating func step(_ new: Double?) -> Double? {
        if new != nil {
            value = new
            age = 0
        } else if age <= limit {
            age += 1
        }
        return age <= limit ? value : nil
    }
}

/// Mean of all defined values so far.
struct MeanSoFar: Codable, Sendable, Hashable {
    private var sum = 0.0
    private var count = 0

    mutating func step(_ value: Double?) -> Double? {
        if let value {
            sum += value
            count += 1
        }
        return count == 0 ? nil : sum / Double(count)
    }
}

/// Natural logarithm of one plus the epochs since a flag was true; before that, since the start.
struct TimeSince: Codable, Sendable, Hashable {
    private var epochs = 0

    mutating func step(_ flag: Bool) -> Double {
        epochs = flag ? 0 : epochs + 1
        return log1p(Double(epochs))
    }
}

/// Quantiles of all heart rates so far, to half a beat a minute.
struct HeartRateQuantiles: Codable, Sendable, Hashable {
    private var bins = [Int32](repeating: 0, count: 461)
    private var count = 0

    mutating func add(_ rate: Double) {
        bins[min(460, max(0, Int((2 * rate + 0.5).rounded(.down))))] += 1
        count += 1
    }

    func value(_ share: Double) -> Double? {
        guard count > 0 else { return nil }
        var total = 0
        for (bin, number) in bins.enumerated() {
            total += Int(number)
            if Double(total) >= share * Double(count) { return Double(bin) / 2 }
        }
        return nil
    }
}
