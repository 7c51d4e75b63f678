// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthTestSupport

/// Daily summaries of invented people, one for each situation a report must tell.
enum SummaryFixtures {
    static let all: [(name: String, summary: DailySummary)] = [
        ("typical", typical), ("signals-off", signalsOff), ("calibrating", calibrating),
        ("no-data", noData), ("missing-night", missingNight), ("vendor-staged", vendorStaged),
        ("clock-change", clockChange), ("hostile", hostile), ("hostile-catalog", hostileCatalog),
        ("broken-numbers", brokenNumbers),
        ("crowded", crowded), ("corrected", corrected), ("stated-only", statedOnly),
        ("irregular", irregular),
    ]

    static let day = LocalDate(dayNumber: 20_412)  // 2025-11-20, a Thursday

    /// Every signal in its band; sleep told from wake only.
    static let typical: DailySummary = {
        var builder = FixtureBuilder(seed: 11)
        return DailySummary(
            day: day, person: "Ada",
            verdict: Verdict(
                state: .typical,
                sentence: "A typical night: all five signals are within your range.",
                calibrationDays: 57, calibrationNeeded: 14, nightSignal: .green),
            night: builder.night(staged: false, by: "hearth"),
            vitals: builder.vitals(), activity: builder.activity(),
            dataQuality: builder.quality(), changes: builder.changes(), rhythm: regularRhythm,
            load: load, readiness: readiness)
    }()

    /// Points as the rule gives them: 40 x 0.6 / 5 and so on, cut toward zero.
    static let readiness: Readiness = {
        func term(
            _ metric: String, _ label: String, _ value: Double, _ median: Double,
            _ spread: Double, _ weight: Int, _ points: Int, unit: String, digits: Int
        ) -> Readiness.Term {
            Readiness.Term(
                metric: metric, label: label, value: value, unit: unit, digits: digits,
                median: median, spread: spread, zScore: (value - median) / spread, weight: weight,
                points: points)
        }
        return Readiness(
            model: "readiness/1",
            terms: [
                term("ln-rmssd", "lnRMSSD", 3.81, 3.75, 0.1, 45, 5, unit: "1", digits: 2),
                term(
                    "resting-heart-rate-lowest-5min", "resting heart rate, lowest 5 min asleep",
                    53, 51, 2, 33, -6, unit: "/min", digits: 1),
                term(
                    "respiratory-rate", "respiratory rate", 14.4, 14.4, 0.4, 11, 0, unit: "/min",
                    digits: 1),
                term(
                    "total-sleep-time", "total sleep time", 446, 431, 25, 11, 1, unit: "min",
                    digits: 0),
            ], absent: ["skin temperature"])
    }()

    static let load: [Metric] = {
        func metric(_ id: String, _ label: String, _ value: Double?, _ missing: String?) -> Metric {
            Metric(
                id: id, label: label, value: value, unit: "1", digits: 0,
                coverage: value == nil ? nil : 0.96,
                confidence: value == nil
                    ? nil
                    : Confidence(.medium, reason: "With the maximal heart rate you set."),
                sources: value == nil ? [] : ["Garmin fenix 5"], model: "training-load/1",
                missing: missing)
        }
        return [
            metric("trimp", "training impulse", 87, nil),
            metric("training-load-acute", "acute load", 64, nil),
            metric("training-load-chronic", "chronic load", 58, nil),
            metric(
                "training-monotony", "monotony", nil,
                "6 of the last 7 and 26 of the last 28 days have a load; acute takes 5 of 7,"
                    + " monotony all 7 (and days that differ), chronic 21 of 28."),
        ]
    }()

    /// Two signals off for the second and third night: an alert.
    static let signalsOff: DailySummary = {
        var builder = FixtureBuilder(seed: 12)
        var vitals = builder.vitals()
        builder.raise(&vitals[0], recent: [56.9, 57.6, 58.4])
        builder.raise(&vitals[3], recent: [35.12, 35.24])
        return DailySummary(
            day: day, person: "Ada",
            verdict: Verdict(
                state: .signalsOff,
                sentence:
                    "Two signals are off: resting heart rate and skin temperature are raised.",
                signals: [builder.off(vitals[0], nights: 3), builder.off(vitals[3], nights: 2)],
                isAlert: true, calibrationDays: 58, calibrationNeeded: 14, nightSignal: .red),
            night: builder.night(staged: true, by: "hearth"),
            vitals: vitals, activity: builder.activity(low: true),
            dataQuality: builder.quality(), changes: [])
    }()

