// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthDSP
import HearthTestSupport
import Testing

@testable import HearthModels

@Suite struct MotionCountsTests {
    // activity_peers.py counts: the published steps with filtfilt (scipy 1.17.1) on 300 s of `moving` at
    // 50 Hz, seed 7.
    static let published: [Double] = [
        0.0, 0.0, 6.14, 33.77, 52.19, 9.21, 0.0, 0.0, 24.56, 42.98, 33.77, 0.0, 0.0, 18.42, 30.7,
        36.84, 0.0, 0.0, 9.21, 27.63,
    ]

    @Test func `counts come close to those filtered forwards and backwards`() {
        var operation = MotionCounts()
        let counts = operation.batch(MotionSignal.moving(rate: 50, seconds: 300, seed: 7))
        #expect(counts.count == 20 && counts.allSatisfy { $0.coverage == 1 })
        let differences = zip(counts, Self.published).map { abs(Double($0.count) - $1) }
        // Three bins of one second in fifteen.
        #expect(differences.allSatisfy { $0 < 3.5 * 3.07 })
        #expect(differences.reduce(0, +) / 20 < 3.07)
        #expect(differences.contains { $0 > 0 })
    }

    @Test(arguments: [10, 31, 50, 64, 100, 200])
    func `any rate agrees with the slow version`(rate: Int) {
        let samples = MotionSignal.disturbed(
            MotionSignal.moving(rate: rate, seconds: 150, seed: 9), seed: UInt64(rate))
        var operation = MotionCounts()
        let counts = operation.batch(samples)
        let reference = ReferenceCounts.counts(samples).filter { $0.value.points >= 375 }
        #expect(counts.map(\.time.seconds) == reference.keys.sorted())
        #expect(counts.contains { $0.coverage < 1 } && counts.contains { $0.count > 0 })
        var exact = 0
        for count in counts {
            let wanted = reference[count.time.seconds]
            #expect(abs(Double(count.coverage) - Double(wanted?.points ?? 0) / 750) < 1e-6)
            let difference = abs(Double(count.count) - (wanted?.count ?? .infinity))
            // Single precision may move one value over the edge of a bin.
            #expect(difference < 4)
            exact += difference < 1e-3 ? 1 : 0
        }
        #expect(exact >= counts.count - 1)
    }

    @Test func `counts keep the contract of operators`() {
        let samples = MotionSignal.disturbed(
            MotionSignal.moving(rate: 20, seconds: 120, seed: 5), seed: 6)
        checkOperator({ MotionCounts() }, input: samples)
        checkSkips({ MotionCounts() }, input: samples)
    }

    @Test func `blocks give what samples give`() {
        let samples = MotionSignal.moving(rate: 70, seconds: 61, seed: 4)
        let wanted = checkBlocks(MotionCounts(), samples, hertz: 70)
        #expect(wanted.count == 4)
    }

    @Test func `hostile samples are left out and nothing traps`() {
        var operation = MotionCounts()
        let counts = operation.batch(MotionSignal.hostile())
        #expect(zip(counts, counts.dropFirst()).allSatisfy { $0.time < $1.time })
        #expect(counts.allSatisfy { $0.count.isFinite && $0.coverage >= 0.5 })
        // A constant gives no counts, whatever it is.
        #expect(counts.first?.count == 0)
    }
}

@Suite struct ActiGraphCountsTests {
    // activity_peers.py counts: agcounts 0.2.6, get_counts(moving(rate, 120, seed=rate), rate, 15).
    static let golden: [Int: [[Int32]]] = [
        30: [
            [0, 0, 0], [0, 51, 128], [131, 243, 376], [395, 583, 733], [756, 1037, 1194],
            [251, 360, 407], [0, 19, 63], [0, 80, 212],
        ],
        40: [
            [0, 0, 0], [0, 59, 128], [129, 257, 357], [394, 591, 720], [741, 1040, 1202],
            [245, 371, 431], [0, 27, 59], [0, 98, 192],
        ],
        50: [
            [0, 0, 0], [0, 56, 123], [131, 243, 368], [398, 587, 735], [756, 1025, 1177],
            [250, 365, 412], [0, 31, 60], [0, 76, 199],
        ],
        60: [
            [0, 0, 0], [0, 43, 126], [129, 249, 360], [394, 603, 743], [749, 967, 1202],
            [254, 351, 415], [0, 20, 60], [0, 62, 194],
        ],
        70: [
            [0, 0, 0], [0, 57, 125], [134, 242, 362], [411, 608, 729], [746, 1027, 1215],
            [258, 355, 414], [0, 26, 57], [0, 91, 199],
        ],
        80: [
            [0, 0, 0], [0, 38, 132], [124, 217, 369], [391, 602, 728], [766, 977, 1205],
            [259, 341, 405], [0, 18, 59], [0, 47, 196],
        ],
        90: [
            [0, 0, 0], [0, 47, 124], [130, 239, 370], [394, 592, 729], [758, 995, 1175],
            [255, 346, 406], [0, 22, 58], [0, 59, 193],
        ],
        100: [
            [0, 0, 0], [0, 57, 122], [134, 241, 371], [399, 607, 731], [742, 1060, 1194],
            [259, 368, 406], [0, 22, 60], [0, 94, 192],
        ],
    ]

