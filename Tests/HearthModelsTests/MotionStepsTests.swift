// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthDSP
import HearthTestSupport
import Testing

@testable import HearthModels

@Suite struct MotionStepsTests {
    private static func total(_ samples: [AccelerationSample]) -> Int {
        var operation = MotionSteps()
        return operation.batch(samples).reduce(0) { $0 + Int($1.steps) }
    }

    @Test(arguments: [80, 100, 110, 120, 140, 160])
    func `a simulated walk is counted within 5 percent`(cadence: Int) {
        for rate in [25, 50, 100] {
            let walk = MotionSignal.walk(rate: rate, seconds: 300, cadence: cadence, seed: 21)
            let wanted = Double(5 * cadence)
            let found = Double(Self.total(walk))
            #expect(abs(found - wanted) <= 0.05 * wanted, "\(rate) Hz: \(found) of \(wanted)")
        }
    }

    @Test func `rest and slow turns of the arm have no steps`() {
        #expect(Self.total(MotionSignal.worn(rate: 25, hours: 1, seed: 2)) == 0)
    }

    @Test(arguments: [10, 15, 31, 50, 100])
    func `minutes agree with the slow version`(rate: Int) {
        var samples = MotionSignal.walk(rate: rate, seconds: 70, cadence: 110, seed: 3)
        // A second walk, after a pause long enough to end the first; a third one after a short one.
        for pause in [100, 0] {
            let shift = samples[samples.count - 1].time.nanoseconds(since: MotionSignal.start)
            samples += MotionSignal.walk(rate: rate, seconds: 45, cadence: 95, seed: 4).map {
                var moved = $0
                moved.time = $0.time.advanced(
                    byNanoseconds: shift + Int64(pause) * 1_000_000_000 + 1_000_000)
                return moved
            }
        }
        samples = MotionSignal.disturbed(samples, seed: UInt64(rate))
        var operation = MotionSteps()
        let minutes = operation.batch(samples)
        let reference = ReferenceSteps.byMinute(samples)
        #expect(zip(minutes, minutes.dropFirst()).allSatisfy { $0.time < $1.time })
        // Single precision may decide one of two nearly equal values otherwise.
        for minute in minutes {
            let wanted = reference[minute.time.seconds / 60] ?? 0
            #expect(abs(Int(minute.steps) - wanted) <= 2, "\(minute.time.seconds)")
        }
        let found = minutes.reduce(0) { $0 + Int($1.steps) }
        #expect(abs(found - reference.values.reduce(0, +)) <= 3 && (rate < 15 || found > 100))
    }

    @Test func `coverage is the share of the minute with samples`() {
        var operation = MotionSteps()
        let minutes = operation.batch(
            Array(MotionSignal.walk(rate: 30, seconds: 60, cadence: 100, seed: 5)[..<2700]))
        #expect(minutes.map(\.coverage).map { ($0 * 100).rounded() } == [100, 50])
    }

    @Test func `a minute is told soon after it is over`() {
        let samples = MotionSignal.walk(rate: 25, seconds: 60, cadence: 100, seed: 6)
        var operation = MotionSteps()
        var latest = 0.0
        for sample in samples {
            operation.push([sample].span) { span in
                for index in span.indices {
                    latest = max(latest, sample.time.seconds(since: span[index].time) - 60)
                }
            }
        }
        #expect(latest > 0 && latest < 62)
    }

    @Test func `steps keep the contract of operators`() {
        let samples = MotionSignal.disturbed(
            MotionSignal.walk(rate: 20, seconds: 120, cadence: 105, seed: 7), seed: 8)
        checkOperator({ MotionSteps() }, input: samples)
        checkSkips({ MotionSteps() }, input: samples)
    }

    @Test func `blocks give what samples give`() {
        let samples = MotionSignal.walk(rate: 30, seconds: 90, cadence: 120, seed: 9)
        let wanted = checkBlocks(MotionSteps(), samples, hertz: 30)
        #expect(wanted.contains { $0.steps > 100 })
    }

    @Test func `hostile samples are left out and nothing traps`() {
        var operation = MotionSteps()
        let minutes = operation.batch(MotionSignal.hostile())
        #expect(zip(minutes, minutes.dropFirst()).allSatisfy { $0.time < $1.time })
        #expect(minutes.allSatisfy { $0.steps == 0 && $0.coverage <= 1 })
    }
}
