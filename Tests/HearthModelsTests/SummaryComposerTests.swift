// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthTestSupport
import Testing

@testable import HearthModels

@Suite struct SummaryComposerTests {
    static let first = LocalDate(dayNumber: 19_800)

    /// Seventy plain days; from day 60 on five nights with a raised heart rate and temperature.
    static let simulated: [DayFeatures] = (0..<70).map { offset in
        let day = first.advanced(by: Int64(offset))
        var builder = DayBuilder()
        let isEpisode = (60..<65).contains(offset)
        // A person is not a clock: nights differ by a beat or so.
        let wobble = Float((offset * 7) % 5) / 2 - 1
        builder.addPlainDay(
            day, nightRate: 55 + wobble + (isEpisode ? 7 : 0), seed: UInt64(offset + 1),
            respiration: 15 + wobble / 4 + (isEpisode ? 3 : 0),
            temperature: 34 + wobble / 10 + (isEpisode ? 1.2 : 0))
        return builder.features(day)
    }

    static func summary(_ offset: Int) -> DailySummary {
        SummaryComposer.summary(
            of: first.advanced(by: Int64(offset)), person: "a",
            features: Array(simulated[...offset]))
    }

    @Test func `an episode goes from typical to off to alert and back`() {
        let verdicts = (0..<70).map { Self.summary($0).verdict }
        #expect((0..<15).allSatisfy { verdicts[$0].state == .calibrating })
        #expect(verdicts[9].sentence == "Your usual range is not known yet: 8 of 14 nights.")
        #expect((20..<60).count { verdicts[$0].state == .typical } >= 36)
        #expect((0..<60).allSatisfy { !verdicts[$0].isAlert })
        #expect(verdicts[59].state == .typical)
        #expect(verdicts[60].state == .signalsOff && !verdicts[60].isAlert)
        #expect(verdicts[60].signals.count >= 2)
        #expect(verdicts[61].isAlert && verdicts[61].nightSignal == .red)
        #expect(verdicts[61].signals.allSatisfy { $0.nights == 2 })
        #expect(verdicts[64].signals.first?.nights == 5)
        #expect(verdicts[65].state == .typical && !verdicts[65].isAlert)
        #expect(verdicts[66].nightSignal == .green)
    }

    @Test func `the sentence counts signals and nights and names no cause`() throws {
        let verdict = Self.summary(61).verdict
        #expect(verdict.sentence.hasPrefix("\(verdict.signals.count) signals are outside"))
        #expect(verdict.sentence.hasSuffix("up to 2 nights in a row."))
        let causes = ["ill", "sick", "infect", "fever", "alcohol", "stress", "disease"]
        #expect(!causes.contains { verdict.sentence.lowercased().contains($0) })
    }

