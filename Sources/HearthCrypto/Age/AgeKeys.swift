// SPDX-License-Identifier: Apache-2.0

/// Whom an age file is for: a public key of Curve25519, written `age1…`.
public struct AgeRecipient: Sendable, Hashable {
    /// 32 bytes.
    public let publicKey: [UInt8]

    static let prefix: StaticString = "age"

    /// - Throws: `badKey` for another length.
    public init(publicKey: [UInt8]) throws(AgeError) {
        guard publicKey.count == X25519.keyBytes else {
            throw AgeError(.badKey, "a recipient has \(X25519.keyBytes) bytes")
        }
        self.publicKey = publicKey
    }

    /// From its text, such as `age1…`, of one case.
    ///
    /// - Throws: `badKey`.
    public init(_ text: String) throws(AgeError) {
        var key = [UInt8](repeating: 0, count: X25519.keyBytes)
        let isGood = Bech32.decode(
            Self.prefix, isUpper: false, count: X25519.keyBytes, Array(text.utf8).span
        ) { index, byte in key[index] = byte }
        guard isGood else {
            throw AgeError(.badKey, "this is not a recipient; one begins with age1")
        }
        publicKey = key
    }

    /// The text, `age1…`, 62 letters.
    public var text: String {
        var letters: [UInt8] = []
        Bech32.encode(Self.prefix, publicKey.span) { letters.append($0) }
        return String(decoding: letters, as: UTF8.self)
    }
}

/// What opens the files for a recipient: a secret key, written `AGE-SECRET-KEY-1…`.
public struct AgeIdentity: ~Copyable, Sendable {
    let secret: SecretBytes
    public let recipient: AgeRecipient

    private static let prefix: StaticString = "age-secret-key-"

    private init(secret: consuming SecretBytes) throws(AgeError) {
        let key: [UInt8]
        do { key = try X25519.publicKey(of: secret) } catch { throw AgeError(error) }
        recipient = try AgeRecipient(publicKey: key)
        self.secret = secret
    }

    /// A new identity.
    ///
    /// - Throws: `crypto`.
    public static func generate() throws(AgeError) -> AgeIdentity {
        let secret: SecretBytes
        do { secret = try SecretBytes.random(X25519.keyBytes) } catch { throw AgeError(error) }
        return try AgeIdentity(secret: secret)
    }

    /// From its text, `AGE-SECRET-KEY-1…`; what `age-keygen` writes.
    ///
    /// - Throws: `badKey`, `crypto`.
    public init(text: borrowing SecretBytes) throws(AgeError) {
        var key: SecretBytes
        do { key = try SecretBytes(count: X25519.keyBytes) } catch { throw AgeError(error) }
        let isGood = text.withBytes { letters in
            Bech32.decode(Self.prefix, isUpper: true, count: X25519.keyBytes, letters) {
                index, byte in key.withMutableBytes { $0[index] = byte }
            }
        }
        guard isGood else {
            throw AgeError(.badKey, "this is not an identity; one begins with AGE-SECRET-KEY-1")
        }
        try self.init(secret: key)
    }

    /// The text, 74 letters with `AGE-SECRET-KEY-1` in front, as `age` reads it.
    ///
    /// - Throws: `crypto`.
    public func text() throws(AgeError) -> SecretBytes {
        do {
            var text = try SecretBytes(count: Bech32.letters(Self.prefix, X25519.keyBytes))
            var place = 0
            secret.withBytes { bytes in
                Bech32.encode(Self.prefix, bytes) { letter in
                    let upper = (97...122).contains(letter) ? letter & 0xdf : letter
                    text.withMutableBytes { $0[place] = upper }
                    place += 1
                }
            }
            return text
        } catch { throw AgeError(error) }
    }
}
