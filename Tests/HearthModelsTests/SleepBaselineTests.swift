// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthDSP
import HearthTestSupport
import Testing

@testable import HearthModels

@Suite struct SleepBaselineTests {
    static let start = CircadianTests.start

    static func minutes(_ values: [Double]) -> [Timed<Double>] {
        values.enumerated().map {
            Timed(start.advanced(bySeconds: Int64($0.offset) * 60), $0.element)
        }
    }

    /// 240 minutes of counts that numpy scored as well.
    static func counts() -> [Double] {
        var random = SeededRandom(seed: 5)
        return (0..<240).map { _ in
            let product =
                CircadianTests.unit(&random) * CircadianTests.unit(&random)
                * CircadianTests.unit(&random)
            return (product * 400).rounded(.down)
        }
    }

    /// Sadeh's discriminant on them by numpy, counts outside taken as zero.
    static let sadeh =
        "110000000000010000000100000000000000000000000000000011100000000000000000000000000000000000"
        + "000000000000000000001111101111000000100010111111010000000011111111110111111111110000000000"
        + "000000000000010000000001000000110000001000000000000010010111"

    @Test func `Sadeh's discriminant is numpy's`() {
        var scorer = SadehScorer()
        let scored = scorer.batch(Self.minutes(Self.counts()))
        #expect(scored.map { $0.value ? "1" : "0" }.joined() == Self.sadeh)
        #expect(scored.map(\.time) == Self.minutes(Self.counts()).map(\.time))
    }

    @Test func `the operators of baselines keep the contract`() {
        var input = Self.minutes(Self.counts())
        input.removeSubrange(100..<107)
        input[50].value = .nan
        checkOperator({ SadehScorer() }, input: input)
        checkOperator({ HeartRateScorer() }, input: input)
        var scorer = SadehScorer()
        let expected = scorer.batch(input)
        var live = SadehScorer()
        var found: [Timed<Bool>] = []
        for minute in input {
            live.skip(to: minute.time) { for i in $0.indices { found.append($0[i]) } }
            live.push([minute].span) { for i in $0.indices { found.append($0[i]) } }
        }
        live.finish { for i in $0.indices { found.append($0[i]) } }
        #expect(found == expected)
    }

    @Test func `heart rate is awake above two spreads of the night`() {
        // Median 50, median absolute deviation 1: the limit is 52.9652.
        let night = [49, 50, 51, 50, 49, 51, 52.9, 53, 48, 50].map { Double($0) }
        var scorer = HeartRateScorer()
        let scored = scorer.batch(Self.minutes(night))
        #expect(scored.indices.filter { !scored[$0].value } == [7])
        var long = HeartRateScorer()
        let many = long.batch(Self.minutes((0..<3000).map { Double($0 % 7) }))
        #expect(many.count == 3000)
    }

    @Test func `counts by the quarter of a minute add up and a half minute is scaled`() throws {
        let values = Self.counts()
        var quarters: [Timed<Double>] = []
        for (minute, value) in values.enumerated() {
            for part in 0..<4 {
                let time = Self.start.advanced(bySeconds: Int64(minute * 60 + part * 15))
                quarters.append(Timed(time, value / 4))
            }
        }
        // Two quarters missing of one minute, three of another.
        let kept = quarters.enumerated().filter { !(82...83).contains($0.offset) }.map(\.element)
        let whole = BaselineRecording(
            start: Self.start, epochs: 480, counts: Self.minutes(values))
        for baseline in [SleepWakeBaseline.coleKripke, .sadeh, .oakley] {
            let expected = try #require(baseline.score(whole))
            #expect(expected.epochs.count == 480 && expected.knownShare == 1)
            for counts in [quarters, kept] {
                let recording = BaselineRecording(
                    start: Self.start, epochs: 480, counts: counts, countSeconds: 15)
                #expect(baseline.score(recording) == expected)
            }
        }
        var thin = whole
        thin.counts = quarters.enumerated().filter { !(81...83).contains($0.offset) }.map(\.element)
        thin.countSeconds = 15
        let cut = try #require(SleepWakeBaseline.oakley.score(thin))
        #expect(cut.epochs.indices.filter { cut.epochs[$0] == .unknown } == [40, 41])
    }

