// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthSimulation
import Testing

@Suite struct SimulatedWearerTests {
    private let wearer = Fixtures.sample
    private let truth = Fixtures.sampleTruth

    private func day(_ date: String) throws -> TrueDay {
        try #require(truth.days.first { $0.date.description == date })
    }

    @Test func `the same seed gives the same bytes, on every machine`() {
        let files = Fixtures.files(of: Fixtures.short)
        let again = Fixtures.files(of: SimulatedWearer(Fixtures.short.settings))
        #expect(files == again)
        #expect(Fixtures.fingerprint(files) == 12_703_469_826_894_598_154)
    }

    @Test func `another seed gives another wearer`() {
        var settings = Fixtures.short.settings
        settings.seed += 1
        let other = SimulatedWearer(settings)
        #expect(other.minutes.steps != Fixtures.short.minutes.steps)
        #expect(other.nights != Fixtures.short.nights)
    }

    @Test func `each night ends on its local day and lies apart from the next`() {
        for night in wearer.nights {
            let date = wearer.zone.localDate(at: Timestamp(seconds: night.rise - 1))
            #expect(date == wearer.settings.date(night.day))
            #expect(night.bed < night.asleep && night.asleep < night.wake)
            #expect(night.wake <= night.rise)
        }
        for (night, next) in zip(wearer.nights, wearer.nights.dropFirst()) {
            #expect(night.rise + 8 * 3600 < next.bed)
        }
    }

    @Test func `sleep has the shape of sleep`() {
        for night in wearer.nights {
            let sleep = Double(night.totalSleepMinutes)
            let stages = [SleepStage.light, .deep, .rem].reduce(0) { $0 + night.minutes(of: $1) }
            #expect(stages == night.totalSleepMinutes)
            #expect(night.hypnogram.stages.count { $0.isSleep } == 2 * stages)
            #expect((220...600).contains(sleep))
            #expect((0.08...0.32).contains(Double(night.minutes(of: .deep)) / sleep))
            #expect((0.1...0.3).contains(Double(night.minutes(of: .rem)) / sleep))
            let half = night.stages.count / 2
            let early = night.stages[..<half].count { $0 == .deep }
            #expect(early * 2 > night.minutes(of: .deep), "deep sleep comes early")
        }
    }

    @Test func `vital signs stay in a healthy adult's range`() {
        for night in wearer.nights {
            let vitals = night.vitals
            #expect((46...62).contains(vitals.restingHeartRate))
            #expect(vitals.restingHeartRate < vitals.meanHeartRate)
            #expect((18...75).contains(vitals.meanRMSSD))
            #expect((13...18).contains(vitals.meanRespiratoryRate))
            #expect((92...99).contains(vitals.meanOxygenSaturation))
            #expect(vitals.skinTemperatureDeviation.magnitude < 1.6)
        }
        for rate in wearer.minutes.heartRate { #expect((40...185).contains(rate)) }
        for day in truth.days.dropLast() where day.severity == 0 {
            #expect((3000...24_000).contains(day.stepsTaken), "\(day.date)")
        }
    }

    @Test func `the clocks change and the wearer travels`() throws {
        #expect(truth.zone.spans.map(\.offsetSeconds) == [3600, -18_000, 3600, 7200])
        let hours = Set(truth.days.dropLast().map { ($0.to - $0.from) / 3600 })
        #expect(hours == [18, 23, 24, 30])
        #expect(try day("2026-03-29").to - day("2026-03-29").from == 23 * 3600)
        let flight = try #require(try day("2026-02-22").night)
        #expect(flight.totalSleepMinutes < 300, "sleep in an aeroplane is short")
    }

    @Test func `the last two nights are ill and stand out`() throws {
        let well = wearer.nights.filter { truth.days[$0.day].severity == 0 }.map(\.vitals)
        func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
        for night in wearer.nights.suffix(2) {
            let vitals = night.vitals
            let rise = vitals.restingHeartRate - median(well.map(\.restingHeartRate))
            #expect((4...8).contains(rise), "\(rise)")
            #expect(vitals.meanRMSSD < 0.8 * median(well.map(\.meanRMSSD)))
            #expect(vitals.meanRespiratoryRate > 1.5 + median(well.map(\.meanRespiratoryRate)))
            #expect(vitals.skinTemperatureDeviation > 0.5)
        }
        #expect(truth.days.count { $0.severity > 0 } == 2)
    }

    @Test func `an evening, a night and an empty battery leave gaps`() throws {
        #expect(wearer.nights.count { !$0.isRecorded } == 1)
        #expect(try day("2026-03-07").wornMinutes == 1440 - 315)
        #expect(try day("2026-03-13").wornMinutes == 1440 - 450)
        #expect(try day("2026-03-02").night?.isRecorded == false)
        let away = truth.days.filter { $0.steps < $0.stepsTaken }
        #expect(!away.isEmpty && away.count < 5)
    }

    @Test func `a year has several illnesses and journeys`() {
        let year = SimulatedWearer(
            .year(seed: 3, start: LocalDate(dayNumber: 20_454)))
        #expect(year.nights.count == 364)
        #expect(year.severity.count { $0 > 0 } == 14)
        #expect(Set(year.zone.spans.map(\.offsetSeconds)).count >= 4)
        #expect(year.runs.count > 100)
    }
}
