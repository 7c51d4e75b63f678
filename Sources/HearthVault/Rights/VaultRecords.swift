// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// Who answers for the data of others.
public struct ControllerIdentity: Sendable, Hashable {
    public var name: String
    /// Where people reach the controller: an address, an e-mail, a telephone number.
    public var contact: String

    public init(name: String, contact: String) {
        self.name = name
        self.contact = contact
    }
}

/// What is done with a category, why, and for how long.
public struct CategoryPolicy: Sendable, Hashable {
    public var category: Category
    public var purposes: Set<Purpose>
    public var basis: LegalBasis
    /// Days after which it is due to be erased; `nil` for no end.
    public var keepDays: UInt32?

    public init(
        category: Category, purposes: Set<Purpose>, basis: LegalBasis, keepDays: UInt32? = nil
    ) {
        self.category = category
        self.purposes = purposes
        self.basis = basis
        self.keepDays = keepDays
    }
}

/// Somebody who gets data: named before, or seen in an export.
public struct Recipient: Sendable, Hashable {
    public var name: String
    public var contact: String
    public var purpose: String
    public var added: Timestamp

    public init(name: String, contact: String, purpose: String, added: Timestamp) {
        self.name = name
        self.contact = contact
        self.purpose = purpose
        self.added = added
    }
}

/// A breach that was noticed, and who was told when.
public struct BreachRecord: Sendable, Hashable {
    public var number: UInt32
    /// When the controller became aware; the 72 hours of Article 33 run from here.
    public var aware: Timestamp
    public var recorded: Timestamp
    /// In a line, without a name or a value.
    public var what: String
    /// How many people's data were in the vault.
    public var people: UInt32
    public var authorityTold: Timestamp?
    public var peopleTold: Timestamp?

    public init(
        number: UInt32 = 0, aware: Timestamp, recorded: Timestamp, what: String, people: UInt32,
        authorityTold: Timestamp? = nil, peopleTold: Timestamp? = nil
    ) {
        self.number = number
        self.aware = aware
        self.recorded = recorded
        self.what = what
        self.people = people
        self.authorityTold = authorityTold
        self.peopleTold = peopleTold
    }
}

/// What holds for the whole vault: mode, controller, policy, recipients, breaches.
public struct VaultRecords: Sendable, Hashable {
    public var mode = VaultMode.personal
    /// Set in controller mode.
    public var controller: ControllerIdentity?
    /// Ascending by category, none twice; those not listed have ``defaultPolicy(_:)``.
    public internal(set) var policies: [CategoryPolicy] = []
    public internal(set) var recipients: [Recipient] = []
    public internal(set) var breaches: [BreachRecord] = []

    public init() {}

    var isEmpty: Bool { self == VaultRecords() }

    /// What holds of a category.
    public func policy(of category: Category) -> CategoryPolicy {
        policies.first { $0.category == category } ?? defaultPolicy(category)
    }

    /// Personal: everything a person does for themself, without an end. Controller: explicit consent.
    public func defaultPolicy(_ category: Category) -> CategoryPolicy {
        CategoryPolicy(
            category: category, purposes: [.keep, .insight, .alert],
            basis: mode == .personal ? .household : .consent)
    }

    /// Whether a category may be used for a purpose only with the person's consent.
    public func needsConsent(for purpose: Purpose, _ category: Category) -> Bool {
        mode == .controller && category != .clock && policy(of: category).basis == .consent
    }

    /// Sets or, with `nil`, takes back what holds of a category.
    public mutating func set(_ policy: CategoryPolicy?, of category: Category) {
        policies.removeAll { $0.category == category }
        guard let policy else { return }
        policies.append(policy)
        policies.sort { $0.category.rawValue < $1.category.rawValue }
    }

    /// Adds somebody who gets data; one of the same name is replaced.
    public mutating func add(_ recipient: Recipient) {
        recipients.removeAll { $0.name == recipient.name }
        recipients.append(recipient)
    }

    /// Takes somebody off the list; false if there is nobody of that name.
    public mutating func removeRecipient(named name: String) -> Bool {
        let before = recipients.count
        recipients.removeAll { $0.name == name }
        return recipients.count < before
    }

    /// Adds a breach under the next number.
    public mutating func add(_ breach: BreachRecord) -> BreachRecord {
        var one = breach
        one.number = (breaches.map(\.number).max() ?? 0) + 1
        breaches.append(one)
        return one
    }

    /// Changes a breach that is there; false if there is none of that number.
    public mutating func update(_ breach: BreachRecord) -> Bool {
        guard let place = breaches.firstIndex(where: { $0.number == breach.number }) else {
            return false
        }
        breaches[place] = breach
        return true
    }
}
