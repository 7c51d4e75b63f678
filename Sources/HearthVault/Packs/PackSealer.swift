// SPDX-License-Identifier: Apache-2.0
internal import HearthCrypto

/// Seals packs and opens them again; every pack is opened and compared as soon as it is sealed.
struct PackSealer {
    let keys: VaultKeys

    /// Seals under a data key.
    func seal(
        _ plain: PackPlain, id: UInt64, _ kind: PackKind, generation: UInt64, under key: DataKey
    ) throws(VaultError) -> (ref: PackRef, sealed: [UInt8]) {
        try seal(plain, id, kind, generation, key.id, key.key)
    }

    /// Seals under one of the vault's own keys.
    func seal(
        _ plain: PackPlain, id: UInt64, _ kind: PackKind, generation: UInt64,
        under key: borrowing SecretBytes
    ) throws(VaultError) -> (ref: PackRef, sealed: [UInt8]) {
        try seal(plain, id, kind, generation, DataKey.noID, key)
    }

    /// Opens a pack and checks that it holds what the reference says.
    func open(
        _ sealed: [UInt8]?, _ ref: PackRef, _ kind: PackKind, _ packClass: PackClass,
        under key: DataKey
    ) throws(VaultError) -> [UInt8] {
        try open(sealed, ref, kind, packClass, key.id, key.key)
    }

    func open(
        _ sealed: [UInt8]?, _ ref: PackRef, _ kind: PackKind, _ packClass: PackClass,
        under key: borrowing SecretBytes
    ) throws(VaultError) -> [UInt8] {
        try open(sealed, ref, kind, packClass, DataKey.noID, key)
    }

    /// Opens a pack under one of the keys that the key files hold.
    func open(
        _ sealed: [UInt8]?, _ ref: PackRef, _ kind: PackKind, _ packClass: PackClass,
        _ key: Vault.SealKey, _ keyFile: KeyFile
    ) throws(VaultError) -> [UInt8] {
        switch key {
        case .slot(let slot):
            try open(sealed, ref, kind, packClass, under: try keyFile.dataKey(Int(slot)))
        case .vault(.index):
            try open(sealed, ref, kind, packClass, under: keyFile.keys.index)
        case .vault(.audit):
            try open(sealed, ref, kind, packClass, under: keyFile.keys.auditSeal)
        }
    }

    /// Opens a small pack that no reference with a hash names.
    func openUnnamed(
        _ sealed: [UInt8]?, _ id: UInt64, _ kind: PackKind, generation: UInt64,
        under key: borrowing SecretBytes
    ) throws(VaultError) -> [UInt8] {
        let ref = PackRef(id: id, generation: generation, hash: .zero)
        return try unsealed(sealed, ref, kind, .small, DataKey.noID, key)
    }

    private func seal(
        _ plain: PackPlain, _ id: UInt64, _ kind: PackKind, _ generation: UInt64,
        _ keyID: [UInt8], _ key: borrowing SecretBytes
    ) throws(VaultError) -> (ref: PackRef, sealed: [UInt8]) {
        let hash = PackHash(keys.packHash(plain.bytes.span))
        let ref = PackRef(id: id, generation: generation, hash: hash)
        var full = plain.bytes
        full += repeatElement(0, count: plain.packClass.plainBytes - full.count)
        let nonce = SealedBox.randomNonce()
        var sealed = nonce
        sealed.reserveCapacity(plain.packClass.bytes)
        do {
            sealed += try SealedBox.seal(
                full.span, key: key, nonce: nonce, aad: aad(ref, kind, plain.packClass, keyID))
        } catch { throw VaultError(crypto: error) }
        // What was just sealed must open to the same bytes before anybody relies on it.
        let back = try open(sealed, ref, kind, plain.packClass, keyID, key)
        guard back == full else { throw VaultError(.io, "a sealed pack did not open to itself") }
        return (ref, sealed)
    }

    private func open(
        _ sealed: [UInt8]?, _ ref: PackRef, _ kind: PackKind, _ packClass: PackClass,
        _ keyID: [UInt8], _ key: borrowing SecretBytes
    ) throws(VaultError) -> [UInt8] {
        let plain = try unsealed(sealed, ref, kind, packClass, keyID, key)
        var reader = ByteReader(plain)
        let used = Int(try reader.u32())
        guard used <= plain.count,
            PackHash(keys.packHash(plain.span.extracting(first: used))) == ref.hash
        else { throw .damaged("a \(kind) pack is not the one the index names") }
        return plain
    }

    private func unsealed(
        _ sealed: [UInt8]?, _ ref: PackRef, _ kind: PackKind, _ packClass: PackClass,
        _ keyID: [UInt8], _ key: borrowing SecretBytes
    ) throws(VaultError) -> [UInt8] {
        guard let sealed else { throw .damaged("a \(kind) pack that the index names is missing") }
        guard sealed.count == packClass.bytes else {
            throw .damaged("a \(kind) pack has \(sealed.count) bytes, not \(packClass.bytes)")
        }
        let nonce = Array(sealed[..<Pack.nonceBytes])
        do {
            return try SealedBox.open(
                sealed.span.extracting(droppingFirst: Pack.nonceBytes), key: key, nonce: nonce,
                aad: aad(ref, kind, packClass, keyID))
        } catch {
            throw VaultError(.damaged, "a \(kind) pack was changed or moved", cause: error)
        }
    }

    private func aad(
        _ ref: PackRef, _ kind: PackKind, _ packClass: PackClass, _ keyID: [UInt8]
    ) -> [UInt8] {
        var writer = ByteWriter(capacity: 64)
        writer.label("hearth/pk/v1")
        writer.raw(keys.vaultID)
        writer.u64(ref.id)
        writer.raw(keyID)
        writer.u8(packClass.rawValue)
        writer.u8(kind.rawValue)
        writer.u64(ref.generation)
        return writer.bytes
    }

    /// A random pack number of 63 bits, not zero.
    static func newID() -> UInt64 {
        while true {
            let id = SecureRandom.uint64() >> 1
            if id != 0 { return id }
        }
    }
}
