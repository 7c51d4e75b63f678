// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
public import HearthVault

/// What holds of a category, in words and for programs.
public struct PolicyModel: Sendable, Hashable, Codable {
    public var category: String
    /// The quantities it holds.
    public var quantities: [String]
    public var purposes: [String]
    public var basis: String
    /// In the words of the law.
    public var basisWords: String
    /// Days after which it is due to be erased; absent for no end.
    public var keepDays: UInt32?
    /// False if it is the default of the vault's mode.
    public var isSet: Bool

    public init(_ policy: CategoryPolicy, isSet: Bool) {
        category = policy.category.name
        quantities = policy.category.quantities.map(\.name).sorted()
        purposes = policy.purposes.sorted { $0.rawValue < $1.rawValue }.map(\.name)
        basis = policy.basis.name
        basisWords = policy.basis.words
        keepDays = policy.keepDays
        self.isSet = isSet
    }

    /// To the person whose own vault it is.
    public var keepWords: String { keepDays.map { "\($0) days" } ?? "until you erase it" }

    /// The ground in a record about people, not to them.
    var recordedBasis: String { LegalBasis(name: basis)?.recordWords ?? basis }
}

/// Who gets data, in words and for programs.
public struct RecipientModel: Sendable, Hashable, Codable {
    public var name: String
    public var contact: String
    public var purpose: String
    public var added: String

    public init(_ one: Recipient) {
        name = one.name
        contact = one.contact
        purpose = one.purpose
        added = one.added.iso
    }
}

/// The policy of a vault: what, why, on what ground, how long, who.
public struct VaultPolicyModel: Sendable, Hashable, Codable {
    public var mode: String
    public var controller: String?
    public var contact: String?
    /// Every category a person can be asked about.
    public var categories: [PolicyModel]
    public var recipients: [RecipientModel]

    public init(_ records: VaultRecords) {
        mode = records.mode.name
        controller = records.controller?.name
        contact = records.controller?.contact
        categories = Category.choosable.map { category in
            PolicyModel(
                records.policy(of: category),
                isSet: records.policies.contains { $0.category == category })
        }
        recipients = records.recipients.map { RecipientModel($0) }
    }
}

extension VaultPolicyModel {
    /// For how long a category is kept: a controller erases, not who reads it.
    public func keepWords(_ one: PolicyModel) -> String {
        guard one.keepDays == nil, mode == VaultMode.controller.name else { return one.keepWords }
        return "until it is erased"
    }
}

extension LegalBasis {
    /// With the article it stands in, in a record about people.
    var recordWords: String {
        switch self {
        case .household: "own household use (outside the GDPR, Article 2(2)(c))"
        case .consent:
            "explicit consent of the data subject (GDPR Articles 6(1)(a) and 9(2)(a))"
        default: words
        }
    }

    /// With the article it stands in, to the person.
    public var words: String {
        switch self {
        case .household: "your own household use (outside the GDPR, Article 2(2)(c))"
        case .consent: "your explicit consent (GDPR Articles 6(1)(a) and 9(2)(a))"
        case .healthCare: "health care (GDPR Articles 6(1) and 9(2)(h))"
        case .research: "research with safeguards (GDPR Articles 9(2)(j) and 89)"
        case .vitalInterest: "vital interests (GDPR Articles 6(1)(d) and 9(2)(c))"
        }
    }

    /// The term of the Data Privacy Vocabulary's extension for the GDPR; none for household use.
    var term: String? {
        switch self {
        case .household: nil
        case .consent: "eu-gdpr:A9-2-a"
        case .healthCare: "eu-gdpr:A9-2-h"
        case .research: "eu-gdpr:A9-2-j"
        case .vitalInterest: "eu-gdpr:A9-2-c"
        }
    }
}

extension Purpose {
    /// The term of the Data Privacy Vocabulary.
    var term: String {
        switch self {
        case .keep: "dpv:RecordManagement"
        case .insight, .alert: "dpv:PersonalisedBenefits"
        case .share: "dpv:ServiceProvision"
        case .research: "dpv:ResearchAndDevelopment"
        }
    }

    /// What is done with the data, in terms of the Data Privacy Vocabulary.
    var processing: [String] {
        switch self {
        case .keep: ["dpv:Collect", "dpv:Store"]
        case .insight, .alert, .research: ["dpv:Analyse"]
        case .share: ["dpv:Share"]
        }
    }
}
