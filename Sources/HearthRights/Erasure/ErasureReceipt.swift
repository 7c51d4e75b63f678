// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
public import HearthVault

/// Proof that something was erased, in JSON and in plain words; it holds no health value.
///
/// Typed with the Data Privacy Vocabulary (`dpv2`): a right-exercise record of an erasure.
public struct ErasureReceipt: Codable, Sendable, Hashable {
    public var context = ["dpv": "https://w3id.org/dpv#"]
    public var type = ["dpv:RightExerciseRecord", "dpv:Erase"]
    public var id: String
    public var vault: String
    public var requestedAt: String
    public var completedAt: String
    /// What was to be erased, as the person said it.
    public var scope: Scope
    public var destroyed: Destroyed
    /// E1 not shown, E2 not in any file, E3 no usable key on the file system's blocks.
    public var level: String
    public var checks: Checks
    public var residualRisks: [String]
    public var generation: UInt64
    public var auditHeadBefore: String
    public var auditHeadAfter: String

    public struct Scope: Codable, Sendable, Hashable {
        public var person: String
        public var quantities: [String]?
        public var devices: [String]?
        public var from: String?
        public var through: String?

        public init(
            person: String, quantities: [String]?, devices: [String]?, from: String?,
            through: String?
        ) {
            self.person = person
            self.quantities = quantities
            self.devices = devices
            self.from = from
            self.through = through
        }
    }

    public struct Destroyed: Codable, Sendable, Hashable {
        public var samples: Int
        /// Corrections and tags; absent if there were none.
        public var corrections: Int?
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
        case type = "@type"
        case id, vault, requestedAt, completedAt, scope, destroyed, level, checks, residualRisks
        case generation, auditHeadBefore, auditHeadAfter
    }

    public init(_ record: ErasureRecord, scope: Scope, vault: String) {
        self.id = record.receiptID
        self.vault = vault
        self.requestedAt = Self.text(record.requestedAt.seconds)
        self.completedAt = Self.text(record.completedAt.seconds)
        self.scope = scope
        self.destroyed = Destroyed(
            samples: record.samples,
            corrections: record.corrections > 0 ? record.corrections : nil, packs: record.packs,
            bytes: record.bytes,
            keys: record.keySlots, keyHashes: record.destroyedKeyHashes)
        self.level = record.level
        self.checks = Checks(
            keysReadBack: record.readBackPassed, filesScanned: record.scanPassed,
            fileSystem: record.fileSystem)
        self.residualRisks = record.residualRisks
        self.generation = record.generation
        self.auditHeadBefore = record.auditHeadBefore
        self.auditHeadAfter = record.auditHeadAfter
    }

    private static func text(_ seconds: Int64) -> String {
        Date(timeIntervalSince1970: TimeInterval(seconds)).formatted(.iso8601)
    }
}

extension ErasureReceipt {
    /// The receipt for a person to read.
    public var plainWords: String {
        var lines = ["Receipt \(id)", ""]
        lines.append("Erased: \(scopeWords)")
        let own = destroyed.corrections.map { "\($0) corrections and tags, " } ?? ""
        lines.append(
            "Destroyed: \(own)\(destroyed.samples) samples in \(destroyed.packs) sealed packs, and "
                + "the \(destroyed.keys) keys that opened them.")
        lines.append("Done: \(completedAt)")
        lines.append("Level: \(levelWords)")
        lines.append(
            "Checked: key slots read back \(checks.keysReadBack ? "and found overwritten" : "FAILED")"
                + "; files scanned \(checks.filesScanned ? "and found clean" : "FAILED").")
        if !residualRisks.isEmpty {
            lines.append("What this does not cover:")
            lines += residualRisks.map { "  - \($0)" }
        }
        lines.append("The same data will not come back when its file is ingested again.")
        return lines.joined(separator: "\n") + "\n"
    }

    private var scopeWords: String {
        var words = "\(scope.quantities?.joined(separator: ", ") ?? "all quantities") of "
        words += scope.person
        if let devices = scope.devices { words += ", devices \(devices.joined(separator: ", "))" }
        switch (scope.from, scope.through) {
        case (nil, nil): words += ", all dates"
        case (let from?, nil): words += ", from \(from) on"
        case (nil, let through?): words += ", up to and with \(through)"
        case (let from?, let through?): words += ", \(from) to \(through)"
        }
        return words
    }

    private var levelWords: String {
        level.hasPrefix("E3")
            ? "\(level): the keys are overwritten where they lay on the disk"
            : "\(level): no file of the vault holds it any more"
    }
}