    /// Nine nights in: numbers, but no bands yet.
    static let calibrating: DailySummary = {
        var builder = FixtureBuilder(seed: 13, historyDays: 9, hasBands: false)
        return DailySummary(
            day: day, person: "Ben",
            verdict: Verdict(
                state: .calibrating,
                sentence: "Still getting to know you: five more nights until there is a verdict.",
                calibrationDays: 9, calibrationNeeded: 14, nightSignal: .green),
            night: builder.night(staged: false, by: "hearth"),
            vitals: builder.vitals(), activity: builder.activity(),
            dataQuality: DataQuality(
                wearCoverage: 0.71,
                sources: [
                    .init(
                        device: "Fitbit Charge 5", quantity: "heart-rate", samples: 6104, used: true
                    )
                ],
                hints: ["Wear the device at night: 5 of the last 14 nights had no heart rate."],
                zoneOrigin: .inferred),
            readiness: Readiness(
                model: "readiness/1", terms: [], absent: ["heart-rate variability"],
                missing:
                    "Neither heart-rate variability nor resting heart rate has a value and a usual range"
                    + " for this night."))
    }()

    static let noData = DailySummary(
        day: day, person: "Ben",
        verdict: Verdict(
            state: .noData, sentence: "There is no data for this day.", calibrationDays: 9,
            calibrationNeeded: 14),
        night: nil, nightMissing: "no heart rate and no movement from noon to noon",
        vitals: [], activity: [],
        dataQuality: DataQuality(
            wearCoverage: nil, sources: [],
            hints: ["Sync the device and run `hearth ingest` on its new files."],
            zoneOrigin: .unknown))

    /// A day with steps, but the device lay on the table at night.
    static let missingNight: DailySummary = {
        var builder = FixtureBuilder(seed: 15)
        let reason = "no heart rate between 21:40 and 07:15; wear the device at night"
        let vitals = builder.vitals().map { metric -> Metric in
            var metric = metric
            metric.value = nil
            metric.zScore = nil
            metric.missing = reason
            if !metric.history.isEmpty { metric.history[metric.history.count - 1].value = nil }
            return metric
        }
        return DailySummary(
            day: day, person: "Ada",
            verdict: Verdict(
                state: .noData, sentence: "No verdict: last night was not recorded.",
                calibrationDays: 57, calibrationNeeded: 14),
            night: nil, nightMissing: reason, vitals: vitals, activity: builder.activity(),
            dataQuality: builder.quality(wear: 0.58))
    }()

    /// A vendor's stages, with minutes of each and a stretch without data.
    static let vendorStaged: DailySummary = {
        var builder = FixtureBuilder(seed: 16)
        return DailySummary(
            day: day, person: "Chiara",
            verdict: Verdict(
                state: .typical,
                sentence: "A typical night: all five signals are within your range.",
                calibrationDays: 60, calibrationNeeded: 14, nightSignal: .green),
            night: builder.night(staged: true, by: "Fitbit", gap: 610..<655),
            vitals: builder.vitals(), activity: builder.activity(),
            dataQuality: builder.quality(), changes: builder.changes())
    }()

    /// The night of 29 to 30 March 2025 in Europe: 02:00 became 03:00.
    static let clockChange: DailySummary = {
        let date = LocalDate(dayNumber: 20_177)
        var builder = FixtureBuilder(seed: 17, day: date, offsetSeconds: 3600)
        var night = builder.night(staged: true, by: "hearth")
        night.offsetSeconds = 7200
        night.clock = ZoneTimeline([
            ZoneSpan(start: .distantPast, offsetSeconds: 3600, origin: .file),
            ZoneSpan(
                start: Timestamp(seconds: date.dayNumber * 86_400 + 3600), offsetSeconds: 7200,
                origin: .file),
        ])
        return DailySummary(
            day: date, person: "Ada",
            verdict: Verdict(
                state: .typical,
                sentence: "A typical night: all five signals are within your range.",
                calibrationDays: 57, calibrationNeeded: 14, nightSignal: .green),
            night: night, vitals: builder.vitals(), activity: builder.activity(),
            dataQuality: builder.quality(), rhythm: regularRhythm(on: date))
    }()

