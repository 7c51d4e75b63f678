// SPDX-License-Identifier: Apache-2.0

/// Says that the times of a night are the person's own, and keeps what was found without them.
public struct NightCorrection: Sendable, Codable, Hashable {
    /// The night as it is without the person's corrections.
    public struct Found: Sendable, Codable, Hashable {
        public var start: Timestamp
        public var end: Timestamp
        /// Who drew its hypnogram: `hearth` or the vendor's name.
        public var stagedBy: String
        /// Total sleep time in minutes; `nil` without stages.
        public var sleepMinutes: Double?

        public init(start: Timestamp, end: Timestamp, stagedBy: String, sleepMinutes: Double?) {
            self.start = start
            self.end = end
            self.stagedBy = stagedBy
            self.sleepMinutes = sleepMinutes
        }
    }

    public var id: CorrectionID
    public var kind: SleepCorrection.Kind
    /// When the person said so.
    public var made: Timestamp
    /// `nil` if no sleep was found without the correction.
    public var found: Found?
    /// Why the night has no stages; `nil` if it has some.
    public var missing: String?

    public init(
        id: CorrectionID, kind: SleepCorrection.Kind, made: Timestamp, found: Found?,
        missing: String? = nil
    ) {
        self.id = id
        self.kind = kind
        self.made = made
        self.found = found
        self.missing = missing
    }
}

/// How far two hypnograms of one night say the same.
public struct StageAgreement: Sendable, Codable, Hashable {
    /// The classes that were compared.
    public enum Classes: String, Sendable, Codable {
        /// Wake and sleep, because one of the two tells no stages.
        case two = "wake-sleep"
        /// Wake, light, deep, REM.
        case four = "wake-light-deep-rem"
    }

    public var classes: Classes
    /// Length of a compared epoch in seconds.
    public var epochSeconds: Int
    /// Epochs that both scored.
    public var epochs: Int
    /// Share of these epochs with the same class, 0...1.
    public var agreement: Double
    /// Cohen's kappa, -1...1; `nil` if both said one and the same class all the time.
    public var kappa: Double?

    public init(
        classes: Classes, epochSeconds: Int, epochs: Int, agreement: Double, kappa: Double?
    ) {
        self.classes = classes
        self.epochSeconds = epochSeconds
        self.epochs = epochs
        self.agreement = agreement
        self.kappa = kappa
    }
}

/// A hypnogram of the same night by somebody else, beside the one that is shown first.
public struct SecondHypnogram: Sendable, Codable, Hashable {
    /// Who drew it: `hearth` or the vendor's name.
    public var stagedBy: String
    public var hypnogram: Hypnogram
    /// `nil` if no epoch was scored by both.
    public var agreement: StageAgreement?

    public init(stagedBy: String, hypnogram: Hypnogram, agreement: StageAgreement?) {
        self.stagedBy = stagedBy
        self.hypnogram = hypnogram
        self.agreement = agreement
    }
}
