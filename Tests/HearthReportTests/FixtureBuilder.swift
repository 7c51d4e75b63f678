// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthTestSupport

/// Builds the parts of a summary from a seed: the same summary on every run and machine.
struct FixtureBuilder {
    private var random: SeededRandom
    private let day: LocalDate
    private let historyDays: Int
    private let hasBands: Bool
    private let offsetSeconds: Int32

    init(
        seed: UInt64, day: LocalDate = SummaryFixtures.day, historyDays: Int = 60,
        hasBands: Bool = true, offsetSeconds: Int32 = 3600
    ) {
        random = SeededRandom(seed: seed)
        self.day = day
        self.historyDays = historyDays
        self.hasBands = hasBands
        self.offsetSeconds = offsetSeconds
    }

    // MARK: Metrics

    mutating func vitals() -> [Metric] {
        let watch = "Garmin fenix 5"
        return [
            metric(
                "resting-heart-rate-lowest-5min", "resting heart rate, lowest 5 min asleep", 52.4,
                spread: 1.7, "/min",
                digits: 1, source: watch, model: "resting-heart-rate/1"),
            metric(
                "ln-rmssd", "lnRMSSD", 3.84, spread: 0.11, "1",
                digits: 2, source: "Polar H10", model: "night-rhythm/1"),
            metric(
                "respiratory-rate", "respiratory rate", 14.1, spread: 0.4, "/min", digits: 1,
                source: watch, model: "night-vitals/1", low: "few beats were free of artefacts"),
            metric(
                "skin-temperature", "skin temperature", 34.35, spread: 0.21, "Cel", digits: 1,
                source: watch, model: "night-vitals/1"),
            metric(
                "spo2-mean", "SpO2, night mean", 95.8, spread: 0.6, "%", digits: 0,
                source: watch, model: "night-vitals/1"),
            Metric(
                id: "sdnn", label: "SDNN, 5 min", value: nil, unit: "ms",
                model: "night-rhythm/1", missing: "There were no RR intervals last night."),
            Metric(
                id: "vendor-rmssd", label: "RMSSD (vendor)", value: nil, unit: "ms",
                model: "vendor-value/1", missing: "There were no vendor values last night."),
            Metric(
                id: "vendor-sdnn", label: "SDNN (vendor)", value: nil, unit: "ms",
                model: "vendor-value/1", missing: "There were no vendor values last night."),
        ]
    }

    mutating func activity(low: Bool = false) -> [Metric] {
        [
            metric(
                "steps", "steps", low ? 3120 : 9412, spread: 1900, "{steps}", digits: 0,
                source: "Garmin fenix 5", model: "activity/1", median: 8800),
            metric(
                "active-minutes", "active minutes", low ? 12 : 41, spread: 14, "min", digits: 0,
                source: "Garmin fenix 5", model: "activity/1", median: 44),
            metric(
                "distance", "distance", low ? 2310 : 6870, spread: 1400, "m", digits: 0,
                source: "Garmin fenix 5", model: "activity/1", median: 6400),
        ]
    }

    /// A metric whose history scatters around `median` (or its value) and ends in its value.
    private mutating func metric(
        _ id: String, _ label: String, _ value: Double, spread: Double, _ unit: String, digits: Int,
        source: String, model: String, median: Double? = nil, low: String? = nil
    ) -> Metric {
        let middle = median ?? value - spread * 0.3
        let history = history(around: middle, spread: spread, last: value)
        let baseline = Baseline(
            median: middle, spread: spread, lower: middle - 2 * spread, upper: middle + 2 * spread,
            days: history.count { $0.value != nil } - 1, windowDays: 60)
        return Metric(
            id: id, label: label, value: value, unit: unit, digits: digits, coverage: 0.94,
            confidence: low.map { Confidence(.low, reason: $0) }
                ?? Confidence(.high, reason: "input all through the night"),
            sources: [source], model: model, baseline: hasBands ? baseline : nil,
            zScore: hasBands ? (value - middle) / spread : nil, history: history)
    }

    private mutating func history(
        around middle: Double, spread: Double, last: Double
    ) -> [HistoryPoint] {
        var drift = 0.0
        return (0..<historyDays).map { index in
            drift = 0.7 * drift + Double.random(in: -1...1, using: &random)
            let isMissing = Int.random(in: 0..<15, using: &random) == 0
            let day = day.advanced(by: Int64(index - historyDays + 1))
            if index == historyDays - 1 { return HistoryPoint(day: day, value: last) }
            return HistoryPoint(day: day, value: isMissing ? nil : middle + spread * drift)
        }
    }

    /// Overwrites the last days of a metric and everything that follows from them.
    func raise(_ metric: inout Metric, recent: some Collection<Double>) {
        let start = metric.history.count - recent.count
        for (index, value) in recent.enumerated() { metric.history[start + index].value = value }
        metric.value = metric.history.last?.value
        if let value = metric.value, let baseline = metric.baseline {
            metric.zScore = (value - baseline.median) / baseline.spread
        }
    }

