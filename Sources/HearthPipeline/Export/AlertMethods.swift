// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthModels
public import HearthRights

extension DerivedDays {
    /// How alerts of live streams come about; an id is `alert.` and the rule. Limits and times are the
    /// usual ones: each alert tells those that held.
    public static var alertMethods: [DerivedMethod] {
        let settings = LiveSettings()
        let minutes = "\(settings.persistence / 60_000_000_000) min"
        let project = "Definition of this project; docs/models"
        let heart = [("high", "above", settings.high), ("low", "below", settings.low)].map {
            name, side, limit in
            method(
                "heart-rate-\(name)", "alert: a heart rate at rest that stayed \(side) a limit",
                "/min",
                "Mean of an episode in which every value at rest lay \(side) \(Int(limit)) /min for"
                    + " \(minutes).", "heart-rate steps intensity workout", project,
                HeartRateWatch.model)
        }
        let beats = [
            method(
                "irregular-rhythm", "alert: intervals between beats that stayed irregular", "/min",
                "Mean rate of an episode that the rhythm screen found irregular for \(minutes).",
                "rr-interval", project, RhythmWatch.model),
            method(
                "heart-rate-above-effort", "alert: a heart rate higher than movement explains",
                "/min", "The heart rate; baseline is what the steps let expect.",
                "heart-rate steps", project, EffortWatch.model),
        ]
        let changes = ChangeWatch.primary.sorted { $0.rawValue < $1.rawValue }.map { quantity in
            method(
                "\(quantity.name)-change",
                "alert: \(quantity.facts.label) that stayed far from its level",
                quantity.facts.unit,
                "Mean of an episode more than \(Int(settings.changeLimit)) spreads from the level of"
                    + " late for \(minutes).", quantity.name, "Huber 1964 (huber1964)",
                ChangeWatch.model)
        }
        return heart + beats + changes
    }

    private static func method(
        _ rule: String, _ label: String, _ unit: String, _ formula: String, _ inputs: String,
        _ source: String, _ model: String
    ) -> DerivedMethod {
        DerivedMethod(
            id: "alert.\(rule)", label: label, unit: unit, formula: formula, inputs: inputs,
            source: source, model: model)
    }
}
