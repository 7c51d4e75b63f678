// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats
import HearthTestSupport
import Testing

@Suite struct PolarReaderTests {
    static let sound = [
        CloudFixtures.polarSession(), CloudFixtures.polarSession(offset: ""),
        CloudFixtures.polarRates, CloudFixtures.polarActivity, CloudFixtures.polarBeats,
        CloudFixtures.polarNight, CloudFixtures.polarRecovery,
    ]

    @Test(arguments: sound.indices)
    func `the contract holds, and the content tells the kind`(index: Int) {
        let text = Self.sound[index]
        #expect(detectCloud(text) == .recording(.polar))
        checkReader(Array(text.utf8)) { PolarReader() }
    }

    @Test func `not-a-number keeps its place in a series, with quotes or without`() {
        let sink = readCloud(CloudFixtures.polarSession(), as: .polar)
        #expect(sink.values(.heartRate) == [90, 92, 95])
        let start: Int64 = 1_751_349_600
        #expect(sink.samples(of: .heartRate).map(cloudSeconds) == [start, start + 2, start + 5])
        #expect(sink.issue(.sentinelValue)?.samplesLost == 3)
        #expect(sink.issue(.unsupported, "speed")?.samplesLost == 2)
        #expect(sink.issue(.damaged) == nil)
    }

    @Test func `an exercise is a workout over its time on the clock`() {
        let sink = readCloud(CloudFixtures.polarSession(), as: .polar)
        let workout = sink.samples(of: .workout)
        #expect(workout.map(\.values) == [[0, 90, 1500]])
        // Its stated duration leaves pauses out; the samples do not.
        #expect(workout.first?.duration == 600_000_000_000)
        let file = Float(ZoneOrigin.file.rawValue)
        #expect(sink.samples(of: .zoneOffset).map(\.values) == [[7200, file]])
        #expect(sink.issue(.unanchoredTime) == nil)
    }

    @Test func `an offset that is absent is not known`() {
        let sink = readCloud(CloudFixtures.polarSession(offset: ""), as: .polar)
        #expect(sink.samples(of: .zoneOffset).isEmpty)
        #expect(sink.issue(.unanchoredTime)?.samplesLost == 0)
        #expect(sink.samples(of: .heartRate).first.map(cloudSeconds) == 1_751_356_800)
        let zone = ZoneTimeline([
            ZoneSpan(start: Timestamp(seconds: 0), offsetSeconds: -18_000, origin: .user)
        ])
        let placed = readCloud(CloudFixtures.polarSession(offset: ""), as: .polar, zone: zone)
        #expect(placed.samples(of: .heartRate).first.map(cloudSeconds) == 1_751_374_800)
        #expect(placed.issue(.unanchoredTime) == nil)
    }

    @Test func `the session's offset holds for exercises, before them or behind`() {
        for text in [
            #"{"timezoneOffsetMinutes":60,"startTime":"2025-07-01T08:00:00","exercises":[{"startTime":"2025-07-01T08:00:00","durationMillis":1000}]}"#,
            #"{"startTime":"2025-07-01T08:00:00","exercises":[{"startTime":"2025-07-01T08:00:00","durationMillis":1000}],"timezoneOffsetMinutes":60}"#,
        ] {
            let sink = readCloud(text, as: .polar)
            #expect(sink.samples(of: .workout).map(cloudSeconds) == [1_751_353_200])
        }
    }

    @Test func `a day's pulse is placed by its date, which may stand behind it`() {
        let sink = readCloud(CloudFixtures.polarRates, as: .polar)
        #expect(sink.values(.heartRate) == [61, 62, 63])
        #expect(
            sink.samples(of: .heartRate).map(cloudSeconds)
                == [1_751_331_600, 1_751_331_900, 1_751_414_460])
        let devices = Set(sink.streams.keys.map(\.device))
        #expect(devices.count == 2 && devices.allSatisfy { $0.unit != 0 && $0.model.isEmpty })
        #expect(sink.issue(.sentinelValue)?.samplesLost == 1)
    }

    @Test func `steps, beats and recovery`() {
        let steps = readCloud(CloudFixtures.polarActivity, as: .polar)
        #expect(steps.values(.steps) == [10, 20])
        #expect(steps.samples(of: .steps).first.map(cloudSeconds) == 1_751_356_800)
        let beats = readCloud(CloudFixtures.polarBeats, as: .polar)
        #expect(beats.values(.rrInterval) == [900, 910])
        #expect(beats.issue(.sentinelValue)?.samplesLost == 1)
        let recovery = readCloud(CloudFixtures.polarRecovery, as: .polar)
        #expect(recovery.values(.hrvRMSSD) == [42])
        #expect(recovery.issue(.ignored, "score")?.count == 2)
        #expect(recovery.issue(.unsupported, "mean intervals")?.samplesLost == 3)
    }

    @Test func `a night over a change of the clock: stages count from its start`() {
        let sink = readCloud(CloudFixtures.polarNight, as: .polar)
        let stages = sink.samples(of: .sleepStage)
        #expect(stages.map { $0.values[0] } == [1, 3, 4, 5])
        // Eight hours pass between 23:00+02:00 and 06:00+01:00; the waking behind them is none.
        #expect(stages.map { $0.duration / 60_000_000_000 } == [10, 50, 90, 330])
        #expect(sink.values(.zoneOffset) == [7200, 3600])
        #expect(sink.issue(.unknownElement, "stage")?.samplesLost == 1)
    }

    @Test func `places on a map are dropped`() {
        let sink = readCloud(CloudFixtures.polarSession(), as: .polar)
        #expect(Set(sink.streams.keys.map(\.quantity)) == [.workout, .heartRate, .zoneOffset])
    }

    @Test func `bare words are taken here only`() {
        for word in ["Infinity", "-Infinity", "NaN"] {
            let text = CloudFixtures.polarSession().replacing("[8.5, NaN]", with: "[\(word), 1]")
            #expect(readCloud(text, as: .polar).issue(.damaged) == nil)
        }
        for word in ["Nan", "-Inf", "- Infinity", "infinity"] {
            let text = CloudFixtures.polarSession().replacing("[8.5, NaN]", with: "[\(word), 1]")
            #expect(readCloud(text, as: .polar).issue(.damaged) != nil, "\(word)")
        }
        let garmin = CloudFixtures.garminRates("[1767765600000,NaN],[1767765720000,64]")
        let sink = readCloud(garmin, as: .garminConnect)
        #expect(sink.issue(.damaged) != nil && sink.values(.heartRate) == [64])
    }

    @Test func `hostile documents are answered quickly`() {
        let clock = ContinuousClock()
        let start = clock.now
        let many = String(repeating: #"{"heartRate":61,"secondsFromDayStart":60},"#, count: 20_000)
        let sink = readCloud(#"{"deviceDays":[{"samples":["# + many, as: .polar)
        #expect(sink.sampleCount == 0 && sink.issue(.truncated) != nil)
        let endless =
            #"{"exercises":[{"startTime":"2025-07-01T08:00:00","samples":{"samples":[{"type":"HEART_RATE","intervalMillis":9223372036854775807,"values":["#
        #expect(readCloud(endless + "90]}]}}]}", as: .polar).values(.heartRate) == [])
        #expect(clock.now - start < .seconds(30))
    }
}
