// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// That a copy of the key files was made to be kept elsewhere.
public struct KeyBundleMark: Sendable, Hashable {
    /// The epoch of the key files then: a copy of a lower epoch than today's may open what was
    /// erased since.
    public var epoch: UInt64
    public var time: Timestamp
}

/// The whole index of a generation as it is held in memory: root, top and persons.
struct VaultState {
    struct Person {
        var id: PersonID
        var slot: UInt32
        var refs: [PackRef]
        /// The pages of the node a second time, in case one is damaged.
        var copy: [PackRef] = []
        var node: PersonNode

        /// The pages that are sealed under the person's own key.
        var ownPages: [PackRef] {
            refs + copy + node.fingerprints + node.corrections + node.live + node.rights
        }
    }

    /// Of a person who was erased: a keyed hash of the random number, of the label or of the
    /// receipt, and until when data are not to come back.
    struct Gone: Equatable {
        var hash: PackHash
        var time: Int64
    }

    /// An erase whose keys may not all be destroyed yet.
    struct Pending: Equatable {
        var receipt: PackHash
        var requested: Int64
        var slots: [UInt32]
    }

    var generation: UInt64 = 0
    /// Keyed hash of this generation's root.
    var rootHash = [UInt8](repeating: 0, count: 32)
    var packCount: UInt64 = 0
    var auditHead = [UInt8](repeating: 0, count: 32)
    var time: Int64 = 0
    var top: [PackRef] = []
    /// The pages of the top a second time, in case one is damaged.
    var topCopy: [PackRef] = []
    /// The pack that repeats the root; 0 in a store from before there was one.
    var spareRoot: UInt64 = 0

    var people: [Person] = []
    var gone: [Gone] = []
    var pending: [Pending] = []
    var auditCount: UInt64 = 0
    var audit: PackRef?
    /// The records of rights of the whole vault; empty if there never was one.
    var rights: [PackRef] = []
    /// Copies of the key files that were made for keeping elsewhere, oldest first.
    var keyBundles: [KeyBundleMark] = []

    func index(of person: PersonID) throws(VaultError) -> Int {
        guard let index = people.firstIndex(where: { $0.id == person }) else {
            throw VaultError(.unknownPerson, "the vault holds no such person")
        }
        return index
    }

    /// The bytes of the top document.
    func encodedTop() -> [UInt8] {
        var writer = ByteWriter(capacity: 4096)
        writer.u32(UInt32(people.count))
        for person in people {
            writer.u64(person.id.rawValue)
            writer.u32(person.slot)
            PackRef.write(person.refs, to: &writer)
        }
        writer.u32(UInt32(gone.count))
        for person in gone {
            writer.u64(person.hash.low)
            writer.u64(person.hash.high)
            writer.i64(person.time)
        }
        writer.u64(auditCount)
        PackRef.write(audit.map { [$0] } ?? [], to: &writer)
        writer.u32(UInt32(pending.count))
        for erase in pending {
            writer.u64(erase.receipt.low)
            writer.u64(erase.receipt.high)
            writer.i64(erase.requested)
            writer.u32(UInt32(erase.slots.count))
            for slot in erase.slots { writer.u32(slot) }
        }
        let hasCopies = people.contains { !$0.copy.isEmpty } || !keyBundles.isEmpty
        if !rights.isEmpty || hasCopies { PackRef.write(rights, to: &writer) }
        if hasCopies {
            writer.u32(UInt32(people.count))
            for person in people { PackRef.write(person.copy, to: &writer) }
            writer.u32(UInt32(keyBundles.count))
            for bundle in keyBundles {
                writer.u64(bundle.epoch)
                writer.i64(bundle.time.nanoseconds)
            }
        }
        return writer.bytes
    }

    /// Fills in the top document; the nodes of the persons stay empty.
    mutating func readTop(_ bytes: [UInt8]) throws(VaultError) {
        var reader = ByteReader(bytes)
        for _ in 0..<(try reader.count32(of: 16)) {
            people.append(
                Person(
                    id: PersonID(rawValue: try reader.u64()), slot: try reader.u32(),
                    refs: try PackRef.readList(from: &reader), node: PersonNode(label: "")))
        }
        for _ in 0..<(try reader.count32(of: 24)) {
            gone.append(
                Gone(
                    hash: PackHash(low: try reader.u64(), high: try reader.u64()),
                    time: try reader.i64()))
        }
        auditCount = try reader.u64()
        audit = try PackRef.readList(from: &reader).last
        for _ in 0..<(try reader.count32(of: 28)) {
            let receipt = PackHash(low: try reader.u64(), high: try reader.u64())
            let requested = try reader.i64()
            var slots: [UInt32] = []
            for _ in 0..<(try reader.count32(of: 4)) { slots.append(try reader.u32()) }
            pending.append(Pending(receipt: receipt, requested: requested, slots: slots))
        }
        // Nothing follows in a vault without such records, or from before there were any.
        if reader.remaining > 0 { rights = try PackRef.readList(from: &reader) }
        if reader.remaining > 0 { try readCopies(&reader) }
        try reader.finish()
    }

    private mutating func readCopies(_ reader: inout ByteReader) throws(VaultError) {
        guard try reader.count32(of: 4) == people.count else {
            throw .damaged("there are copies of another number of persons")
        }
        for place in people.indices { people[place].copy = try PackRef.readList(from: &reader) }
        for _ in 0..<(try reader.count32(of: 16)) {
            keyBundles.append(
                KeyBundleMark(
                    epoch: try reader.u64(), time: Timestamp(nanoseconds: try reader.i64())))
        }
    }
}
