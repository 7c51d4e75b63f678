// SPDX-License-Identifier: Apache-2.0

/// Where the body stands on one day: the values around which minutes vary.
struct BodyLevels {
    /// The heart rate of quiet sleep, /min.
    let heartRate: Double
    /// RMSSD of light sleep, ms.
    let rmssd: Double
    /// Breaths a minute.
    let respiratoryRate: Double
    /// Percent.
    let oxygenSaturation: Double
    /// Against the usual, Cel.
    let skinTemperatureDeviation: Double
    let severity: Double

    /// One entry a day; the wearer is an adult of middle fitness.
    ///
    /// Illness at its height raises the heart rate by 6/min, breathing by 2.3/min and the skin's
    /// temperature by 0.85 Cel and takes 38 % of RMSSD: the size seen in wearable studies of
    /// infections (`mishra2020`, `alavi2022`).
    static func days(_ settings: SimulationSettings, _ episodes: Episodes) -> [BodyLevels] {
        var random = SimulationRandom(seed: settings.seed, for: "levels")
        var heart = Wander(memory: 0.5, deviation: 0.9)
        var variability = Wander(memory: 0.4, deviation: 0.07)
        var breath = Wander(memory: 0.5, deviation: 0.15)
        var warmth = Wander(memory: 0.4, deviation: 0.13)
        return (0..<settings.days).map { day in
            let severity = episodes.severity[day] ?? 0
            let lag = episodes.jetLag(day).magnitude
            let nightFlight = episodes.isNightFlight(day) ? 1.0 : 0
            // Illness leaves little of the usual wandering.
            let calm = heart.step(&random) * (1 - 0.7 * severity)
            let variation = 1 + variability.step(&random) * (1 - 0.7 * severity)
            return BodyLevels(
                heartRate: 53 + calm + 6 * severity + 0.3 * lag + 4 * nightFlight,
                rmssd: 47 * variation * (1 - 0.38 * severity) * (1 - 0.015 * lag)
                    * (1 - 0.15 * nightFlight),
                respiratoryRate: 14.3 + breath.step(&random) + 2.3 * severity,
                oxygenSaturation: 96.3 - 0.8 * severity - 2.2 * nightFlight,
                skinTemperatureDeviation: warmth.step(&random) + 0.85 * severity,
                severity: severity)
        }
    }
}
