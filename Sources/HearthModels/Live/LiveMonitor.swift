// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
public import HearthDSP

/// A sample as live scoring sees it.
public struct LiveSample: Codable, Sendable, Hashable {
    public var time: Timestamp
    /// Nanoseconds; 0 for an instant.
    public var duration: Int64
    /// In the quantity's unit; of a quantity with several columns the first.
    public var value: Double
    /// Which of the streams it is of.
    public var lane: UInt32
    public var quantity: Quantity

    public init(
        time: Timestamp, duration: Int64 = 0, value: Double, lane: UInt32 = 0, quantity: Quantity
    ) {
        self.time = time
        self.duration = duration
        self.value = value
        self.lane = lane
        self.quantity = quantity
    }
}

/// What a monitor has to say: the score of a stretch of time, or an alert.
public struct LiveFinding: Codable, Sendable, Hashable {
    public enum Kind: String, Codable, Sendable {
        case score, alert
    }

    /// A number that went into it.
    public struct Term: Codable, Sendable, Hashable {
        public var name: String
        public var value: Double

        public init(_ name: String, _ value: Double) {
            self.name = name
            self.value = value
        }
    }

    public var kind: Kind
    /// What is stated, such as `heart-rate-high` or `hrv-rmssd`.
    public var rule: String
    /// The monitor and its version, such as `heart-rate-watch/1`.
    public var model: String
    public var from: Timestamp
    public var to: Timestamp
    /// `nil` where there is no number; ``reason`` then says why.
    public var value: Double?
    public var unit: String
    public var terms: [Term]
    /// For an alert a sentence that states it; for a score why there is no number.
    public var reason: String?

    public init(
        _ kind: Kind, rule: String, model: String, from: Timestamp, to: Timestamp, value: Double?,
        unit: String, terms: [Term] = [], reason: String? = nil
    ) {
        self.kind = kind
        self.rule = rule
        self.model = model
        self.from = from
        self.to = to
        self.value = value
        self.unit = unit
        self.terms = terms
        self.reason = reason
    }
}

/// An operator that watches one stream as it comes, and others beside it for context.
///
/// One is made for each stream of ``primary`` quantities. Samples come in order of time, those of the
/// stream itself and those of ``context`` quantities of all streams.
public protocol LiveMonitor: StreamOperator where Input == LiveSample, Output == LiveFinding {
    /// Name and version; a new version begins anew instead of reading an older one's state.
    static var model: String { get }
    /// A monitor is made for every stream of these.
    static var primary: Set<Quantity> { get }
    /// Samples of these are handed in too.
    static var context: Set<Quantity> { get }

    init(_ settings: LiveSettings, quantity: Quantity)
}

extension LiveMonitor {
    public static var context: Set<Quantity> { [] }
}

/// What a person may set of live scoring.
public struct LiveSettings: Codable, Sendable, Hashable {
    /// Beats a minute at rest above which an alert is due.
    public var high = 120.0
    /// Beats a minute at rest below which an alert is due.
    public var low = 40.0
    /// How long a state must last before it is an alert.
    public var persistence: Int64 = 600_000_000_000
    /// Distance from the usual, in units of the usual spread, that counts as a change.
    public var changeLimit = 8.0

    public init() {}
}
