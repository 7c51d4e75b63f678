// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
internal import HearthCrypto

/// What keeps erased data away, and the one way back.
extension Vault {
    /// How many stretches of a person's time and kinds of data are kept away after erases.
    public func erasedStretches(of person: PersonID) throws(VaultError) -> Int {
        state.people[try state.index(of: person)].node.tombstones.count
    }

    /// Whether a credential opens this vault now: for what must not be done by someone who found it
    /// open.
    ///
    /// - Throws: `wrongPassphrase`, and what reading the key files throws.
    public func confirm(_ credential: Credential) throws(VaultError) {
        try KeyFile.open(in: location.store, with: credential).forget()
    }

    /// Lets the data of one receipt come back when its files are ingested again; the audit log says so.
    ///
    /// - Parameter receipt: the receipt's 32 hexadecimal digits.
    /// - Returns: how many stretches are open again; nothing is changed if there are none.
    public func resurrect(
        receipt: String, of person: PersonID
    ) throws(VaultError) -> Int {
        // Zeros are no receipt: the tombstones of new persons with an old label bear them.
        guard let id = Self.receiptID(receipt), id != .zero else { return 0 }
        var change = Change(state)
        let index = try state.index(of: person)
        let mark = VaultState.Gone.hash(receipt: id, keys)
        let times = Set(state.gone.filter { $0.hash == mark }.map(\.time))
        let label = VaultState.Gone.hash(label: state.people[index].node.label, keys)
        // A receipt of a whole person counts for whoever has that person's label now.
        let whole = state.gone.filter { $0.hash == label && times.contains($0.time) }.map(\.time)
        let before = state.people[index].node.tombstones
        let kept = before.filter {
            $0.receipt != id && !($0.receipt == .zero && whole.contains($0.time))
        }
        guard kept.count < before.count else { return 0 }
        change.state.people[index].node.tombstones = kept
        change.state.gone.removeAll { whole.contains($0.time) && [mark, label].contains($0.hash) }
        // What was read in vain since then is to be read again.
        change.deleted += state.people[index].node.fingerprints.map(\.id)
        change.state.people[index].node.fingerprints = []
        change.state.people[index].node.fingerprintCount = 0
        change.forgottenFingerprints.insert(person)
        let opened = before.count - kept.count
        try addAudit(
            marked("resurrect \(receipt)", person), "\(opened) stretches may come back",
            to: &change)
        try commit(change)
        return opened
    }

    /// A new person's node: it begins with the tombstones of those who had the label before.
    func node(of person: PersonID, _ label: String) -> PersonNode {
        var node = PersonNode(label: label)
        let known = VaultState.Gone.hash(label: label, keys)
        for gone in state.gone where gone.hash == known {
            let (mode, hash) = Tombstone.hash(person, nil, nil, keys)
            node.tombstones.append(
                Tombstone(
                    mode: mode, hash: hash, from: .min,
                    to: gone.time == .max ? .max : gone.time + 1, time: gone.time, receipt: .zero))
        }
        return node
    }

    private static func receiptID(_ text: String) -> PackHash? {
        let digits = text.utf8.compactMap { UInt8(ascii: $0) }
        guard digits.count == 32, text.utf8.count == 32 else { return nil }
        return PackHash(stride(from: 0, to: 32, by: 2).map { digits[$0] << 4 | digits[$0 + 1] })
    }
}

extension VaultState.Gone {
    static func hash(label: String, _ keys: VaultKeys) -> PackHash {
        var writer = ByteWriter()
        writer.label("hearth/gone/label/v1")
        writer.text(label)
        return PackHash(BLAKE2b.hash(writer.bytes.span, key: keys.tombstone, length: 16))
    }

    static func hash(receipt: PackHash, _ keys: VaultKeys) -> PackHash {
        var writer = ByteWriter()
        writer.label("hearth/gone/receipt/v1")
        writer.u64(receipt.low)
        writer.u64(receipt.high)
        return PackHash(BLAKE2b.hash(writer.bytes.span, key: keys.tombstone, length: 16))
    }
}

extension UInt8 {
    /// The value of a lower-case hexadecimal digit.
    fileprivate init?(ascii digit: UInt8) {
        switch digit {
        case 48...57: self = digit - 48
        case 97...102: self = digit - 87
        default: return nil
        }
    }
}
