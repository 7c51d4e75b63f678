// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats
import HearthTestSupport
import Testing

@Suite struct FitbitZoneTests {
    private let sleeps =
        "sleep_id,sleep_type,start_utc_offset,sleep_start,end_utc_offset,sleep_end,data_source\n"
    private let stages =
        "sleep_id,sleep_stage_id,sleep_stage_type,start_utc_offset,sleep_stage_start,"
        + "end_utc_offset,sleep_stage_end,data_source\n"

    @Test func `nights tell the clock's offset where it changes`() {
        let sink = readFitbit(
            sleeps
                + "1,STAGES,+01:00,1970-01-01T22:00:00Z,+02:00,1970-01-02T05:00:00Z,W\n"
                + "2,STAGES,+02:00,1970-01-02T22:00:00Z,+02:00,1970-01-03T05:00:00Z,W\n"
                + "3,STAGES,-07:00,1970-01-03 22:00:00+0000,-07:00,1970-01-04 05:00:00+0000,W\n")
        #expect(sink.issues == [])
        let zones = sink.samples(of: .zoneOffset)
        #expect(zones.map(\.values) == [[3600, 2], [7200, 2], [-25_200, 2]])
        #expect(zones.map(fitbitSeconds) == [79_200, 104_400, 252_000])
        #expect(sink.streams.keys.map(\.device) == [SourceDevice(vendor: "Fitbit", model: "")])
    }

    @Test func `nights written newest first tell every change`() {
        let sink = readFitbit(
            sleeps + "4,S,+01:00,1970-01-08T22:00:00Z,+01:00,1970-01-09T05:00:00Z,W\n"
                + "3,S,+02:00,1970-01-06T22:00:00Z,+02:00,1970-01-07T05:00:00Z,W\n"
                + "2,S,+02:00,1970-01-04T22:00:00Z,+02:00,1970-01-05T05:00:00Z,W\n"
                + "1,S,+01:00,1970-01-02T22:00:00Z,+01:00,1970-01-03T05:00:00Z,W\n")
        let zone = ZoneTimeline(
            sink.samples(of: .zoneOffset).map {
                ZoneSpan(
                    start: Timestamp(nanoseconds: $0.time), offsetSeconds: Int32($0.values[0]),
                    origin: .file)
            })
        let offsets = [2, 4, 6, 8].map { day in
            zone.span(at: Timestamp(seconds: day * 86_400 - 3600)).offsetSeconds
        }
        #expect(offsets == [3600, 7200, 7200, 3600])
    }

    @Test func `stages carry their own zone and source`() {
        let sink = readFitbit(
            stages + "1,1,AWAKE,+05:30,1970-01-01T17:30:00Z,+05:30,1970-01-01T17:45:00Z,BAND\n"
                + "1,2,LIGHT,+05:30,1970-01-01T17:45:00Z,+05:30,1970-01-01T19:15:00Z,BAND\n"
                + "1,3,DOZE,+05:30,1970-01-01T19:15:00Z,+05:30,1970-01-01T19:20:00Z,BAND\n"
                + "1,4,REM,+05:30,1970-01-01T19:30:00Z,+05:30,1970-01-01T19:20:00Z,BAND\n")
        #expect(
            sink.samples(of: .sleepStage) == [
                FlatSample(time: 63_000_000_000_000, duration: 900_000_000_000, values: [1]),
                FlatSample(time: 63_900_000_000_000, duration: 5_400_000_000_000, values: [3]),
            ])
        #expect(sink.samples(of: .zoneOffset).map(\.values) == [[19_800, 2]])
        #expect(
            Set(fitbitCodes(sink)) == ["unknown-element", "invalid-value"] && sink.samplesLost == 2)
    }

    @Test func `nights and stages keep the contract`() {
        let night = sleeps + "1,STAGES,+01:00,1970-01-01T22:00:00Z,+02:00,1970-01-02T05:00:00Z,W\n"
        checkReader(Array(night.utf8), samples: 2) { FitbitReader() }
        let stage = stages + "1,1,AWAKE,+05:30,1970-01-01T17:30:00Z,+05:30,1970-01-01T17:45:00Z,B\n"
        checkReader(Array(stage.utf8), samples: 2) { FitbitReader() }
    }

    @Test func `of two trees the one in UTC is preferred`() {
        func family(_ text: String) -> FitbitFamily? {
            let bytes = Array(text.utf8)
            return FitbitReader.family(of: bytes.span)
        }
        let old = family(FitbitFixtures.heartRates([("06/24/25 16:00:10", "60", "3")]))
        let new = family(
            "timestamp,beats per minute\n1970-01-01T00:00:03Z,72\n1970-01-01T00:00:08Z,7\n")
        #expect(old == .heartRateJSON && new == .heartRate)
        #expect(FitbitFamily.heartRate.prefers(over: .heartRateJSON))
        #expect(!FitbitFamily.heartRateJSON.prefers(over: .heartRate))
        #expect(!FitbitFamily.heartRate.prefers(over: .heartRate))
        let daily = "timestamp,beats per minute\n1970-01-01T00:00:00Z,61\n1970-01-02T00:00:00Z,62\n"
        #expect(family(daily) == .restingHeartRate)
        #expect(family(sleeps)?.isZoneSource == true)
    }

    @Test func `thousands of mutants never trap`() {
        var random = SeededRandom(seed: 79)
        let sounds = [
            stages + "1,1,AWAKE,+05:30,1970-01-01T17:30:00Z,+05:30,1970-01-01T17:45:00Z,BAND\n",
            FitbitFixtures.heartRates([("06/24/25 16:00:10", "60", "3")]),
            FitbitFixtures.array([
                FitbitFixtures.night(
                    [("02:00:00", "light", 600), ("02:10:00", "deep", 600)],
                    short: [("02:04:00", "wake", 120)])
            ]),
            FitbitFixtures.minutes(["1", "2.5", "900"]),
            FitbitFixtures.array([FitbitFixtures.resting("\"01/02/70\"", "58.5")]),
            FitbitCSVTests.cases[0].text, FitbitCSVTests.cases[15].text,
        ].map { Array($0.utf8) }
        let tokens = [
            "\"", ",", "\n", "{", "}", "[", "]", "9999999999", "-", "null", "T", "/", "1e9",
        ]
        for round in 0..<5000 {
            var bytes = sounds[round % sounds.count]
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let at = Int.random(in: 0...bytes.count, using: &random)
                let token = tokens.randomElement(using: &random) ?? ""
                bytes.replaceSubrange(
                    at..<min(bytes.count, at + round % 4), with: Array(token.utf8))
            }
            let zone =
                round % 2 == 0
                ? ZoneTimeline()
                : ZoneTimeline([
                    ZoneSpan(start: .distantPast, offsetSeconds: 64_800, origin: .user),
                    ZoneSpan(start: .distantFuture, offsetSeconds: -64_800, origin: .user),
                ])
            let sink = readAll(bytes) { FitbitReader(zone: zone) }
            #expect(sink.issues.allSatisfy { $0.position.byte <= Int64(bytes.count) })
        }
    }
}
