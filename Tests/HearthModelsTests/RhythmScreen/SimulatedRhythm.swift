// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthDSP
import HearthTestSupport

/// Intervals of made-up rhythms, seeded. Not the generator the model was trained with: other shapes,
/// other parameters, another source of chance.
struct SimulatedRhythm {
    var random: SeededRandom

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    mutating func uniform(_ range: ClosedRange<Double>) -> Double {
        Double.random(in: range, using: &random)
    }

    /// A normal deviate, from twelve uniform ones.
    mutating func normal() -> Double {
        (0..<12).reduce(-6.0) { sum, _ in sum + uniform(0...1) }
    }

    /// Sinus rhythm at 60 to 80 a minute with breathing, slow drift and jitter.
    mutating func sinus(_ count: Int, base: Double = 850, breathing: Double = 0.03) -> [Double] {
        var phase = uniform(0...6)
        var drift = 0.0
        return (0..<count).map { _ in
            phase += 2 * .pi * 0.25 * base / 1000
            drift = 0.98 * drift + 4 * normal()
            return base * (1 + breathing * sin(phase)) + drift + 8 * normal()
        }
    }

    /// Intervals with a long tail to the right, each hardly bound to the one before.
    mutating func fibrillation(_ count: Int, mean: Double = 700) -> [Double] {
        (0..<count).map { _ in
            let skewed = -log(uniform(0.02...1)) - 1
            return max(320, mean * (1 + 0.16 * skewed + 0.12 * normal()))
        }
    }

    /// Early beats with a full pause, after a share of beats or in every `every`th.
    mutating func ventricular(
        _ sinus: [Double], share: Double = 0, every: Int? = nil
    ) -> [Double] {
        let coupling = uniform(0.5...0.72)
        var result: [Double] = []
        var index = 0
        while index + 1 < sinus.count {
            let isDue =
                every.map { result.count % $0 == $0 - 2 } ?? (uniform(0...1) < share)
            if isDue {
                let early = sinus[index] * (coupling + 0.02 * normal())
                result += [early, sinus[index] + sinus[index + 1] - early]
                index += 2
            } else {
                result.append(sinus[index])
                index += 1
            }
        }
        return result
    }

    /// Wenckebach: the conduction lengthens by less and less until a beat is dropped.
    mutating func wenckebach(_ count: Int) -> [Double] {
        let cycle = uniform(620...820)
        var result: [Double] = []
        while result.count < count {
            let beats = Int(uniform(3...6))
            var delay = 120.0
            var total = 0.0
            for beat in 0..<beats {
                let step = 90 / pow(2, Double(beat))
                result.append(cycle + step + 6 * normal())
                delay += step
                total += step
            }
            result.append(2 * cycle - total + 6 * normal())
        }
        return Array(result.prefix(count))
    }

    /// Flutter at about 300 a minute, every second to fourth wave conducted, in runs of one ratio.
    mutating func flutter(_ count: Int) -> [Double] {
        let wave = uniform(195...230)
        var ratio = 2.0
        return (0..<count).map { _ in
            if uniform(0...1) < 0.12 { ratio = Double(Int(uniform(2...4.99))) }
            return ratio * wave + 5 * normal()
        }
    }

    /// Second-degree block: now and then a beat is dropped and the interval is twice as long.
    mutating func dropped(_ sinus: [Double], share: Double) -> [Double] {
        var result: [Double] = []
        var index = 0
        while index + 1 < sinus.count {
            let isDropped = uniform(0...1) < share
            result.append(isDropped ? sinus[index] + sinus[index + 1] : sinus[index])
            index += isDropped ? 2 : 1
        }
        return result
    }

    /// Beats the detector missed, and ones it saw twice.
    mutating func misdetected(_ series: [Double], share: Double) -> [Double] {
        let missed = dropped(series, share: share)
        return missed.flatMap { interval -> [Double] in
            guard uniform(0...1) < share else { return [interval] }
            let first = interval * uniform(0.35...0.65)
            return [first, interval - first]
        }
    }

    /// Beats at the ends of the intervals.
    static func beats(_ intervals: [Double], start: Int64 = 1_600_000_000) -> [Timed<Double>] {
        var time = Timestamp(seconds: start)
        return intervals.map { interval in
            time = time.advanced(byNanoseconds: interval.isFinite ? Int64(interval * 1e6) : 0)
            return Timed(time, interval)
        }
    }
}
