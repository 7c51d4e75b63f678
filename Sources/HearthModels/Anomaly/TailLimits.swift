// SPDX-License-Identifier: Apache-2.0
#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// How rare a value is beside all values before it, for several streams side by side.
///
/// Each stream keeps its ten greatest values and how many there were. Above the least of the ten a
/// generalised Pareto tail of fixed shape is laid through their mean excess, so that a value beyond
/// all that was seen has a chance too. Every 65,536 values the past counts half as much: half of
/// the count and every other of the ten go.
///
/// Output: surprise, -log10 of the estimated chance of a value as great; 0 for ordinary values.
/// - Source: peaks over threshold as in `siffer2017`; a fixed shape and the ten greatest in place
///   of fitted parameters are choices of this project.
struct TailLimits: Codable, Sendable, Hashable {
    static let depth = 10
    static let shape = 0.1
    /// Least scale of the tail, as a share of where it starts.
    static let leastScaleShare = 0.05
    static let leastScale = 1e-9
    /// Values before the first is judged.
    static let warmUp = 100
    static let forgetAfter = 65_536

    /// The greatest values of each stream, `depth` a stream, greatest first.
    private var greatest: [Double]
    private var kept: [Int]
    private(set) var count = 0
    private var sinceForgetting = 0

    init(streams: Int) {
        greatest = Array(repeating: 0, count: streams * Self.depth)
        kept = Array(repeating: 0, count: streams)
    }

    var isReady: Bool { count >= Self.warmUp }

    /// Closes the values of one moment, after each stream took its own.
    mutating func endMoment() {
        count += 1
        sinceForgetting += 1
        if sinceForgetting >= Self.forgetAfter { forget() }
    }

    /// The surprise of a value of a stream, which then joins its past; below 0 counts as 0.
    mutating func take(_ value: Double, stream: Int) -> Double {
        let surprise = surprise(of: value, stream: stream)
        learn(value, stream: stream)
        return surprise
    }

    mutating func learn(_ raw: Double, stream: Int) {
        let value = raw > 0 ? raw : 0
        let first = stream * Self.depth
        let held = kept[stream]
        var place = first + held
        if held < Self.depth {
            kept[stream] = held + 1
        } else if value > greatest[place - 1] {
            place -= 1
        } else {
            return
        }
        while place > first, greatest[place - 1] < value {
            greatest[place] = greatest[place - 1]
            place -= 1
        }
        greatest[place] = value
    }

    func surprise(of value: Double, stream: Int) -> Double {
        guard isReady else { return 0 }
        let start = start(stream)
        guard value > start else { return 0 }
        let tail = log10(1 + Self.shape * ((value - start) / scale(stream, from: start)))
        return startingSurprise(stream) + tail / Self.shape
    }

    /// The value whose surprise is this; `nil` before any is judged.
    func value(atSurprise surprise: Double, stream: Int) -> Double? {
        guard isReady else { return nil }
        let start = start(stream)
        let beyond = max(surprise - startingSurprise(stream), 0)
        return start
            + scale(stream, from: start) * (pow(10, Self.shape * beyond) - 1) / Self.shape
    }

    /// Where the tail begins.
    private func start(_ stream: Int) -> Double {
        kept[stream] == Self.depth ? greatest[stream * Self.depth + Self.depth - 1] : 0
    }

    private func startingSurprise(_ stream: Int) -> Double {
        log10(Double(count + 1) / Double(kept[stream] + 1))
    }

    private func scale(_ stream: Int, from start: Double) -> Double {
        let first = stream * Self.depth
        var excess = 0.0
        for index in first..<first + kept[stream] { excess += greatest[index] - start }
        return max(
            excess / Double(max(kept[stream], 1)), Self.leastScaleShare * start, Self.leastScale)
    }

    private mutating func forget() {
        sinceForgetting = 0
        count /= 2
        for stream in kept.indices {
            let first = stream * Self.depth
            let left = (kept[stream] + 1) / 2
            for index in 0..<left { greatest[first + index] = greatest[first + 2 * index] }
            kept[stream] = left
        }
    }
}
