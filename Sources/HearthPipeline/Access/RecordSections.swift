// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthReport
import HearthRights
import HearthVault

/// What the records say of why, for how long and who else: the middle of an access report.
enum RecordSections {
    static func all(of person: PersonID, in vault: Vault) throws -> [AccessReport.Section] {
        let own = try vault.records(of: person)
        let whole = try vault.records()
        var held: [Category] = []
        for summary in try vault.streams(of: person) {
            let category = summary.stream.quantity.facts.category
            if !held.contains(category) { held.append(category) }
        }
        let (first, last) = (LocalDate(dayNumber: -50_000), LocalDate(dayNumber: 100_000))
        if try !vault.results(of: person, from: first, through: last).isEmpty {
            held.append(.results)
        }
        held.sort { $0.rawValue < $1.rawValue }
        return [
            responsible(whole), purposes(held, own, whole), consents(own, whole),
            recipients(own, whole),
            changes(own),
        ]
    }

    private static func responsible(_ whole: VaultRecords) -> AccessReport.Section {
        let who =
            whole.controller.map { "\($0.name) keeps these data. Contact: \($0.contact)" }
            ?? "You keep these data yourself, for your own use. Hearth sends nothing to anybody."
        return AccessReport.Section(title: "Who keeps the data", paragraphs: [who])
    }

    private static func purposes(
        _ held: [Category], _ own: PersonRecords, _ whole: VaultRecords
    ) -> AccessReport.Section {
        let rows = held.map { category in
            let policy = whole.policy(of: category)
            let forever = whole.mode == .personal ? "until you erase it" : "until it is erased"
            let days = policy.keepDays.map { "\($0) days" } ?? forever
            return [
                "\(category)", policy.purposes.map(\.words).sorted().joined(separator: "; "),
                policy.basis.name, days,
            ]
        }
        return AccessReport.Section(
            title: "Why, and for how long",
            paragraphs: rows.isEmpty ? ["Nothing is stored, so nothing is used."] : [],
            table: rows.isEmpty
                ? nil
                : AccessReport.Table(
                    columns: ["category", "for", "legal basis", "kept"], rows: rows))
    }

    private static func consents(
        _ own: PersonRecords, _ whole: VaultRecords
    ) -> AccessReport.Section {
        let rows = own.consents.map { event in
            [
                day(event.time), event.kind == .given ? "given" : "withdrawn",
                event.purposes.map(\.name).sorted().joined(separator: ", "),
                names(event.categories), event.how, event.expires.map(day) ?? "",
            ]
        }
        let none =
            whole.mode == .personal
            ? "No consent is recorded; none is needed for your own use." : "No consent is recorded."
        return table(
            "What you agreed to", rows, none,
            ["day", "consent", "for", "categories", "how", "until"])
    }

    private static func recipients(
        _ own: PersonRecords, _ whole: VaultRecords
    ) -> AccessReport.Section {
        let known = whole.recipients.map { "\($0.name) (\($0.purpose))" }
        let others = own.disclosures.filter { Sharing.isSomebodyElse($0.recipient) }
        let rows = others.map { copy in
            [
                day(copy.time), copy.recipient, copy.format, names(copy.categories),
                copy.told.map(day) ?? "",
            ]
        }
        var section = table(
            "Who else got data", rows, "Nobody: no copy for anybody else is recorded.",
            ["day", "who", "form", "categories", "told of changes"])
        let yours = own.disclosures.count - others.count
        if yours > 0 {
            section.paragraphs.append("Copies made for yourself: \(yours), this one included.")
        }
        if !known.isEmpty {
            section.paragraphs.append("Named as recipients: \(known.joined(separator: ", ")).")
        }
        return section
    }

    private static func changes(_ own: PersonRecords) -> AccessReport.Section {
        let restricted = own.restrictions.map { one in
            [
                day(one.made), "not to be used",
                names(one.categories) + (one.lifted.map { ", lifted \(day($0))" } ?? ""),
                one.reason,
            ]
        }
        let amended = own.amendments.map { one in
            [
                day(one.made), one.isOriginalShredded ? "amended, original erased" : "amended",
                one.quantity.facts.label, one.reason,
            ]
        }
        return table(
            "What was restricted or set right", restricted + amended,
            "No restriction and no amendment is recorded.", ["day", "what", "of", "why"])
    }

    private static func table(
        _ title: String, _ rows: [[String]], _ none: String, _ columns: [String]
    ) -> AccessReport.Section {
        AccessReport.Section(
            title: title, paragraphs: rows.isEmpty ? [none] : [],
            table: rows.isEmpty ? nil : AccessReport.Table(columns: columns, rows: rows))
    }

    /// The UTC day.
    private static func day(_ time: Timestamp) -> String {
        LocalDate(dayNumber: time.utcDay).description
    }

    private static func names(_ categories: Set<Category>) -> String {
        categories.map { "\($0)" }.sorted().joined(separator: ", ")
    }
}
