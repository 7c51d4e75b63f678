// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthTestSupport
import Testing

@testable import HearthFormats

@Suite struct FitbitSleepTests {
    private func stages(_ sink: CollectingSink) -> [String] {
        sink.samples(of: .sleepStage).map { sample in
            let stage = SleepStage(rawValue: UInt8(sample.values[0]))?.name ?? "?"
            let minute = (sample.time / 60_000_000_000) % 1440
            return "\(minute)+\(sample.duration / 60_000_000_000) \(stage)"
        }
    }

    @Test func `stages become stretches`() {
        let sink = readFitbit(
            FitbitFixtures.array([
                FitbitFixtures.night([
                    ("02:00:00", "light", 600), ("02:10:00", "deep", 300), ("02:15:00", "rem", 60),
                    ("02:16:00", "wake", 60), ("02:17:00", "unknown", 60),
                ])
            ]))
        #expect(
            stages(sink) == [
                "120+10 light", "130+5 deep", "135+1 rem", "136+1 wake", "137+1 unscored",
            ])
        #expect(sink.streams.keys.first?.origin == Origin(file: .fitbit, derivation: .derived))
        #expect(fitbitCodes(sink) == [])
    }

    @Test func `a short wake cuts the stage it lies in`() {
        let sink = readFitbit(
            FitbitFixtures.array([
                FitbitFixtures.night(
                    [("02:00:00", "light", 600), ("02:10:00", "deep", 600)],
                    short: [("02:04:00", "wake", 120), ("02:09:00", "wake", 120)])
            ]))
        #expect(
            stages(sink) == [
                "120+4 light", "124+2 wake", "126+3 light", "129+2 wake", "131+9 deep",
            ])
    }

    @Test func `a night without stages knows asleep and awake, and restless counts as awake`() {
        let sink = readFitbit(
            FitbitFixtures.array([
                FitbitFixtures.night(
                    [
                        ("02:00:00", "asleep", 60), ("02:01:00", "restless", 300),
                        ("02:06:00", "awake", 60),
                    ],
                    type: "classic")
            ]))
        #expect(stages(sink) == ["120+1 asleep", "121+5 wake", "126+1 wake"])
        #expect(
            sink.samples(of: .sleepStage).map(\.quality) == [0, FitbitQuality.restless, 0])
    }

    @Test func `a stage that cannot be read costs itself`() {
        let sink = readFitbit(
            FitbitFixtures.array([
                FitbitFixtures.night([
                    ("02:00:00", "light", 600), ("02:10:00", "dozing", 60), ("02:11:00", "rem", 0),
                    ("25:12:00", "rem", 60), ("02:13:00", "rem", 60),
                ])
            ]))
        #expect(stages(sink) == ["120+10 light", "133+1 rem"])
        #expect(Set(fitbitCodes(sink)) == ["unknown-element", "invalid-value"])
        #expect(sink.samplesLost == 3)
    }

    @Test func `damage inside a log keeps the stages around it`() {
        let night = FitbitFixtures.night([
            ("02:00:00", "light", 600), ("02:10:00", "deep", 300), ("02:15:00", "rem", 60),
        ])
        let text = FitbitFixtures.array([
            night.replacing("\"level\":\"deep\"", with: "\"level\" \"deep\""), night,
        ])
        let sink = readFitbit(text)
        #expect(stages(sink).filter { $0 == "120+10 light" }.count == 2)
        #expect(stages(sink).filter { $0 == "135+1 rem" }.count == 2)
        #expect(stages(sink).filter { $0 == "130+5 deep" }.count == 1)
        #expect(sink.samplesLost == 1)
    }

    @Test(arguments: 1...50 as ClosedRange<UInt64>)
    func `laying wakes over stages agrees with painting second by second`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        func stretches(_ count: Int, _ stages: [SleepStage]) -> [FitbitStretch] {
            var at: Int64 = 0
            return (0..<count).map { _ in
                at += Int64.random(in: 0...5, using: &random)
                let start = at
                at += Int64.random(in: 1...9, using: &random)
                return FitbitStretch(
                    start: start, end: at, stage: stages.randomElement(using: &random) ?? .light)
            }
        }
        let data = stretches(Int.random(in: 0...8, using: &random), [.light, .deep, .rem])
        let short = stretches(Int.random(in: 0...8, using: &random), [.wake])
        func paint(_ layers: [[FitbitStretch]]) -> [SleepStage?] {
            var seconds = [SleepStage?](repeating: nil, count: 200)
            for stretch in layers.joined() {
                for second in stretch.start..<stretch.end { seconds[Int(second)] = stretch.stage }
            }
            return seconds
        }
        let merged = FitbitNight.merged(data.shuffled(using: &random), short: short)
        #expect(paint([merged]) == paint([data, short]), "seed \(seed)")
        #expect(zip(merged, merged.dropFirst()).allSatisfy { $0.end <= $1.start }, "seed \(seed)")
    }

    @Test func `overlapping stages do not multiply`() {
        let stage = FitbitStretch(start: 0, end: 1000, stage: .light)
        let wakes = (0..<100).map {
            FitbitStretch(start: $0 * 10, end: $0 * 10 + 5, stage: .wake)
        }
        let merged = FitbitNight.merged(Array(repeating: stage, count: 100), short: wakes)
        #expect(merged.count == 200)
    }

    @Test(.enabled(if: SharedData.isPresent, "needs the shared recordings"))
    func `a real file gives both kinds of night`() throws {
        let bytes = try SharedData.bytes("formats/fitbit/GGIRread/sleep-1995-06-23_Fitbit.json")
        let sink = readAll(bytes) { FitbitReader() }
        #expect(fitbitCodes(sink) == [])
        let samples = sink.samples(of: .sleepStage)
        func minutes(_ stage: SleepStage, after time: Int64) -> Double {
            let wanted = samples.filter { $0.values[0] == Float(stage.rawValue) && $0.time > time }
            return Double(wanted.reduce(0) { $0 + $1.duration }) / 60e9
        }
        // The first night's own summary: 32 minutes awake, 59 deep, 34 rem, 143 light.
        let july = Timestamp(seconds: 804_556_800).nanoseconds
        #expect(abs(minutes(.wake, after: july) - 32) <= 1)
        #expect(abs(minutes(.deep, after: july) - 59) <= 1)
        #expect(abs(minutes(.rem, after: july) - 34) <= 1)
        #expect(abs(minutes(.light, after: july) - 143) <= 1)
        let classic = samples.filter { $0.time < july }.map { $0.duration / 1_000_000_000 }
        #expect(classic == [60, 300, 60, 4320])
        checkReader(bytes) { FitbitReader() }
    }
}