    /// Names and notes that try to get out of the text they are in.
    static let hostile: DailySummary = {
        var builder = FixtureBuilder(seed: 18)
        let attacks = [
            "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>",
            "javascript:alert(1)", "https://evil.example/?a=1&b=2",
            "</style><style>*{display:none}",
            "\u{1B}[2J\u{1B}]0;owned\u{7}", "abc\u{202E}gnp.exe",
            "line\r\nbreak\u{2028}again\tand tab",
            "Zoë 漢字 👨‍👩‍👧 e\u{301}", "' onmouseover='alert(1)", "]]><!-- & -->",
            String(repeating: "long", count: 200),
        ]
        var summary = typical
        summary.person = attacks[0]
        summary.verdict.state = .signalsOff
        summary.verdict.sentence = "Off: " + attacks[1]
        summary.verdict.signals = [builder.off(summary.vitals[0], nights: 11)]
        summary.verdict.signals[0].label = attacks[4]
        summary.night?.stagedBy = attacks[5]
        for index in summary.vitals.indices {
            summary.vitals[index].sources = [attacks[index % 11], attacks[(index + 6) % 11]]
            summary.vitals[index].confidence = Confidence(.low, reason: attacks[(index + 3) % 11])
        }
        summary.vitals[1].label = attacks[9]
        summary.dataQuality.sources = attacks.map {
            .init(device: $0, quantity: "heart-rate", samples: 3, used: false)
        }
        summary.dataQuality.sources.append(
            .init(device: attacks[5], quantity: attacks[3], samples: .max, used: true))
        summary.dataQuality.hints = [attacks[3], attacks[7], attacks[10]]
        summary.corrections = DayCorrections(
            sleep: attacks.enumerated().map { index, text in
                AppliedCorrection(
                    correction(UInt32(index + 1), .add, index * 10, index * 10 + 5, note: text),
                    missing: text)
            },
            tags: attacks.enumerated().map { tag(UInt32($0 + 100), $1) }, clock: clock)
        summary.night?.correction = NightCorrection(
            id: CorrectionID(rawValue: 1), kind: .edit, made: minute(0),
            found: .init(
                start: minute(0), end: minute(60), stagedBy: attacks[0], sleepMinutes: .nan),
            missing: attacks[4])
        summary.night?.second = SecondHypnogram(
            stagedBy: attacks[1],
            hypnogram: Hypnogram(start: minute(0), stages: [.wake, .asleep]),
            agreement: StageAgreement(
                classes: .two, epochSeconds: 30, epochs: 2, agreement: 0.5, kappa: .infinity))
        for index in attacks.indices.prefix(regularRhythm.metrics.count) {
            summary.rhythm?.metrics[index].label = attacks[index]
            summary.rhythm?.metrics[index].missing = attacks[(index + 1) % 11]
        }
        summary.changes[0].label = attacks[8]
        summary.changes[0].reason = attacks[6]
        return summary
    }()

    /// Even what comes from our own catalogue is not trusted as markup.
    static let hostileCatalog: DailySummary = {
        var summary = typical
        summary.vitals[2].id = "\"><img src=x onerror=alert(1)>"
        summary.vitals[2].model = "<b onclick='x'>"
        summary.activity[0].unit = "javascript:alert(1)"
        summary.rhythm?.metrics[0].unit = "<script>alert(1)</script>"
        summary.dataQuality.hints = ["<a href=\"https://evil.example\">sync</a>"]
        return summary
    }()

    /// Numbers a computation must not give, and reports must not show.
    static let brokenNumbers: DailySummary = {
        var summary = typical
        summary.vitals[0].value = .nan
        summary.vitals[0].missing = nil
        summary.vitals[1].zScore = .infinity
        summary.vitals[2].baseline?.spread = .nan
        summary.vitals[2].baseline?.lower = -.infinity
        summary.vitals[3].history[4].value = .nan
        summary.vitals[3].coverage = .nan
        summary.vitals[4].value = nil
        summary.vitals[4].missing = nil
        summary.activity[0].value = 1e300
        summary.activity[1].value = -0.0
        summary.activity[2].digits = -3
        summary.dataQuality.wearCoverage = .nan
        summary.changes[0].old = .infinity
        summary.night?.second = SecondHypnogram(
            stagedBy: "hearth", hypnogram: Hypnogram(start: minute(0), stages: []),
            agreement: StageAgreement(
                classes: .four, epochSeconds: 30, epochs: 0, agreement: .nan, kappa: .nan))
        summary.night?.metrics[1].range = ValueRange(low: .nan, high: 500)
        summary.night?.metrics[2].range = ValueRange(low: 99, high: 1)
        summary.rhythm?.metrics[0].value = .infinity
        summary.rhythm?.metrics[1].value = .nan
        summary.rhythm?.metrics[2].value = -1e300
        summary.rhythm?.raster = RasterPlot(first: day, days: [[], [.asleep], []])
        summary.verdict.signals = [
            SignalOff(
                metric: "x", label: "signal", difference: .nan, unit: "ms", digits: 99, nights: -1)
        ]
        return summary
    }()

    /// Far more than fits a screen.
    static let crowded: DailySummary = {
        var builder = FixtureBuilder(seed: 19)
        var summary = signalsOff
        for index in 0..<14 {
            var metric = summary.vitals[index % 5]
            metric.id += "-\(index)"
            metric.label = "extra vital sign number \(index)"
            summary.vitals.append(metric)
            summary.verdict.signals.append(builder.off(metric, nights: index + 1))
            summary.dataQuality.hints.append("Hint number \(index), which says what would help.")
            summary.changes.append(
                ResultChange(
                    day: day.advanced(by: Int64(-index)), metric: metric.id, label: metric.label,
                    unit: metric.unit, digits: metric.digits, old: nil, new: metric.value,
                    reason: "late data"))
        }
        return summary
    }()
}
