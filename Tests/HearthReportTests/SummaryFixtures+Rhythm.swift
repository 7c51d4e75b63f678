// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthTestSupport

/// Two weeks of one person and of another.
extension SummaryFixtures {
    private static func metric(
        _ id: String, _ label: String, _ value: Double?, _ unit: String, _ digits: Int,
        _ model: String, missing: String? = nil
    ) -> Metric {
        Metric(
            id: id, label: label, value: value, unit: unit, digits: digits,
            coverage: value == nil ? nil : 0.96,
            confidence: value == nil ? nil : Confidence(.high, reason: "14 of 14 days"),
            sources: value == nil ? [] : ["Garmin fenix 5"], model: model, missing: missing)
    }

    /// - Parameters:
    ///   - jetlag: `nil` for a person who tagged no days.
    ///   - hasActivity: false for a person of whom no hours are known.
    private static func metrics(
        _ regularity: Double, _ midpoint: Double, _ spread: Double, _ jetlag: Double?,
        hasActivity: Bool = false
    ) -> [Metric] {
        let untagged =
            "Nothing says which days are work and which are free; tag them work-day or free-day."
        let reason = jetlag == nil ? untagged : nil
        return [
            metric(
                "sleep-regularity-index", "sleep regularity index", regularity, "1", 0,
                "sleep-regularity/1"),
            metric("sleep-midpoint", "sleep midpoint", midpoint, "h", 2, "sleep-timing/1"),
            metric(
                "sleep-midpoint-deviation", "midpoint spread", spread, "min", 0, "sleep-timing/1"),
            metric(
                "mid-sleep-free-days-corrected", "mid-sleep on free days (MSFsc)",
                jetlag.map { midpoint + $0 / 2 }, "h", 2, "chronotype/1", missing: reason),
            metric(
                "social-jetlag", "social jetlag", jetlag, "h", 1, "chronotype/1", missing: reason),
        ]
            + activity(hasActivity)
    }

    private static func activity(_ isKnown: Bool) -> [Metric] {
        let missing =
            "No raw acceleration, activity counts or steps by the hour were recorded on these days."
        let (rhythm, cosinor) = ("rest-activity-rhythm/1", "cosinor/1")
        let list: [(id: String, label: String, Double, String, digits: Int, model: String)] = [
            ("interdaily-stability", "interdaily stability", 0.48, "1", 2, rhythm),
            ("intradaily-variability", "intradaily variability", 0.92, "1", 2, rhythm),
            ("relative-amplitude", "relative amplitude", 0.83, "1", 2, rhythm),
            ("l5", "L5", 3.1, isKnown ? "m[g]" : "1", 1, rhythm),
            ("l5-onset", "L5 onset", 3, "h", 2, rhythm),
            ("m10", "M10", 34.4, isKnown ? "m[g]" : "1", 1, rhythm),
            ("m10-onset", "M10 onset", 11, "h", 2, rhythm),
            ("mesor", "mesor", 2.41, "1", 2, cosinor),
            ("cosinor-amplitude", "cosinor amplitude", 1.27, "1", 2, cosinor),
            ("acrophase", "acrophase", 15.2, "h", 2, cosinor),
            ("cosinor-fit", "cosinor fit", 61, "%", 0, cosinor),
        ]
        return list.map { id, label, value, unit, digits, model in
            metric(
                id, label, isKnown ? value : nil, unit, digits, model,
                missing: isKnown ? nil : missing)
        }
    }

    /// Nights that begin at these cells before (below zero) or after midnight and last so many.
    private static func raster(
        _ nights: [(from: Int, length: Int)?], naps: [Int: Int] = [:], on day: LocalDate = day
    ) -> RasterPlot {
        let columns = RasterPlot.columns
        var cells = [RasterPlot.Cell](repeating: .awake, count: columns * nights.count)
        func paint(_ from: Int, _ to: Int, _ cell: RasterPlot.Cell) {
            for index in max(0, from)..<min(cells.count, max(0, to)) { cells[index] = cell }
        }
        for (index, night) in nights.enumerated() {
            let midnight = index * columns
            guard let night else {
                paint(midnight - 72, midnight + 72, .unknown)
                continue
            }
            paint(midnight + night.from, midnight + night.from + night.length, .asleep)
            if let nap = naps[index] { paint(midnight + nap, midnight + nap + 5, .asleep) }
        }
        paint(cells.count - 72, cells.count, .unknown)
        return RasterPlot(
            first: day.advanced(by: -Int64(nights.count - 1)),
            days: nights.indices.map { Array(cells[$0 * columns..<($0 + 1) * columns]) })
    }

    /// To bed around eleven, every day.
    static let regularRhythm = regularRhythm(on: day)

    static func regularRhythm(on day: LocalDate) -> RhythmSummary {
        var random = SeededRandom(seed: 31)
        let nights: [(from: Int, length: Int)?] = (0..<15).map { _ in
            (Int.random(in: -8 ... -4, using: &random), Int.random(in: 44...49, using: &random))
        }
        return RhythmSummary(metrics: metrics(86.4, 3.05, 19, nil), raster: raster(nights, on: day))
    }

    /// Late on free days, a night without the device, a nap; and stages with ranges.
    static let irregular: DailySummary = {
        var builder = FixtureBuilder(seed: 21)
        var night = builder.night(staged: true, by: "hearth")
        let model = "sleep-stager/1"
        let stages: [(String, Double, Double, Double)] = [
            ("light", 247, 205, 288), ("deep", 75, 55, 95), ("rem", 102, 71, 128),
        ]
        for (name, value, low, high) in stages {
            let label = name == "rem" ? "REM sleep" : "\(name) sleep"
            var stage = Metric(
                id: "\(name)-sleep", label: label, value: value, unit: "min", coverage: 0.98,
                confidence: Confidence(.medium, reason: "range of nine in ten benchmark nights"),
                sources: ["Garmin fenix 5"], model: model)
            stage.range = ValueRange(low: low, high: high)
            night.metrics.append(stage)
        }
        var random = SeededRandom(seed: 32)
        let nights: [(from: Int, length: Int)?] = (0..<15).map { index in
            if index == 6 { return nil }
            let isLate = [1, 2, 8, 9].contains(index)
            let from = (isLate ? 14 : -3) + Int.random(in: -6...6, using: &random)
            return (from, Int.random(in: 34...52, using: &random))
        }
        return DailySummary(
            day: day, person: "Chiara",
            verdict: Verdict(
                state: .typical,
                sentence: "A typical night: all five signals are within your range.",
                calibrationDays: 60, calibrationNeeded: 14, nightSignal: .green),
            night: night, vitals: builder.vitals(), activity: builder.activity(),
            dataQuality: builder.quality(),
            rhythm: RhythmSummary(
                metrics: metrics(54.2, 3.8, 83, 2.3, hasActivity: true),
                raster: raster(nights, naps: [4: 84, 10: 90])
            ))
    }()
}
