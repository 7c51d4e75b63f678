// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats
import HearthTestSupport
import Testing

@Suite struct HealthKitSQLiteReaderTests {
    @Test func `the contract holds`() {
        checkDatabaseReader(
            DatabaseFixtures.healthKit, as: .healthKitSQLite,
            samples: DatabaseFixtures.healthKitSamples)
    }

    @Test func `rows become the samples of the export`() {
        let sink = readDatabase(DatabaseFixtures.healthKit, as: .healthKitSQLite)
        #expect(sink.values(.heartRate) == [61.5])
        #expect(sink.values(.steps) == [700])
        #expect(sink.samples(of: .steps).first?.duration == 600_000_000_000)
        #expect(sink.values(.sleepStage) == [4])
        #expect(abs((sink.values(.bodyMass).first ?? 0) - 72.574_78) < 1e-4)
        #expect(sink.samples(of: .workout).first?.values == [1, 50, 1000])
        let clock = sink.samples(of: .zoneOffset)
        #expect(clock.map(\.values) == [[3600, Float(ZoneOrigin.inferred.rawValue)]])
        let watch = sink.streams.keys.first { $0.quantity == .heartRate }
        #expect(watch?.device.label == "Apple Watch6,2")
        #expect(sink.issue(.invalidValue, "a value in another form in rHeartRate") != nil)
        #expect(sink.issue(.unknownElement, "stage in rSleepAnalysis")?.samplesLost == 1)
        #expect(sink.issue(.unknownElement, "tables of types")?.count == 1)
        #expect(sink.issue(.ignored, "workout_points")?.count == 1)
        #expect(!sink.issues.map(\.description).joined().contains("Sam"))
    }

    /// Streams as they are but for the kind of file; beats and the clock differ by nature.
    private func comparable(
        _ sink: CollectingSink, without: Set<Quantity> = []
    ) -> [FlatStream: [FlatSample]] {
        var streams: [FlatStream: [FlatSample]] = [:]
        for (stream, samples) in sink.streams
        where !without.union([.rrInterval, .zoneOffset]).contains(stream.quantity) {
            let key = FlatStream(
                device: stream.device, quantity: stream.quantity,
                origin: Origin(file: .appleHealth, derivation: stream.origin.derivation))
            streams[key] = samples.sorted()
        }
        return streams
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `a database gives the samples of the export it was made of`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let xml = AppleHealthExport.random(records: 150, &random)
        let database = HealthKitTables.of(xml.text)
        // The tool does not keep the statistics of workouts.
        let direct = comparable(xml.read(), without: [.workout])
        let rows = comparable(readDatabase(database, as: .healthKitSQLite), without: [.workout])
        #expect(direct == rows, "seed \(seed)")
        #expect(!rows.isEmpty)
    }

    @Test(
        .enabled(if: SharedData.isPresent, "needs the real exports"),
        arguments: [
            "apple-health-parser/export.xml", "applehealthdata/export6s3sample.xml",
            "health-export-cli/export.xml", "healthkit-to-sqlite/export.xml",
        ])
    func `so do real exports`(path: String) throws {
        let bytes = try SharedData.bytes("formats/apple-health/" + path)
        let direct = comparable(AppleHealthExport.read(bytes), without: [.workout])
        let database = HealthKitTables.of(String(decoding: bytes, as: UTF8.self))
        let rows = comparable(readDatabase(database, as: .healthKitSQLite), without: [.workout])
        #expect(direct == rows)
    }

    @Test func `workouts without statistics are alike`() throws {
        var export = AppleHealthExport()
        export.add(
            "<Workout workoutActivityType=\"HKWorkoutActivityTypeCycling\" duration=\"10\" "
                + "durationUnit=\"min\" totalDistance=\"3\" totalDistanceUnit=\"mi\" "
                + "totalEnergyBurned=\"418.4\" totalEnergyBurnedUnit=\"kJ\" sourceName=\"Watch\" "
                + "startDate=\"2024-03-01 10:00:00 +0100\" endDate=\"2024-03-01 10:10:00 +0100\"/>")
        let rows = readDatabase(HealthKitTables.of(export.text), as: .healthKitSQLite)
        #expect(comparable(export.read()) == comparable(rows))
        #expect(rows.samples(of: .workout).count == 1)
    }
}
