// SPDX-License-Identifier: Apache-2.0
internal import HearthBiosignals
internal import HearthCrypto

extension Vault {
    /// Destroys the samples of a scope and everything the vault knew of them.
    ///
    /// Tombstones and the list of keys to destroy are stored first; then the keys are overwritten in
    /// both key files; then the files are compacted and searched. A crash in between is finished
    /// when the vault is opened. On a full disk the ballast is given up.
    public func erase(_ scope: ErasureScope) throws(VaultError) -> ErasureRecord {
        try erase(scope, amendment: nil)
    }

    /// As above; amended samples take the place of what goes, in the same transaction.
    func erase(
        _ scope: ErasureScope, amendment: Amendment?
    ) throws(VaultError) -> ErasureRecord {
        let requested = SystemError.now
        let receipt = PackHash(SecureRandom.bytes(16))
        let plan = try erasePlan(scope)
        let headBefore = auditHead
        var draft = try EraseDraft(
            self, scope, plan, receipt: receipt, requested: requested, amendment: amendment)
        try draft.build()
        let scan = try probes(for: draft)
        let hashes = draft.wiped.map(destroyedHash)
        let hasShrunk = try commitErase(draft)
        try destroyKeys(draft.wiped)
        let isGone = draft.wiped.allSatisfy { keyFile.state(Int($0)) == .wiped }
        let agree = try keyFile.copiesAgree()
        let outcome = "\(plan.samples) samples, \(draft.wiped.count) keys"
        let mark = marked("erase \(hex(receipt.bytes))", scope.person)
        try withBallast { () throws(VaultError) in
            try finishErase(receipt, mark, outcome, shrinks: hasShrunk)
        }
        let clean = try compact(scan)
        onStep?(.compacted)
        try Ballast.make(in: location.store)
        let place = FileSystemClaim(at: location.store)
        let level = ErasureLevel.reached(
            keysReadBack: isGone && agree, filesScanned: clean, overwritesInPlace: place.isInPlace)
        return ErasureRecord(
            receiptID: hex(receipt.bytes), requestedAt: Timestamp(nanoseconds: requested),
            completedAt: Timestamp(nanoseconds: SystemError.now), samples: plan.samples,
            corrections: plan.corrected.count, results: draft.results, packs: plan.packs,
            keySlots: draft.wiped.count,
            bytes: plan.bytes,
            destroyedKeyHashes: hashes, readBackPassed: isGone && agree,
            scanPassed: clean, generation: state.generation,
            auditHeadBefore: headBefore, auditHeadAfter: auditHead,
            fileSystem: place.description, level: level,
            levelReason: level == .noFile ? place.reason : nil,
            residualRisks: place.risks + inboxRisk)
    }

    /// What an erase cannot look into.
    private var inboxRisk: [String] {
        let (waiting, aside) = Vault.inboxCount(at: location)
        guard waiting + aside > 0 else { return [] }
        return [
            "\(waiting + aside) files in the inbox, still sealed to the vault: what waits is merged "
                + "without what was erased; what was left aside is yours to remove"
        ]
    }

    /// Finishes erases that were interrupted. Destroying keys needs no room; the rest waits if the
    /// disk is full.
    func resumeErases() throws(VaultError) {
        guard !state.pending.isEmpty else { return try Ballast.renew(in: location.store) }
        for erase in state.pending {
            try destroyKeys(erase.slots)
            do {
                try finishErase(
                    erase.receipt, "erase \(hex(erase.receipt.bytes))",
                    "finished after an interruption")
                _ = try database.compact()
            } catch {
                if error.code != .diskFull { throw error }
                openingProblems.append("an erase waits for room on the disk")
                return
            }
        }
        try Ballast.make(in: location.store)
    }

