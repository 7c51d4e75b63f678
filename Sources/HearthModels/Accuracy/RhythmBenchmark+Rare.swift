// SPDX-License-Identifier: Apache-2.0

extension RhythmBenchmark {
    /// Shares of people, or of time, at which predictive values are told.
    public static let prevalences = [0.01, 0.02, 0.05]

    /// Everybody in sinus rhythm.
    public func sinus(_ method: Method) -> RhythmTally {
        total(.sinus, method) + total(.healthy, method)
    }

    /// Share of the called time that is fibrillation if fibrillation fills the share `prevalence` of
    /// all time: sensitivity of the paroxysmal set, specificity of the people in sinus rhythm.
    public func rareByTime(_ method: Method, _ prevalence: Double) -> Double? {
        guard let sensitivity = total(.fibrillation, method).sensitivity(.time),
            let specificity = sinus(method).specificity(withFlutter: false, .time)
        else { return nil }
        return PredictiveValue.positive(
            sensitivity: sensitivity, specificity: specificity, prevalence: prevalence)
    }

    /// Share of the people with an episode on a day who have fibrillation, if the share `prevalence` of
    /// people has.
    public func rareByPerson(_ method: Method, _ prevalence: Double) -> Double? {
        guard let sensitivity = personSensitivity(method),
            let specificity = personSpecificity(method)
        else { return nil }
        return PredictiveValue.positive(
            sensitivity: sensitivity, specificity: specificity, prevalence: prevalence)
    }

    /// Share of the records with fibrillation that have a right episode.
    public func personSensitivity(_ method: Method) -> Double? {
        let ill = records.filter {
            $0.set == .fibrillation && ($0.tallies[method]?.total(.fibrillation) ?? 0) > 0
        }
        guard !ill.isEmpty else { return nil }
        let found = ill.count {
            ($0.episodes[method] ?? 0) > ($0.falseEpisodes[method] ?? 0)
        }
        return Double(found) / Double(ill.count)
    }

    /// Share of the people in sinus rhythm without an episode in their whole record.
    public func personSpecificity(_ method: Method) -> Double? {
        let well = records.filter { $0.set == .sinus || $0.set == .healthy }
        guard !well.isEmpty else { return nil }
        return Double(well.count { ($0.episodes[method] ?? 0) == 0 }) / Double(well.count)
    }

    /// False episodes in 24 h of the people in sinus rhythm.
    public func falseEpisodesADay(_ method: Method) -> Double? {
        let well = records.filter { $0.set == .sinus || $0.set == .healthy }
        let hours = well.reduce(0) { $0 + $1.hours }
        guard hours > 0 else { return nil }
        return 24 * Double(well.reduce(0) { $0 + ($1.falseEpisodes[method] ?? 0) }) / hours
    }
}
