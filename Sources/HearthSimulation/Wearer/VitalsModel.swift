// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Night values that follow from the day's levels and the sleep stages.
struct VitalsModel {
    let settings: SimulationSettings
    let levels: [BodyLevels]

    func vitals(of night: SimulatedNight, _ grid: MinuteGrid) -> NightVitals {
        var random = SimulationRandom(seed: settings.seed, for: "vitals", day: night.day)
        let level = levels[night.day]
        var vitals = NightVitals()
        vitals.skinTemperatureDeviation = level.skinTemperatureDeviation
        vitals.skinTemperature = 34.1 + level.skinTemperatureDeviation
        fillHeartRate(of: night, grid, &vitals)
        let fromAsleep = (night.asleep - night.bed) / 60
        let toWake = (night.wake - night.bed) / 60
        for minute in stride(from: fromAsleep, to: toWake - 4, by: 5) {
            let time = night.bed + minute * 60
            let stage = night.stages[Int(minute) + 2]
            let variability =
                level.rmssd * rmssdFactor(stage) * (1 + random.normal(0.1))
            vitals.rmssd.append(.init(time: time, value: min(150, max(8, variability))))
            let breaths = level.respiratoryRate + respirationShift(stage) + random.normal(0.4)
            vitals.respiratoryRate.append(.init(time: time, value: breaths))
        }
        for minute in stride(from: fromAsleep, to: toWake, by: 15) {
            let value = min(100, max(85, level.oxygenSaturation + random.normal(0.8)))
            vitals.oxygenSaturation.append(.init(time: night.bed + minute * 60, value: value))
        }
        return vitals
    }

    /// Slow breathing and calm of deep sleep raise RMSSD; REM sleep and wake lower it.
    private func rmssdFactor(_ stage: SleepStage) -> Double {
        switch stage {
        case .deep: 1.12
        case .rem: 0.85
        case .wake: 0.75
        default: 1
        }
    }

    private func respirationShift(_ stage: SleepStage) -> Double {
        switch stage {
        case .deep: -0.3
        case .rem: 0.7
        case .wake: 1
        default: 0
        }
    }

    private func fillHeartRate(
        of night: SimulatedNight, _ grid: MinuteGrid, _ vitals: inout NightVitals
    ) {
        let rates = grid.range(night.bed, night.rise).map { grid.heartRate[$0] }
        guard rates.count >= 5 else { return }
        let means = (0...rates.count - 5).map { rates[$0..<$0 + 5].reduce(0, +) / 5 }
        vitals.restingHeartRate = means.min() ?? 0
        let asleep = zip(rates, night.stages).filter { $0.1.isSleep }.map { $0.0 }
        vitals.meanHeartRate = asleep.reduce(0, +) / Double(max(1, asleep.count))
    }
}
