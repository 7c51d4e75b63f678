// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats
import HearthTestSupport
import Testing

@Suite struct AppleHealthReaderTests {
    @Test func `one of everything passes the contract`() {
        let export = AppleHealthExport.everything()
        // 14 vitals, 7 stages, SDNN, 2 intervals, a workout, 2 zones; the stand time is unknown.
        checkReader(export.bytes, samples: 27) { AppleHealthReader() }
    }

    @Test func `every quantity arrives in its own unit`() throws {
        let sink = AppleHealthExport.everything().read()
        #expect(sink.values(.heartRate) == [64])
        #expect(sink.values(.restingHeartRate) == [51])
        #expect(sink.values(.hrvRMSSD) == [38.5])
        #expect(sink.values(.hrvSDNN) == [42.5])
        #expect(sink.values(.steps) == [329])
        #expect(Set(sink.values(.distance)) == [250, 2414.016])
        #expect(abs(sink.values(.activeEnergy)[0] - 2.987_571_7) < 1e-5)
        #expect(sink.values(.flightsClimbed) == [3])
        #expect(sink.values(.oxygenSaturation) == [97])
        #expect(sink.values(.respiratoryRate) == [14.5])
        #expect(abs(sink.values(.bodyTemperature)[0] - 37) < 1e-4)
        #expect(sink.values(.skinTemperature) == [35.25])
        #expect(abs(sink.values(.bodyMass)[0] - 69.853_226) < 1e-4)
        #expect(sink.values(.maximalOxygenUptake) == [42.1])
        #expect(sink.values(.sleepStage).sorted() == [0, 1, 2, 2, 3, 4, 5])
        #expect(sink.samples(of: .workout).map(\.values) == [[1, 50, 1250]])
    }

    @Test func `the instant is told by the offset, the duration by the end`() throws {
        var export = AppleHealthExport()
        export.record(
            "StepCount", "5", unit: "count", from: "2024-03-31 01:59:58 -0330",
            to: "2024-03-31 02:00:03 -0330")
        let sample = try #require(export.read().samples(of: .steps).first)
        #expect(sample.time == 1_711_862_998_000_000_000)
        #expect(sample.duration == 5_000_000_000)
    }

