// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthDSP
import HearthTestSupport
import Testing

@Suite struct WindowOperatorTests {
    /// Irregular samples: mostly seconds apart, sometimes equal in time, sometimes hours apart.
    static func series(seed: UInt64, count: Int) -> [Timed<Double>] {
        var random = SeededRandom(seed: seed)
        var time: Int64 = 1_600_000_000_000_000_000
        return (0..<count).map { _ in
            let kind = Int.random(in: 0..<20, using: &random)
            let step =
                kind == 0 ? 7_200_000 : (kind == 1 ? 0 : Int.random(in: 1...90_000, using: &random))
            time += Int64(step) * 1_000_000
            let value = Double.random(in: 40...180, using: &random)
            return Timed(Timestamp(nanoseconds: time), kind == 2 ? .nan : value)
        }
    }

    @Test func `a rolling mean is the same however it is cut`() {
        checkOperator({ RollingMean(windowSeconds: 300) }, input: Self.series(seed: 1, count: 500))
    }

    @Test func `a rolling mean agrees with adding up the window`() {
        for seed in UInt64(1)...20 {
            let input = Self.series(seed: seed, count: 200).filter(\.value.isFinite)
            var mean = RollingMean(windowSeconds: 300)
            let output = mean.batch(input)
            #expect(output.count == input.count, "seed \(seed)")
            for (index, window) in output.enumerated() {
                let end = input[index].time
                let inside = input[...index].filter { end.seconds(since: $0.time) < 300 }
                let expected = inside.map(\.value).reduce(0, +) / Double(inside.count)
                #expect(abs(window.mean - expected) < 1e-9, "seed \(seed), sample \(index)")
                #expect(window.count == inside.count)
                #expect(window.extent == end.nanoseconds(since: inside[0].time))
            }
        }
    }

    @Test func `huge values leave no trace once they left the window`() {
        let times = (0..<10).map { Timestamp(seconds: Int64($0) * 100) }
        let values = [1e300, -1e300, 1e300] + Array(repeating: 60.0, count: 7)
        var mean = RollingMean(windowSeconds: 300)
        let output = mean.batch(zip(times, values).map { Timed($0, $1) })
        #expect(output.last?.mean == 60)
    }

    @Test func `a watermark does not change a rolling mean`() {
        let input = Self.series(seed: 3, count: 100).filter(\.value.isFinite)
        var plain = RollingMean(windowSeconds: 300)
        var marked = RollingMean(windowSeconds: 300)
        var output: [WindowMean] = []
        for sample in input {
            marked.skip(to: sample.time) { _ in }
            marked.push([sample].span) { for i in $0.indices { output.append($0[i]) } }
        }
        #expect(output == plain.batch(input))
    }

    @Test func `epoch means are the same however they are cut`() {
        let input = Self.series(seed: 2, count: 500)
        checkOperator(
            { EpochMeans(origin: Timestamp(seconds: 1_600_000_000), seconds: 60) }, input: input)
    }

    @Test func `epoch means agree with grouping`() {
        let origin = Timestamp(seconds: 1_600_003_000)
        for seed in UInt64(1)...20 {
            let input = Self.series(seed: seed, count: 300).filter(\.value.isFinite)
            var epochs = EpochMeans(origin: origin, seconds: 60)
            let groups = Dictionary(grouping: input) {
                Int64(($0.time.seconds(since: origin) / 60).rounded(.down))
            }
            let output = epochs.batch(input)
            #expect(output.map(\.index) == groups.keys.sorted(), "seed \(seed)")
            for epoch in output {
                let values = (groups[epoch.index] ?? []).map(\.value)
                #expect(epoch.count == values.count)
                #expect(abs(epoch.mean - values.reduce(0, +) / Double(values.count)) < 1e-9)
            }
        }
    }

    @Test func `a gap of centuries costs nothing`() {
        var epochs = EpochMeans(origin: Timestamp(seconds: 0), seconds: 1)
        let output = epochs.batch([
            Timed(.distantPast, 1), Timed(Timestamp(seconds: 0), 2), Timed(.distantFuture, 3),
        ])
        #expect(output.count == 3)
    }

    @Test func `moments agree with the two-pass formula`() {
        var random = SeededRandom(seed: 4)
        let values = (0..<1000).map { _ in 1e6 + Double.random(in: -1...1, using: &random) }
        var moments = RunningMoments()
        for value in values { moments.add(value) }
        let mean = values.reduce(0, +) / 1000
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 999
        #expect(abs(moments.mean - mean) < 1e-6)
        #expect(abs((moments.standardDeviation ?? 0) - variance.squareRoot()) < 1e-9)
        #expect(RunningMoments().standardDeviation == nil)
    }
}
