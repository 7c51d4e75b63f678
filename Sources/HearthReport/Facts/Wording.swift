// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Sentences that the voices share.
enum Wording {
    static let disclaimer = "Hearth is not a medical device."

    static func name(_ stage: SleepStage) -> String {
        switch stage {
        case .inBed: "in bed"
        case .wake: "awake"
        case .asleep: "asleep"
        case .light: "light"
        case .deep: "deep"
        case .rem: "REM"
        case .unscored: "no data"
        }
    }

    static func zone(_ origin: ZoneOrigin) -> String {
        switch origin {
        case .user: "time zone set by you"
        case .file: "time zone from your files"
        case .metadata: "time zone from single records"
        case .inferred: "time zone inferred from your files"
        case .unknown: "time zone not known, so times are UTC"
        }
    }

    static func staged(by name: String) -> String {
        name == "hearth" ? "scored by Hearth" : "stages by \(name)"
    }

    /// Who drew the hypnogram, and whose the times are.
    static func drawn(_ night: NightSummary, by name: String) -> String {
        let staged = night.correction?.missing == nil ? staged(by: name) : "no stages"
        return night.correction == nil ? staged : "corrected by you; \(staged)"
    }

    /// `5.1 bpm above your median`
    static func difference(_ signal: SignalOff) -> String {
        guard signal.difference.isFinite else { return "outside your usual range" }
        let size = Measure(
            signal.difference.magnitude, unit: signal.unit, digits: signal.digits,
            metric: signal.metric)
        return "\(size.text) \(signal.difference < 0 ? "below" : "above") your median"
    }

    /// `second night in a row`, `first night`
    static func nights(_ nights: Int) -> String {
        let ordinal = NumberText.ordinal(max(1, nights))
        return nights > 1 ? "\(ordinal) night in a row" : "\(ordinal) night"
    }

    /// `9 of 14 nights known so far`
    static func calibration(_ verdict: Verdict) -> String {
        let have = max(0, verdict.calibrationDays)
        return "\(have) of \(max(0, verdict.calibrationNeeded)) nights known so far"
    }

    static func nightSignal(_ state: NightSignalState) -> String {
        switch state {
        case .green: "NightSignal: green"
        case .yellow: "NightSignal: yellow, off but not yet for long"
        case .red: "NightSignal: red, off for long enough to count"
        }
    }

    static func wear(_ coverage: Double) -> String {
        "worn \(NumberText.percent(min(1, max(0, coverage)))) of the day"
    }

    static func count(_ number: Int, _ one: String, _ many: String) -> String {
        "\(NumberText.integer(number)) \(number == 1 ? one : many)"
    }

    /// `heart-rate` becomes `heart rate`; an unknown name is shown as it is.
    static func quantity(_ name: String) -> String {
        Quantity(name: name)?.facts.label ?? name
    }

    /// The first letter in upper case, unless the word has its own way, as `lnRMSSD` has.
    static func capitalised(_ text: String) -> String {
        guard let first = text.first,
            !text.prefix(while: { $0 != " " }).contains(where: \.isUppercase)
        else { return text }
        return first.uppercased() + text.dropFirst()
    }
}
