// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthDSP
import HearthTestSupport
import Testing

@testable import HearthModels

@Suite struct NonWearTests {
    /// Hours since the start of the signal.
    private static func hours(_ spans: [NonWearSpan]) -> [[Double]] {
        spans.map { span in
            [span.span.start, span.span.end].map { $0.seconds(since: MotionSignal.start) / 3600 }
        }
    }

    @Test func `three hours on a table are found to the quarter`() {
        // activity_peers.py motion: scikit-digital-health 0.17.18 finds hours 2 to 4.25 (it gives a window's
        // answer to its first quarter), actipy 3.8.3 hours 2 to 4.9972. The truth is 2 to 5.
        var operation = NonWear()
        let spans = operation.batch(MotionSignal.worn(rate: 10, hours: 7, seed: 3))
        #expect(Self.hours(spans) == [[2, 5]])
        #expect(spans.allSatisfy { !$0.hasTemperature })
    }

    /// Every 2.5 s, half an hour off the grid, with a hole in the time on the table.
    private static func sparse(hole: Range<Int>) -> [AccelerationSample] {
        MotionSignal.worn(rate: 10, hours: 7, seed: 3).enumerated().filter {
            $0.offset % 25 == 0 && !hole.contains($0.offset / 600)
        }.map {
            var sample = $0.element
            sample.time = sample.time.advanced(bySeconds: 437)
            return sample
        }
    }

    @Test(arguments: [0..<0, 200..<205, 200..<201, 130..<170, 0..<130])
    func `windows agree with the slow version`(hole: Range<Int>) {
        let samples = Self.sparse(hole: hole)
        var operation = NonWear(longestStep: 3_000_000_000)
        let spans = operation.batch(samples)
        let wanted = ReferenceMotion.nonWear(samples, step: 3_000_000_000)
        #expect(spans.map { [$0.span.start.seconds, $0.span.end.seconds] } == wanted)
        #expect(!wanted.isEmpty)
    }

    @Test func `a warm recorder is worn and a cold one is not`() {
        let samples = MotionSignal.worn(rate: 10, hours: 7, seed: 3)
        for (temperature, isFound) in [(33.0, false), (25.9, true), (26.0, false)] {
            var operation = NonWear()
            var found: [NonWearSpan] = []
            for (index, sample) in samples.enumerated() {
                if index % 600 == 0 { operation.push(temperature: temperature, at: sample.time) }
                operation.push([sample].span) { span in
                    for index in span.indices { found.append(span[index]) }
                }
            }
            operation.finish { span in for index in span.indices { found.append(span[index]) } }
            #expect(Self.hours(found) == (isFound ? [[2, 5]] : []))
            #expect(found.allSatisfy { $0.hasTemperature })
        }
    }

    @Test func `without samples there is a gap and no span`() {
        let samples = MotionSignal.worn(rate: 10, hours: 4, seed: 3).enumerated().filter {
            $0.offset < 36_000
        }.map(\.element)
        var operation = NonWear()
        let early = collect { emit in
            operation.push(samples.span, emit: emit)
            operation.skip(to: MotionSignal.start.advanced(bySeconds: 40_000), emit: emit)
        }
        #expect(early.isEmpty)
    }

    @Test func `non-wear keeps the contract of operators`() {
        let samples = Self.sparse(hole: 200..<205)
        checkOperator({ NonWear(longestStep: 3_000_000_000) }, input: samples, seeds: 1..<6)
        checkSkips({ NonWear(longestStep: 3_000_000_000) }, input: samples)
        let short = MotionSignal.worn(rate: 10, hours: 1, seed: 1).prefix(3000)
        checkOperator({ NonWear() }, input: Array(short))
    }

    @Test func `blocks give what samples give`() {
        let samples = MotionSignal.worn(rate: 10, hours: 4, seed: 3)
        let wanted = checkBlocks(NonWear(), samples, hertz: 10)
        #expect(Self.hours(wanted) == [[2, 4]])
    }

    @Test func `hostile samples are left out and nothing traps`() {
        var operation = NonWear(wornTemperature: .nan)
        operation.push(temperature: .nan, at: .distantPast)
        operation.push(temperature: 20, at: .distantFuture)
        operation.push(temperature: 20, at: .distantPast)
        #expect(operation.batch(MotionSignal.hostile()).isEmpty)
    }
}
