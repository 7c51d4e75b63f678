// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
public import HearthVault

/// What the policy says is kept too long: one person, one category.
public struct RetentionItem: Sendable, Hashable {
    public var person: Person
    public var category: Category
    public var keepDays: UInt32
    /// Samples before this instant, or results of days before it, are due.
    public var cutoff: Timestamp
    /// Samples that are due; 0 for results.
    public var samples: Int
    /// Results that are due; 0 for all other categories.
    public var results: Int
    /// The first sample that is due.
    public var first: Timestamp?
}

/// Storage limitation (`gdpr` Article 5(1)(e)): finds what is due and erases it.
///
/// Due is what started before midnight UTC of the day the period reaches back to. Erasing leaves a tombstone
/// over the time before the cutoff alone, so that newer data still come in; results have a period of their
/// own and outlive the samples they came from.
public struct Retention {
    private let vault: Vault
    private let now: Timestamp

    public init(vault: Vault, now: Timestamp) {
        self.vault = vault
        self.now = now
    }

    /// The instant that a number of days reaches back to.
    public func cutoff(days: UInt32) -> Timestamp {
        Timestamp(seconds: (now.utcDay - Int64(days)) * 86_400)
    }

    /// Everything that is due, by person and category.
    public func due() throws(VaultError) -> [RetentionItem] {
        let rules = try vault.records()
        var found: [RetentionItem] = []
        for person in vault.people {
            for category in Category.choosable {
                guard let days = rules.policy(of: category).keepDays else { continue }
                let cutoff = cutoff(days: days)
                let impact = try vault.impact(of: scope(person.id, category, cutoff))
                let results = category == .results ? impact.results : 0
                guard impact.samples + impact.corrections + results > 0 else { continue }
                found.append(
                    RetentionItem(
                        person: person, category: category, keepDays: days, cutoff: cutoff,
                        samples: impact.samples, results: results,
                        first: impact.streams.map(\.first).min()))
            }
        }
        return found
    }

    /// Erases what is due; each erasure comes with its record, for a receipt.
    public func apply(_ item: RetentionItem) throws(VaultError) -> ErasureRecord {
        if item.category != .results {
            // Before the samples go: the results of these days are then left as they are.
            try vault.keepResults(before: item.cutoff, of: item.person.id)
        }
        return try vault.erase(scope(of: item))
    }

    /// What is erased of an item.
    public func scope(of item: RetentionItem) -> ErasureScope {
        scope(item.person.id, item.category, item.cutoff)
    }

    private func scope(
        _ person: PersonID, _ category: Category, _ cutoff: Timestamp
    ) -> ErasureScope {
        guard category != .results else {
            var scope = ErasureScope(person: person, to: cutoff)
            scope.results = .only
            return scope
        }
        var scope = ErasureScope(person: person, quantities: category.quantities, to: cutoff)
        scope.results = .keep
        scope.replacesTombstones = true
        return scope
    }
}
