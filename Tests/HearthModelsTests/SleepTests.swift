// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthDSP
import HearthTestSupport
import Testing

@testable import HearthModels

@Suite struct SleepTests {
    static let day = LocalDate(dayNumber: 19_800)

    /// A hypnogram drawn as text: W wake, S asleep, L light, D deep, R REM, B in bed, ? unscored.
    static func hypnogram(_ text: String, epochSeconds: Int = 60) -> Hypnogram {
        let stages = text.map { letter -> SleepStage in
            switch letter {
            case "W": .wake
            case "S": .asleep
            case "L": .light
            case "D": .deep
            case "R": .rem
            case "B": .inBed
            default: .unscored
            }
        }
        return Hypnogram(
            start: Timestamp(seconds: 1_700_000_000), epochSeconds: epochSeconds, stages: stages)
    }

    @Test func `sleep statistics count by hand`() throws {
        let drawn = Self.hypnogram("WWLLDDWRR?LW")
        let bed = TimeSpan(
            start: drawn.start.advanced(bySeconds: -180), end: drawn.end.advanced(bySeconds: 120))
        let s = try #require(SleepStatistics(drawn, inBed: bed))
        #expect(s.timeInBed == 17)
        #expect(s.totalSleepTime == 7)
        #expect(s.onsetLatency == 5)
        #expect(s.wakeAfterOnset == 4)
        #expect(s.unscored == 1)
        #expect(abs((s.efficiency ?? 0) - 700.0 / 17) < 1e-9)
        #expect([s.light, s.deep, s.rem] == [3, 2, 2])
        let bare = try #require(SleepStatistics(drawn, inBed: nil))
        #expect(bare.timeInBed == nil && bare.efficiency == nil && bare.onsetLatency == nil)
        #expect(bare.wakeAfterOnset == 1)
        #expect(SleepStatistics(Self.hypnogram("WWBB??"), inBed: bed) == nil)
        #expect(SleepStatistics(Self.hypnogram(""), inBed: nil) == nil)
    }

    @Test func `time in bed is the sum of its parts, for 200 random nights`() throws {
        for seed in UInt64(1)...200 {
            var random = SeededRandom(seed: seed)
            let letters = (0..<Int.random(in: 1...200, using: &random)).map { _ in
                "WSLDR?B".randomElement(using: &random) ?? "W"
            }
            let drawn = Self.hypnogram(String(letters), epochSeconds: 30)
            let bed = TimeSpan(
                start: drawn.start.advanced(
                    bySeconds: Int64.random(in: -3600...3600, using: &random)),
                end: drawn.end.advanced(bySeconds: Int64.random(in: -600...3600, using: &random)))
            guard let s = SleepStatistics(drawn, inBed: bed), let tib = s.timeInBed,
                let latency = s.onsetLatency
            else { continue }
            let parts = latency + s.totalSleepTime + s.wakeAfterOnset + s.unscored
            #expect(abs(tib - parts) < 1e-6, "seed \(seed)")
            #expect((s.efficiency ?? -1) <= 100.000001 && (s.efficiency ?? -1) > 0)
        }
    }

    @Test func `blocks join below an hour and drop what is short`() {
        func blocks(_ text: String) -> [[Int]] {
            var minute = 0
            var flags: [Timed<Bool>] = []
            for part in text.split(separator: " ") {
                let isSleep = part.hasPrefix("s")
                for _ in 0..<(Int(part.dropFirst()) ?? 0) {
                    flags.append(Timed(Timestamp(seconds: Int64(minute) * 60), isSleep))
                    minute += 1
                }
            }
            var operation = SleepBlocks()
            return operation.batch(flags).map {
                [
                    Int($0.span.start.seconds / 60), Int($0.span.end.seconds / 60),
                    $0.asleepMinutes,
                ]
            }
        }
        #expect(blocks("s39").isEmpty)
        #expect(blocks("s40") == [[0, 40, 40]])
        #expect(blocks("s20 w5 s20") == [[0, 45, 40]])
        #expect(blocks("s20 w6 s20").isEmpty)
        #expect(blocks("s40 w59 s40") == [[0, 139, 80]])
        #expect(blocks("s40 w60 s40") == [[0, 40, 40], [100, 140, 40]])
        #expect(blocks("").isEmpty)
    }

