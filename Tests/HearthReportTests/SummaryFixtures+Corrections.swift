// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Days on which the person said something.
extension SummaryFixtures {
    private static let made = Timestamp(seconds: day.dayNumber * 86_400 + 9 * 3600)

    static let clock = ZoneTimeline([
        ZoneSpan(start: .distantPast, offsetSeconds: 3600, origin: .file)
    ])

    /// Minutes from the local midnight of the day on.
    static func minute(_ minute: Int) -> Timestamp {
        Timestamp(seconds: day.dayNumber * 86_400 - 3600 + Int64(minute) * 60)
    }

    static func correction(
        _ id: UInt32, _ kind: SleepCorrection.Kind, _ from: Int, _ to: Int, note: String? = nil
    ) -> SleepCorrection {
        SleepCorrection(
            id: CorrectionID(rawValue: id), kind: kind, start: minute(from), end: minute(to),
            made: made, note: note)
    }

    static func tag(_ id: UInt32, _ label: String, at minute: Int? = nil) -> DayTag {
        DayTag(
            id: CorrectionID(rawValue: id), label: label, day: day,
            time: Self.minute(minute ?? 720), isWholeDay: minute == nil, made: made)
    }

    /// A vendor's night with other ends, Hearth's own hypnogram beside it, and a nap taken away.
    static let corrected: DailySummary = {
        var builder = FixtureBuilder(seed: 20)
        var night = builder.night(staged: true, by: "Fitbit")
        let found = NightCorrection.Found(
            start: minute(-92), end: night.end, stagedBy: "Fitbit", sleepMinutes: 431)
        night.correction = NightCorrection(
            id: CorrectionID(rawValue: 7), kind: .edit, made: made, found: found)
        let stages = night.hypnogram.stages[40..<900].map { stage -> SleepStage in
            stage.isSleep ? .asleep : stage
        }
        let own = Hypnogram(start: night.start.advanced(bySeconds: 1200), stages: stages)
        night.second = SecondHypnogram(
            stagedBy: "hearth", hypnogram: own,
            agreement: StageAgreement(
                classes: .two, epochSeconds: 30, epochs: 860, agreement: 0.9314, kappa: 0.4512))
        return DailySummary(
            day: day, person: "Chiara",
            verdict: Verdict(
                state: .typical,
                sentence: "A typical night: all five signals are within your range.",
                calibrationDays: 60, calibrationNeeded: 14, nightSignal: .green),
            night: night, vitals: builder.vitals(), activity: builder.activity(),
            dataQuality: builder.quality(),
            changes: [
                ResultChange(
                    day: day, metric: "time-in-bed", label: "time in bed", unit: "min", digits: 0,
                    old: 431, new: 461, reason: "you corrected the night")
            ],
            corrections: DayCorrections(
                sleep: [
                    AppliedCorrection(
                        correction(4, .edit, -75, 399), replacedBy: CorrectionID(rawValue: 7)),
                    AppliedCorrection(
                        correction(5, .remove, 810, 865, note: "reading, not asleep")),
                    AppliedCorrection(correction(7, .edit, -62, 399)),
                ], tags: [tag(6, "free-day"), tag(8, "alcohol"), tag(9, "coffee", at: 920)],
                amended: [
                    AmendedSamples(
                        number: 1, quantity: .heartRate, from: minute(451), to: minute(452),
                        isRemoved: false),
                    AmendedSamples(
                        number: 3, quantity: .steps, from: minute(600), to: minute(660),
                        isRemoved: true),
                ],
                clock: clock))
    }()

    /// A sleep the person stated for a night without any data.
    static let statedOnly: DailySummary = {
        var summary = missingNight
        let missing = "No data lie within the times you gave, so there are no stages."
        let stated = correction(2, .add, -90, 405)
        summary.night = NightSummary(
            start: stated.start, end: stated.end, offsetSeconds: 3600, offsetOrigin: .file,
            stagedBy: "hearth",
            hypnogram: Hypnogram(
                start: stated.start, stages: Array(repeating: .unscored, count: 990)),
            metrics: [
                Metric(
                    id: "time-in-bed", label: "time in bed", value: 495, unit: "min",
                    confidence: Confidence(.medium, reason: "The times are yours."),
                    model: "sleep-statistics/1"),
                Metric(
                    id: "total-sleep-time", label: "total sleep time", value: nil, unit: "min",
                    model: "sleep-statistics/1", missing: missing),
            ],
            correction: NightCorrection(
                id: stated.id, kind: .add, made: made, found: nil, missing: missing))
        summary.nightMissing = nil
        summary.corrections = DayCorrections(
            sleep: [AppliedCorrection(stated, missing: missing)], clock: clock)
        return summary
    }()
}
