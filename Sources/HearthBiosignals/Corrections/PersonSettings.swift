// SPDX-License-Identifier: Apache-2.0

/// What a person set for themselves, as whole numbers; what was not set is absent.
public struct PersonSettings: Sendable, Codable, Hashable {
    /// The raw value is stored; never give an old one a new meaning.
    public enum Key: UInt8, Sendable, Codable, Hashable, CaseIterable {
        case maximumHeartRate = 1
        case loadWeighting = 2
        case readiness = 3
        case readinessVariability = 4
        case readinessHeartRate = 5
        case readinessRespiration = 6
        case readinessTemperature = 7
        case readinessSleep = 8
        case alarmsPerWeek = 9
    }

    public private(set) var values: [Key: Int32] = [:]

    public init() {}

    public var isEmpty: Bool { values.isEmpty }

    /// What was set; `nil` otherwise.
    public subscript(_ key: Key) -> Int? { values[key].map(Int.init) }

    /// What holds: what was set, else the default; `nil` where there is no default.
    public func value(of key: Key) -> Int? { self[key] ?? key.facts.standard }

    /// Sets or, with `nil`, unsets; false if the number is outside the key's range.
    public mutating func set(_ key: Key, to value: Int?) -> Bool {
        guard let value else {
            values[key] = nil
            return true
        }
        guard key.facts.range.contains(value) else { return false }
        values[key] = Int32(value)
        return true
    }

    // MARK: What they mean

    public var loadWeighting: LoadWeighting {
        LoadWeighting(rawValue: value(of: .loadWeighting) ?? 0) ?? .men
    }

    public var wantsReadiness: Bool { value(of: .readiness) != 0 }

    /// The limit of the experimental sum of several signals of the night; `nil` if it is off.
    public var signalSumLimit: Double? {
        let place = value(of: .alarmsPerWeek) ?? 0
        return SignalSumRate.allCases.first { $0.rawValue == place }?.limit
    }
}

/// How many alarms a person-week the experimental sum of several signals of the night raised, days far
/// from an illness, at each of its limits: docs/accuracy.md. Ten people; on others it may be different.
public enum SignalSumRate: Int, Sendable, Codable, CaseIterable {
    case limit2 = 1
    case limit3 = 2
    case limit4 = 3
    case limit5 = 4
    case limit6 = 5

    public var limit: Double { Double(rawValue + 1) }

    /// Alarms a person-week, as measured.
    public var measured: String {
        switch self {
        case .limit2: "0.28"
        case .limit3: "0.18"
        case .limit4: "0.15"
        case .limit5: "0.10"
        case .limit6: "0.04"
        }
    }
}

/// Which of the published constants weigh a minute of exercise.
///
/// - Source: `banister1991`, constants found in men and in women.
public enum LoadWeighting: Int, Sendable, Codable, CaseIterable {
    case men = 0
    case women = 1
}

extension PersonSettings.Key {
    /// A key's name, range and meaning.
    public struct Facts: Sendable {
        public var name: String
        public var unit: String
        public var range: ClosedRange<Int>
        /// What holds while nothing is set.
        public var standard: Int?
        /// Words for the numbers, where a number says nothing.
        public var words: [String]
        public var meaning: String
    }

    public var facts: Facts {
        func weight(_ name: String, _ standard: Int, _ what: String) -> Facts {
            Facts(
                name: "readiness-weight-\(name)", unit: "", range: 0...100, standard: standard,
                words: [], meaning: "weight of \(what) in the readiness score; 0 leaves it out")
        }
        switch self {
        case .maximumHeartRate:
            return Facts(
                name: "maximum-heart-rate", unit: "/min", range: 100...240, standard: nil,
                words: [],
                meaning: "your maximal heart rate, for the training load; without it the highest"
                    + " minute of the last 75 days")
        case .loadWeighting:
            return Facts(
                name: "load-weighting", unit: "", range: 0...1, standard: 0,
                words: ["men", "women"],
                meaning: "which published constants weigh a minute of exercise")
        case .readiness:
            return Facts(
                name: "readiness", unit: "", range: 0...1, standard: 1, words: ["off", "on"],
                meaning: "whether a readiness score is made at all")
        case .readinessVariability: return weight("variability", 40, "heart-rate variability")
        case .readinessHeartRate: return weight("heart-rate", 30, "resting heart rate")
        case .readinessRespiration: return weight("respiration", 10, "respiratory rate")
        case .readinessTemperature: return weight("temperature", 10, "skin temperature")
        case .readinessSleep: return weight("sleep", 10, "total sleep time")
        case .alarmsPerWeek:
            return Facts(
                name: "alarms-per-week", unit: "", range: 0...5, standard: 0,
                words: ["off"] + SignalSumRate.allCases.map(\.measured),
                meaning: "experimental: several signals of the night added up, with so many alarms"
                    + " a week on ten people's days far from an illness; 0.15 is the usual choice")
        }
    }

    /// The key of a name; `nil` for an unknown one.
    public init?(name: String) {
        guard let key = Self.allCases.first(where: { $0.facts.name == name }) else { return nil }
        self = key
    }
}
