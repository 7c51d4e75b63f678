// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthCrypto

/// The receipt as it was before its signed bytes were kept as they are: read and checked for ever,
/// written no more.
struct EarlierReceipt: Codable, Sendable, Hashable {
    var context = ["dpv": "https://w3id.org/dpv#"]
    var type = ["dpv:RightExerciseRecord", "dpv:Erase"]
    var id: String
    var vault: String
    var requestedAt: String
    var completedAt: String
    /// What was to be erased, as the person said it.
    var scope: Scope
    var destroyed: Destroyed
    /// E1 not shown, E2 not in any file, E3 no usable key on the file system's blocks.
    var level: String
    var checks: Checks
    var residualRisks: [String]
    var generation: UInt64
    var auditHeadBefore: String
    var auditHeadAfter: String

    struct Scope: Codable, Sendable, Hashable {
        var person: String
        var quantities: [String]?
        var devices: [String]?
        var from: String?
        var through: String?
    }

    struct Destroyed: Codable, Sendable, Hashable {
        var samples: Int
        /// Corrections and tags; absent if there were none.
        var corrections: Int?
        var packs: Int
        var bytes: Int
        var keys: Int
        var keyHashes: [String]
    }

    struct Checks: Codable, Sendable, Hashable {
        var keysReadBack: Bool
        var filesScanned: Bool
        var fileSystem: String
    }

    enum CodingKeys: String, CodingKey {
        case context = "@context"
        case type = "@type"
        case id, vault, requestedAt, completedAt, scope, destroyed, level, checks, residualRisks
        case generation, auditHeadBefore, auditHeadAfter
    }
}

extension EarlierReceipt {
    /// The receipt for a person to read.
    var plainWords: String {
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

/// A receipt of the earlier form with the vault's Ed25519 signature over its JSON with sorted keys
/// and without white space.
struct SignedEarlierReceipt: Codable, Sendable, Hashable {
    var receipt: EarlierReceipt
    /// Hexadecimal, 64 bytes.
    var signature: String
    /// Hexadecimal, 32 bytes; the same for every receipt of one vault.
    var verifyKey: String

    /// True if the receipt is word for word what the holder of `verifyKey` signed.
    var isValid: Bool {
        guard let signature = [UInt8](hexadecimal: signature),
            let key = [UInt8](hexadecimal: verifyKey), signature.count == 64, key.count == 32
        else { return false }
        let message = Self.canonical(receipt)
        return Signature.isValid(signature, of: message.span, publicKey: key)
    }

    /// Sorted keys, no white space.
    private static func canonical(_ receipt: EarlierReceipt) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(receipt) else {
            preconditionFailure("a receipt has a JSON form")
        }
        return [UInt8](data)
    }
}
