// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthDSP

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// How many minutes of a day were spent at each heart rate.
///
/// Kept with the day, so that a load can be worked out again when the person states another maximal
/// heart rate, without the samples.
public struct HeartRateMinutes: Codable, Sendable, Hashable {
    /// Beats a minute that a minute can have.
    static let plausible = 25.0..<250.0
    /// A minute without a sample is like the one before it for this many minutes.
    static let carriedMinutes: Int64 = 5

    /// Beats a minute of the first count.
    public private(set) var first: Int
    /// Minutes at `first`, `first + 1`, … beats a minute (rounded to whole beats).
    public private(set) var minutes: [Int]

    /// Minutes of the day: 1,380 or 1,500 where the clock changed.
    public private(set) var asked: Int

    /// Share of the day's minutes with a heart rate, 0...1.
    public var share: Double {
        asked > 0 ? min(1, Double(minutes.reduce(0, +)) / Double(asked)) : 0
    }

    /// The highest heart rate that two minutes reached: one alone may be a slip of the sensor.
    public var highest: Int? {
        var above = 0
        for offset in minutes.indices.reversed() {
            above += minutes[offset]
            if above >= 2 { return first + offset }
        }
        return nil
    }

    /// - Parameter samples: beats a minute in time order; those outside `span` are left out.
    init?(_ samples: [Timed<Double>], in span: TimeSpan) {
        var counts = [Int](repeating: 0, count: Int(Self.plausible.upperBound) + 1)
        var means = EpochMeans(origin: span.start, seconds: 60)
        let inside = samples.filter { span.contains($0.time) && Self.plausible.contains($0.value) }
        let list = means.batch(inside)
        let end = Int64(span.minutes.rounded(.up))
        for (place, minute) in list.enumerated() {
            let next = place + 1 < list.count ? list[place + 1].index : end
            let held = max(1, min(next - minute.index, Self.carriedMinutes))
            counts[Int(minute.mean.rounded())] += Int(held)
        }
        guard let low = counts.firstIndex(where: { $0 > 0 }),
            let high = counts.lastIndex(where: { $0 > 0 })
        else { return nil }
        asked = Int(end)
        first = low
        minutes = Array(counts[low...high])
    }
}

extension LoadWeighting {
    var factor: Double { self == .men ? 0.64 : 0.86 }
    var exponent: Double { self == .men ? 1.92 : 1.67 }
}

extension HeartRateMinutes {
    /// Share of the heart-rate reserve from which a minute counts: light exercise.
    ///
    /// - Source: lower bound of light intensity in `garber2011`. The impulse was published for
    ///   exercise sessions; over whole days hours of sitting would outweigh the training.
    static let fewestReserve = 0.30

    /// Training impulse (TRIMP), in minutes weighted by effort: the sum over minutes of
    /// r x a x e^(b r), r the share of the heart-rate reserve, at most 1.
    ///
    /// `nil` unless `maximum` is at least 20 beats above `rest`.
    func trainingImpulse(rest: Double, maximum: Double, weighting: LoadWeighting) -> Double? {
        guard maximum - rest >= 20 else { return nil }
        var sum = 0.0
        for (offset, count) in minutes.enumerated() where count > 0 {
            let reserve = min(1, (Double(first + offset) - rest) / (maximum - rest))
            guard reserve >= Self.fewestReserve else { continue }
            sum +=
                Double(count) * reserve * weighting.factor
                * exp(weighting.exponent * reserve)
        }
        return sum
    }
}
