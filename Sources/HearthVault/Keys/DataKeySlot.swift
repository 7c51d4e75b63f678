// SPDX-License-Identifier: Apache-2.0
internal import HearthCrypto

/// The 128 bytes that hold one data key, wrapped, or the mark that it was destroyed.
enum DataKeySlot {
    enum State { case used, wiped, empty }

    private enum At {
        static let nonce = 16
        static let wrapped = 40
        static let epoch = 88
        static let check = 92
        static let end = 108
    }

    /// A new random key for slot `index`, and the slot's bytes.
    static func make(
        _ index: Int, epoch: UInt64, _ keys: VaultKeys
    ) throws(VaultError) -> (key: DataKey, bytes: [UInt8]) {
        let key: DataKey
        do {
            key = DataKey(id: SecureRandom.bytes(16), key: try SecretBytes.random(32))
        } catch { throw VaultError(crypto: error) }
        return (key, try wrapping(key, index, epoch: epoch, keys))
    }

    /// The bytes of a slot that holds `key`.
    static func wrapping(
        _ key: DataKey, _ index: Int, epoch: UInt64, _ keys: VaultKeys
    ) throws(VaultError) -> [UInt8] {
        do {
            let nonce = SealedBox.randomNonce()
            var writer = ByteWriter(capacity: KeyLayout.slotBytes)
            writer.raw(key.id)
            writer.raw(nonce)
            writer.raw(
                try SealedBox.sealSecret(
                    key.key, key: keys.slot, nonce: nonce, aad: aad(index, key.id, epoch, keys)))
            writer.u32(UInt32(truncatingIfNeeded: epoch))
            writer.raw(check("hearth/slot/v1", index, writer.bytes, keys))
            writer.raw(SecureRandom.bytes(KeyLayout.slotBytes - At.end))
            return writer.bytes
        } catch { throw VaultError(crypto: error) }
    }

    /// Random bytes with a mark that says the slot was wiped on purpose.
    static func wiped(_ index: Int, epoch: UInt64, _ keys: VaultKeys) -> [UInt8] {
        var writer = ByteWriter(capacity: KeyLayout.slotBytes)
        writer.raw(SecureRandom.bytes(At.epoch))
        writer.u32(UInt32(truncatingIfNeeded: epoch))
        writer.raw(check("hearth/wipe/v1", index, writer.bytes, keys))
        writer.raw(SecureRandom.bytes(KeyLayout.slotBytes - At.end))
        return writer.bytes
    }

    /// What the slot's bytes at `start` of `image` are, by their keyed check.
    static func state(
        _ index: Int, _ image: [UInt8], at start: Int, _ keys: VaultKeys
    ) -> State {
        let covered = Array(image[start..<(start + At.check)])
        let found = Array(image[(start + At.check)..<(start + At.end)])
        if constantTimeEqual(found, check("hearth/slot/v1", index, covered, keys)) { return .used }
        if constantTimeEqual(found, check("hearth/wipe/v1", index, covered, keys)) { return .wiped }
        return .empty
    }

    static func epoch(_ image: [UInt8], at start: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 | UInt32(image[start + At.epoch + $1]) << UInt32(8 * $1) }
    }

    /// Unwraps the key of a slot.
    static func open(
        _ index: Int, _ image: [UInt8], at start: Int, _ keys: VaultKeys
    ) throws(VaultError) -> DataKey {
        guard state(index, image, at: start, keys) == .used else {
            throw .damaged("key slot \(index) holds no key")
        }
        let id = Array(image[start..<(start + At.nonce)])
        let nonce = Array(image[(start + At.nonce)..<(start + At.wrapped)])
        let wrapped = Array(image[(start + At.wrapped)..<(start + At.epoch)])
        let epoch = UInt64(epoch(image, at: start))
        do {
            let key = try SealedBox.openSecret(
                wrapped.span, key: keys.slot, nonce: nonce, aad: aad(index, id, epoch, keys))
            return DataKey(id: id, key: key)
        } catch { throw VaultError(crypto: error) }
    }

    private static func aad(
        _ index: Int, _ id: [UInt8], _ epoch: UInt64, _ keys: VaultKeys
    ) -> [UInt8] {
        var writer = ByteWriter()
        writer.label("hearth/dek/v1")
        writer.raw(keys.vaultID)
        writer.u32(UInt32(index))
        writer.raw(id)
        writer.u32(UInt32(truncatingIfNeeded: epoch))
        return writer.bytes
    }

    private static func check(
        _ label: StaticString, _ index: Int, _ covered: [UInt8], _ keys: VaultKeys
    ) -> [UInt8] {
        var writer = ByteWriter()
        writer.label(label)
        writer.raw(keys.vaultID)
        writer.u32(UInt32(index))
        writer.raw(covered)
        return BLAKE2b.hash(writer.bytes.span, key: keys.slot, length: 16)
    }
}