    @Test(arguments: ActiGraphCounts.rates)
    func `counts are those of agcounts`(rate: Int) {
        var operation = ActiGraphCounts(epochSeconds: 15, rate: Double(rate))
        let counts = operation.batch(
            MotionSignal.moving(rate: rate, seconds: 120, seed: UInt64(rate)))
        #expect(counts.map { [$0.x, $0.y, $0.z] } == Self.golden[rate])
        #expect(counts.allSatisfy { $0.coverage == 1 })
    }

    @Test func `the magnitude is the length of the three`() {
        let count = ActiGraphCount(time: MotionSignal.start, x: 2, y: 3, z: 6, coverage: 1)
        #expect(count.magnitude == 7)
    }

    @Test func `jitter of a microsecond changes nothing and other rates come close`() {
        let samples = MotionSignal.moving(rate: 100, seconds: 120, seed: 100)
        var jittered = samples
        for index in jittered.indices {
            let jitter: Int64 = index % 3 == 0 ? 900 : -900
            jittered[index].time = samples[index].time.advanced(byNanoseconds: jitter)
        }
        var operation = ActiGraphCounts(epochSeconds: 15, rate: 100)
        #expect(operation.batch(jittered).map { [$0.x, $0.y, $0.z] } == Self.golden[100])
        #expect(ActiGraphCounts.nearestRate(to: 12.5) == 30)
        #expect(ActiGraphCounts.nearestRate(to: 64) == 60)
        #expect(ActiGraphCounts.nearestRate(to: 200) == 100)
        #expect(ActiGraphCounts.nearestRate(to: .nan) == 30)
    }

    @Test func `a stretch after a gap is counted as if it stood alone`() {
        let samples = MotionSignal.moving(rate: 50, seconds: 120, seed: 50)
        let rest = Array(samples[(50 * 60)...])
        var whole = ActiGraphCounts(epochSeconds: 15, rate: 50)
        var alone = whole
        let counts = whole.batch(Array(samples[..<(50 * 45 - 7)]) + rest)
        #expect(Array(counts.suffix(4)) == alone.batch(rest))
        #expect(counts.count == 7 && (0.9..<1).contains(counts[2].coverage))
    }

    @Test func `counts keep the contract of operators`() {
        let samples = MotionSignal.disturbed(
            MotionSignal.moving(rate: 40, seconds: 60, seed: 5), seed: 6)
        checkOperator({ ActiGraphCounts(epochSeconds: 10, rate: 40) }, input: samples)
        checkSkips({ ActiGraphCounts(epochSeconds: 10, rate: 40) }, input: samples)
    }

    @Test func `blocks give what samples give`() {
        let samples = MotionSignal.moving(rate: 80, seconds: 61, seed: 4)
        let wanted = checkBlocks(ActiGraphCounts(epochSeconds: 15, rate: 80), samples, hertz: 80)
        #expect(wanted.count == 5)
    }

    @Test func `hostile samples are left out and nothing traps`() {
        var operation = ActiGraphCounts(epochSeconds: 1, rate: 1e300)
        let counts = operation.batch(MotionSignal.hostile())
        #expect(zip(counts, counts.dropFirst()).allSatisfy { $0.time < $1.time })
        // Two hundred g are far above the largest value of 128 at 10 Hz.
        #expect(counts.allSatisfy { (0...1280).contains($0.x) && $0.coverage <= 1 })
        #expect(counts.first { $0.coverage == 1 }?.magnitude == 0)
    }
}
