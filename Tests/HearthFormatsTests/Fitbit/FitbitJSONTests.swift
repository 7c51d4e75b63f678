// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats
import HearthTestSupport
import Testing

@Suite struct FitbitJSONTests {
    @Test func `confidence becomes a quality mask`() {
        let sink = readFitbit(
            FitbitFixtures.heartRates([
                ("01/01/70 00:00:10", "70", "0"), ("01/01/70 00:00:20", "68", "0"),
                ("01/01/70 00:00:30", "70", "1"), ("01/01/70 00:00:40", "71", "2"),
                ("01/01/70 00:00:50", "72", "3"),
            ]))
        let samples = sink.samples(of: .heartRate)
        #expect(samples.map(\.quality) == [2 | 4, 2, 1, 0, 0])
        #expect(samples.map { $0.values[0] } == [70, 68, 70, 71, 72])
        #expect(samples.map(fitbitSeconds) == [10, 20, 30, 40, 50])
        #expect(sink.streams.keys.map(\.device) == [SourceDevice(vendor: "Fitbit", model: "")])
        #expect(sink.streams.keys.map(\.origin) == [Origin(file: .fitbit)])
    }

    @Test func `a heart rate of 0 is the mark for no value`() {
        let sink = readFitbit(FitbitFixtures.heartRates([("06/24/25 16:00:10", "0", "0")]))
        #expect(fitbitCodes(sink) == ["sentinel-value"] && sink.samplesLost == 1)
    }

    @Test func `minute-by-minute JSON is UTC whatever the zone, reported once, at no cost`() {
        let rows = Array(repeating: ("06/24/25 16:00:10", "60", "3"), count: 5)
        let zone = ZoneTimeline([
            ZoneSpan(start: Timestamp(seconds: 0), offsetSeconds: 7200, origin: .file)
        ])
        let sink = readFitbit(FitbitFixtures.heartRates(rows), zone: zone)
        #expect(sink.sampleCount == 5)
        let utc: Int64 = 1_750_780_810
        #expect(sink.samples(of: .heartRate).allSatisfy { fitbitSeconds($0) == utc })
        #expect(sink.issues.count == 1)
        #expect(sink.issues.first?.code == .unanchoredTime)
        #expect(sink.issues.first?.found == "a time without a zone; read as UTC")
        #expect(sink.issues.first?.count == 5 && sink.samplesLost == 0)
    }

    @Test func `local time is placed by the person's zones`() {
        let zone = ZoneTimeline([
            ZoneSpan(start: Timestamp(seconds: 0), offsetSeconds: 7200, origin: .file),
            ZoneSpan(start: Timestamp(seconds: 10_000_000), offsetSeconds: -3600, origin: .file),
        ])
        let sink = readFitbit(
            Self.variability(["1970-01-01T12:00:00", "1970-06-24T12:00:00"]), zone: zone)
        #expect(sink.issues == [])
        let first: Int64 = 36_000
        let second: Int64 = 174 * 86_400 + 46_800
        #expect(sink.samples(of: .hrvRMSSD).map(fitbitSeconds) == [first, second])
    }

    /// Five-minute variability, which the older tree writes in local time.
    private static func variability(_ times: [String]) -> String {
        "timestamp,rmssd,coverage,low_frequency,high_frequency\n"
            + times.map { "\($0),40,0.99,100,200\n" }.joined()
    }

