// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats
import HearthTestSupport
import Testing

@Suite struct HealthConnectReaderTests {
    private let millisecond = DatabaseFixtures.millisecond

    private func read(_ tables: SimulatedTable...) -> CollectingSink {
        let sources = DatabaseFixtures.healthConnect.simulated[1...2]
        return readDatabase(SimulatedRowSource(Array(sources) + tables), as: .healthConnect)
    }

    @Test func `the contract holds`() {
        // And two changes of the clock.
        checkDatabaseReader(
            DatabaseFixtures.healthConnect, as: .healthConnect,
            samples: DatabaseFixtures.healthConnectSamples + 2)
    }

    @Test func `records become samples in our units`() {
        let sink = readDatabase(DatabaseFixtures.healthConnect, as: .healthConnect)
        #expect(sink.values(.heartRate) == [61, 63])
        #expect(sink.values(.restingHeartRate) == [52])
        #expect(sink.values(.hrvRMSSD) == [45.5])
        #expect(sink.values(.oxygenSaturation) == [97])
        #expect(sink.values(.steps) == [700, 90])
        // Calories to kilocalories, grams to kilograms; what then makes no sense is not guessed at.
        #expect(sink.values(.activeEnergy) == [50])
        #expect(sink.issue(.implausibleValue, "active_calories_burned")?.samplesLost == 1)
        #expect(sink.values(.bodyMass) == [72.5])
        #expect(sink.issue(.implausibleValue, "weight_record_table")?.samplesLost == 1)
        #expect(Set(sink.values(.sleepStage)) == [0, 1, 3])
        #expect(sink.samples(of: .workout).map(\.duration) == [60_000_000_000])
        #expect(sink.issue(.unsupported, "total_calories_burned_record_table")?.count == 1)
        #expect(sink.issue(.misplaced, "heart_rate_record_series_table")?.samplesLost == 0)
        #expect(sink.issue(.unknownElement, "a table of another name")?.count == 1)
    }

    @Test func `the source is the device and the app's package, never the app's label`() {
        let sink = readDatabase(DatabaseFixtures.healthConnect, as: .healthConnect)
        let rates = Set(sink.streams.keys.filter { $0.quantity == .steps }.map(\.device))
        #expect(rates.map(\.label) == ["Example Band 3", "Example Band 3"])
        #expect(Set(rates.map(\.unit)).count == 2, "two apps tell of one device")
        let texts = sink.streams.keys.map(\.device.label) + sink.issues.map(\.description)
        for word in ["Sam", "sams", "tired", "Home", "Night"] {
            #expect(!texts.contains { $0.contains(word) }, "\(word)")
        }
    }

    @Test func `travel shows in the clock, instants stay`() {
        let sink = readDatabase(DatabaseFixtures.healthConnect, as: .healthConnect)
        let clock = sink.samples(of: .zoneOffset)
        let file = Float(ZoneOrigin.file.rawValue)
        #expect(clock.map(\.values) == [[3600, file], [-18_000, file]])
        let spans = clock.map { sample in
            ZoneSpan(
                start: Timestamp(nanoseconds: sample.time),
                offsetSeconds: Int32(sample.values[0]), origin: .file)
        }
        let zone = ZoneTimeline(spans)
        let steps = sink.samples(of: .steps).map { Timestamp(nanoseconds: $0.time) }
        // 23:00 in Zurich on the 14th; 03:00 in New York on the 15th.
        #expect(steps.map { zone.localDate(at: $0).description } == ["2023-11-14", "2023-11-15"])
        #expect(steps.map(zone.secondsOfDay) == [82_800, 10_800])
    }

    @Test func `a change of the clock within a record is told at its end`() {
        // 2024-03-31: clocks in Zurich go from +1 to +2 at 01:00 UTC.
        let night = 1_711_839_600_000
        let sink = read(
            SimulatedTable(
                "sleep_session_record_table",
                [
                    "row_id", "app_info_id", "start_time", "start_zone_offset", "end_time",
                    "end_zone_offset",
                ],
                [[1, 1, night, 3600, night + 25_200_000, 7200]]))
        #expect(sink.samples(of: .zoneOffset).map { $0.values[0] } == [3600, 7200])
        #expect(sink.samples(of: .sleepStage).map(\.duration) == [25_200_000_000_000])
    }

    @Test func `missing columns and other names are no error`() {
        let sink = read(
            SimulatedTable(
                "RestingHeartRateRecordTable", ["TIME", "BPM"], [[millisecond, 55]]),
            SimulatedTable(
                "HeartRateRecordSeriesTable", ["ParentKey", "EpochMillis", "BeatsPerMinute"],
                [[1, millisecond, 66]]),
            SimulatedTable("steps_record_table", ["count"], [[5], [6]]))
        #expect(sink.values(.restingHeartRate) == [55])
        #expect(sink.values(.heartRate) == [66])
        #expect(sink.issue(.unsupported, "steps_record_table")?.count == 2)
        #expect(sink.error == nil)
    }

    @Test func `offsets out of range are dropped, the samples are not`() {
        let sink = read(
            SimulatedTable(
                "weight_record_table", ["time", "zone_offset", "weight"],
                [[millisecond, 99_999, 70_000.0], [millisecond + 1, nil, 70_100.0]]))
        #expect(sink.values(.bodyMass) == [70, 70.1])
        #expect(sink.samples(of: .zoneOffset).isEmpty)
        #expect(sink.issue(.invalidValue, "an offset from UTC")?.count == 1)
    }
}
