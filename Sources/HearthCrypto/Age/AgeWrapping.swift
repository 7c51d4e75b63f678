// SPDX-License-Identifier: Apache-2.0

/// How the file key of an age file is wrapped for a recipient, and the keys made from it.
enum AgeWrapping {
    static let fileKeyBytes = 16
    static let payloadNonceBytes = 16
    private static let saltBytes = 16
    private static let wrappedBytes = fileKeyBytes + ChaCha20Poly1305.tagBytes
    private static let x25519 = Array("X25519".utf8)
    private static let scrypt = Array("scrypt".utf8)
    private static let x25519Info = Array("age-encryption.org/v1/X25519".utf8)
    private static let scryptLabel = Array("age-encryption.org/v1/scrypt".utf8)
    /// The key that wraps is used once, so its nonce may be zeros.
    private static let noNonce = [UInt8](repeating: 0, count: ChaCha20Poly1305.nonceBytes)

    // MARK: Wrapping

    static func stanza(
        _ fileKey: borrowing SecretBytes, for recipient: AgeRecipient
    ) throws(AgeError) -> AgeStanza {
        do {
            let ephemeral = try SecretBytes.random(X25519.keyBytes)
            let share = try X25519.publicKey(of: ephemeral)
            let shared = try X25519.sharedSecret(ephemeral, with: recipient.publicKey)
            let key = try HKDFSHA256.deriveKey(
                from: shared, salt: share + recipient.publicKey, info: x25519Info)
            return AgeStanza(
                arguments: [x25519, StrictBase64.encode(share, isPadded: false)],
                body: try sealed(fileKey, key))
        } catch { throw AgeError(error) }
    }

    static func stanza(
        _ fileKey: borrowing SecretBytes, passphrase: borrowing SecretBytes, workFactor: Int
    ) throws(AgeError) -> AgeStanza {
        do {
            let salt = SecureRandom.bytes(saltBytes)
            let key = try Scrypt.deriveKey(
                from: passphrase, salt: scryptLabel + salt, workFactor: workFactor)
            return AgeStanza(
                arguments: [
                    scrypt, StrictBase64.encode(salt, isPadded: false),
                    Array("\(workFactor)".utf8),
                ], body: try sealed(fileKey, key))
        } catch { throw AgeError(error) }
    }

    private static func sealed(
        _ fileKey: borrowing SecretBytes, _ key: borrowing SecretBytes
    ) throws(CryptoError) -> [UInt8] {
        try fileKey.withBytes { bytes throws(CryptoError) in
            try ChaCha20Poly1305.seal(bytes, key: key, nonce: noNonce)
        }
    }

    // MARK: Unwrapping

    /// The file key; nil if no stanza is for this identity.
    ///
    /// A part that is malformed is refused even if another one would fit.
    static func fileKey(
        _ stanzas: [AgeStanza], _ identity: borrowing AgeIdentity
    ) throws(AgeError) -> SecretBytes? {
        try checkAlone(stanzas)
        for stanza in stanzas where stanza.type == x25519 {
            guard stanza.arguments.count == 2, stanza.body.count == wrappedBytes,
                let share = StrictBase64.decode(stanza.arguments[1][...], isPadded: false),
                share.count == X25519.keyBytes
            else { throw AgeError(.header, "a part for a recipient's key is malformed") }
            let shared: SecretBytes
            do { shared = try X25519.sharedSecret(identity.secret, with: share) } catch {
                if error.code != .damagedInput { throw AgeError(error) }
                throw AgeError(.header, "a part for a recipient has a share of low order")
            }
            do {
                let key = try HKDFSHA256.deriveKey(
                    from: shared, salt: share + identity.recipient.publicKey, info: x25519Info)
                return try ChaCha20Poly1305.openSecret(
                    stanza.body.span, key: key, nonce: noNonce)
            } catch {
                if error.code != .openFailed { throw AgeError(error) }
            }
        }
        return nil
    }

