// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthCrypto
public import HearthVault

/// Proof that something was erased, as linked data and in plain words; it holds no health value.
///
/// Typed with the Data Privacy Vocabulary: a record of the exercise of the right to erasure. The context is
/// inside, so that it is linked data without anything being fetched.
///
/// - Source: `dpv2`
public struct ErasureReceipt: Codable, Sendable, Hashable {
    public static let schemaName = "hearth.erasure-receipt/2"

    public var context = LinkedDataContext.receipt
    public var address: String
    public var type = ["dpv:RightExerciseRecord"]
    public var schema = ErasureReceipt.schemaName
    /// The right that was exercised and the processing that answered it.
    public var right = "eu-gdpr:A17"
    public var processing = "dpv:Erase"
    /// 32 hexadecimal digits.
    public var id: String
    public var vault: String
    public var requestedAt: String
    public var completedAt: String
    /// What was to be erased, as the person said it; absent in a minimal receipt.
    public var scope: ErasureScopeWords?
    /// In a minimal receipt: ``ErasureScopeWords/hash(_:salt:)``, 64 hexadecimal digits.
    public var scopeHash: String?
    public var destroyed: Destroyed
    public var level: ErasureLevel
    /// Why no more could be promised; absent if it could.
    public var levelReason: String?
    public var checks: Checks
    /// Older copies of the key files that open what was erased, for the person to destroy.
    public var keyBundles: [String]
    /// Who was given data before and has to be told.
    public var recipients: [String]
    public var residualRisks: [String]
    public var generation: UInt64
    public var auditHeadBefore: String
    public var auditHeadAfter: String
    /// All of it for a person to read, one line each.
    public var inWords: [String] = []

    public struct Destroyed: Codable, Sendable, Hashable {
        public var samples: Int
        /// Corrections and tags; absent if there were none.
        public var corrections: Int?
        /// Results that were computed; absent if there were none.
        public var results: Int?
        public var packs: Int
        public var bytes: Int
        public var keys: Int
        public var keyHashes: [String]
    }

    public struct Checks: Codable, Sendable, Hashable {
        public var keysReadBack: Bool
        public var filesScanned: Bool
        public var fileSystem: String
    }

    enum CodingKeys: String, CodingKey {
        case context = "@context"
        case address = "@id"
        case type = "@type"
        case schema, right, processing, id, vault, requestedAt, completedAt, scope, scopeHash
        case destroyed, level, levelReason, checks, keyBundles, recipients, residualRisks
        case generation, auditHeadBefore, auditHeadAfter, inWords
    }

    /// - Parameters:
    ///   - salt: 16 random bytes for a minimal receipt, which then holds a hash in place of the
    ///     scope; `nil` for a full one.
    ///   - isRekeyed: the master key was replaced afterwards, with what opens it.
    ///   - keyBundles: older key bundles, one sentence each.
    ///   - recipients: who was given any of the data before.
    public init(
        _ record: ErasureRecord, scope: ErasureScopeWords, vault: String, salt: [UInt8]? = nil,
        isRekeyed: Bool = false, keyBundles: [String] = [], recipients: [String] = []
    ) {
        self.id = record.receiptID
        self.address = "urn:hearth:receipt:\(record.receiptID)"
        self.vault = vault
        self.requestedAt = Self.text(record.requestedAt.seconds)
        self.completedAt = Self.text(record.completedAt.seconds)
        if let salt { scopeHash = scope.hash(salt: salt) } else { self.scope = scope }
        self.destroyed = Destroyed(
            samples: record.samples,
            corrections: record.corrections > 0 ? record.corrections : nil,
            results: record.results > 0 ? record.results : nil, packs: record.packs,
            bytes: record.bytes, keys: record.keySlots, keyHashes: record.destroyedKeyHashes)
        let isWhole = isRekeyed && record.level > .notShown
        self.level = isWhole ? .rekeyed : record.level
        self.levelReason = isWhole ? nil : record.levelReason
        self.checks = Checks(
            keysReadBack: record.readBackPassed, filesScanned: record.scanPassed,
            fileSystem: record.fileSystem)
        self.keyBundles = keyBundles
        self.recipients = recipients
        self.residualRisks = record.residualRisks
        self.generation = record.generation
        self.auditHeadBefore = record.auditHeadBefore
        self.auditHeadAfter = record.auditHeadAfter
        self.inWords = ReceiptWords.lines(self)
    }

    /// The receipt for a person to read.
    public var plainWords: String { inWords.joined(separator: "\n") + "\n" }

    private static func text(_ seconds: Int64) -> String {
        Date(timeIntervalSince1970: TimeInterval(seconds)).formatted(.iso8601)
    }
}

/// What an erase was to destroy, as the person said it.
public struct ErasureScopeWords: Codable, Sendable, Hashable {
    public var person: String
    public var categories: [String]?
    public var quantities: [String]?
    public var devices: [String]?
    /// Local days, both included; minutes where an amendment destroys what was recorded.
    public var from: String?
    public var through: String?

    public init(
        person: String, categories: [String]? = nil, quantities: [String]? = nil,
        devices: [String]? = nil, from: String? = nil, through: String? = nil
    ) {
        self.person = person
        self.categories = categories
        self.quantities = quantities
        self.devices = devices
        self.from = from
        self.through = through
    }

    /// The scope as the text that is hashed: JSON with sorted keys and no white space.
    public var text: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else {
            preconditionFailure("a scope has a JSON form")
        }
        return String(decoding: data, as: UTF8.self)
    }

    /// SHA-256 of the salt and ``text``, as 64 hexadecimal digits: who has both can show later what an
    /// erase was about, and nobody can guess it without the salt.
    public func hash(salt: [UInt8]) -> String { Self.hash(text, salt: salt) }

    /// The same for a text that was kept.
    public static func hash(_ text: String, salt: [UInt8]) -> String {
        let hasher = SHA256Hasher()
        hasher.update((salt + Array(text.utf8)).span)
        return hasher.finish().hexadecimal
    }
}
