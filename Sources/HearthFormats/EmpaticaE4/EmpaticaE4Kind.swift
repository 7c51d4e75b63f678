// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// What one file of an E4 export holds.
enum EmpaticaE4Kind: Sendable, Equatable {
    case acceleration, bvp, eda, temperature, heartRate, intervals, tags

    /// From the file's name, such as `EDA.csv` or `A00204_EDA (2).csv`.
    init?(fileName: Substring) {
        let words = fileName.lowercased().split { !$0.isLetter }
        let known: [(Substring, EmpaticaE4Kind)] = [
            ("acc", .acceleration), ("bvp", .bvp), ("eda", .eda), ("temp", .temperature),
            ("temperature", .temperature), ("hr", .heartRate), ("ibi", .intervals),
            ("tags", .tags), ("tag", .tags),
        ]
        guard let found = known.first(where: { words.contains($0.0) }) else { return nil }
        self = found.1
    }

    /// From the rate of a file of one column, which tells for two; else from the name.
    init?(nanohertz: Int64, hint: EmpaticaE4Kind?) {
        switch nanohertz {
        case 64_000_000_000: self = .bvp
        case 1_000_000_000: self = .heartRate
        default:
            switch hint {
            case .bvp, .eda, .temperature, .heartRate: self = hint ?? .eda
            default: return nil
            }
        }
    }

    var quantity: Quantity {
        switch self {
        case .acceleration: .acceleration
        case .bvp: .ppg
        case .eda: .eda
        case .temperature: .skinTemperature
        case .heartRate: .heartRate
        case .intervals: .rrInterval
        case .tags: .event
        }
    }

    /// Heart rate and intervals are computed by the vendor from the pulse wave.
    var derivation: Derivation {
        self == .heartRate || self == .intervals ? .derived : .measured
    }
}
