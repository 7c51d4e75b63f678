// SPDX-License-Identifier: Apache-2.0
import CCounter
import Foundation
import HearthBiosignals
import HearthDSP
import HearthModels

/// hearth-bench anomaly: one value through the streaming detector, pushed alone as live samples are.
struct AnomalyTiming {
    private static let count = 200_000
    private static let rounds = 5

    /// - Returns: whether no value took anything from the heap and p99 stayed under a millisecond.
    func run() -> Bool {
        let input = Self.series()
        var detector = AnomalyDetector()
        var sum = 0.0
        // The first values set the scale and are not typical.
        for value in input.prefix(1_000) { sum += push(value, into: &detector) }
        let before = hearth_allocations()
        var best = Double.infinity
        var latencies: [UInt64] = []
        latencies.reserveCapacity(Self.count)
        let reserved = hearth_allocations()
        for _ in 0..<Self.rounds {
            let began = Self.threadMicroseconds()
            for value in input { sum += push(value, into: &detector) }
            best = min(best, (Self.threadMicroseconds() - began) / Double(Self.count))
        }
        let allocations = hearth_allocations() - reserved
        for value in input {
            let start = DispatchTime.now().uptimeNanoseconds
            sum += push(value, into: &detector)
            latencies.append(DispatchTime.now().uptimeNanoseconds - start)
        }
        latencies.sort()
        let p99 = Double(latencies[Self.count * 99 / 100]) / 1e3
        print("values: \(Self.count), sum of scores \(sum)")
        print("allocations in \(Self.count * Self.rounds) values: \(allocations)")
        print("(before the first round: \(reserved - before))")
        print("a value, best of \(Self.rounds) rounds: \(Self.rounded(best)) µs of processor time")
        print(
            "from value to score, p50: \(Self.rounded(Double(latencies[Self.count / 2]) / 1e3)) µs")
        print("from value to score, p99: \(Self.rounded(p99)) µs")
        print(
            "from value to score, most: \(Self.rounded(Double(latencies[Self.count - 1]) / 1e3)) µs"
        )
        return allocations <= 0 && p99 <= 1_000
    }

    @inline(never)
    private func push(_ value: Timed<Double>, into detector: inout AnomalyDetector) -> Double {
        var score = 0.0
        let alone: InlineArray<1, Timed<Double>> = [value]
        detector.push(alone.span) { scores in
            for index in scores.indices { score += scores[index].score }
        }
        return score
    }

    /// A day's swing with noise at 1,000 values a second, the same each time.
    private static func series() -> [Timed<Double>] {
        var state: UInt64 = 1
        return (0..<count).map { index in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let noise = Double(state >> 40) / Double(1 << 24)
            return Timed(
                Timestamp(milliseconds: Int64(index)), Double(index % 977) / 977 + noise)
        }
    }

    private static func threadMicroseconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e6 + Double(time.tv_nsec) / 1e3
    }

    private static func rounded(_ value: Double) -> String { String(format: "%.3f", value) }
}