    @Test func `counts are weighted as published`() {
        // One burst of 10 counts at minute 10: Cole and Kripke call every minute wake whose weight
        // of it reaches 0.1, which is the minute of it and, with 0.106, the one four minutes later.
        let counts = (0..<20).map {
            Timed(Timestamp(seconds: Int64($0) * 60), $0 == 10 ? 10.0 : 0)
        }
        var cole = ActivityCountScorer(rule: .coleKripke)
        let scored = cole.batch(counts)
        #expect(scored.indices.filter { !scored[$0].value } == [10, 14])
        var oakley = ActivityCountScorer(rule: .oakleyMedium)
        let quiet = oakley.batch(counts.map { Timed($0.time, $0.value * 4) })
        #expect(quiet.allSatisfy { $0.value }, "a score of exactly 40 is still sleep")
        oakley = ActivityCountScorer(rule: .oakleyMedium)
        let loud = oakley.batch(counts.map { Timed($0.time, $0.value * 21) })
        #expect(loud.indices.filter { !loud[$0].value } == [9, 10, 11])
    }

    @Test func `a plain night is found within ten minutes`() throws {
        var builder = DayBuilder()
        builder.addPlainDay(Self.day, seed: 1)
        let night = try #require(builder.features(Self.day).night)
        let bed = builder.instant(Self.day, minute: -60)
        let up = builder.instant(Self.day, minute: 420)
        #expect(abs(night.start.nanoseconds - bed) <= 10 * DayBuilder.minute)
        #expect(abs(night.end.nanoseconds - up) <= 10 * DayBuilder.minute)
        #expect(night.stagedBy == "hearth")
        #expect(night.offsetSeconds == 3600)
        let metrics = Dictionary(uniqueKeysWithValues: night.metrics.map { ($0.id, $0) })
        #expect(metrics["time-in-bed"]?.value == nil)
        #expect(metrics["time-in-bed"]?.missing != nil)
        #expect(abs((metrics["total-sleep-time"]?.value ?? 0) - 480) < 30)
    }

    @Test func `a vendor's stages are shown as the vendor's, beside our own window`() throws {
        var builder = DayBuilder()
        builder.addPlainDay(Self.day, seed: 2)
        builder.add(
            .sleepStage, Self.day, vendor: "Fitbit",
            [(-60, 20, 1), (-40, 200, 3), (160, 60, 4), (220, 100, 5), (320, 90, 3), (410, 10, 1)])
        // A short wake lies over the deep sleep, as Fitbit writes them.
        builder.add(.sleepStage, Self.day, vendor: "Fitbit", [(170, 3, 1)])
        let night = try #require(builder.features(Self.day).night)
        #expect(night.stagedBy == "Fitbit")
        #expect(night.hypnogram.stages.count == 960)
        let value = { (id: String) in night.metrics.first { $0.id == id }?.value }
        #expect(value("time-in-bed") == 480)
        #expect(value("total-sleep-time") == 447)
        #expect(value("sleep-onset-latency") == 20)
        #expect(value("wake-after-sleep-onset") == 13)
        #expect(value("light-sleep") == 290)
        #expect(value("deep-sleep") == 57)
        #expect(value("rem-sleep") == 100)
        #expect(value("nap-time") == 0)
        #expect(abs((value("hearth-sleep-period") ?? 0) - 480) < 20)
    }

