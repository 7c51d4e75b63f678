// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
public import HearthVault

/// The record of processing activities (`gdpr` Article 30): one activity a category.
public struct ProcessingRecord: Sendable {
    private let vault: String
    private let policy: VaultPolicyModel
    private let records: VaultRecords
    private let people: Int
    /// Who got a copy and is not named as a recipient.
    private let gotCopies: [String]

    public init(of vault: Vault) throws(VaultError) {
        self.vault = vault.identifier
        records = try vault.records()
        policy = VaultPolicyModel(records)
        people = vault.people.count
        let named = Set(records.recipients.map(\.name))
        gotCopies = try Sharing.recipients(in: vault).filter { !named.contains($0) }
    }

    /// In terms of DPV 2.3 (`dpv2`).
    public var linkedData: LinkedData {
        .node([
            "@context": LinkedData.context,
            "@id": .text("urn:hearth:\(vault):processing"),
            "@type": .text("dpv:DataProcessingRecord"),
            "dpv:hasDataController": controller,
            "dpv:hasDataSubject": .node([
                "@type": .text("dpv:DataSubject"),
                "dct:description": .text(
                    "\(RecordText.people(people)) whose data the vault holds"),
            ]),
            "dpv:hasRecipient": .list(
                policy.recipients.map {
                    .node([
                        "@type": .text("dpv:Recipient"), "dpv:hasName": .text($0.name),
                        "dpv:hasContact": .text($0.contact),
                        "dct:description": .text($0.purpose),
                    ])
                }
                    + gotCopies.map {
                        .node([
                            "@type": .text("dpv:Recipient"), "dpv:hasName": .text($0),
                            "dct:description": .text("got a copy"),
                        ])
                    }),
            "dpv:hasTechnicalMeasure": .ids(["dpv:CryptographicMethods", "dpv:EncryptionAtRest"]),
            "dpv:hasProcess": .list(Category.choosable.map(process)),
        ])
    }

    private var controller: LinkedData {
        .node([
            "@type": .text("dpv:DataController"),
            "dpv:hasName": .text(policy.controller ?? "none: own household use"),
            "dpv:hasContact": .text(policy.contact ?? ""),
        ])
    }

    private func process(_ category: Category) -> LinkedData {
        let policy = records.policy(of: category)
        let purposes = policy.purposes.sorted { $0.rawValue < $1.rawValue }
        var members: [String: LinkedData] = [
            "@type": .text("dpv:PersonalDataProcess"),
            "dct:title": .text(category.name),
            "dpv:hasPersonalData": DataTerms.node(category),
            "dpv:hasPurpose": .list(purposes.map(DataTerms.node)),
            "dpv:hasProcessing": .ids(Set(purposes.flatMap(\.processing)).sorted()),
            "dpv:hasStorageCondition": DataTerms.storage(policy),
        ]
        if let term = policy.basis.term { members["dpv:hasLegalBasis"] = .id(term) }
        return .node(members)
    }

    /// One row a category (RFC 4180).
    public var csv: String {
        var rows = [
            [
                "category", "data", "purposes", "legal_basis", "data_subjects", "recipients",
                "transfers_to_third_countries", "keep_for", "measures", "controller", "contact",
            ]
        ]
        let recipients = policy.recipients.map(\.name) + gotCopies
        for one in policy.categories {
            rows.append([
                one.category,
                one.quantities.isEmpty
                    ? "scores and summaries" : one.quantities.joined(separator: " "),
                one.purposes.joined(separator: " "), one.recordedBasis, RecordText.people(people),
                recipients.isEmpty ? "none" : recipients.joined(separator: "; "),
                "none by the program", policy.keepWords(one),
                "encryption at rest; access by passphrase; signed audit log",
                policy.controller ?? "", policy.contact ?? "",
            ])
        }
        return rows.map { row in row.map(Self.cell).joined(separator: ",") + "\n" }.joined()
    }

    /// A text that a spreadsheet would run as a formula gets an apostrophe before it.
    private static func cell(_ text: String) -> String {
        let isFormula = text.first.map { "=+-@'".contains($0) } ?? false
        let safe = isFormula ? "'" + text : text
        guard safe.contains(where: { ",\"\n\r".contains($0) }) else { return safe }
        return "\"" + safe.replacing("\"", with: "\"\"") + "\""
    }
}
