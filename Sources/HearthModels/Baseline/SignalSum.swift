// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthDSP

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The experimental line of the report: several signals of the night added up by ``SignalWatch``.
///
/// Off unless the person set how often it may raise an alarm. Never part of the verdict: on the data at
/// hand it cannot be told from the rule that is.
enum SignalSum {
    static let model = "personal-baseline/1"
    static let source =
        "Cumulative sum as in Page 1954 (page1954), robust spread as in Rousseeuw and Croux 1993"
        + " (rousseeuw1993); signals and weights are this project's; docs/models/personal-baseline.md"
    static let inputs = [
        "heart-rate", "resting-heart-rate", "rr-interval", "hrv-rmssd", "respiratory-rate",
        "skin-temperature", "oxygen-saturation",
    ]
    static let baseline =
        "Each signal: the median of its last \(SignalWatch.windowNights) nights up to"
        + " \(SignalWatch.lagNights) nights ago, at least \(SignalWatch.fewestNights) of them."
    static let formula =
        "Experimental. Sum over the nights of distance - \(SignalWatch.slack), never below 0;"
        + " distance: sum of weight x z over the root of the sum of squared weights, at most"
        + " \(SignalWatch.greatestDistance); z: (value - median) / spread, positive where illness"
        + " would move it. An alarm is a sum at the limit that `hearth settings` sets."

    /// The metrics of each signal, the preferred one first.
    static let families: [(signal: WatchedSignal, metrics: [MetricID])] = [
        (.restingHeartRate, [.restingNightMean, .restingVendor]),
        (.lowestHeartRate, [.restingLowest]),
        (.hrvLogRMSSD, [.logRMSSD, .vendorRMSSD]),
        (.respiratoryRate, [.respiratoryRate]),
        (.temperature, [.skinTemperature, .skinTemperatureDeviation]),
        (.oxygenSaturation, [.oxygenMean]),
    ]

    /// The line, or nothing where it is off.
    static func metrics(_ history: MetricHistory, _ settings: PersonSettings) -> [Metric] {
        guard let limit = settings.signalSumLimit else { return [] }
        var watch = SignalWatch(limit: limit)
        guard let reading = watch.batch(nights(history)).last, reading.day == history.day,
            reading.distance != nil
        else {
            return [
                MetricID.signalSum.metric(
                    nil,
                    missing: "No signal of this night has a past of"
                        + " \(SignalWatch.fewestNights) nights.")
            ]
        }
        return [
            MetricID.signalSum.metric(
                reading.sum, coverage: Double(reading.terms.count) / Double(families.count),
                confidence: Confidence(.low, reason: words(reading)))
        ]
    }

    private static func words(_ reading: SignalWatchReading) -> String {
        let rate =
            SignalSumRate.allCases.first { $0.limit == reading.limit }
            .map { ", about \($0.measured) alarms a person-week when measured" } ?? ""
        let state =
            reading.isAlarm
            ? "ALARM, the sum reached its limit" : (reading.isAbove ? "above" : "below")
        let terms = reading.terms.map { term in
            "\(name(term.signal)) \(signed(term.z)) x \(term.weight)"
        }
        return "experimental, not part of the verdict: \(state) (limit \(reading.limit)\(rate));"
            + " this night: \(terms.joined(separator: ", "))."
    }

    /// What the days up to this one have of each signal; of one metric throughout.
    private static func nights(_ history: MetricHistory) -> [NightSignals] {
        var nights: [LocalDate: [WatchedSignal: Double]] = [:]
        for (signal, metrics) in families {
            // The metric this night has; without it the signal says nothing tonight.
            let past = metrics.lazy.map { ($0, history.values(of: $0.rawValue)) }
            guard let (id, days) = past.first(where: { $0.1.last?.value != nil }) else { continue }
            for day in days {
                guard let value = day.value else { continue }
                // A vendor's RMSSD is in milliseconds.
                nights[day.day, default: [:]][signal] = id == .vendorRMSSD ? log(value) : value
            }
        }
        return nights.sorted { $0.key < $1.key }.map { NightSignals(day: $0.key, values: $0.value) }
    }

    private static func name(_ signal: WatchedSignal) -> String {
        switch signal {
        case .restingHeartRate: "resting heart rate"
        case .lowestHeartRate: "lowest heart rate"
        case .hrvLogRMSSD: "variability"
        case .respiratoryRate: "respiration"
        case .temperature: "temperature"
        case .oxygenSaturation: "SpO2"
        }
    }

    private static func signed(_ z: Double) -> String {
        let tenths = (z * 10).rounded() / 10
        return tenths >= 0 ? "+\(abs(tenths))" : "\(tenths)"
    }
}
