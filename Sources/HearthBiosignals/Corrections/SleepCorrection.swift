// SPDX-License-Identifier: Apache-2.0

/// What a person says about their own sleep, against what was found in the data.
///
/// It is a layer of its own: neither a sample nor a result. It stays as it is when a day is scored
/// again, and it wins over every model and every vendor.
public struct SleepCorrection: Sendable, Codable, Hashable {
    public enum Kind: UInt8, Sendable, Codable, CaseIterable {
        /// There was a sleep from start to end that was not found.
        case add = 1
        /// The sleeps that overlap the span were one, from start to end.
        case edit = 2
        /// What was found in the span was no sleep.
        case remove = 3

        public var name: String {
            switch self {
            case .add: "add"
            case .edit: "edit"
            case .remove: "remove"
            }
        }
    }

    /// No longer stretch is one sleep.
    public static let longestSeconds: Int64 = 24 * 3600

    public var id: CorrectionID
    public var kind: Kind
    public var start: Timestamp
    /// Exclusive; after the start, by ``longestSeconds`` at most.
    public var end: Timestamp
    /// When the person said so.
    public var made: Timestamp
    /// The person's own words.
    public var note: String?

    public init(
        id: CorrectionID, kind: Kind, start: Timestamp, end: Timestamp, made: Timestamp,
        note: String? = nil
    ) {
        self.id = id
        self.kind = kind
        self.start = start
        self.end = max(start, end)
        self.made = made
        self.note = note
    }

    /// Whether the span has a length, and not more than a sleep can have.
    public static func isSound(from start: Timestamp, to end: Timestamp) -> Bool {
        start < end && end.nanoseconds(since: start) <= longestSeconds * 1_000_000_000
    }

    /// Whether two corrections speak of the same time.
    public func overlaps(_ other: SleepCorrection) -> Bool { overlaps(other.start, other.end) }

    /// Whether the correction speaks of a time in `from`..<`to`.
    public func overlaps(_ from: Timestamp, _ to: Timestamp) -> Bool { start < to && from < end }
}

/// A correction as it was applied to a day.
public struct AppliedCorrection: Sendable, Codable, Hashable {
    public var correction: SleepCorrection
    /// A later correction of the same time, which counts instead of this one.
    public var replacedBy: CorrectionID?
    /// Why a sleep the person stated has no stages; `nil` if it has some or is none.
    public var missing: String?

    public init(
        _ correction: SleepCorrection, replacedBy: CorrectionID? = nil, missing: String? = nil
    ) {
        self.correction = correction
        self.replacedBy = replacedBy
        self.missing = missing
    }
}