    /// Stores the change; gives up the ballast if the disk is full, and if that is not enough
    /// destroys the keys of whole days at least.
    ///
    /// - Returns: whether the store shrank with it.
    private func commitErase(_ draft: EraseDraft) throws(VaultError) -> Bool {
        var change = draft.change
        change.shrinks = true
        do {
            try commit(change)
            return true
        } catch {
            guard error.code == .diskFull else { throw error }
            _ = try Ballast.release(in: location.store)
        }
        // Without moving pages it takes less room if many were free before.
        change.shrinks = false
        do {
            try commit(change)
            return false
        } catch {
            guard error.code == .diskFull else { throw error }
            try destroyKeys(draft.wholeSlots)
            throw VaultError(
                .diskFull,
                "the disk is full: the keys of \(draft.wholeSlots.count) whole days are destroyed; "
                    + "make some room and erase again to finish")
        }
    }

    /// Does what needs room, a second time without the ballast if the disk is full.
    private func withBallast(_ body: () throws(VaultError) -> Void) throws(VaultError) {
        do { try body() } catch {
            guard error.code == .diskFull, try Ballast.release(in: location.store) else {
                throw error
            }
            try body()
        }
    }

    private func destroyKeys(_ slots: [UInt32]) throws(VaultError) {
        try keyFile.wipe(slots.map(Int.init))
        packCache.removeAll()
        onStep?(.wiped)
    }

    private func finishErase(
        _ receipt: PackHash, _ command: String, _ outcome: String, shrinks: Bool = false
    ) throws(VaultError) {
        var change = Change(state)
        change.shrinks = shrinks
        let slots = state.pending.filter { $0.receipt == receipt }.flatMap(\.slots)
        change.state.pending.removeAll { $0.receipt == receipt }
        try addAudit(command, outcome, to: &change)
        try commit(change)
        takenSlots?.subtract(slots.map(Int.init))
        onStep?(.finished)
    }

    // MARK: Proof

    private func destroyedHash(_ slot: UInt32) -> String {
        let id = Array(keyFile.wrappedBytes(Int(slot)).prefix(16))
        return hex(BLAKE2b.hash(id.span, key: keys.receipt, length: 16))
    }

    /// Bytes of everything that is to go: the sealed packs and the wrapped keys.
    private func probes(for draft: EraseDraft) throws(VaultError) -> ByteScan {
        var scan = ByteScan()
        let packs = try database.beginnings(of: draft.doomedPacks.sorted(), ByteScan.probeBytes)
        for (id, bytes) in packs { scan.add(bytes[...], of: id) }
        for slot in draft.wiped { scan.add(keyFile.wrappedBytes(Int(slot)).dropFirst(40)) }
        return scan
    }

    /// Compacts the files and searches them; true if nothing of what went is left.
    ///
    /// SQLite may leave a copy of a row in the unused part of a page that it once moved the row from,
    /// and does not clear it when the row goes. Rewriting the rows around sets such pages free.
    private func compact(_ scan: ByteScan) throws(VaultError) -> Bool {
        guard try compactFiles() else { return false }
        for reach in [16, 256] {
            let left = try scanFiles(scan)
            if left.isEmpty { return true }
            try withBallast { () throws(VaultError) in
                try database.rewrite(around: left.compactMap { $0 }, reach: reach)
            }
            guard try compactFiles() else { return false }
        }
        return try scanFiles(scan).isEmpty
    }

    private func compactFiles() throws(VaultError) -> Bool {
        var isCompact = false
        try withBallast { () throws(VaultError) in isCompact = try database.compact() }
        return isCompact
    }

    private func scanFiles(_ scan: ByteScan) throws(VaultError) -> [UInt64?] {
        var hits: [UInt64?] = []
        for name in StoreName.all where name != StoreName.ballast {
            hits += try scan.hits(in: "\(location.store)/\(name)")
        }
        return hits
    }
}

extension PackHash {
    /// The sixteen bytes.
    var bytes: [UInt8] {
        var writer = ByteWriter(capacity: 16)
        writer.u64(low)
        writer.u64(high)
        return writer.bytes
    }
}
