// SPDX-License-Identifier: Apache-2.0
public import HearthCrypto
internal import HearthBiosignals

extension Vault {
    /// Gives the vault a new master key and closes it: from then on only `credential`, and a recovery
    /// code if one is asked for, open it.
    ///
    /// Every data key is wrapped anew, index and audit log are sealed anew; samples stay where they
    /// are. What was erased before stays closed even for someone who has old blocks of the disk and
    /// the new secret. The old secret opens nothing any more. A crash leaves a vault that opens with
    /// the old secret or with the new one.
    ///
    /// - Returns: the recovery code, to be shown once.
    /// - Throws: `refused` if the new secret opens the vault today, or files wait in the inbox;
    ///   `diskFull`, `limitExceeded`, `io`.
    public func rotateKeys(
        to credential: Credential, kdf: KDFParameters = .standard, withRecoveryCode: Bool = true
    ) throws(VaultError) -> RecoveryCode? {
        guard !isBroken else {
            throw VaultError(.io, "an earlier failure left the vault unsure; close and open it")
        }
        try checkIsNew(credential)
        let senders = try lockedInbox()
        defer { senders?.end() }
        var all = [(credential, kdf)]
        var code: RecoveryCode?
        if withRecoveryCode {
            do {
                let made = try RecoveryCode.generate()
                all.append((try Credential(made.secret, as: .recoveryCode), .minimum))
                code = consume made
            } catch let error as CryptoError { throw VaultError(crypto: error) } catch {
                throw (error as? VaultError) ?? VaultError(.io, "no recovery code could be made")
            }
        }
        let next = try keyFile.rotated(all, taken: try loadedTakenSlots())
        try KeyFile.writeNext(next.image, in: location.store)
        onStep?(.nextWritten)
        try commitRotation(next)
        onStep?(.committed)
        // From here on the new keys are in force; opening finishes what a failure leaves.
        isBroken = true
        defer { close() }
        try KeyFile.overwrite(keyFile.copies, with: next.image) { self.onStep?(.keyCopyWritten) }
        try writeAnchor()
        onStep?(.anchored)
        try KeyFile.removeNext(in: location.store)
        onStep?(.finished)
        _ = try database.compact()
        onStep?(.compacted)
        return code
    }

    /// Refuses a secret that is in use: whoever has old blocks of the disk could open them with it.
    private func checkIsNew(_ credential: Credential) throws(VaultError) {
        guard credential.factor == .passphrase || credential.factor?.hasKeyFile == true else {
            throw VaultError(.refused, "a rotation needs a new passphrase or a new key file")
        }
        for index in 0..<KeyLayout.keySlots {
            guard let slot = KeySlot(index, in: keyFile.head) else { continue }
            if try slot.open(credential, vaultID: keys.vaultID) != nil {
                throw VaultError(
                    .refused, "the new secret opens the vault today; a rotation needs another")
            }
        }
    }

    /// Keeps senders away, who would seal to the key that goes.
    private func lockedInbox() throws(VaultError) -> StoreFile? {
        guard inbox.exists else { return nil }
        let lock = try inbox.lock(shared: false)
        guard inbox.waiting.isEmpty else {
            throw VaultError(
                .refused, "files wait in the inbox, sealed to the key that goes: merge them first")
        }
        return lock
    }

    // MARK: The transaction

    /// Seals top, roots, audit log and the vault's records under the new keys: with this transaction
    /// they are in force.
    private func commitRotation(_ next: KeyFile.Next) throws(VaultError) {
        let trail = try auditRecords(adding: ("key rotate", "all keys are new"))
        let before = try previousRoot()
        let rights =
            state.rights.isEmpty ? nil : try document(state.rights, .rights, .vault(.index))
        var after = state
        after.generation += 1
        after.time = SystemError.now
        do {
            try database.transaction { writer in
                try self.write(&after, trail, rights, before, next, writer)
                self.onStep?(.packsInserted)
            }
        } catch {
            if error.code == .diskFull {
                try KeyFile.removeNext(in: location.store)
            } else {
                isBroken = true
            }
            throw error
        }
        state = after
    }

    /// The newest root as it is stored: it is sealed again, so that the two roots form a chain.
    private func previousRoot() throws(VaultError) -> Root {
        let row = Int(state.generation & 1)
        guard let found = Root.open(try database.roots()[row], row: row, keys),
            found.hash == state.rootHash
        else { throw .damaged("the newest root does not open") }
        return found.root
    }

    private func write(
        _ after: inout VaultState, _ trail: AuditRewrite, _ rights: [UInt8]?, _ before: Root,
        _ next: KeyFile.Next, _ writer: PackDatabase.Writer
    ) throws {
        let sealer = PackSealer(keys: next.keys)
        var inserted = 0
        func put(
            _ plain: PackPlain, id: UInt64? = nil, _ kind: PackKind, _ key: borrowing SecretBytes
        ) throws -> PackRef {
            let (ref, sealed) = try sealer.seal(
                plain, id: id ?? PackSealer.newID(), kind, generation: after.generation,
                under: key)
            try writer.insert(ref.id, sealed)
            inserted += 1
            return ref
        }
        let pages = try trail.write { plain in
            try put(plain, .audit, next.keys.auditSeal)
        }
        after.audit = pages.last
        after.auditCount = trail.count
        after.auditHead = trail.head
        after.rights = try (rights.map(Document.packs) ?? []).map {
            try put($0, .rights, next.keys.index)
        }
        let top = after.encodedTop()
        (after.top, after.topCopy) = ([], [])
        let topPages = Document.packs(top)
        let isTwice = 2 * topPages.count <= Root.maximumTop
        for plain in topPages {
            after.top.append(try put(plain, .top, next.keys.index))
            if isTwice { after.topCopy.append(try put(plain, .top, next.keys.index)) }
        }
        after.spareRoot = PackSealer.newID()
        var gone = (state.top + state.topCopy + state.rights + trail.replaced).map(\.id)
        if state.spareRoot != 0 { gone.append(state.spareRoot) }
        for id in gone { try writer.delete(id) }
        // The page with the root repeated is written last, for it holds this number.
        after.packCount = state.packCount + UInt64(inserted) + 1 - UInt64(gone.count)
        let root = Root(
            generation: after.generation, previous: state.rootHash, tree: keys.treeHash(top),
            packCount: after.packCount, auditHead: after.auditHead, keyEpoch: next.epoch,
            time: after.time, top: after.top, topCopy: after.topCopy, spare: after.spareRoot)
        _ = try put(try root.spared(), id: root.spare, .spareRoot, next.keys.index)
        let sealed = try root.sealed(next.keys)
        after.rootHash = sealed.hash
        try writer.setRoot(root.row, sealed.row)
        try writer.setRoot(before.row, try before.sealed(next.keys).row)
    }
}
