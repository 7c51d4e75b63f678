// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthDSP

/// The learned stager and what it may look at in a day's window.
struct SleepStaging {
    let model: SleepModel
    var heartRate: [Timed<Double>] = []
    /// Of 15 s, comparable with those of the training.
    var counts: [Timed<Double>] = []
    /// Minutes with steps 1, without 0; used where there are no counts.
    var steps: [Timed<Double>] = []

    /// What was made of a stretch of rest.
    struct Staged {
        var inputs: SleepInputs
        var epochs: [StagedEpoch]

        var stages: [SleepStage] { epochs.map(\.stage) }
    }

    /// The stages of a stretch that was taken for sleep; `nil` if there is too little to go by.
    func stage(_ span: TimeSpan) -> Staged? {
        let epochs = SleepEpochs.make(
            from: span.start, to: span.end, heartRate: heartRate, counts: counts, coarse: steps)
        guard let inputs = NightSleepStager.inputs(of: epochs) else { return nil }
        return Staged(inputs: inputs, epochs: NightSleepStager(model).stage(epochs))
    }
}
