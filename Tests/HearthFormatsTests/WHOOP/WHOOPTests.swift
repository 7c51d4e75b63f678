// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats
import HearthTestSupport
import Testing

@Suite struct WHOOPTests {
    @Test(arguments: [
        TableFixtures.whoopCycles, TableFixtures.whoopSleeps, TableFixtures.whoopWorkouts,
    ])
    func `each table passes the contract and is recognised`(text: String) {
        checkReader(Array(text.utf8)) { WHOOPReader() }
        #expect(detected(text) == .recording(.whoop))
    }

    @Test func `a cycle gives the values of its night over the night`() throws {
        let sink = readTable(.whoop, TableFixtures.whoopCycles)
        #expect(sink.error == nil)
        #expect(sink.values(.restingHeartRate) == [55, 51])
        #expect(sink.values(.hrvRMSSD) == [42, 63])
        #expect(sink.values(.hrvSDNN) == [])
        #expect(sink.values(.skinTemperature) == [33.82, 34.48])
        #expect(sink.values(.oxygenSaturation) == [96.5, 97])
        #expect(sink.values(.respiratoryRate) == [14.5, 14])
        let night = try #require(sink.samples(of: .hrvRMSSD).first)
        #expect(night.seconds == seconds(2026, 3, 28, 22, 40))
        #expect(night.duration == 28_780 * 1_000_000_000)
        #expect(sink.streams.keys.allSatisfy { $0.origin.file == .whoop })
        #expect(
            sink.streams.keys.first { $0.quantity == .hrvRMSSD }?.origin.derivation == .derived)
        // Energy at rest is in the energy of a cycle.
        #expect(sink.issue(.unsupported, "energy")?.samplesLost == 2)
        #expect(sink.samples(of: .activeEnergy) == [])
    }

    @Test func `a night is an interval in bed, never invented stages`() {
        let stages = readTable(.whoop, TableFixtures.whoopCycles).samples(of: .sleepStage)
        #expect(stages.map(\.values) == [[0], [0]])
        #expect(stages.map(\.duration) == [28_780, 29_330].map { $0 * 1_000_000_000 })
    }

    @Test func `each row has its own offset: travel and the change to summer time`() {
        let sink = readTable(.whoop, TableFixtures.whoopCycles)
        #expect(sink.issue(.unanchoredTime) == nil)
        let offsets = sink.offsets
        #expect(offsets.contains([seconds(2026, 3, 28, 7, 0), -28_800]))
        #expect(offsets.contains([seconds(2026, 3, 28, 22, 40), 3600]))
        #expect(offsets.contains([seconds(2026, 3, 29, 22, 15, 54), 7200]))
        #expect(sink.samples(of: .zoneOffset).allSatisfy { $0.values[1] == 2 })
        // The cycle across the change is as long as both clocks make it.
        let cycle = sink.samples(of: .heartRate).first { $0.values[0] == 75 }
        #expect(cycle?.seconds == seconds(2026, 3, 28, 22, 40))
    }

    @Test func `an open cycle has no end, and the newest row comes first`() {
        let sink = readTable(.whoop, TableFixtures.whoopCycles)
        #expect(sink.samples(of: .sleepStage).count == 2)
        for samples in sink.streams.values {
            #expect(samples.map(\.time) == samples.map(\.time).sorted())
        }
    }

    @Test func `naps come from the table of sleeps`() {
        let sink = readTable(.whoop, TableFixtures.whoopSleeps)
        #expect(sink.samples(of: .sleepStage).map(\.minutesLong).map { $0.rounded() } == [489, 40])
        #expect(sink.offsets.allSatisfy { $0[1] == 0 } && !sink.offsets.isEmpty)
    }

    @Test func `a workout has sport, energy in kilocalories and distance`() {
        let sink = readTable(.whoop, TableFixtures.whoopWorkouts)
        #expect(sink.samples(of: .workout).map(\.values) == [[0, 0, 0], [2, 1137, 8046]])
        #expect(sink.samples(of: .workout).last?.seconds == seconds(2026, 3, 30, 22, 47, 3))
        #expect(sink.values(.heartRate) == [90, 147])
    }

    @Test func `older exports write lower case, underscores and another order`() {
        let sink = readTable(
            .whoop,
            """
            wake_onset,sleep_onset,cycle_timezone,cycle_end_time,cycle_start_time,recovery_score,\
            heart_rate_variability_ms,resting_heart_rate_bpm,day_strain
            2022-01-02 07:00:00,2022-01-01 23:00:00,UTC-08:00,,2022-01-01 23:00:00,70,50,55,3.1

            """)
        #expect(sink.values(.hrvRMSSD) == [50] && sink.values(.restingHeartRate) == [55])
        #expect(sink.samples(of: .hrvRMSSD).first?.seconds == seconds(2022, 1, 2, 7, 0))
    }

    @Test func `an account in Spanish exports translated headers`() {
        let text = """
            Hora de inicio del ciclo,Hora de finalización del ciclo,Zona horaria del ciclo,\
            Puntuación de recuperación (%),Frecuencia cardíaca en reposo (lpm),\
            Variabilidad de la frecuencia cardíaca (ms),Temp. cutánea (grados centígrados),\
            Oxígeno en sangre %,Esfuerzo del día,Inicio del sueño,Inicio de la vigilia
            2026-03-30 00:15:54,,UTC+02:00,83,51,63,34.48,97,3,2026-03-30 00:15:54,\
            2026-03-30 08:24:44

            """
        #expect(detected(text) == .recording(.whoop))
        let sink = readTable(.whoop, text)
        #expect(sink.values(.hrvRMSSD) == [63] && sink.values(.restingHeartRate) == [51])
        #expect(sink.values(.skinTemperature) == [34.48])
        #expect(sink.values(.oxygenSaturation) == [97])
    }

    @Test func `journal entries are private and not read`() {
        let sink = readTable(
            .whoop,
            "Cycle start time,Cycle end time,Cycle timezone,Question text,Answered yes,Notes\n"
                + "2026-01-01 00:00:00,,UTCZ,Any secret?,true,mine\n")
        #expect(sink.sampleCount == 0 && sink.codes == ["ignored"])
        #expect(!"\(sink.issues)".contains("secret"))
    }

    @Test func `without an offset local time is the person's, or reported once`() {
        let rows = TableFixtures.whoopSleeps.split(separator: "\n").map { line in
            line.split(separator: ",", omittingEmptySubsequences: false).enumerated()
                .filter { $0.offset != 2 }.map { String($0.element) }.joined(separator: ",")
        }
        let text = rows.joined(separator: "\n").dropFirst().description
        let zone = ZoneTimeline([
            ZoneSpan(start: Timestamp(seconds: 0), offsetSeconds: 7200, origin: .user)
        ])
        let placed = readTable(.whoop, text, zone: zone)
        #expect(placed.issue(.unanchoredTime) == nil)
        #expect(
            placed.samples(of: .sleepStage).first?.seconds == seconds(2026, 3, 29, 22, 15, 54))
        let unplaced = readTable(.whoop, text)
        #expect(unplaced.issues.filter { $0.code == .unanchoredTime }.count == 1)
        #expect(unplaced.offsets == [])
    }

    @Test func `tables of this form from another app state UTC and tell no wall clock`() {
        let sink = readTable(
            .whoop,
            "Cycle start time,Workout start time,Workout end time,Cycle timezone,Activity name,"
                + "Source\n2026-01-01 00:00:00,2026-01-01 01:00:00,2026-01-01 02:00:00,"
                + "UTC+00:00,run,x\n")
        #expect(sink.samples(of: .workout).count == 1 && sink.offsets == [])
    }
}