    @Test func `values of the vendor's own making are marked as derived`() {
        let sink = AppleHealthExport.everything().read()
        let derived = Set(
            sink.streams.keys.filter { $0.origin.derivation == .derived }.map(\.quantity))
        #expect(
            derived == [
                .restingHeartRate, .hrvSDNN, .hrvRMSSD, .activeEnergy, .respiratoryRate,
                .maximalOxygenUptake, .sleepStage, .zoneOffset,
            ])
        #expect(sink.streams.keys.allSatisfy { $0.origin.file == .appleHealth })
    }

    @Test func `a device keeps maker and model and loses names and addresses`() throws {
        var export = AppleHealthExport()
        export.record("HeartRate", "60", source: "Sam’s Apple\u{A0}Watch")
        let strap =
            "&lt;&lt;HKDevice: 0x1&gt;, name:Polar H10 8C4F2A2E, manufacturer:Polar Electro Oy, "
            + "model:H10 8C4F2A2E, hardware:00760690.02, firmware:5.0.0&gt;"
        export.record("HeartRate", "61", source: "Sam’s app", device: strap)
        export.record("HeartRate", "62", source: "Sam’s app", device: nil)
        let sink = export.read()
        let devices = Dictionary(
            uniqueKeysWithValues: sink.streams.map { ($0.value[0].values[0], $0.key.device) })
        #expect(devices[60]?.label == "Apple Watch6,2")
        #expect(devices[61]?.label == "Polar Electro Oy H10")
        #expect(devices[62]?.label == "other app")
        #expect(Set(devices.values.map(\.unit)).count == 3)
        #expect(!"\(sink)".contains("Sam"))
        #expect(!"\(sink)".contains("8C4F2A2E"))
    }

    @Test func `a device's address may change from row to row`() {
        var export = AppleHealthExport()
        for address in ["0x1", "0x28ff", "0x300000007"] {
            let device = AppleHealthExport.watch.replacing("0x282a45810", with: address)
            export.record("HeartRate", "60", device: device)
        }
        let sink = export.read()
        #expect(sink.streams.count == 1)
        #expect(sink.sampleCount == 3)
    }

    @Test func `rows written newest first are delivered oldest first`() {
        var export = AppleHealthExport()
        for hour in [12, 11, 13, 10] {
            export.record(
                "StepCount", "\(hour)", unit: "count", from: "2024-03-01 \(hour):00:00 +0100")
        }
        #expect(export.read().streams.values.first?.map(\.values) == [[10], [11], [12], [13]])
    }

    @Test func `records inside a correlation count once`() {
        var export = AppleHealthExport()
        export.record("HeartRate", "70")
        export.add(" <Correlation type=\"HKCorrelationTypeIdentifierFood\" sourceName=\"x\">")
        export.record("HeartRate", "70")
        export.beats([("60", "10:00:01.00"), ("60", "10:00:02.00")])
        export.add(" </Correlation>")
        export.record("HeartRate", "71")
        let sink = export.read()
        #expect(sink.values(.heartRate) == [70, 71])
        #expect(sink.sampleCount == 2)
        #expect(sink.issues.map(\.code) == [.duplicate])
        #expect(sink.issues[0].count == 2)
    }

    @Test func `types without a quantity are counted by type and lose nothing`() throws {
        var export = AppleHealthExport()
        for _ in 0..<3 { export.record("AppleStandTime", "2", unit: "min") }
        export.record("HKCategoryTypeIdentifierAppleStandHour", "x", unit: nil)
        export.record("HKX Sam’s own", "1")
        let sink = export.read()
        #expect(sink.sampleCount == 0)
        #expect(sink.issues.allSatisfy { $0.code == .unknownElement && $0.samplesLost == 0 })
        #expect(sink.issues.map(\.count) == [3, 1, 1])
        #expect(sink.issues[0].found == "records of HKQuantityTypeIdentifierAppleStandTime")
        #expect(sink.issues[2].found == "records of another type")
    }

    @Test func `personal data and summaries are ignored and counted`() {
        var export = AppleHealthExport()
        export.add(" <Me HKCharacteristicTypeIdentifierDateOfBirth=\"1990-01-01\"/>")
        for name in ["ActivitySummary", "ClinicalRecord", "Audiogram", "VisionPrescription"] {
            export.add(" <\(name) type=\"secret\"><Inner/></\(name)>")
        }
        let sink = export.read()
        #expect(sink.issues.filter { $0.code == .ignored }.map(\.count) == [1, 1, 1, 1, 1])
        #expect(!"\(sink.issues)".contains("1990"))
        #expect(!"\(sink.issues)".contains("secret"))
    }

    @Test(arguments: [
        ("HeartRate", "6x", "count/min", ReadIssueCode.invalidValue),
        ("HeartRate", "", "count/min", .invalidValue),
        ("HeartRate", "60", "furlong", .invalidValue),
        ("HeartRate", "1200", "count/min", .implausibleValue),
        ("HeartRate", "nan", "count/min", .invalidValue),
        ("HeartRate", "1e400", "count/min", .invalidValue),
        ("StepCount", "-3", "count", .implausibleValue),
        ("BodyMass", "70", "degC", .invalidValue),
        ("HKCategoryTypeIdentifierSleepAnalysis", "Dozing", "", .invalidValue),
        (
            "HKCategoryTypeIdentifierSleepAnalysis", "HKCategoryValueSleepAnalysisX", "",
            .invalidValue
        ),
    ])
    func `a value that cannot be used costs one sample`(
        type: String, value: String, unit: String, code: ReadIssueCode
    ) {
        var export = AppleHealthExport()
        export.record("HeartRate", "59")
        export.record(type, value, unit: unit)
        export.record("HeartRate", "61")
        let sink = export.read()
        #expect(sink.values(.heartRate) == [59, 61])
        #expect(sink.issues.map(\.code) == [code])
        #expect(sink.samplesLost == 1)
        #expect(sink.issues[0].position.record == 2)
    }

    @Test(arguments: [
        "2024-03-01 10:00:00", "2024-03-01T10:00:00 +0100", "2024-02-30 10:00:00 +0100",
        "2024-03-01 24:00:00 +0100", "2024-03-01 10:60:00 +0100", "2024-03-01 10:00:60 +0100",
        "2024-13-01 10:00:00 +0100", "0001-01-01 00:00:00 +0000", "4001-01-01 00:00:00 +0000",
        "2024-03-01 10:00:00 *0100", "2024-03-01 10:00:00 +1900", "", "2O24-03-01 10:00:00 +0100",
    ])
    func `a time that is none loses its record and no other`(time: String) {
        var export = AppleHealthExport()
        export.record("HeartRate", "59")
        export.record("HeartRate", "60", from: time)
        export.record("HeartRate", "61")
        let sink = export.read()
        #expect(sink.values(.heartRate) == [59, 61])
        #expect(sink.issues.map(\.code) == [.unanchoredTime])
        #expect(sink.samplesLost == 1)
    }

    @Test func `an end before its start is refused`() {
        var export = AppleHealthExport()
        export.record("StepCount", "5", unit: "count", to: "2024-03-01 09:59:59 +0100")
        let sink = export.read()
        #expect(sink.issues.map(\.code) == [.timeBackwards])
        #expect(sink.samplesLost == 1)
    }

    @Test func `no issue repeats a value, a name or a date`() {
        var export = AppleHealthExport.everything()
        export.record("HeartRate", "98765")
        export.record("HeartRate", "Zaphod", source: "Zaphod")
        export.record("HeartRate", "61", unit: "Zaphod")
        export.record("Zaphod’s", "61", from: "Zaphod")
        export.add(" <Zaphod Zaphod=\"Zaphod\">Zaphod</Zaphod>")
        let text = "\(export.read().issues)"
        for secret in ["98765", "Zaphod", "Sam", "2024", "1990", "Zurich"] {
            #expect(!text.contains(secret))
        }
    }
}
