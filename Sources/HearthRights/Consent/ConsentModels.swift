// SPDX-License-Identifier: Apache-2.0
import Foundation
public import HearthBiosignals
import HearthCrypto
public import HearthVault

/// What a consent says, in words and for programs.
public struct ConsentModel: Sendable, Hashable, Codable {
    public var number: UInt32
    /// `given` or `withdrawn`.
    public var kind: String
    public var time: String
    public var purposes: [String]
    public var categories: [String]
    public var expires: String?
    public var how: String
    /// SHA-256 of the notice that was shown, hexadecimal.
    public var notice: String?

    public init(_ event: ConsentEvent) {
        number = event.number
        kind = event.kind == .given ? "given" : "withdrawn"
        time = event.time.iso
        purposes = event.purposes.sorted { $0.rawValue < $1.rawValue }.map(\.name)
        categories = event.categories.sorted { $0.rawValue < $1.rawValue }.map(\.name)
        expires = event.expires?.iso
        how = event.how
        notice = event.notice?.hexadecimal
    }

    public var words: String {
        var text = "\(number)  \(time)  \(kind)  to \(purposes.joined(separator: ", ")): "
        text += categories.joined(separator: ", ")
        if let expires { text += "; until \(expires)" }
        text += "; \(how)"
        if let notice { text += "; notice \(notice.prefix(16))" }
        return text
    }
}

/// A restriction of processing, in words and for programs.
public struct RestrictionModel: Sendable, Hashable, Codable {
    public var number: UInt32
    public var categories: [String]
    /// First and last instant; absent where there is no bound.
    public var from: String?
    public var to: String?
    public var made: String
    public var lifted: String?
    public var reason: String

    public init(_ one: Restriction) {
        number = one.number
        categories = one.categories.sorted { $0.rawValue < $1.rawValue }.map(\.name)
        from = one.from == .distantPast ? nil : one.from.iso
        to = one.to == .distantFuture ? nil : one.to.iso
        made = one.made.iso
        lifted = one.lifted?.iso
        reason = one.reason
    }
}

/// An amendment, in words and for programs. The value is the person's own and is for access only.
public struct AmendmentModel: Sendable, Hashable, Codable {
    public var number: UInt32
    public var quantity: String
    public var device: String
    public var from: String
    public var to: String
    /// The values that hold; absent if the samples were removed.
    public var values: [Float]?
    public var made: String
    public var reason: String
    public var originalsDestroyed: Bool

    public init(_ one: Amendment) {
        number = one.number
        quantity = one.quantity.name
        let digits = String(one.device.rawValue, radix: 16)
        device = String(repeating: "0", count: 16 - digits.count) + digits
        from = one.from.iso
        to = one.to.iso
        if case .replace(let given) = one.change { values = given }
        made = one.made.iso
        reason = one.reason
        originalsDestroyed = one.isOriginalShredded
    }
}

/// A copy that left the vault, in words and for programs.
public struct DisclosureModel: Sendable, Hashable, Codable {
    public var number: UInt32
    public var time: String
    public var recipient: String
    public var format: String
    public var categories: [String]
    public var from: String?
    public var to: String?
    /// SHA-256 of the copy's manifest, hexadecimal.
    public var sha256: String
    /// When the recipient was last told of an erasure or correction.
    public var told: String?

    public init(_ one: Disclosure) {
        number = one.number
        time = one.time.iso
        recipient = one.recipient
        format = one.format
        categories = one.categories.sorted { $0.rawValue < $1.rawValue }.map(\.name)
        from = one.from == .distantPast ? nil : one.from.iso
        to = one.to == .distantFuture ? nil : one.to.iso
        sha256 = one.digest.hexadecimal
        told = one.told?.iso
    }
}

/// Everything that is recorded of a person's rights, to be shown to them (`gdpr` Article 15).
public struct PersonRightsModel: Sendable, Hashable, Codable {
    public var consents: [ConsentModel]
    public var restrictions: [RestrictionModel]
    public var amendments: [AmendmentModel]
    public var disclosures: [DisclosureModel]
    /// Categories that hold consent now, by purpose.
    public var consentNow: [String: [String]]

    public init(of person: PersonID, in vault: Vault, at time: Timestamp) throws {
        let records = try vault.records(of: person)
        consents = records.consents.map { ConsentModel($0) }
        restrictions = records.restrictions.map { RestrictionModel($0) }
        amendments = records.amendments.map { AmendmentModel($0) }
        disclosures = records.disclosures.map { DisclosureModel($0) }
        consentNow = [:]
        for purpose in Purpose.allCases {
            let held = records.consented(for: purpose, at: time)
            guard !held.isEmpty else { continue }
            consentNow[purpose.name] = held.sorted { $0.rawValue < $1.rawValue }.map(\.name)
        }
    }
}

extension Timestamp {
    /// ISO 8601 in UTC, whole seconds.
    var iso: String {
        Date(timeIntervalSince1970: TimeInterval(seconds)).formatted(.iso8601)
    }
}