    @Test func `each baseline runs on what it needs and on nothing else`() throws {
        let motion = SleepWindowTests.referenceDay()
        let bare = BaselineRecording(start: MotionNights.start, epochs: 2880)
        for baseline in SleepWakeBaseline.allCases {
            #expect((baseline.score(bare) == nil) == (baseline != .allSleep), "\(baseline)")
            #expect(!baseline.needs.isEmpty && !baseline.label.isEmpty)
        }
        let angles = BaselineRecording(start: MotionNights.start, epochs: 2880, motion: motion)
        let scored = try #require(SleepWakeBaseline.vanHees.score(angles))
        #expect(scored.epochs.count == 2880 && scored.knownShare == 1)
        // 5753 five-second epochs in bouts; the ends of bouts round either way.
        #expect(abs(scored.minutesAsleep - 5753.0 / 12) < 25 * 0.5)
        var half = angles
        half.motion = motion.enumerated().filter { $0.offset % 6 < 2 }.map(\.element)
        #expect(SleepWakeBaseline.vanHees.score(half)?.knownShare == 0)
        for epochs in [0, 1] {
            var short = angles
            short.epochs = epochs
            short.heartRate = [Timed(MotionNights.start, 60)]
            short.counts = [Timed(MotionNights.start, 3)]
            for baseline in SleepWakeBaseline.allCases {
                #expect(baseline.score(short)?.epochs.count == epochs)
            }
        }
    }
}

/// The baselines on the sleep-accel recordings (`walch2019`): prints the rows of
/// `docs/models/sleep-wake-baselines.md`.
@Suite(.enabled(if: SharedData.isPresent, "needs the sleep-accel recordings of HEARTH_DATA"))
struct SleepBaselineTableTests {
    static func recording(_ subject: SleepAccelTests.Subject) -> BaselineRecording {
        let start = Timestamp(seconds: 1_600_000_020)
        func timed(_ rows: [(Double, Double)]) -> [Timed<Double>] {
            rows.map { Timed(start.advanced(byNanoseconds: Int64($0.0 * 1e9)), $0.1) }
        }
        return BaselineRecording(
            start: start, epochs: subject.asleep.count, counts: timed(subject.counts),
            countSeconds: 15, heartRate: timed(subject.rate))
    }

    @Test func `the table of the baselines`() throws {
        let subjects = try SleepAccelTests.subjects()
        #expect(subjects.count >= 20)
        print(
            "\n| baseline | accuracy | sensitivity | specificity | balanced | kappa | TST error, min"
                + " | unknown |\n|---|---|---|---|---|---|---|---|")
        for baseline in SleepWakeBaseline.allCases {
            var confusions: [SleepAccelTests.Confusion] = []
            var unknown = RunningMoments()
            for subject in subjects {
                guard let series = baseline.score(Self.recording(subject)) else { continue }
                unknown.add(1 - series.knownShare)
                var confusion = SleepAccelTests.Confusion()
                for (truth, guess) in zip(subject.asleep, series.epochs) {
                    // What a rule does not know counts as sleep, the majority.
                    if let truth { confusion.add(truth: truth, guess: guess != .wake) }
                }
                confusions.append(confusion)
            }
            guard baseline != .vanHees else {
                #expect(confusions.isEmpty, "the recordings have no angle")
                print("| \(baseline.label) | not run: needs \(baseline.needs) |")
                continue
            }
            let row = Self.row(confusions)
            print("| \(baseline.label) | \(row.text) | \(SleepAccelTests.percent(unknown.mean)) |")
            #expect(confusions.count == subjects.count)
            #expect(baseline == .allSleep || row.balanced > 0.53, "\(baseline.label)")
        }
    }

    private static func row(
        _ all: [SleepAccelTests.Confusion]
    ) -> (text: String, balanced: Double) {
        func moments(_ of: (SleepAccelTests.Confusion) -> Double) -> RunningMoments {
            var result = RunningMoments()
            for one in all where of(one).isFinite { result.add(of(one)) }
            return result
        }
        func text(_ m: RunningMoments, _ digits: Int) -> String {
            "\(rounded(m.mean, digits)) (\(rounded(m.standardDeviation ?? 0, digits)))"
        }
        let balanced = moments(\.balanced)
        let cells = [
            text(moments(\.accuracy), 3), text(moments(\.sensitivity), 3),
            text(moments(\.specificity), 3), text(balanced, 3), text(moments(\.kappa), 2),
            text(moments(\.sleepTimeError), 0),
        ]
        return (cells.joined(separator: " | "), balanced.mean)
    }

    private static func rounded(_ value: Double, _ digits: Int) -> String {
        let scale = [1.0, 10, 100, 1000][min(3, max(0, digits))]
        return "\((value * scale).rounded() / scale)"
    }
}
