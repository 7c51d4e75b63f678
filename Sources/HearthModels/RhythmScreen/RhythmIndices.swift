// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
public import HearthDSP

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

// Published indices of irregularity over the last beats. The screen does not use them; they stand
// beside it in the benchmark.

/// What the published indices share: a ring of the last plausible intervals.
struct IntervalWindow: Codable, Sendable {
    let size: Int
    /// Milliseconds, oldest first.
    private(set) var values: [Double] = []

    init(size: Int) { self.size = size }

    /// True once the window is full.
    mutating func take(_ value: Double) -> Bool {
        guard PrematureBeats.plausibleMilliseconds.contains(value) else { return false }
        if values.count == size { values.removeFirst() }
        values.append(value)
        return values.count == size
    }
}

/// Entropy of the words of three successive heart rates in steps of 5/min, times the share of
/// different words; 0...1.
///
/// Shape: one output a plausible interval from the 129th on, at its time: 127 words. Above
/// ``threshold`` the rhythm counts as fibrillation.
/// - Source: `zhou2015af`
public struct HeartRateStateEntropy: StreamOperator {
    public typealias Input = Timed<Double>
    public typealias Output = Timed<Double>

    public static let threshold = 0.639
    static let words = 127

    private var symbols: [Int] = []

    public init() {}

    public mutating func push(_ input: Span<Timed<Double>>, emit: (Span<Timed<Double>>) -> Void) {
        var output: [Timed<Double>] = []
        for index in input.indices {
            let beat = input[index]
            guard PrematureBeats.plausibleMilliseconds.contains(beat.value) else { continue }
            if symbols.count == Self.words + 2 { symbols.removeFirst() }
            symbols.append(min(63, Int(60_000 / beat.value / 5)))
            if symbols.count == Self.words + 2 { output.append(Timed(beat.time, entropy())) }
        }
        if !output.isEmpty { emit(output.span) }
    }

    public mutating func skip(to time: Timestamp, emit: (Span<Timed<Double>>) -> Void) {}
    public mutating func finish(emit: (Span<Timed<Double>>) -> Void) {}

    private func entropy() -> Double {
        let count = Double(Self.words)
        var words = (0..<Self.words).map {
            symbols[$0] << 12 | symbols[$0 + 1] << 6 | symbols[$0 + 2]
        }
        words.sort()
        var sum = 0.0
        var different = 0.0
        var first = 0
        while first < words.count {
            var last = first
            while last < words.count, words[last] == words[first] { last += 1 }
            let share = Double(last - first) / count
            sum -= share * log(share)
            different += 1
            first = last
        }
        return different / (count * log(count)) * sum
    }
}

/// Coefficient of sample entropy of the last intervals: sample entropy of one-beat templates, made
/// free of the tolerance and of the heart rate.
///
/// Shape: one output a plausible interval from the ``beats``th on, at its time. Above ``threshold``
/// the rhythm counts as fibrillation. The tolerance starts at 30 ms and grows by 5 ms until five
/// pairs match.
/// - Source: `lake2011`
public struct CoefficientOfSampleEntropy: StreamOperator {
    public typealias Input = Timed<Double>
    public typealias Output = Timed<Double>

    public static let threshold = -1.4
    public static let beats = 12
    static let fewestMatches = 5.0

    private var window = IntervalWindow(size: beats)

    public init() {}

    public mutating func push(_ input: Span<Timed<Double>>, emit: (Span<Timed<Double>>) -> Void) {
        var output: [Timed<Double>] = []
        for index in input.indices where window.take(input[index].value) {
            output.append(Timed(input[index].time, coefficient()))
        }
        if !output.isEmpty { emit(output.span) }
    }

    public mutating func skip(to time: Timestamp, emit: (Span<Timed<Double>>) -> Void) {}
    public mutating func finish(emit: (Span<Timed<Double>>) -> Void) {}

    private func coefficient() -> Double {
        let values = window.values
        let mean = values.reduce(0, +) / Double(values.count)
        var tolerance = 30.0
        while true {
            let (single, double) = matches(values, tolerance)
            // At the widest tolerance all pairs match, so this ends.
            if double >= Self.fewestMatches || tolerance > 3000 {
                let entropy = log(max(1, single) / max(1, double))
                return entropy + log(2 * tolerance) - log(mean)
            }
            tolerance += 5
        }
    }

    /// Pairs of beats within the tolerance, and those whose next beats are too.
    private func matches(_ values: [Double], _ tolerance: Double) -> (Double, Double) {
        var single = 0.0
        var double = 0.0
        for i in 0..<(values.count - 1) {
            for j in (i + 1)..<(values.count - 1) where abs(values[i] - values[j]) <= tolerance {
                single += 1
                if abs(values[i + 1] - values[j + 1]) <= tolerance { double += 1 }
            }
        }
        return (single, double)
    }
}

/// Root mean square of the successive differences over the mean interval.
///
/// Shape: one output a plausible interval from the ``beats``th on, at its time. Above ``threshold``
/// the rhythm counts as fibrillation; of the source's three statistics this is the first alone.
/// - Source: `dash2009`
public struct RelativeRMSSD: StreamOperator {
    public typealias Input = Timed<Double>
    public typealias Output = Timed<Double>

    public static let threshold = 0.1
    public static let beats = 128

    private var window = IntervalWindow(size: beats)

    public init() {}

    public mutating func push(_ input: Span<Timed<Double>>, emit: (Span<Timed<Double>>) -> Void) {
        var output: [Timed<Double>] = []
        for index in input.indices where window.take(input[index].value) {
            let values = window.values
            var squares = 0.0
            for next in 1..<values.count {
                let difference = values[next] - values[next - 1]
                squares += difference * difference
            }
            let mean = values.reduce(0, +) / Double(values.count)
            let rmssd = (squares / Double(values.count - 1)).squareRoot()
            output.append(Timed(input[index].time, rmssd / mean))
        }
        if !output.isEmpty { emit(output.span) }
    }

    public mutating func skip(to time: Timestamp, emit: (Span<Timed<Double>>) -> Void) {}
    public mutating func finish(emit: (Span<Timed<Double>>) -> Void) {}
}
