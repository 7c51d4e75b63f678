// SPDX-License-Identifier: Apache-2.0
import HearthCrypto
public import HearthVault

/// How far the audit log had come, as eight words for paper.
///
/// The words stand for the first 128 bits of the newest entry's keyed hash. That hash is over all
/// entries before it as well, so words on paper show later that the log still holds all it held.
public struct AuditWords: Sendable, Hashable, CustomStringConvertible {
    public static let count = 8

    /// In lower case, a space between two.
    public let description: String

    /// Words as somebody typed them: capitals and whatever separates them do not matter.
    ///
    /// `nil` if there are not eight.
    public init?(_ text: String) {
        let words = text.lowercased().split { !$0.isLetter }
        guard words.count == Self.count else { return nil }
        description = words.joined(separator: " ")
    }

    /// The words of where the log stands now; `nil` for a log without an entry.
    public init?(of vault: Vault) {
        guard vault.auditCount > 0 else { return nil }
        self.init(hash: vault.auditHead)
    }

    /// - Parameter hash: of an entry, in hexadecimal digits.
    private init(hash: String) {
        let digits = hash.prefix(4 * Self.count).compactMap(\.hexDigitValue)
        let bytes = stride(from: 1, to: digits.count, by: 2).map { at in
            UInt8(digits[at - 1] << 4 | digits[at])
        }
        description = ProquintWords.words(of: bytes).joined(separator: " ")
    }

    /// How many entries the log had when these were its words; `nil` if they never were.
    ///
    /// - Parameter trail: ``HearthVault/Vault/auditTrail()`` of the vault.
    public func entries(in trail: [AuditEntry]) -> Int? {
        trail.firstIndex { AuditWords(hash: $0.hash) == self }.map { $0 + 1 }
    }
}
