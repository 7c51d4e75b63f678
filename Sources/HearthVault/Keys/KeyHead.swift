// SPDX-License-Identifier: Apache-2.0
internal import HearthCrypto

/// Numbers of the key file's layout.
enum KeyLayout {
    static let sector = 4096
    static let keySlots = 8
    static let headBytes = sector * (1 + keySlots)
    static let slotBytes = 128
    static let slotsPerSector = sector / slotBytes
    /// 4,096 data keys: about a year and a half of eight categories before the file grows.
    static let initialSlots = 4096
    static let maximumSlots = 1 << 20
    static let magic: [UInt8] = Array("HEARTHK1".utf8)
    static let major: UInt16 = 1
    /// 1: inbox key, key files as factors, lasting keys.
    static let minor: UInt16 = 1

    static func fileBytes(slots: Int) -> Int { headBytes + slots * slotBytes }
    static func offset(ofSlot index: Int) -> Int { headBytes + index * slotBytes }
}

/// The first nine sectors of a key file: the header and the eight key slots.
struct KeyHead {
    private enum At {
        static let major = 8
        static let minor = 10
        static let flags = 12
        static let slotCount = 20
        static let keySlots = 24
        static let vaultID = 28
        static let inboxKey = 44
        static let verifyKey = 76
        static let epoch = 108
        static let tag = 116
        static let end = 148
        static let lasting = 148
    }

    /// Bit of the flags: the lasting keys follow the tag.
    private static let hasLasting: UInt32 = 1

    /// All 36,864 bytes.
    private(set) var bytes: [UInt8]
    private(set) var slotCount: Int
    private(set) var epoch: UInt64
    let vaultID: [UInt8]
    let verifyKey: [UInt8]
    /// What arrivals are sealed to; zeros in a vault from before there was an inbox.
    private(set) var inboxKey: [UInt8]
    private var flags: UInt32

    /// The lasting keys, sealed; nil if they come from the master key.
    var sealedLasting: [UInt8]? {
        guard flags & Self.hasLasting != 0 else { return nil }
        return Array(bytes[At.lasting..<At.lasting + VaultKeys.sealedLastingBytes])
    }

    var hasInboxKey: Bool { inboxKey.contains { $0 != 0 } }

    /// A new head without key slots and without a tag.
    init(
        vaultID: [UInt8], verifyKey: [UInt8], inboxKey: [UInt8], slotCount: Int, epoch: UInt64 = 1,
        sealedLasting: [UInt8]? = nil
    ) {
        var writer = ByteWriter(capacity: KeyLayout.headBytes)
        writer.raw(KeyLayout.magic)
        writer.u16(KeyLayout.major)
        writer.u16(KeyLayout.minor)
        writer.u32(sealedLasting == nil ? 0 : Self.hasLasting)
        writer.u32(UInt32(KeyLayout.slotBytes))
        writer.u32(UInt32(slotCount))
        writer.u32(UInt32(KeyLayout.keySlots))
        writer.raw(vaultID)
        writer.raw(inboxKey)
        writer.raw(verifyKey)
        writer.u64(epoch)
        bytes = writer.bytes
        bytes += SecureRandom.bytes(KeyLayout.headBytes - bytes.count)
        self.slotCount = slotCount
        self.epoch = epoch
        self.vaultID = vaultID
        self.verifyKey = verifyKey
        self.inboxKey = inboxKey
        flags = sealedLasting == nil ? 0 : Self.hasLasting
        if let sealedLasting { set(sealedLasting, at: At.lasting) }
        for index in 0..<KeyLayout.keySlots { set([0, 0, 0, 0], at: KeySlot.offset(index)) }
    }

    /// Reads a head and checks its bounds; its tag is checked when the keys are known.
    init(_ bytes: [UInt8]) throws(VaultError) {
        guard bytes.count == KeyLayout.headBytes else {
            throw .damaged("a key file ends in its head")
        }
        var reader = ByteReader(bytes)
        guard try reader.raw(8) == KeyLayout.magic else {
            throw .damaged("a key file does not begin with its magic")
        }
        let major = try reader.u16()
        _ = try reader.u16()
        guard major == KeyLayout.major else {
            throw VaultError(
                .unsupportedVersion,
                "the vault has format version \(major); this program reads \(KeyLayout.major)")
        }
        flags = try reader.u32()
        guard flags & ~Self.hasLasting == 0 else {
            throw VaultError(
                .unsupportedVersion, "the vault's key files need a newer version of this program")
        }
        let slotBytes = try reader.u32()
        let count = Int(try reader.u32())
        let keySlots = try reader.u32()
        guard slotBytes == UInt32(KeyLayout.slotBytes), keySlots == UInt32(KeyLayout.keySlots),
            (KeyLayout.slotsPerSector...KeyLayout.maximumSlots).contains(count),
            count.isMultiple(of: KeyLayout.slotsPerSector)
        else { throw .damaged("a key file's header is out of bounds") }
        vaultID = try reader.raw(16)
        inboxKey = try reader.raw(32)
        verifyKey = try reader.raw(32)
        epoch = try reader.u64()
        slotCount = count
        self.bytes = bytes
    }

    /// The tag over the header and all key slots.
    func tag(_ headerKey: borrowing SecretBytes) -> [UInt8] {
        let covered = Array(bytes[..<At.tag]) + bytes[KeyLayout.sector...]
        return BLAKE2b.hash(covered.span, key: headerKey, length: 32)
    }

    func isAuthentic(_ headerKey: borrowing SecretBytes) -> Bool {
        constantTimeEqual(Array(bytes[At.tag..<At.end]), tag(headerKey))
    }

    /// Names the key that arrivals are sealed to; the tag is renewed with the next writing.
    mutating func setInboxKey(_ key: [UInt8]) {
        inboxKey = key
        set(key, at: At.inboxKey)
    }

    /// Counts one more writing of the key files and renews the tag.
    mutating func advance(slotCount: Int, _ keys: VaultKeys) {
        self.slotCount = slotCount
        epoch += 1
        var writer = ByteWriter()
        writer.u32(UInt32(slotCount))
        set(writer.bytes, at: At.slotCount)
        writer = ByteWriter()
        writer.u16(KeyLayout.minor)
        set(writer.bytes, at: At.minor)
        writer = ByteWriter()
        writer.u64(epoch)
        set(writer.bytes, at: At.epoch)
        seal(keys)
    }

    /// Renews the tag.
    mutating func seal(_ keys: VaultKeys) { set(tag(keys.header), at: At.tag) }

    mutating func set(_ part: [UInt8], at offset: Int) {
        bytes.replaceSubrange(offset..<(offset + part.count), with: part)
    }
}
