// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthDSP

/// Whether the night's signals are in the person's usual range, and for how long not.
///
/// One signal a body function, so that two views of one heart rate never count twice: the first
/// metric of each family that has both a value and a band. A signal is off outside its band; its
/// nights count while it stays off on the same side without a missing night. An alert needs two
/// signals off for two nights each, or NightSignal red.
enum VerdictRule {
    /// Families in the order of the report; inside each the preferred metric first.
    static let families: [[MetricID]] = [
        [.restingLowest, .restingNightMean, .restingVendor],
        [.logRMSSD, .vendorRMSSD, .vendorSDNN],
        [.respiratoryRate],
        [.skinTemperature, .skinTemperatureDeviation],
        [.oxygenMean],
    ]
    static let signalsForAlert = 2
    static let nightsForAlert = 2

    static func verdict(_ today: DayFeatures, _ history: MetricHistory) -> Verdict {
        guard today.metrics.contains(where: { $0.value != nil }) else { return noData(history) }
        let judged = families.compactMap { judge($0, history) }
        guard judged.contains(where: \.hasValue) else {
            return noData(
                history, sentence: "No signal of the night was recorded, so none can be compared.")
        }
        let reading = nightSignal(history)
        var off = judged.compactMap(\.off)
        let steady = off.count { $0.nights >= nightsForAlert }
        let isRed = reading?.state == .red
        if isRed, let reading { addNightSignal(reading, history, to: &off) }
        let isCalibrated = judged.contains(where: \.hasBand)
        // While no signal of this day has a band, only those that were recorded count.
        let days =
            judged.filter { isCalibrated || $0.hasValue }.map(\.days).max() ?? 0
        let state: Verdict.State =
            !off.isEmpty ? .signalsOff : (isCalibrated ? .typical : .calibrating)
        return Verdict(
            state: state, sentence: sentence(state, off, days), signals: off,
            isAlert: isRed || steady >= signalsForAlert, calibrationDays: days,
            calibrationNeeded: PersonalBand.fewestDays, nightSignal: reading?.state)
    }

    static func noData(
        _ history: MetricHistory, sentence: String = "There is no input for this day."
    ) -> Verdict {
        Verdict(
            state: .noData, sentence: sentence,
            calibrationDays: families.compactMap { judge($0, history)?.days }.max() ?? 0,
            calibrationNeeded: PersonalBand.fewestDays)
    }

    private struct Judgement {
        var days: Int
        var hasValue: Bool
        var hasBand: Bool
        var off: SignalOff?
    }

    /// The family's first metric with a value and a band today; without one, how far it is.
    private static func judge(_ family: [MetricID], _ history: MetricHistory) -> Judgement? {
        var best: Judgement?
        for id in family {
            let days = history.banded(id)
            guard let today = days.last else { continue }
            if let side = today.side, let value = today.value, let baseline = today.baseline {
                return Judgement(
                    days: today.days, hasValue: true, hasBand: true,
                    off: side == 0 ? nil : signal(id, value, baseline.median, days, side))
            }
            // A recorded metric speaks for its family before one that only has a past.
            let hasValue = today.value != nil
            let rank = (hasValue ? 1 : 0, today.days)
            if best.map({ rank > ($0.hasValue ? 1 : 0, $0.days) }) ?? true {
                best = Judgement(days: today.days, hasValue: hasValue, hasBand: false)
            }
        }
        return best
    }

    private static func signal(
        _ id: MetricID, _ value: Double, _ median: Double, _ days: [BandedValue], _ side: Int
    ) -> SignalOff {
        let nights = days.reversed().prefix { $0.side == side }.count
        let facts = id.facts
        return SignalOff(
            metric: id.rawValue, label: facts.label, difference: value - median, unit: facts.unit,
            digits: facts.digits, nights: nights)
    }

    private static func nightSignal(_ history: MetricHistory) -> NightSignalReading? {
        var machine = NightSignal()
        return machine.batch(history.values(of: MetricID.restingNightMean.rawValue)).last
    }

    /// A red night is named even where no band is there yet or the band is wide.
    private static func addNightSignal(
        _ reading: NightSignalReading, _ history: MetricHistory, to off: inout [SignalOff]
    ) {
        let id = MetricID.restingNightMean
        let heart = Set(families[0].map(\.rawValue))
        guard !off.contains(where: { heart.contains($0.metric) }), let median = reading.median,
            let value = history.values(of: id.rawValue).last?.value
        else { return }
        let facts = id.facts
        off.insert(
            SignalOff(
                metric: id.rawValue, label: facts.label, difference: value - median,
                unit: facts.unit, digits: facts.digits, nights: reading.nights), at: 0)
    }

    // MARK: Words

    /// Short: the signals themselves follow it in every voice of the report.
    private static func sentence(
        _ state: Verdict.State, _ off: [SignalOff], _ days: Int
    ) -> String {
        switch state {
        case .calibrating:
            let needed = PersonalBand.fewestDays
            return "Your usual range is not known yet: \(min(days, needed)) of \(needed) nights."
        case .typical, .noData: return "Every signal is within your usual range."
        case .signalsOff:
            let subject = off.count == 1 ? "1 signal is" : "\(off.count) signals are"
            let nights = off.map(\.nights).max() ?? 1
            return nights > 1
                ? "\(subject) outside your usual range, up to \(nights) nights in a row."
                : "\(subject) outside your usual range, for the first night."
        }
    }
}
