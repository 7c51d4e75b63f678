// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthDSP
import HearthTestSupport
import Testing

@testable import HearthModels

@Suite struct SleepBenchmarkTests {
    static let start = Timestamp(seconds: 1_600_000_020)

    static func recording(
        _ id: String, truth: [SleepStage], rates: Bool = true, counts: (Int) -> Double?
    ) -> BenchmarkRecording {
        let quarters = (0..<truth.count * 2).compactMap { index in
            counts(index).map { Timed(start.advanced(bySeconds: Int64(index) * 15), $0) }
        }
        let beats = (0..<truth.count * 5).map {
            Timed(start.advanced(bySeconds: Int64($0) * 6), 50 + Double($0 % 7))
        }
        return BenchmarkRecording(
            id: id, start: start, heartRate: rates ? beats : [], counts: quarters, truth: truth)
    }

    @Test func `each kind of input leaves the rest out, steps are made of counts`() {
        let truth = Array(repeating: SleepStage.light, count: 5)
        // Epochs' means: 0 and 120, that is 60 a minute; 59 and none; 100.
        let counts: [Double?] = [0, 0, 120, 120, 59, 59, nil, nil, 100, 100]
        let night = Self.recording("a", truth: truth) { counts[$0] }
        let both = night.epochs(for: .both)
        #expect(both.map(\.motion) == [0, 120, 59, nil, 100])
        #expect(both.allSatisfy { $0.heartRates == 5 && $0.coarse == nil })
        let coarse = night.epochs(for: .coarse)
        #expect(coarse.map(\.coarse) == [1, 1, 0, 0, 1])
        #expect(coarse.allSatisfy { $0.motion == nil && $0.heartRates == 5 })
        let heart = night.epochs(for: .heart)
        #expect(heart.allSatisfy { $0.motion == nil && $0.coarse == nil && $0.heartRate != nil })
        // The rates repeat every 7: the first and the eleventh.
        let sparse = night.epochs(for: .sparse)
        #expect(sparse.map(\.heartRate) == [50, nil, 53, nil, 56])
        #expect(sparse.map(\.coarse) == coarse.map(\.coarse) && sparse[0].variance == 0)
        let motion = night.epochs(for: .motion)
        #expect(motion.map(\.motion) == both.map(\.motion))
        #expect(motion.allSatisfy { $0.heartRate == nil && $0.heartRates == 0 })
        let bare = Self.recording("b", truth: truth) { _ in nil }
        #expect(bare.epochs(for: .coarse).allSatisfy { $0.coarse == nil })
    }

    @Test func `every use and input is measured on every person who has a stager`() throws {
        let people = ["a", "b", "c"].enumerated().map { index, id in
            Self.recording(id, truth: SimulatedStaging.all[index].truth) { _ in 1 }
        }
        let benchmark = SleepBenchmark(people, trainedOn: ["b"], isStaged: { $0 != "c" }) {
            recording, inputs, use in
            let simulated = SimulatedStaging.all[recording.id == "a" ? 0 : 1].staged
            // One way is right on everything: ways must not be mixed up.
            guard inputs == .heart, use == .online else { return simulated }
            return recording.truth.map { StagedEpoch(stage: $0, probabilities: .zero) }
        }
        #expect(benchmark.people.map(\.wasTrainedOn) == [false, true, false])
        #expect(benchmark.people.map(\.isStaged) == [true, true, false])
        #expect(benchmark.people.map(\.scored) == [222, 288, 70])
        #expect(benchmark.stagings.count == 10)
        for staging in benchmark.stagings {
            #expect(staging.nights.map(\.id) == ["a", "b"])
            let isRight = staging.inputs == .heart && staging.use == .online
            #expect((staging.pooled.four.accuracy == 1) == isRight)
            guard !isRight else { continue }
            // Training/hearth_sleep/metrics.py on the first two nights.
            let found = try #require(staging.nights[0].figures.four.kappa)
            #expect(abs(found - 0.31430532517302523) < 1e-12)
            #expect(staging.spread(of: .kappa4)?.count == 2)
            #expect(staging.pooled.epochs == 510 && staging.sleepTime != nil)
        }
        #expect(benchmark.truth.total == 580 && benchmark.truth.accuracy == 1)
        // Rows of the metrics' pooled matrix.
        #expect((0..<4).map { benchmark.truth.truths(of: $0) } == [80, 279, 99, 122])
        #expect(benchmark.baselines.map(\.rule) == SleepWakeBaseline.allCases)
        let none = SleepBenchmark(people, models: [:], trainedOn: [])
        #expect(none.stagings.isEmpty && none.baselines.count == SleepWakeBaseline.allCases.count)
    }

    @Test func `baselines are scored as their states say, what they leave open counts as sleep`()
        throws
    {
        let truth: [SleepStage] = (0..<60).map { $0 < 20 ? .wake : $0 == 20 ? .unscored : .deep }
        let still = Self.recording("a", truth: truth) { $0 < 40 ? 200 : nil }
        let benchmark = SleepBenchmark([still], models: [:], trainedOn: [])
        func baseline(_ rule: SleepWakeBaseline) throws -> SleepBenchmark.Baseline {
            try #require(benchmark.baselines.first { $0.rule == rule })
        }
        let all = try baseline(.allSleep)
        #expect(all.pooled.score.counts == [[0, 20], [0, 39]])
        #expect(all.sleepTime?.bias == 10 && all.pooled.open == 0)
        let oakley = try baseline(.oakley)
        #expect(oakley.pooled.open > 0 && oakley.nights.count == 1)
        #expect(oakley.pooled.sensitivity == 1)
        // A slow count of the same.
        let series = try #require(SleepWakeBaseline.oakley.score(still.baseline))
        var wrong = 0
        for index in 0..<20 where series.epochs[index] != .wake { wrong += 1 }
        #expect(oakley.pooled.score.counts[0] == [20 - wrong, wrong])
        #expect(try baseline(.vanHees).nights.isEmpty)
        #expect(try baseline(.vanHees).sleepTime == nil)
    }

    @Test func `a night staged from less than was asked for says so`() throws {
        let truth = Array(repeating: SleepStage.light, count: 40)
        let whole = Self.recording("a", truth: truth) { _ in 1 }
        let part = Self.recording("b", truth: truth) { $0 < 20 ? 1 : nil }
        let benchmark = SleepBenchmark([whole, part], trainedOn: [], isStaged: { _ in true }) {
            recording, _, _ in recording.truth.map { StagedEpoch(stage: $0, probabilities: .zero) }
        }
        func from(_ use: StagingUse, _ inputs: SleepInputs) -> [SleepInputs?] {
            benchmark.stagings.filter { $0.use == use && $0.inputs == inputs }
                .flatMap { $0.nights.map(\.stagedFrom) }
        }
        #expect(from(.atNightEnd, .both) == [nil, .heart])
        #expect(from(.atNightEnd, .heart) == [nil, nil])
        #expect(from(.online, .both) == [nil, nil])
    }
}
