// SPDX-License-Identifier: Apache-2.0
internal import HearthBiosignals

/// What a full verification found.
public struct VerifyReport: Sendable, Hashable {
    public var packs = 0
    public var bytes = 0
    public var samples = 0
    /// Corrections and tags.
    public var corrections = 0
    /// One sentence each; empty if all is well.
    public var problems: [String] = []
    /// What was set right when the vault was opened, as after a crash; nothing is lost by it.
    public var repairs: [String] = []
    /// What cannot be read any more; empty if every problem is one of a copy.
    public var losses: [VaultLoss] = []
}

extension Vault {
    /// Opens every pack, looks through every block, and holds all of it against the index.
    ///
    /// `run` may run the checks of packs it is given at the same time; one after the other if not
    /// told otherwise. Outcomes are in the order of the checks.
    public func verify(
        run: @escaping ([PackCheck]) -> [PackCheck.Outcome] = { $0.map { $0.run() } }
    ) throws(VaultError) -> VerifyReport {
        let walk = VerifyWalk(self, run)
        try walk.all()
        return walk.report
    }
}

/// One pass over everything that hangs from the root.
private final class VerifyWalk {
    /// Checks that are run together: 64 MB of packs. Each reads its packs itself.
    private static let together = 64

    let vault: Vault
    let run: ([PackCheck]) -> [PackCheck.Outcome]
    var report: VerifyReport
    private var known: Set<UInt64> = []
    private var checks: [PackCheck] = []

    init(_ vault: Vault, _ run: @escaping ([PackCheck]) -> [PackCheck.Outcome]) {
        self.vault = vault
        self.run = run
        report = VerifyReport(repairs: vault.openingRepairs)
    }

    private var state: VaultState { vault.state }

    func all() throws(VaultError) {
        pages(state.top, state.topCopy, .top, .vault(.index))
        try spareRoot()
        for (place, person) in state.people.enumerated() { try check(person, place + 1) }
        try flush()
        pages(state.rights, nil, .rights, .vault(.index))
        attempt(VaultLoss(part: .rights), "the records of the vault") { () throws(VaultError) in
            _ = try vault.records()
        }
        audit()
        let stored = try vault.database.allIDs()
        let unknown = stored.filter { !known.contains($0) }.count
        if unknown > 0 { report.problems.append("\(unknown) packs are not in the index") }
        if UInt64(stored.count) != state.packCount {
            report.problems.append(
                "\(stored.count) packs are stored; the root counts \(state.packCount)")
        }
        if try !vault.keyFile.copiesAgree() {
            report.problems.append("the two key files are not equal")
        }
        if try vault.database.roots().compactMap({ $0 }).count < min(2, Int(state.generation)) {
            report.problems.append("a root is missing")
        }
        // What was found when the vault was opened, and between: said once.
        for problem in vault.openingProblems where !report.problems.contains(problem) {
            report.problems.append(problem)
        }
    }

    private func spareRoot() throws(VaultError) {
        guard state.spareRoot != 0 else { return }
        note(state.spareRoot, .small)
        attempt(nil, "the copy of the root") { () throws(VaultError) in
            _ = try vault.sparedRoot(state.spareRoot, generation: state.generation)
        }
    }

    private func audit() {
        var next = state.audit
        while let ref = next, !known.contains(ref.id) {
            note(ref.id, .small)
            next = nil
            attempt(nil, "the audit log") { () throws(VaultError) in
                next = try vault.previousAuditPage(ref)
            }
        }
        attempt(VaultLoss(part: .audit), "the audit log") { () throws(VaultError) in
            _ = try vault.auditTrail()
        }
    }