    @Test func `two vendors' nights are not added and the fuller one counts`() throws {
        var builder = DayBuilder()
        builder.add(.sleepStage, Self.day, device: 2, vendor: "Long", [(-60, 400, 2)])
        builder.add(.sleepStage, Self.day, device: 1, vendor: "Short", [(0, 300, 2)])
        let features = builder.features(Self.day)
        #expect(features.night?.stagedBy == "Long")
        #expect(features.value(of: "total-sleep-time") == 400)
        let used = features.dataQuality.sources.filter(\.used)
        #expect(used.count == 1)
        #expect(features.dataQuality.sources.count == 2)
    }

    @Test func `a phone's time in bed is only time in bed`() throws {
        var builder = DayBuilder()
        builder.add(
            .sleepStage, Self.day, device: 9, label: "Phone", vendor: "Phone", [(-90, 540, 0)])
        #expect(builder.features(Self.day).night == nil)
        builder.add(.sleepStage, Self.day, device: 1, vendor: "Watch", [(-60, 480, 2)])
        let features = builder.features(Self.day)
        #expect(features.night?.stagedBy == "Watch")
        #expect(features.value(of: "time-in-bed") == 540)
        #expect(features.value(of: "sleep-onset-latency") == 30)
        #expect(features.value(of: "wake-after-sleep-onset") == 30)
    }

    @Test func `a nap counts apart and the longest sleep is the night`() {
        var builder = DayBuilder()
        builder.add(.sleepStage, Self.day, [(-60, 400, 2), (840, 45, 2)])
        let features = builder.features(Self.day)
        #expect(features.value(of: "total-sleep-time") == 400)
        #expect(features.value(of: "nap-time") == 45)
    }

    @Test func `every sleep belongs to exactly one date`() {
        for start in stride(from: -1440, to: 1440, by: 20) {
            var builder = DayBuilder()
            builder.add(.sleepStage, Self.day, [(start, 90, 2)])
            let owners = (-2...3).filter {
                builder.features(Self.day.advanced(by: $0)).night != nil
            }
            #expect(owners.count == 1, "a sleep from minute \(start)")
        }
    }

    @Test func `without day wear the baseline says so instead of guessing`() {
        var builder = DayBuilder()
        builder.add(.heartRate, Self.day, (-60..<420).map { ($0, 0, 55) })
        let features = builder.features(Self.day)
        #expect(features.night == nil)
        #expect(features.nightMissing?.contains("wear the device by day") == true)
    }

    @Test func `counts on a table are no sleep`() {
        var builder = DayBuilder()
        builder.add(.activityCount, Self.day, (-720..<1440).map { ($0, 1, 0) })
        #expect(builder.features(Self.day).night == nil)
        var worn = DayBuilder()
        worn.add(
            .activityCount, Self.day,
            (-720..<1440).map { minute in
                let asleep = (-60..<420).contains(minute)
                return (minute, 1, asleep ? (minute % 50 == 0 ? 20 : 0) : 150)
            })
        let night = worn.features(Self.day).night
        #expect(night?.stagedBy == "hearth")
        #expect(abs((night?.end.seconds(since: night?.start ?? .distantPast) ?? 0) - 28_800) < 900)
    }

    @Test func `a stage without a duration lasts to the next one and the last is left out`() {
        var builder = DayBuilder()
        builder.add(.sleepStage, Self.day, (0...240).map { ($0, 0, 3) })
        #expect(builder.features(Self.day).value(of: "total-sleep-time") == 240)
    }

    @Test func `a step count over half a day does not wake the sleeper`() throws {
        var builder = DayBuilder()
        builder.addPlainDay(Self.day, seed: 1)
        let before = try #require(builder.features(Self.day).night)
        // Counters since midnight come as one long sample when a file starts in the morning.
        builder.add(.steps, Self.day, device: 5, [(0, 540, 3822)])
        let features = builder.features(Self.day)
        #expect(features.night?.hypnogram == before.hypnogram)
        #expect(features.metric("resting-heart-rate-night-mean")?.value != nil)
    }
}
