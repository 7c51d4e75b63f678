// SPDX-License-Identifier: Apache-2.0
import HearthModels
public import HearthReport

/// How everything that speaks to a person comes about: every number of a report, its verdict, the
/// stages of a night, and what live streams score and alert.
public enum ScoreLogic {
    public static let all: [AccessReport.Score] =
        MetricCatalog.all.map {
            AccessReport.Score(
                id: $0.id, label: $0.label, unit: $0.unit, formula: $0.formula, inputs: $0.inputs,
                baseline: $0.baseline, source: $0.source, model: $0.model)
        } + judgements + watches

    private static let project = "Definition of this project; docs/models"

    private static let judgements = [
        AccessReport.Score(
            id: "verdict", label: "the verdict of a day", unit: "",
            formula: "A signal is off when its night lies outside your own band. The verdict is "
                + "typical, or names the signals that are off; an alert needs nights in a row.",
            inputs: ["the numbers of the night", "your band of each"],
            baseline: "Each signal's own band; before it is known, calibrating.",
            source: "\(project)/night-signal.md (alavi2022), personal-band.md",
            model: "night-signal, personal-band"),
        AccessReport.Score(
            id: "sleep-stages", label: "stages of a night", unit: "",
            formula: "Each half minute gets the most probable of wake, light, deep and REM by two "
                + "small nets and decision trees over features of movement and heart rate. "
                + "`hearth model show sleep-stager` has its data, errors and limits.",
            inputs: ["heart-rate", "activity-count", "acceleration", "steps"],
            baseline: "None: the same for everybody, learned from 24 laboratory nights.",
            source: "\(project)/sleep-stager.md (walch2019)", model: "sleep-stager/1"),
        AccessReport.Score(
            id: "sleep-window", label: "when a sleep begins and ends", unit: "",
            formula:
                "The longest rests by the arm's angle (HDCZA, sustained inactivity), or by heart "
                + "rate where there is no movement; your own corrections stand above both.",
            inputs: ["acceleration", "activity-count", "steps", "heart-rate"],
            baseline: "Thresholds from the same day.",
            source: "\(project)/sleep-window.md (vanhees2018, perezpozuelo2022)",
            model: "sleep-window-hdcza/1, sleep-window-rest/1"),
    ]

    private static let watches = [
        watch(
            HeartRateWatch.model, ["heart-rate-mean", "heart-rate-high", "heart-rate-low"],
            "live heart rate", "/min",
            "Mean, least and greatest of each five minutes. An alert when every value at rest stays "
                + "above or below a limit (120 and 40 /min unless you set others) for ten minutes.",
            ["heart-rate", "steps", "intensity", "workout"], "Fixed limits that you can set."),
        watch(
            BeatWatch.model, ["hrv-rmssd"], "live RMSSD", "ms",
            "RMSSD of each five minutes, without intervals that are not normal-to-normal.",
            ["rr-interval"], "None."),
        watch(
            RhythmWatch.model, ["irregular-share", "irregular-rhythm"], "live rhythm", "%",
            "Share of beats whose pattern is as irregular as in atrial fibrillation; an alert after "
                + "ten minutes of it. A pattern, not a diagnosis.",
            ["rr-interval"], "None: the same for everybody."),
        watch(
            EffortWatch.model, ["heart-rate-above-effort"], "heart rate above effort", "",
            "Heart rate above what your steps let expect, by a model that follows you, for two "
                + "minutes.",
            ["heart-rate", "steps"], "Learned from the stream itself; nothing for 100 minutes."),
        watch(
            ChangeWatch.model,
            [
                "heart-rate-change", "oxygen-saturation-change", "respiratory-rate-change",
                "skin-temperature-change", "body-temperature-change",
            ], "change of level", "",
            "The distance from a slowly following level has been beyond eight spreads for ten "
                + "minutes. Experimental.",
            [
                "heart-rate", "oxygen-saturation", "respiratory-rate", "skin-temperature",
                "body-temperature",
            ], "Level and spread of the stream itself, 30 minutes long."),
    ]

    private static func watch(
        _ model: String, _ rules: [String], _ label: String, _ unit: String, _ formula: String,
        _ inputs: [String], _ baseline: String
    ) -> AccessReport.Score {
        AccessReport.Score(
            id: rules.joined(separator: ", "), label: label, unit: unit, formula: formula,
            inputs: inputs, baseline: baseline, source: "\(project)/live-monitors.md", model: model)
    }
}
