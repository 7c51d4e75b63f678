// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
public import HearthVault

/// Copies for somebody else: what may go into them, and who got some.
public enum Sharing {
    /// Who is recorded as the recipient of a person's own copy.
    public static let person = "the person"

    /// Whether a recipient is somebody else than the person themself.
    public static func isSomebodyElse(_ recipient: String) -> Bool {
        !recipient.isEmpty && recipient != person
    }

    /// Why something that a query selects must not go to somebody else, in a sentence; `nil` if all of
    /// it may.
    ///
    /// - Throws: `VaultError.noConsent` if nothing of it may, and what the vault throws.
    public static func leftOut(of query: SampleQuery, in vault: Vault) throws -> String? {
        guard let reason = try reasons(query, try held(query, in: vault), vault) else { return nil }
        var shared = query
        shared.purpose = .share
        guard try isEmpty(shared, in: vault) else { return reason }
        throw VaultError(.noConsent, "nothing was written for somebody else: \(reason)")
    }

    /// Every reason, with the categories it holds for.
    private static func reasons(
        _ query: SampleQuery, _ categories: Set<Category>, _ vault: Vault
    ) throws -> String? {
        var found: [(reason: String, names: [String])] = []
        for category in categories.sorted(by: { $0.rawValue < $1.rawValue }) {
            let whole = try vault.refusal(
                of: query.person, for: .share, [category], from: query.from, to: query.to)
            guard let whole else { continue }
            let reason = String(whole.dropLast(category.name.count + 2))
            if let place = found.firstIndex(where: { $0.reason == reason }) {
                found[place].names.append(category.name)
            } else {
                found.append((reason, [category.name]))
            }
        }
        guard !found.isEmpty else { return nil }
        return found.map { "\($0.reason): \($0.names.joined(separator: ", "))" }
            .joined(separator: "; ")
    }

    /// The categories of the samples and statements that a query selects, and of results.
    ///
    /// All there are if results outlived samples, which may have been of any.
    public static func held(_ query: SampleQuery, in vault: Vault) throws -> Set<Category> {
        if try vault.records(of: query.person).resultsKeptBefore != nil {
            return Set(Category.choosable)
        }
        var held: Set<Category> = [.results]
        for summary in try vault.streams(of: query.person)
        where (query.quantities?.contains(summary.stream.quantity) ?? true)
            && (query.devices?.contains(summary.stream.device) ?? true)
            && summary.last >= query.from && summary.first < query.to
        {
            held.insert(summary.stream.quantity.facts.category)
        }
        let said = ExportVocabulary.selected(try vault.corrections(of: query.person), query)
        if !said.sleep.isEmpty { held.insert(.sleep) }
        if !said.tags.isEmpty { held.insert(.context) }
        return held.subtracting([.clock])
    }

    /// Whether a query selects nothing beside the clock.
    private static func isEmpty(_ query: SampleQuery, in vault: Vault) throws -> Bool {
        struct Found: Error {}
        var samples = query
        samples.quantities = (query.quantities ?? Set(Quantity.allCases)).subtracting([.zoneOffset])
        do {
            try vault.read(samples) { _, block in if block.count > 0 { throw Found() } }
        } catch is Found { return false }
        let said = try vault.corrections(of: query.person, for: query.purpose)
        return ExportVocabulary.selected(said, query).isEmpty
    }

    /// Everybody else who got a copy of anybody's data, by name (`gdpr` Articles 13(1)(e) and 30(1)(d)).
    public static func recipients(in vault: Vault) throws(VaultError) -> [String] {
        var names: Set<String> = []
        for one in vault.people {
            names.formUnion(try vault.records(of: one.id).disclosures.map(\.recipient))
        }
        return names.filter(isSomebodyElse).sorted()
    }

    /// Everybody else who got a person's data of some categories and of a time, by name: who has to be
    /// told when these are set right or restricted (`gdpr` Article 19).
    public static func toTell(
        of person: PersonID, _ categories: Set<Category>, from: Timestamp, to: Timestamp,
        in vault: Vault
    ) throws(VaultError) -> [String] {
        let copies = try vault.records(of: person).disclosures.filter { copy in
            isSomebodyElse(copy.recipient) && !copy.categories.isDisjoint(with: categories)
                && copy.from < to && copy.to > from
        }
        return Set(copies.map(\.recipient)).sorted()
    }
}

extension Exporter {
    /// The categories of what an export wrote: of the samples that one of its forms could hold, of what
    /// the person said, and results where days of them were written.
    func categoriesWritten(
        _ reader: MonthlyReader, _ manifest: ExportManifest, days: Int
    ) throws(VaultError) -> Set<Category> {
        var categories: Set<Category> = days > 0 ? [.results] : []
        for quantity in reader.quantities {
            let samples = manifest.streams.filter { $0.quantity == quantity.name }
                .reduce(0) { $0 + $1.samples }
            let isWritten = formats.contains { format in
                let left = manifest.leftOut.filter {
                    $0.format == format.rawValue && $0.quantity == quantity.name
                }
                return left.reduce(0) { $0 + $1.samples } < samples
            }
            if isWritten { categories.insert(quantity.facts.category) }
        }
        if formats.contains(where: { $0 != .omh && $0 != .edf }) {
            let said = ExportVocabulary.selected(
                try vault.corrections(of: reader.query.person, for: reader.query.purpose),
                reader.query)
            if !said.sleep.isEmpty { categories.insert(.sleep) }
            if !said.tags.isEmpty { categories.insert(.context) }
        }
        return categories.subtracting([.clock])
    }
}
