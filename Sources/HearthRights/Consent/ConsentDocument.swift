// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
public import HearthVault

/// A person's consents as ISO/IEC TS 27560 structures them, in terms of DPV 2.3 (`dpv2`, `iso27560`).
///
/// The record holds the whole history; a receipt holds one line of it and is signed by the vault.
/// Persons are named by the vault's random number, never by their label.
public struct ConsentDocument {
    private let vault: String
    private let person: PersonID
    private let records: PersonRecords
    private let rules: VaultRecords

    public init(of person: PersonID, in vault: Vault) throws {
        self.vault = vault.identifier
        self.person = person
        records = try vault.records(of: person)
        rules = try vault.records()
    }

    /// The record of all that was given and withdrawn.
    public var record: LinkedData {
        var members = head("consent-record", "dpv:ConsentRecord", "dpv-27560:record-eu-gdpr")
        members["dpv:hasConsentStatus"] = .list(records.consents.map(status))
        return .node(members)
    }

    /// The receipt of one line of the history; `nil` if there is none of this number.
    public func receipt(_ number: UInt32) -> LinkedData? {
        guard let event = records.consents.first(where: { $0.number == number }) else { return nil }
        var members = head(
            "consent-receipt-\(number)", "dpv:ConsentReceipt", "dpv-27560:receipt-eu-gdpr")
        members["dpv:hasConsentStatus"] = status(event)
        return .node(members)
    }

    private func head(_ name: String, _ type: String, _ profile: String) -> [String: LinkedData] {
        var controller: [String: LinkedData] = ["@type": .text("dpv:DataController")]
        if let known = rules.controller {
            controller["dpv:hasName"] = .text(known.name)
            controller["dpv:hasContact"] = .text(known.contact)
        } else {
            controller["dpv:hasName"] = .text("the person themself, for their own household use")
        }
        return [
            "@context": LinkedData.context,
            "@id": .text("urn:hearth:\(vault):\(subject):\(name)"),
            "@type": .text(type),
            "dct:conformsTo": .id(profile),
            "dct:identifier": .text("\(vault)/\(subject)/\(name)"),
            "dpv:hasDataController": .node(controller),
            "dpv:hasDataSubject": .node([
                "@id": .text("urn:hearth:\(vault):\(subject)"), "@type": .text("dpv:DataSubject"),
            ]),
        ]
    }

    private var subject: String { "person-" + String(person.rawValue, radix: 16) }

    private func status(_ event: ConsentEvent) -> LinkedData {
        let isGiven = event.kind == .given
        var members: [String: LinkedData] = [
            "@type": .text(isGiven ? "dpv:ConsentGiven" : "dpv:ConsentWithdrawn"),
            "dct:identifier": .number(Int(event.number)),
            "dpv:isIndicatedAtTime": .time(event.time.iso),
            "dpv:isIndicatedBy": .id("urn:hearth:\(vault):\(subject)"),
            "dpv:hasIndicationMethod": .text(event.how),
            "dpv:hasProcess": .list(
                event.categories.sorted { $0.rawValue < $1.rawValue }.map {
                    process($0, event)
                }),
        ]
        if isGiven {
            members["dpv:hasDuration"] = duration(event)
            members["dpv:hasRight"] = .node([
                "@id": .text("eu-gdpr:A7-3"),
                "dpv:isExercisedAt": .text("hearth consent withdraw"),
            ])
            members["dpv:hasConsentControl"] = .node([
                "@type": .text("dpv:WithdrawConsent"),
                "dpv:isExercisedAt": .text("hearth consent withdraw"),
            ])
        }
        if let notice = event.notice {
            members["dpv:hasNotice"] = .node([
                "@type": .text("dpv:ConsentNotice"),
                "dct:identifier": .text("sha256:\(notice.hexadecimal)"),
            ])
        }
        return .node(members)
    }

    private func duration(_ event: ConsentEvent) -> LinkedData {
        guard let expires = event.expires else {
            return .node([
                "@type": .text("dpv:UntilEventDuration"),
                "dct:description": .text("until it is withdrawn"),
            ])
        }
        return .node([
            "@type": .text("dpv:UntilTimeDuration"), "dct:date": .time(expires.iso),
        ])
    }

    private func process(_ category: Category, _ event: ConsentEvent) -> LinkedData {
        let purposes = event.purposes.sorted { $0.rawValue < $1.rawValue }
        let policy = rules.policy(of: category)
        return .node([
            "@type": .text("dpv:PersonalDataProcess"),
            "dpv:hasPersonalData": DataTerms.node(category),
            "dpv:hasPurpose": .list(purposes.map(DataTerms.node)),
            "dpv:hasProcessing": .ids(Set(purposes.flatMap(\.processing)).sorted()),
            "dpv:hasLegalBasis": .ids(["dpv:ExplicitlyExpressedConsent", "eu-gdpr:A9-2-a"]),
            "dpv:hasStorageCondition": DataTerms.storage(policy),
            "dpv:hasTechnicalMeasure": .id("dpv:EncryptionAtRest"),
        ])
    }
}

/// Hearth's nouns in terms of the Data Privacy Vocabulary.
enum DataTerms {
    static func node(_ category: Category) -> LinkedData {
        let term =
            switch category {
            case .movement, .motion, .sleep, .context: "pd:Behavioural"
            default: "pd:PhysicalHealth"
            }
        return .node([
            "@type": .list(
                ["dpv:SpecialCategoryPersonalData", "pd:Health", term].map { .text($0) }),
            "dct:title": .text(category.name),
            "dct:description": .text(
                category == .results
                    ? "scores and summaries"
                    : category.quantities.map(\.name).sorted().joined(separator: ", ")),
        ])
    }

    static func node(_ purpose: Purpose) -> LinkedData {
        .node([
            "@type": .text(purpose.term), "dct:title": .text(purpose.name),
            "dct:description": .text(purpose.words),
        ])
    }

    static func storage(_ policy: CategoryPolicy) -> LinkedData {
        .list([
            .node([
                "@type": .text("dpv:StorageLocation"), "dpv:hasLocation": .id("dpv:LocalLocation"),
            ]),
            .node([
                "@type": .text("dpv:StorageDuration"),
                "dpv:hasDuration": policy.keepDays.map {
                    .node([
                        "@type": .text("dpv:TemporalDuration"),
                        "dct:description": .text("P\($0)D"),
                    ])
                }
                    ?? .node([
                        "@type": .text("dpv:UntilEventDuration"),
                        "dct:description": .text("until it is erased"),
                    ]),
            ]),
        ])
    }
}