    /// The file key; nil if the file is not for this passphrase.
    static func fileKey(
        _ stanzas: [AgeStanza], _ passphrase: borrowing SecretBytes, maximumWork: Int
    ) throws(AgeError) -> SecretBytes? {
        try checkAlone(stanzas)
        guard let stanza = stanzas.first, stanza.type == scrypt else { return nil }
        guard stanza.arguments.count == 3, stanza.body.count == wrappedBytes,
            let salt = StrictBase64.decode(stanza.arguments[1][...], isPadded: false),
            salt.count == saltBytes, let work = number(stanza.arguments[2])
        else { throw AgeError(.header, "the part for a passphrase is malformed") }
        guard work <= maximumWork else {
            throw AgeError(
                .tooMuchWork,
                "the file asks for 2^\(work) steps of key derivation; 2^\(maximumWork) are allowed")
        }
        do {
            let key = try Scrypt.deriveKey(
                from: passphrase, salt: scryptLabel + salt, workFactor: work)
            return try ChaCha20Poly1305.openSecret(stanza.body.span, key: key, nonce: noNonce)
        } catch {
            if error.code == .openFailed { return nil }
            throw AgeError(error)
        }
    }

    /// Who knows a passphrase must be able to tell that nobody else can open the file.
    private static func checkAlone(_ stanzas: [AgeStanza]) throws(AgeError) {
        guard stanzas.count == 1 || !stanzas.contains(where: { $0.type == scrypt }) else {
            throw AgeError(.header, "a file for a passphrase is for nothing else")
        }
    }

    /// A decimal number from 1 to 63 without sign or leading zero.
    private static func number(_ text: [UInt8]) -> Int? {
        guard (1...2).contains(text.count), text.first != UInt8(ascii: "0"),
            text.allSatisfy({ (48...57).contains($0) })
        else { return nil }
        let value = text.reduce(0) { $0 * 10 + Int($1) - 48 }
        return value < 64 ? value : nil
    }

    // MARK: Keys made from the file key

    static func tag(
        _ covered: [UInt8], _ fileKey: borrowing SecretBytes
    ) throws(AgeError) -> [UInt8] {
        do {
            let key = try HKDFSHA256.deriveKey(
                from: fileKey, salt: [], info: Array("header".utf8))
            let tag = try HMACSHA256.tag([covered], key: key)
            return tag.withBytes { bytes in bytes.indices.map { bytes[$0] } }
        } catch { throw AgeError(error) }
    }

    static func payloadKey(
        _ fileKey: borrowing SecretBytes, _ nonce: [UInt8]
    ) throws(AgeError) -> SecretBytes {
        do {
            return try HKDFSHA256.deriveKey(
                from: fileKey, salt: nonce, info: Array("payload".utf8))
        } catch { throw AgeError(error) }
    }
}

/// The chunks of an age file's content: 64 KiB each, counted, the last one marked.
struct AgeStream: ~Copyable {
    static let chunkBytes = 64 << 10
    static let sealedBytes = chunkBytes + ChaCha20Poly1305.tagBytes

    private let key: SecretBytes
    private(set) var count: UInt64 = 0

    init(key: consuming SecretBytes) { self.key = key }

    mutating func seal(_ plain: Span<UInt8>, isLast: Bool) throws(AgeError) -> [UInt8] {
        do {
            let sealed = try ChaCha20Poly1305.seal(plain, key: key, nonce: nonce(isLast))
            count += 1
            return sealed
        } catch { throw AgeError(error) }
    }

    /// The chunk, or nil if it does not open as the next one.
    mutating func open(_ sealed: Span<UInt8>, isLast: Bool) -> [UInt8]? {
        do {
            let plain = try ChaCha20Poly1305.open(sealed, key: key, nonce: nonce(isLast))
            count += 1
            return plain
        } catch { return nil }
    }

    /// Eleven bytes of the chunk's number, highest first, and the mark of the last.
    private func nonce(_ isLast: Bool) -> [UInt8] {
        var nonce = [UInt8](repeating: 0, count: ChaCha20Poly1305.nonceBytes)
        for place in 0..<8 {
            nonce[10 - place] = UInt8(truncatingIfNeeded: count >> UInt64(8 * place))
        }
        nonce[11] = isLast ? 1 : 0
        return nonce
    }
}
