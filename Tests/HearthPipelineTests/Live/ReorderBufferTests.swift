// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthDSP
import HearthModels
import HearthPipeline
import HearthTestSupport
import Testing

@Suite struct ReorderBufferTests {
    /// What the buffer lets go, found slowly: who arrives behind the newest by more than `lateness`, or
    /// as second of a stream and time, is left out; the rest is sorted.
    private static func reference(
        _ input: [LiveSample], lateness: Int64
    ) -> (kept: [LiveSample], late: Int, duplicates: Int) {
        var newest = Int64.min
        var kept: [LiveSample] = []
        var (late, duplicates) = (0, 0)
        for sample in input {
            let time = sample.time.nanoseconds
            if newest != .min, time < newest - lateness {
                late += 1
            } else if kept.contains(where: { $0.time == sample.time && $0.lane == sample.lane }) {
                duplicates += 1
            } else {
                kept.append(sample)
                newest = max(newest, time)
            }
        }
        let order = kept.indices.sorted { (kept[$0].time, $0) < (kept[$1].time, $1) }
        return (order.map { kept[$0] }, late, duplicates)
    }

    /// Samples that arrive up to `disorder` out of order, some of them twice.
    private static func arrivals(seed: UInt64, count: Int, disorder: Int64) -> [LiveSample] {
        var random = SeededRandom(seed: seed)
        var all: [(arrival: Int64, sample: LiveSample)] = []
        for index in 0..<count {
            let time = Int64(index / 3) * 10
            let sample = LiveSample(
                time: Timestamp(nanoseconds: time), value: Double(index), lane: UInt32(index % 3),
                quantity: .heartRate)
            for _ in 0..<(Int.random(in: 0..<20, using: &random) == 0 ? 2 : 1) {
                all.append((time + Int64.random(in: 0...disorder, using: &random), sample))
            }
        }
        return all.enumerated().sorted { ($0.1.arrival, $0.0) < ($1.1.arrival, $1.0) }
            .map(\.element.sample)
    }

    @Test(arguments: [0, 100, 300, 1000] as [Int64])
    func `it lets go what the slow rule keeps`(lateness: Int64) {
        for seed in UInt64(1)...8 {
            let input = Self.arrivals(seed: seed, count: 600, disorder: 400)
            let expected = Self.reference(input, lateness: lateness)
            var buffer = ReorderBuffer(lateness: lateness)
            #expect(buffer.batch(input) == expected.kept, "seed \(seed)")
            #expect(buffer.late == expected.late)
            #expect(buffer.duplicates == expected.duplicates)
            #expect(lateness > 400 ? expected.late == 0 : lateness < 300 ? expected.late > 0 : true)
        }
    }

    @Test(arguments: [0, 250] as [Int64], [5, 1 << 18])
    func `online equals batch`(lateness: Int64, capacity: Int) {
        let input = Self.arrivals(seed: 9, count: 2000, disorder: 300)
        checkOperator({ ReorderBuffer(lateness: lateness, capacity: capacity) }, input: input)
    }

    @Test func `with too many waiting the oldest go early and order is kept`() {
        let input = Self.arrivals(seed: 10, count: 3000, disorder: 200)
        var buffer = ReorderBuffer(lateness: 1_000_000, capacity: 16)
        var most = 0
        var last = Timestamp.distantPast
        var count = 0
        for sample in input {
            buffer.push([sample].span) { span in
                for index in span.indices {
                    #expect(span[index].time >= last)
                    last = span[index].time
                    count += 1
                }
            }
            most = max(most, buffer.waiting)
        }
        buffer.finish { count += $0.count }
        #expect(most <= 16)
        #expect(buffer.forced > 0)
        #expect(count + buffer.late + buffer.duplicates == input.count)
    }

    @Test func `a watermark from outside lets go what it passes`() {
        let input = (0..<10).map {
            LiveSample(
                time: Timestamp(nanoseconds: $0 * 10), value: 1, quantity: .heartRate)
        }
        var buffer = ReorderBuffer(lateness: 1000)
        var count = 0
        buffer.push(input.span) { count += $0.count }
        #expect(count == 0)
        buffer.skip(to: Timestamp(nanoseconds: 45)) { count += $0.count }
        #expect(count == 5)
        buffer.push([input[2]].span) { count += $0.count }
        #expect(count == 5 && buffer.late == 1)
    }

    @Test func `extreme times trap nowhere`() {
        let input = [Int64.max, .min, 0, .max, .min].map {
            LiveSample(time: Timestamp(nanoseconds: $0), value: 1, quantity: .heartRate)
        }
        var buffer = ReorderBuffer(lateness: .max)
        #expect(buffer.batch(input).count == 2)
        var hasty = ReorderBuffer(lateness: -5)
        #expect(hasty.batch(input).count == 1)
    }
}
