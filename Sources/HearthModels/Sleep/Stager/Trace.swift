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
///
/// Only defined values are kept, each twice, ``capacity`` places apart: so those of a window stand side
/// by side, and a sum over them is a plain loop.
struct Trace: Codable, Sendable, Hashable {
    /// The longest window, in epochs.
    static let capacity = 120

    private var values = [Double](repeating: 0, count: 2 * Trace.capacity)
    /// How many values were defined before each of the last epochs.
    private var before = [Int](repeating: 0, count: Trace.capacity)
    private var next = 0
    private var total = 0
    private(set) var count = 0

    mutating func append(_ value: Double?) {
        before[next] = total
        next = next + 1 == Self.capacity ? 0 : next + 1
        count = min(count + 1, Self.capacity)
        guard let value else { return }
        let place = total % Self.capacity
        values[place] = value
        values[place + Self.capacity] = value
        total += 1
    }

    /// The newest value.
    var newest: Double? {
        defined(1) == 0 ? nil : values[(total - 1) % Self.capacity]
    }

    func defined(_ window: Int) -> Int {
        let epochs = min(window, count)
        guard epochs > 0 else { return 0 }
        let first = next - epochs
        return total - before[first < 0 ? first + Self.capacity : first]
    }

    /// Where the defined values of the last `window` stand, oldest first.
    private func places(_ window: Int) -> Range<Int> {
        let end = (total + Self.capacity - 1) % Self.capacity + Self.capacity + 1
        return end - defined(window)..<end
    }

    /// How many of the last `window` lie above a limit.
    func above(_ limit: Double, _ window: Int) -> Int {
        let span = values.span.extracting(places(window))
        var above = 0
        for index in span.indices where span[index] > limit { above += 1 }
        return above
    }

    func mean(_ window: Int) -> Double? {
        let span = values.span.extracting(places(window))
        var sum = 0.0
        for index in span.indices { sum += span[index] }
        return span.isEmpty ? nil : sum / Double(span.count)
    }

    /// Natural logarithm of 0.3 plus the population standard deviation.
    func logDeviation(_ window: Int) -> Double? {
        mean(window).map { logDeviation(window, around: $0) }
    }

    /// - Parameters:
    ///   - window: of which at least one is defined.
    ///   - mean: of the same window.
    func logDeviation(_ window: Int, around mean: Double) -> Double {
        let span = values.span.extracting(places(window))
        var squares = 0.0
        for index in span.indices { squares += (span[index] - mean) * (span[index] - mean) }
        return log(0.3 + (squares / Double(span.count)).squareRoot())
    }

    func greatest(_ window: Int) -> Double? {
        let span = values.span.extracting(places(window))
        guard !span.isEmpty else { return nil }
        var greatest = span[0]
        for index in span.indices { greatest = max(greatest, span[index]) }
        return greatest
    }

    func least(_ window: Int) -> Double? {
        let span = values.span.extracting(places(window))
        guard !span.isEmpty else { return nil }
        var least = span[0]
        for index in span.indices { least = min(least, span[index]) }
        return least
    }

    /// The middle of the last 20, without allocating.
    func median20() -> Double? {
        let span = values.span.extracting(places(20))
        guard !span.isEmpty else { return nil }
        var sorted = [20 of Double](repeating: 0)
        for index in span.indices {
            let value = span[index]
            var place = index
            while place > 0, sorted[place - 1] > value {
                sorted[place] = sorted[place - 1]
                place -= 1
            }
            sorted[place] = value
        }
        let middle = sorted[span.count / 2]
        return span.count.isMultiple(of: 2) ? (sorted[span.count / 2 - 1] + middle) / 2 : middle
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
        // Whole numbers reach the share exactly where they reach the next whole number above it.
        let wanted = Int32((share * Double(count)).rounded(.up))
        var total: Int32 = 0
        for index in bins.indices {
            total += bins[index]
            if total >= wanted { return Double(index) / 2 }
        }
        return nil
    }
}