    func off(_ metric: Metric, nights: Int) -> SignalOff {
        SignalOff(
            metric: metric.id, label: metric.label,
            difference: (metric.value ?? 0) - (metric.baseline?.median ?? 0), unit: metric.unit,
            digits: metric.digits == 0 ? 1 : metric.digits, nights: nights)
    }

    // MARK: Night

    mutating func night(staged: Bool, by scorer: String, gap: Range<Int>? = nil) -> NightSummary {
        let epochs = 922
        // 22:58 on the wall of the evening before.
        let start = Timestamp(
            seconds: day.dayNumber * 86_400 - 62 * 60 - Int64(offsetSeconds))
        var stages = stages(epochs, staged: staged)
        if let gap { for index in gap { stages[index] = .unscored } }
        let hypnogram = Hypnogram(start: start, stages: stages)
        return NightSummary(
            start: start, end: hypnogram.end, offsetSeconds: offsetSeconds, offsetOrigin: .file,
            stagedBy: scorer, hypnogram: hypnogram,
            metrics: nightMetrics(hypnogram, staged: scorer != "hearth"))
    }

    private mutating func stages(_ epochs: Int, staged: Bool) -> [SleepStage] {
        var stages = [SleepStage](repeating: staged ? .light : .asleep, count: epochs)
        func paint(_ range: Range<Int>, _ stage: SleepStage) {
            for index in range.clamped(to: 0..<epochs) { stages[index] = stage }
        }
        if staged {
            for cycle in 0..<5 {
                let from = 24 + cycle * 180
                paint(from + 20..<from + 95 - cycle * 17, .deep)
                paint(from + 138 - cycle * 6..<from + 172, .rem)
            }
        }
        paint(0..<22, .wake)
        for _ in 0..<9 {
            let from = Int.random(in: 60..<880, using: &random)
            paint(from..<from + Int.random(in: 2..<12, using: &random), .wake)
        }
        paint(epochs - 9..<epochs, .wake)
        return stages
    }

    private mutating func nightMetrics(_ hypnogram: Hypnogram, staged: Bool) -> [Metric] {
        func minutes(_ match: (SleepStage) -> Bool) -> Double {
            Double(hypnogram.stages.count(where: match)) / 2
        }
        let bed = Double(hypnogram.stages.count) / 2
        let asleep = minutes(\.isSleep)
        let model = "sleep-statistics/1"
        var metrics = [
            metric(
                "time-in-bed", "time in bed", bed, spread: 26, "min", digits: 0,
                source: "Garmin fenix 5", model: model, median: 463),
            metric(
                "total-sleep-time", "total sleep time", asleep, spread: 24, "min", digits: 0,
                source: "Garmin fenix 5", model: model, median: 428),
            metric(
                "sleep-efficiency", "sleep efficiency", asleep / bed * 100, spread: 2.2, "%",
                digits: 0, source: "Garmin fenix 5", model: model, median: 92),
            metric(
                "sleep-onset-latency", "sleep onset latency", 11, spread: 5, "min", digits: 0,
                source: "Garmin fenix 5", model: model, median: 12),
            metric(
                "wake-after-sleep-onset", "wake after sleep onset", minutes { $0 == .wake } - 11,
                spread: 9, "min", digits: 0, source: "Garmin fenix 5", model: model, median: 26),
        ]
        if staged {
            for (stage, name) in [(SleepStage.light, "light"), (.deep, "deep"), (.rem, "REM")] {
                let value = minutes { $0 == stage }
                metrics.append(
                    metric(
                        "\(stage.name)-sleep", "\(name) sleep (vendor)", value, spread: 15, "min",
                        digits: 0, source: "Fitbit Charge 5", model: "sleep-statistics/1",
                        median: value + 4))
            }
        }
        return metrics
    }

    // MARK: The rest

    func quality(wear: Double = 0.963) -> DataQuality {
        DataQuality(
            wearCoverage: wear,
            sources: [
                .init(
                    device: "Garmin fenix 5", quantity: "heart-rate", samples: 8412, used: true),
                .init(
                    device: "Fitbit Charge 5", quantity: "heart-rate", samples: 16_903, used: false),
                .init(device: "Polar H10", quantity: "rr-interval", samples: 23_871, used: true),
                .init(device: "Garmin fenix 5", quantity: "steps", samples: 1440, used: true),
                .init(device: "Fitbit Charge 5", quantity: "steps", samples: 1440, used: false),
            ],
            hints: [
                "Skin temperature has 41 of 60 nights; wear the watch a little tighter at night."
            ],
            zoneOrigin: .file)
    }

    func changes() -> [ResultChange] {
        [
            ResultChange(
                day: day.advanced(by: -2), metric: "resting-heart-rate-lowest-5min",
                label: "resting heart rate, lowest 5 min asleep", unit: "/min", digits: 1,
                old: 54.2, new: 52.1,
                reason: "late data"),
            ResultChange(
                day: day.advanced(by: -2), metric: "total-sleep-time", label: "total sleep time",
                unit: "min",
                digits: 0, old: nil, new: 431, reason: "late data"),
        ]
    }
}