    private func check(
        _ person: VaultState.Person, _ number: Int
    ) throws(VaultError) {
        let who = "person \(number)"
        let key = Vault.SealKey.slot(person.slot)
        pages(person.refs, person.copy, .node, key)
        for refs in [
            person.node.fingerprints, person.node.corrections, person.node.live,
            person.node.rights,
        ] {
            pages(refs, nil, .node, key)
        }
        var said = 0
        attempt(
            VaultLoss(part: .corrections, person: number), "\(who): the corrections and tags"
        ) { () throws(VaultError) in said = try vault.corrections(of: person.id).count }
        report.corrections += said
        attempt(VaultLoss(part: .rights, person: number), "\(who): the records of rights") {
            () throws(VaultError) in _ = try vault.records(of: person.id)
        }
        attempt(VaultLoss(part: .live, person: number), "\(who): where live streams stand") {
            () throws(VaultError) in _ = try vault.liveDocument(of: person.id)
        }
        attempt(
            VaultLoss(part: .fingerprints, person: number), "\(who): the list of ingested files"
        ) { () throws(VaultError) in
            vault.fingerprintCache[person.id] = nil
            _ = try vault.fingerprints(of: person.id)
        }
        let streams = Set(
            person.node.streams.indices.filter { person.node.streams[$0] != nil }
                .map { UInt32($0) })
        for month in person.node.months {
            let first = LocalDate(dayNumber: month.firstDay)
            pages(month.index, month.copy, .month, .slot(month.indexSlot))
            pages(month.results, nil, .results, .slot(month.resultsSlot))
            var place = VaultLoss(part: .results, person: number, day: first)
            attempt(place, place.text) { () throws(VaultError) in
                _ = try vault.resultRecords(month)
            }
            let key = MonthKey(person: person.id, month: month.month)
            vault.monthCache[key] = nil
            var cells: [MonthIndex.Cell] = []
            place.part = .month
            attempt(place, place.text) { () throws(VaultError) in
                cells = try vault.monthIndex(key).cells
            }
            for cell in cells { try check(cell, number, streams) }
        }
    }

    private func check(
        _ cell: MonthIndex.Cell, _ person: Int, _ streams: Set<UInt32>
    ) throws(VaultError) {
        var key: DataKey?
        do { key = try vault.keyFile.dataKey(Int(cell.slot)) } catch { key = nil }
        for pack in cell.packs {
            note(pack.ref.id, pack.packClass)
            if checks.last.map({ $0.size >= PackCheck.bytes }) ?? true {
                if checks.count == Self.together { try flush() }
                checks.append(PackCheck(keys: vault.keys, vault.database))
            }
            let place = VaultLoss(
                part: .samples, person: person,
                day: LocalDate(dayNumber: Int64(cell.key.day)), category: cell.key.category,
                pack: pack.ref.id)
            checks[checks.count - 1].add(
                PackCheck.Item(pack: pack, key: key, place: place, streams: streams))
        }
    }

    private func flush() throws(VaultError) {
        guard !checks.isEmpty else { return }
        let outcomes = run(checks)
        guard outcomes.count == checks.count else {
            throw VaultError(.io, "a check of packs did not end")
        }
        checks = []
        for outcome in outcomes {
            if let failure = outcome.failure { throw failure }
            report.samples += outcome.samples
            for (loss, reason) in outcome.problems {
                report.problems.append("\(loss.text): \(reason)")
                report.losses.append(loss)
            }
        }
    }

    /// Counts pages, and opens those that are there twice one by one: a damaged one is a problem
    /// even if its copy is sound.
    private func pages(
        _ refs: [PackRef], _ copy: [PackRef]?, _ kind: PackKind, _ key: Vault.SealKey
    ) {
        for ref in refs + (copy ?? []) { note(ref.id, .small) }
        guard let copy else { return }
        for ref in refs + copy {
            attempt(nil, "a page of the index") { () throws(VaultError) in
                _ = try vault.open([ref], kind, .small, key)
            }
        }
    }

    private func note(_ id: UInt64, _ packClass: PackClass) {
        if !known.insert(id).inserted { report.problems.append("the index names a pack twice") }
        report.packs += 1
        report.bytes += packClass.bytes
    }

    private func attempt(
        _ loss: VaultLoss?, _ what: String, _ body: () throws(VaultError) -> Void
    ) {
        do { try body() } catch {
            report.problems.append("\(what): \(error.message)")
            if let loss { report.losses.append(loss) }
        }
    }
}

extension PackDatabase {
    /// Sealed packs; one whose row the database cannot read counts as missing.
    func packsOrMissing(_ ids: [UInt64]) throws(VaultError) -> [[UInt8]?] {
        do { return try packs(ids) } catch {
            guard error.code == .damaged else { throw error }
            return ids.map { id in
                do { return try packs([id]).first ?? nil } catch { return nil }
            }
        }
    }
}
