// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
public import HearthDSP

/// Slow and obvious versions of the operators over raw acceleration: whole arrays, double precision.
public enum ReferenceMotion {
    public struct Epoch {
        public var second: Int64
        public var enmo: Double
        public var mad: Double
        public var angle: Double
        public var coverage: Double
    }

    /// What every operator leaves out: not finite, beyond 100 g, not later than the one before.
    public static func kept(_ samples: [AccelerationSample]) -> [AccelerationSample] {
        var last = Int64.min
        return samples.filter { sample in
            let time = sample.time.nanoseconds
            let isSound = [sample.x, sample.y, sample.z].allSatisfy {
                $0.isFinite && $0.magnitude <= 100
            }
            guard isSound, time > last else { return false }
            last = time
            return true
        }
    }

    /// Nanoseconds of `from..<to` between samples at most `step` apart.
    public static func covered(
        _ samples: [AccelerationSample], from: Int64, to: Int64, step: Int64 = 250_000_000
    ) -> Int64 {
        zip(samples, samples.dropFirst()).reduce(0) { sum, pair in
            let (a, b) = (pair.0.time.nanoseconds, pair.1.time.nanoseconds)
            guard b - a <= step else { return sum }
            return sum + max(0, min(b, to) - max(a, from))
        }
    }

    public static func epochs(_ samples: [AccelerationSample]) -> [Epoch] {
        let kept = kept(samples)
        let groups = Dictionary(grouping: kept) { Calendrical.floorDivide($0.time.seconds, 5) * 5 }
        return groups.keys.sorted().map { second in
            let group = groups[second] ?? []
            let lengths = group.map { sample in
                let (x, y, z) = (Double(sample.x), Double(sample.y), Double(sample.z))
                return (x * x + y * y + z * z).squareRoot()
            }
            let count = Double(group.count)
            let mean = lengths.reduce(0, +) / count
            let x = median(group.map { Double($0.x) })
            let y = median(group.map { Double($0.y) })
            let z = median(group.map { Double($0.z) })
            let start = second * 1_000_000_000
            return Epoch(
                second: second,
                enmo: lengths.reduce(0) { $0 + max(0, $1 - 1) } / count * 1000,
                mad: lengths.reduce(0) { $0 + abs($1 - mean) } / count * 1000,
                angle: atan2(z, (x * x + y * y).squareRoot()) * 180 / .pi,
                coverage: Double(covered(kept, from: start, to: start + 5_000_000_000)) / 5e9)
        }
    }

    public static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        let half = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
    }

    /// Stretches without a gap, each on a grid of `rate` points a second: time and the three axes.
    public static func grid(
        _ samples: [AccelerationSample], rate: Int64, step: Int64 = 250_000_000
    ) -> [[(time: Int64, value: [Double])]] {
        var stretches: [[AccelerationSample]] = []
        for sample in kept(samples) {
            if let last = stretches.last?.last,
                sample.time.nanoseconds - last.time.nanoseconds <= step
            {
                stretches[stretches.count - 1].append(sample)
            } else {
                stretches.append([sample])
            }
        }
        return stretches.map { stretch in
            var points: [(time: Int64, value: [Double])] = []
            var next = 1
            let first = stretch[0].time.nanoseconds
            let last = stretch[stretch.count - 1].time.nanoseconds
            for second in Calendrical.floorDivide(first, 1_000_000_000)...(last / 1_000_000_000 + 1)
            {
                for tick in 0..<rate {
                    let time = second * 1_000_000_000 + tick * 1_000_000_000 / rate
                    guard time >= first - 1000, time <= last + 1000 else { continue }
                    while next < stretch.count - 1, stretch[next].time.nanoseconds + 1000 < time {
                        next += 1
                    }
                    let b = stretch[min(next, stretch.count - 1)]
                    let a = stretch[max(0, min(next, stretch.count - 1) - 1)]
                    points.append((time, between(a, b, time)))
                }
            }
            return points
        }
    }

    private static func between(
        _ a: AccelerationSample, _ b: AccelerationSample, _ time: Int64
    ) -> [Double] {
        let length = Double(max(1, b.time.nanoseconds - a.time.nanoseconds))
        let share = min(1, max(0, Double(time - a.time.nanoseconds) / length))
        return zip([a.x, a.y, a.z], [b.x, b.y, b.z]).map {
            Double($0) + (Double($1) - Double($0)) * share
        }
    }

    /// Spans of non-wear in seconds since 1970, from windows of an hour moved by a quarter.
    public static func nonWear(
        _ samples: [AccelerationSample], step: Int64 = 250_000_000
    ) -> [[Int64]] {
        let kept = kept(samples)
        guard let first = kept.first, let last = kept.last else { return [] }
        var flagged: Set<Int64> = []
        for quarter in (first.time.seconds / 900)...(last.time.seconds / 900) {
            let quarters = quarter..<quarter + 4
            let isCovered = quarters.allSatisfy {
                let start = $0 * 900_000_000_000
                let time = covered(kept, from: start, to: start + 900_000_000_000, step: step)
                return Double(time) >= 0.9 * 900e9
            }
            let inside = kept.filter {
                quarters.contains(Calendrical.floorDivide($0.time.seconds, 900))
            }
            guard isCovered, inside.count > 1 else { continue }
            let still = [inside.map(\.x), inside.map(\.y), inside.map(\.z)].count { axis in
                let mean = axis.reduce(0) { $0 + Double($1) } / Double(axis.count)
                let squares = axis.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
                let range = (axis.max() ?? 0) - (axis.min() ?? 0)
                return (squares / Double(axis.count - 1)).squareRoot() < 0.013 && range < 0.05
            }
            if still >= 2 { flagged.formUnion(quarters) }
        }
        var spans: [[Int64]] = []
        for quarter in flagged.sorted() {
            if spans.last?[1] == quarter * 900 {
                spans[spans.count - 1][1] = quarter * 900 + 900
            } else {
                spans.append([quarter * 900, quarter * 900 + 900])
            }
        }
        return spans
    }
}
