// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// What every voice says of the person's corrections and tags, and of a second hypnogram.
enum CorrectionFacts {
    /// `found without your correction: 23:30 to 06:39, 6 h 53 min asleep, scored by Hearth`
    static func found(_ night: NightSummary) -> String? {
        guard let correction = night.correction else { return nil }
        guard let found = correction.found else {
            return "found without your correction: no sleep"
        }
        let clock = WallClock(night)
        var parts = ["\(clock.text(found.start)) to \(clock.text(found.end))"]
        if let minutes = found.sleepMinutes, minutes.isFinite {
            let measure = Measure(minutes, unit: "min", digits: 0, metric: "total-sleep-time")
            parts.append("\(measure.text) asleep")
        }
        parts.append(Wording.staged(by: name(found.stagedBy)))
        return "found without your correction: " + parts.joined(separator: ", ")
    }

    /// `Hearth's own from 22:41 to 06:52 agrees on wake and sleep in 91 % of the 930 epochs …`
    static func second(_ night: NightSummary) -> String? {
        guard let second = night.second else { return nil }
        let clock = WallClock(night)
        let who = second.stagedBy == "hearth" ? "Hearth's own" : "that of \(name(second.stagedBy))"
        let span =
            "\(who) from \(clock.text(second.hypnogram.start)) to \(clock.text(second.hypnogram.end))"
        guard let agreement = second.agreement, agreement.agreement.isFinite else {
            return "\(span) has no epoch in common"
        }
        let what =
            agreement.classes == .two ? "wake and sleep" : "wake, light, deep and REM sleep"
        let epochs = Wording.count(agreement.epochs, "epoch", "epochs")
        return "\(span) agrees on \(what) in \(NumberText.percent(agreement.agreement)) of "
            + "\(epochs) that both scored (\(kappa(agreement)))"
    }

    private static func kappa(_ agreement: StageAgreement) -> String {
        guard let kappa = agreement.kappa, kappa.isFinite else {
            return "no kappa: both told one class only"
        }
        return "kappa \(NumberText.fixed(kappa, digits: 2))"
    }

    /// What a correction says, such as `slept instead 22:30 to 06:45`.
    static func words(_ applied: AppliedCorrection, _ clock: WallClock) -> String {
        let one = applied.correction
        let span = "\(clock.text(one.start)) to \(clock.text(one.end))"
        var text =
            switch one.kind {
            case .add: "you slept \(span)"
            case .edit: "you slept \(span) instead"
            case .remove: "no sleep \(span)"
            }
        if let later = applied.replacedBy { text += "; replaced by \(later)" }
        if let missing = applied.missing { text += ". \(missing)" }
        return text
    }

    /// What was amended, such as `amendment 2: heart-rate from 07:31 to 07:32 set right`.
    static func words(_ one: AmendedSamples, _ clock: WallClock) -> String {
        "amendment \(one.number): \(one.quantity.name) \(clock.stretch(one.from, one.to)) "
            + (one.isRemoved ? "left out" : "set right")
    }

    /// `alcohol`, `coffee 15:20`
    static func words(_ tag: DayTag, _ clock: WallClock) -> String {
        tag.isWholeDay ? name(tag.label) : "\(name(tag.label)) \(clock.text(tag.time))"
    }

    /// The person's own words, cut to what fits a report.
    static func name(_ text: String) -> String {
        SafeText.truncate(SafeText.clean(text), to: 80, mark: "…")
    }
}
