// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// The scalars of a Samsung file of bins: a list of values with their start and end in UTC.
enum SamsungBinField: String, JSONNames {
    case start = "start_time"
    case end = "end_time"
    case heartRate = "heart_rate"
    case rmssd
    case sdnn
    case oxygen = "spo2"
    case stress = "score"
    case respiration = "respiratory_rate"
    case mean
    case steps = "count"
    case extremes =
        "heart_rate_max|heart_rate_min|score_max|score_min|spo2_max|spo2_min|max|min"
}

enum SamsungBinCut: String, JSONNames {
    case element = "data[]|bins[]"
}

/// One bin. What it holds is told by its keys; `mean` alone only by the file's name.
struct SamsungBin {
    let record: JSONRecord<SamsungBinField>

    private static let values: [(SamsungBinField, Quantity, Derivation)] = [
        (.heartRate, .heartRate, .measured), (.rmssd, .hrvRMSSD, .measured),
        (.sdnn, .hrvSDNN, .measured), (.oxygen, .oxygenSaturation, .measured),
        (.stress, .stress, .derived), (.respiration, .respiratoryRate, .measured),
        (.steps, .steps, .measured),
    ]

    /// - Parameter isTemperature: the file's name says that `mean` is a skin temperature.
    func deliver(
        isTemperature: Bool, _ output: inout SampleOutput,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        let position = record.position
        guard let first = record.integer(.start),
            let start = CloudTime.instant(milliseconds: first)
        else { return output.countInvalidTime(position) }
        var duration: Int64 = 0
        if let last = record.integer(.end), let end = CloudTime.instant(milliseconds: last),
            end > start
        {
            guard let length = CloudTime.duration(start, end) else {
                return output.countInvalidTime(position)
            }
            duration = length
        }
        var values = Self.values
        if isTemperature { values.append((.mean, .skinTemperature, .measured)) }
        var isKnown = false
        for (field, quantity, derivation) in values where record.mentions(field) {
            isKnown = true
            guard record.has(field) else {
                output.countSentinel(position)
                continue
            }
            guard let value = record.float(field) else {
                output.countInvalidValue(position)
                continue
            }
            if value < 0 || (value == 0 && quantity != .steps && quantity != .stress) {
                output.countSentinel(position)
                continue
            }
            try output.add(
                value, quantity, derivation, at: start, duration: duration, position: position,
                into: &sink)
        }
        if !isKnown {
            output.countUnsupported("a bin of which the file does not tell what it holds", position)
        }
    }
}
