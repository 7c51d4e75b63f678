// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// Consent given or withdrawn: one line of a history that only grows.
public struct ConsentEvent: Sendable, Hashable {
    public enum Kind: UInt8, Sendable { case given = 1, withdrawn = 2 }

    public var number: UInt32
    public var kind: Kind
    public var time: Timestamp
    public var purposes: Set<Purpose>
    public var categories: Set<Category>
    /// Until when it holds, end excluded; `nil` for no end. Only of a consent given.
    public var expires: Timestamp?
    /// How it was obtained or withdrawn, in a line: `signed form`, `in person`.
    public var how: String
    /// SHA-256 of the notice that was shown; `nil` if none was.
    public var notice: [UInt8]?

    public init(
        number: UInt32 = 0, kind: Kind, time: Timestamp, purposes: Set<Purpose>,
        categories: Set<Category>, expires: Timestamp? = nil, how: String, notice: [UInt8]? = nil
    ) {
        self.number = number
        self.kind = kind
        self.time = time
        self.purposes = purposes
        self.categories = categories
        self.expires = expires
        self.how = how
        self.notice = notice
    }
}

/// Stored, not processed: categories of a person, for a range of time.
public struct Restriction: Sendable, Hashable {
    public var number: UInt32
    public var categories: Set<Category>
    /// Samples that start at or after `from` and before `to`.
    public var from: Timestamp
    public var to: Timestamp
    public var made: Timestamp
    /// `nil` while it is in force; the entry stays when it is lifted.
    public var lifted: Timestamp?
    public var reason: String

    public init(
        number: UInt32 = 0, categories: Set<Category>, from: Timestamp, to: Timestamp,
        made: Timestamp, lifted: Timestamp? = nil, reason: String
    ) {
        self.number = number
        self.categories = categories
        self.from = from
        self.to = to
        self.made = made
        self.lifted = lifted
        self.reason = reason
    }
}

/// A correction of sample values: what readers get instead of what was recorded.
public struct Amendment: Sendable, Hashable {
    public enum Change: Sendable, Hashable {
        /// These values, one a column, in place of the recorded ones.
        case replace([Float])
        /// The samples are left out.
        case remove
    }

    public var number: UInt32
    public var quantity: Quantity
    public var device: DeviceID
    /// Samples that start at or after `from` and before `to`.
    public var from: Timestamp
    public var to: Timestamp
    public var change: Change
    public var made: Timestamp
    public var reason: String
    /// The recorded values were destroyed; the amended ones lie in their place.
    public var isOriginalShredded: Bool

    public init(
        number: UInt32 = 0, quantity: Quantity, device: DeviceID, from: Timestamp, to: Timestamp,
        change: Change, made: Timestamp, reason: String, isOriginalShredded: Bool = false
    ) {
        self.number = number
        self.quantity = quantity
        self.device = device
        self.from = from
        self.to = to
        self.change = change
        self.made = made
        self.reason = reason
        self.isOriginalShredded = isOriginalShredded
    }
}

/// A copy of a person's data that left the vault: who got what, never a value.
public struct Disclosure: Sendable, Hashable {
    public var number: UInt32
    public var time: Timestamp
    /// Who got it, as was said when it was made.
    public var recipient: String
    /// Such as `csv, ndjson`.
    public var format: String
    public var categories: Set<Category>
    /// Range that was asked for.
    public var from: Timestamp
    public var to: Timestamp
    /// SHA-256 of the manifest, which lists every file with its own.
    public var digest: [UInt8]
    /// When the recipient was last told of an erasure or amendment (`gdpr` Article 19).
    public var told: Timestamp?

    public init(
        number: UInt32 = 0, time: Timestamp, recipient: String, format: String,
        categories: Set<Category>, from: Timestamp, to: Timestamp, digest: [UInt8],
        told: Timestamp? = nil
    ) {
        self.number = number
        self.time = time
        self.recipient = recipient
        self.format = format
        self.categories = categories
        self.from = from
        self.to = to
        self.digest = digest
        self.told = told
    }
}

/// The records of one person's rights.
public struct PersonRecords: Sendable, Hashable {
    /// The number that the next record gets; numbers are never given again.
    public internal(set) var next: UInt32 = 1
    public internal(set) var consents: [ConsentEvent] = []
    public internal(set) var restrictions: [Restriction] = []
    public internal(set) var amendments: [Amendment] = []
    public internal(set) var disclosures: [Disclosure] = []
    /// Results of local days that ended before this instant stay as they are: retention took the
    /// samples they came from. `nil` if it never did.
    public internal(set) var resultsKeptBefore: Timestamp?

    public init() {}

    var isEmpty: Bool { self == PersonRecords() }

    /// Whether consent holds at a time for one purpose and category: what was said last counts.
    public func hasConsent(
        for purpose: Purpose, _ category: Category, at time: Timestamp
    ) -> Bool {
        let last = consents.last {
            $0.purposes.contains(purpose) && $0.categories.contains(category)
        }
        guard let last, last.kind == .given else { return false }
        return last.expires.map { time < $0 } ?? true
    }

    /// The categories a consent holds for.
    public func consented(for purpose: Purpose, at time: Timestamp) -> Set<Category> {
        Set(Category.choosable.filter { hasConsent(for: purpose, $0, at: time) })
    }
}
