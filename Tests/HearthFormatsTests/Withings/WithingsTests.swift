// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats
import HearthTestSupport
import Testing

@Suite struct WithingsTests {
    static let raw = """
        start,duration,value
        2026-03-29T00:30:00+01:00,"[120,840]","[61,64]"
        2026-03-29T03:30:00+02:00,[60],[0]

        """

    static func raw(_ name: String, _ text: String = raw) -> CollectingSink {
        readTable(.withings, text, name: "export.zip!\(name)")
    }

    @Test(arguments: [
        raw, TableFixtures.withingsSleep, TableFixtures.withingsWeight,
        TableFixtures.withingsPressure, TableFixtures.withingsActivities,
    ])
    func `each table passes the contract and is recognised`(text: String) {
        checkReader(Array(text.utf8)) { WithingsReader(ReadContext(name: "raw_tracker_hr.csv")) }
        #expect(detected(text) == .recording(.withings))
    }

    @Test(arguments: ["raw_tracker_hr.csv", "raw_hr_hr.csv", "raw_bed_hr.csv"])
    func `list cells are laid end to end from the start`(name: String) {
        let sink = Self.raw(name)
        #expect(sink.values(.heartRate) == [61, 64])
        let samples = sink.samples(of: .heartRate)
        #expect(
            samples.map(\.seconds) == [seconds(2026, 3, 28, 23, 30), seconds(2026, 3, 28, 23, 32)])
        #expect(samples.map(\.minutesLong) == [2, 14])
        #expect(sink.issue(.sentinelValue)?.samplesLost == 1)
        // The clock changed between the rows.
        #expect(
            sink.offsets
                == [[seconds(2026, 3, 28, 23, 30), 3600], [seconds(2026, 3, 29, 1, 30), 7200]])
    }

    @Test func `the name tells what raw values are`() {
        let facts: [(String, Quantity)] = [
            ("raw_tracker_steps.csv", .steps), ("raw_tracker_distance.csv", .distance),
            ("raw_tracker_calories-earned.csv", .activeEnergy),
            ("raw_spo2_auto_spo2.csv", .oxygenSaturation),
            ("raw_bed_respiratory-rate.csv", .respiratoryRate),
        ]
        for (name, quantity) in facts {
            let text = Self.raw.replacing("61,64", with: "61,62")
            let values = Self.raw(name, text).values(quantity)
            #expect(values.prefix(quantity == .respiratoryRate ? 0 : 2).allSatisfy { $0 > 60 })
            #expect(quantity == .respiratoryRate || values.count >= 2)
        }
        let unnamed = Self.raw("x.csv")
        #expect(unnamed.sampleCount == 2 && unnamed.issue(.unsupported)?.samplesLost == 3)
        #expect(unnamed.samples(of: .zoneOffset).count == 2)
        #expect(Self.raw("raw_tracker_latitude.csv").sampleCount == 0)
        #expect(Self.raw("raw_tracker_elevation.csv").issue(.unsupported)?.samplesLost == 3)
    }

    @Test func `sleep states are stages, of the older mat only asleep and awake`() {
        let text =
            "start,duration,value\n"
            + "2026-01-01T23:00:00+01:00,\"[600,1200,600,300,60]\",\"[0,1,2,3,7]\"\n"
        let stages = Self.raw("raw_tracker_sleep-state.csv", text).samples(of: .sleepStage)
        #expect(stages.map { $0.values[0] } == [1, 3, 4, 5])
        #expect(stages.map(\.minutesLong) == [10, 20, 10, 5])
        let mat = Self.raw("raw_sleep-monitor_sleep-state.csv", text)
        #expect(mat.samples(of: .sleepStage).map { $0.values[0] } == [1, 2])
        #expect(mat.issue(.unknownElement)?.samplesLost == 3)
    }

    @Test func `lists that do not fit are damage`() {
        let sink = Self.raw(
            "raw_tracker_hr.csv", "start,duration,value\n2026-01-01T00:00:00Z,[60],\"[1,2]\"\n")
        #expect(sink.issue(.damaged)?.samplesLost == 1 && sink.sampleCount == 0)
    }

    @Test func `translated headers mean the same`() {
        let sink = readTable(.withings, TableFixtures.withingsSleep)
        #expect(sink.samples(of: .sleepStage).map(\.minutesLong) == [460, 455])
        #expect(sink.samples(of: .sleepStage).allSatisfy { $0.values[0] == 0 })
        #expect(sink.values(.heartRate) == [58])
        #expect(sink.issues.filter { $0.code == .unanchoredTime }.count == 1)
        let weight = readTable(
            .withings,
            "Datum,\"Gewicht (kg)\",\"Fettmasse (kg)\",\"Knochenmasse (kg)\",Kommentare\n"
                + "2026-01-02 07:00:00,\"70.5\",12,3,\n")
        #expect(weight.values(.bodyMass) == [70.5])
    }

    @Test func `weight, pulse and activities`() {
        let weight = readTable(.withings, TableFixtures.withingsWeight)
        #expect(weight.values(.bodyMass) == [70.5, 70.4])
        #expect(!"\(weight)".contains("run"))
        let pressure = readTable(.withings, TableFixtures.withingsPressure)
        #expect(pressure.values(.heartRate) == [61])
        let activity = readTable(.withings, TableFixtures.withingsActivities)
        #expect(activity.samples(of: .workout).map(\.values) == [[11, 120.5, 2500]])
        #expect(activity.samples(of: .workout).first?.seconds == seconds(2026, 1, 2, 9, 0))
        #expect(activity.offsets == [[seconds(2026, 1, 2, 9, 0), 3600]])
        #expect(activity.values(.heartRate) == [98])
    }
}