    @Test func `vitals carry band, z score and sixty days of history`() throws {
        let summary = Self.summary(61)
        let rate = try #require(
            summary.vitals.first { $0.id == "resting-heart-rate-lowest-5min" })
        #expect(rate.baseline?.windowDays == 60)
        #expect(rate.history.count == 60)
        #expect(rate.history.last?.day == summary.day)
        #expect(rate.history.last?.value == rate.value)
        #expect((rate.zScore ?? 0) > 2)
        let sleep = try #require(
            summary.night?.metrics.first { $0.id == "hearth-sleep-period" })
        #expect(sleep.baseline != nil && sleep.history.count == 60)
    }

    @Test func `HRV-CV is the week's deviation over its mean, of five nights at least`() throws {
        func day(_ offset: Int64, _ rmssd: Double?) -> DayFeatures {
            var metric = MetricID.rmssd.metric(rmssd, sources: ["strap"], missing: "none")
            metric.sources = rmssd == nil ? [] : ["strap"]
            let log = MetricID.logRMSSD.metric(rmssd.map { $0 / 10 }, sources: ["strap"])
            return DayFeatures(
                day: Self.first.advanced(by: offset), model: "day", night: nil, nightMissing: nil,
                ownWindow: nil, vitals: [metric, log], activity: [],
                dataQuality: DataQuality(
                    wearCoverage: nil, sources: [], hints: [], zoneOrigin: .user))
        }
        let values: [Double?] = [90, 40, 50, nil, 60, 50, 45, 55]
        let days = values.enumerated().map { day(Int64($0.offset), $0.element) }
        func variation(_ count: Int) -> Metric? {
            SummaryComposer.summary(
                of: days[count - 1].day, person: "a", features: Array(days[..<count])
            ).vitals.first { $0.id == "hrv-cv" }
        }
        // 40, 50, 60, 50, 45, 55: mean 50, squares 250, deviation sqrt 50; 90 lies eight days back.
        let last = try #require(variation(8)?.value)
        let expected: Double = 2 * 50.0.squareRoot()
        #expect(abs(last - expected) < 1e-9)
        #expect(variation(8)?.coverage == 6.0 / 7)
        #expect(variation(5)?.value == nil && variation(5)?.missing != nil)
        #expect(variation(4) == nil)
        #expect(variation(8)?.history.count == 8)
    }

    @Test func `older and later features and their order do not matter`() {
        let day = Self.first.advanced(by: 65)
        let expected = SummaryComposer.summary(
            of: day, person: "a", features: Array(Self.simulated[...65]))
        var random = SeededRandom(seed: 1)
        var more = Self.simulated.shuffled(using: &random)
        for offset in 1...20 {
            var old = Self.simulated[0]
            old.day = day.advanced(by: -Int64(SummaryComposer.historyDays + offset))
            more.append(old)
        }
        #expect(SummaryComposer.summary(of: day, person: "a", features: more) == expected)
    }

    @Test func `a missing night breaks a row of nights`() {
        var features = Self.simulated
        features.remove(at: 61)
        let summary = SummaryComposer.summary(
            of: Self.first.advanced(by: 62), person: "a", features: Array(features[...61]))
        #expect(summary.day == features[61].day)
        #expect(summary.verdict.signals.allSatisfy { $0.nights == 1 })
        #expect(!summary.verdict.isAlert)
    }

    @Test func `a day without features has no data and says so`() {
        let day = Self.first.advanced(by: 70)
        let summary = SummaryComposer.summary(of: day, person: "a", features: Self.simulated)
        #expect(summary.verdict.state == .noData)
        #expect(summary.night == nil && summary.nightMissing != nil)
        #expect(summary.verdict.calibrationDays > 14)
        let nothing = SummaryComposer.summary(of: day, person: "a", features: [])
        #expect(nothing.verdict.state == .noData && nothing.verdict.calibrationDays == 0)
    }

    @Test func `a device off for a day is no alert`() {
        var features = Array(Self.simulated[..<60])
        let day = Self.first.advanced(by: 60)
        features.append(DayScorer.features(DayInput(day: day, zone: ZoneTimeline(), series: [])))
        let verdict = SummaryComposer.summary(of: day, person: "a", features: features).verdict
        #expect(verdict.state == .noData && !verdict.isAlert)
    }

    @Test func `two views of one heart rate are one signal`() {
        let verdict = Self.summary(61).verdict
        let heart = verdict.signals.filter { $0.metric.contains("heart-rate") }
        #expect(heart.count == 1)
    }

    @Test func `a night without the device is neither typical nor calibrating`() {
        var features = Array(Self.simulated[..<60])
        let day = Self.first.advanced(by: 60)
        var builder = DayBuilder()
        builder.add(.steps, day, [(600, 1, 100)])
        features.append(builder.features(day))
        let verdict = SummaryComposer.summary(of: day, person: "a", features: features).verdict
        #expect(verdict.state == .noData)
        #expect(verdict.sentence.contains("No signal of the night"))
        #expect(verdict.calibrationDays > 14)
    }
}