    @Test(arguments: 1...3 as ClosedRange<UInt64>)
    func `every local time is placed as the zones place it`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let zone = ZoneTimeline(
            (0..<6).map { _ in
                ZoneSpan(
                    start: Timestamp(seconds: Int64.random(in: 0..<4_000_000, using: &random)),
                    offsetSeconds: Int32.random(in: -14...14, using: &random) * 3600, origin: .file)
            })
        let days = (0..<400).map { _ in Int64.random(in: 0..<50, using: &random) }.sorted()
        var rows: [String] = []
        var expected: [Int64] = []
        for day in days {
            let time = Int.random(in: 0..<86_400, using: &random)
            let date = LocalDate(dayNumber: day)
            func pad(_ n: Int) -> String { n < 10 ? "0\(n)" : "\(n)" }
            rows.append("\(date)T\(pad(time / 3600)):\(pad(time / 60 % 60)):\(pad(time % 60))")
            expected.append(zone.instant(of: date, secondsOfDay: time).seconds)
        }
        let sink = readFitbit(Self.variability(rows), zone: zone)
        let isSame = sink.samples(of: .hrvRMSSD).map(fitbitSeconds) == expected.sorted()
        #expect(isSame, "seed \(seed)")
    }

    @Test func `resting heart rate belongs to local midnight of its date`() {
        let zone = ZoneTimeline([
            ZoneSpan(start: Timestamp(seconds: 0), offsetSeconds: 3600, origin: .user)
        ])
        let sink = readFitbit(
            FitbitFixtures.array([
                FitbitFixtures.resting("\"01/02/70\"", "58.5"),
                FitbitFixtures.resting("null", "0.0"),
                FitbitFixtures.resting("\"01/03/70\"", "0.0"),
            ]), zone: zone)
        #expect(
            sink.samples(of: .restingHeartRate)
                == [FlatSample(time: 82_800_000_000_000, values: [58.5])])
        #expect(sink.streams.keys.first?.origin == Origin(file: .fitbit, derivation: .derived))
        #expect(fitbitCodes(sink) == ["sentinel-value"] && sink.samplesLost == 2)
    }

    @Test func `maximal oxygen uptake takes the filtered value`() {
        let sink = readFitbit(
            """
            [{"dateTime":"01/02/70 00:00:00","value":{"demographicVO2Max":41.2,
            "demographicVO2MaxError":3,"filteredDemographicVO2Max":40.8}}]
            """)
        #expect(sink.samples(of: .maximalOxygenUptake).map(\.values) == [[40.8]])
    }

    @Test func `weights and exercise are recognised and not read`() {
        let sink = readFitbit(
            """
            [{"logId":1,"weight":150.1,"bmi":22,"date":"06/24/25","time":"08:00:00"},
            {"logId":2,"activityName":"Walk","startTime":"06/24/25 08:00:00"}]
            """)
        #expect(sink.sampleCount == 0)
        #expect(fitbitCodes(sink) == ["unsupported"] && sink.samplesLost == 2)
    }

    @Test func `damage costs its element only`() {
        let rows = (0..<9).map { ("06/24/25 16:00:1\($0)", "6\($0)", "3") }
        let sound = FitbitFixtures.heartRates(rows)
        for broken in [":: ", "\u{1}", "}", "]", "\"", "[[", "nul"] {
            let text = sound.replacing("\"bpm\" : 64", with: "\"bpm\" " + broken + " 64")
            let sink = readFitbit(text)
            let values = sink.samples(of: .heartRate).map { $0.values[0] }
            #expect(values.filter { $0 < 64 } == [60, 61, 62, 63], "\(broken)")
            // An open quote swallows text up to the next one, and so one neighbour.
            #expect(values.filter { $0 > 65 } == [66, 67, 68], "\(broken)")
            #expect(sink.samplesLost > 0, "\(broken)")
        }
    }

    @Test func `JSON that is no array is refused`() {
        #expect(readFitbit("{\"dateTime\":1}").error?.code == .unsupported)
        #expect(readFitbit(" \n").error?.code == .truncated)
        #expect(readFitbit("[]").issues == [])
    }

    @Test(
        .enabled(if: SharedData.isPresent, "needs the shared recordings"),
        arguments: [
            ("heart_rate-1995-06-24.json", nil, Quantity.heartRate, 201),
            ("steps-1995-06-23_Fitbit.json", .steps, .steps, 34),
        ] as [(String, FitbitMinutes?, Quantity, Int)])
    func `real files give every sample`(
        name: String, minutes: FitbitMinutes?, quantity: Quantity, count: Int
    ) throws {
        let bytes = try SharedData.bytes("formats/fitbit/GGIRread/" + name)
        let sink = readAll(bytes) { FitbitReader(minutes: minutes) }
        #expect(sink.samples(of: quantity).count == count)
        #expect(fitbitCodes(sink) == [])
        checkReader(bytes, samples: count) { FitbitReader(minutes: minutes) }
    }
}
