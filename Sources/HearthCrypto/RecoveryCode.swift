// SPDX-License-Identifier: Apache-2.0

import CSodium

/// 128 random bits that open a vault when the passphrase is forgotten, written as nine words.
///
/// Eight words hold the bits, the ninth 16 bits of their BLAKE2b hash. Every code is made so that
/// no change of a single letter gives another valid code; other mistakes pass once in 65536.
public struct RecoveryCode: ~Copyable {
    /// The 16 bytes that the words stand for.
    public let secret: SecretBytes

    static let secretBytes = 16
    static let checksumBytes = 2
    static let wordCount = (secretBytes + checksumBytes) / 2
    private static let context = "hearth/rc"

    private init(secret: consuming SecretBytes) { self.secret = secret }

    /// A new code.
    ///
    /// - Throws: `cannotLockMemory`, `outOfMemory`.
    public static func generate() throws(CryptoError) -> RecoveryCode {
        while true {
            let secret = try SecretBytes.random(secretBytes)
            // One draw in about 160 is dropped, which costs a hundredth of a bit.
            if try isSafeAgainstTypos(secret) { return RecoveryCode(secret: secret) }
        }
    }

    /// The nine words, for showing once. A `String` cannot be wiped: prefer ``text()``.
    public borrowing func words() -> [String] {
        secret.withBytes { bytes in
            let all = bytes.indices.map { bytes[$0] } + Self.checksum(of: bytes)
            return ProquintWords.words(of: all)
        }
    }

    /// The nine words as ASCII with spaces between, in locked memory.
    ///
    /// - Throws: `cannotLockMemory`, `outOfMemory`.
    public borrowing func text() throws(CryptoError) -> SecretBytes {
        let step = ProquintWords.lettersPerWord + 1
        var text = try SecretBytes(count: Self.wordCount * step - 1)
        secret.withBytes { bytes in
            let checksum = Self.checksum(of: bytes)
            text.withMutableBytes { text in
                for index in 0..<text.count { text[index] = UInt8(ascii: " ") }
                for word in 0..<Self.wordCount {
                    let isLast = word == Self.wordCount - 1
                    let letters = ProquintWords.letters(
                        isLast ? checksum[0] : bytes[2 * word],
                        isLast ? checksum[1] : bytes[2 * word + 1])
                    for place in letters.indices { text[word * step + place] = letters[place] }
                }
            }
        }
        return text
    }

    /// The 16 bytes that typed words stand for.
    ///
    /// Capitals, and spaces, hyphens, dots, commas and line ends anywhere, make no difference.
    ///
    /// - Throws: `invalidRecoveryCode`, without telling what was typed; `cannotLockMemory`.
    public static func parse(_ text: borrowing SecretBytes) throws(CryptoError) -> SecretBytes {
        var all = try SecretBytes(count: secretBytes + checksumBytes)
        let isWellFormed = text.withBytes { text in
            all.withMutableBytes { all in decode(text, into: &all) }
        }
        guard isWellFormed else {
            throw CryptoError(
                .invalidRecoveryCode,
                "a recovery code has \(wordCount) words of five letters, such as lusab")
        }
        let secret = try all.prefix(secretBytes)
        let isTrue = all.withBytes { all in
            secret.withBytes { secret in
                let checksum = checksum(of: secret)
                return constantTimeEqual(checksum, [all[secretBytes], all[secretBytes + 1]])
            }
        }
        guard isTrue else {
            throw CryptoError(
                .invalidRecoveryCode, "the words do not belong together: one is mistyped")
        }
        return secret
    }

    /// Writes the bytes of all words; false if the letters do not make up nine words.
    private static func decode(_ text: Span<UInt8>, into all: inout MutableSpan<UInt8>) -> Bool {
        var letters = 0
        var word: UInt16 = 0
        for index in text.indices {
            let byte = text[index]
            if isSeparator(byte) { continue }
            let small = (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
            let place = letters % ProquintWords.lettersPerWord
            guard letters < wordCount * ProquintWords.lettersPerWord,
                let value = ProquintWords.value(of: small, at: place)
            else { return false }
            word = word << (place.isMultiple(of: 2) ? 4 : 2) | value
            letters += 1
            if place == ProquintWords.lettersPerWord - 1 {
                let end = letters / ProquintWords.lettersPerWord * 2
                all[end - 2] = UInt8(truncatingIfNeeded: word >> 8)
                all[end - 1] = UInt8(truncatingIfNeeded: word)
                word = 0
            }
        }
        return letters == wordCount * ProquintWords.lettersPerWord
    }

    private static func isSeparator(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: " "), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ","): true
        case 0x09, 0x0A, 0x0D: true
        default: false
        }
    }

    /// 16 bits of BLAKE2b over a context and the bits.
    private static func checksum(of bytes: Span<UInt8>) -> [UInt8] {
        var hasher = BLAKE2bHasher(unkeyedLength: checksumBytes)
        hasher.update(Array(context.utf8).span)
        hasher.update(bytes)
        return hasher.finish()
    }

    /// Whether no change of one letter gives a code that passes the check.
    ///
    /// A changed letter of the ninth word never passes. A changed letter of the others passes only
    /// if the hash of the changed bits is the same; all 408 changes are tried.
    static func isSafeAgainstTypos(
        _ secret: borrowing SecretBytes
    ) throws(CryptoError) -> Bool {
        let right = secret.withBytes { checksum(of: $0) }
        var changed = try secret.prefix(secretBytes)
        // Bits of the five letters in the two bytes of a word, highest first.
        let letters: [(shift: Int, bits: Int)] = [(12, 4), (10, 2), (6, 4), (4, 2), (0, 4)]
        for word in 0..<secretBytes / 2 {
            for (shift, bits) in letters {
                for change in 1..<(1 << bits) {
                    let mask = change << shift
                    let flip = { (bytes: inout MutableSpan<UInt8>) in
                        bytes[2 * word] ^= UInt8(truncatingIfNeeded: mask >> 8)
                        bytes[2 * word + 1] ^= UInt8(truncatingIfNeeded: mask)
                    }
                    changed.withMutableBytes(flip)
                    let isSame = changed.withBytes { checksum(of: $0) == right }
                    changed.withMutableBytes(flip)
                    if isSame { return false }
                }
            }
        }
        return true
    }
}
