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
}

extension Vault {
    /// Opens every pack, decodes every block, and holds all of it against the index.
    public func verify() throws(VaultError) -> VerifyReport {
        var report = VerifyReport(problems: openingProblems, repairs: openingRepairs)
        var known: Set<UInt64> = []
        for ref in state.top { note(ref, .small, &known, &report) }
        for person in state.people { verify(person, &known, &report) }
        for ref in state.rights { note(ref, .small, &known, &report) }
        attempt("the records of the vault", &report) { () throws(VaultError) in
            _ = try records()
        }
        var next = state.audit
        while let ref = next, known.insert(ref.id).inserted {
            report.packs += 1
            report.bytes += PackClass.small.bytes
            next = nil
            attempt("the audit log", &report) { () throws(VaultError) in
                next = try previousAuditPage(ref)
            }
        }
        attempt("the audit log", &report) { () throws(VaultError) in _ = try auditTrail() }
        let stored = try database.allIDs()
        let unknown = stored.filter { !known.contains($0) }.count
        if unknown > 0 { report.problems.append("\(unknown) packs are not in the index") }
        if UInt64(stored.count) != state.packCount {
            report.problems.append(
                "\(stored.count) packs are stored; the root counts \(state.packCount)")
        }
        if try !keyFile.copiesAgree() {
            report.problems.append("the two key files are not equal")
        }
        if try database.roots().compactMap({ $0 }).count < min(2, Int(state.generation)) {
            report.problems.append("a root is missing")
        }
        return report
    }

    private func verify(
        _ person: VaultState.Person, _ known: inout Set<UInt64>, _ report: inout VerifyReport
    ) {
        let own = person.ownPages
        for ref in own { note(ref, .small, &known, &report) }
        var said = 0
        attempt("the corrections and tags", &report) { () throws(VaultError) in
            said = try corrections(of: person.id).count
        }
        report.corrections += said
        attempt("the records of rights", &report) { () throws(VaultError) in
            _ = try records(of: person.id)
        }
        attempt("where live streams stand", &report) { () throws(VaultError) in
            _ = try liveDocument(of: person.id)
        }
        attempt("the list of ingested files", &report) { () throws(VaultError) in
            fingerprintCache[person.id] = nil
            _ = try fingerprints(of: person.id)
        }
        for month in person.node.months {
            for ref in month.index + month.results { note(ref, .small, &known, &report) }
            attempt("the results of a month", &report) { () throws(VaultError) in
                _ = try resultRecords(month)
            }
            let key = MonthKey(person: person.id, month: month.month)
            monthCache[key] = nil
            var cells: [MonthIndex.Cell] = []
            attempt("the index of a month", &report) { () throws(VaultError) in
                cells = try monthIndex(key).cells
            }
            for cell in cells { verify(cell, person, &known, &report) }
        }
    }

    private func verify(
        _ cell: MonthIndex.Cell, _ person: VaultState.Person, _ known: inout Set<UInt64>,
        _ report: inout VerifyReport
    ) {
        for pack in cell.packs {
            note(pack.ref, pack.packClass, &known, &report)
            var samples = 0
            let day = LocalDate(dayNumber: Int64(cell.key.day))
            attempt("a pack of \(day)", &report) { () throws(VaultError) in
                let plain = try open([pack.ref], .raw, pack.packClass, .slot(cell.slot))[0]
                var found: [MonthIndex.Entry] = []
                for block in try PackPlain.blocks(of: plain) {
                    let (stream, series) = try codec.decode(plain, in: block.body)
                    guard Int(stream) < person.node.streams.count,
                        person.node.streams[Int(stream)] != nil
                    else {
                        throw .damaged("a block of an unknown stream")
                    }
                    samples += series.count
                    CellWriter.note(
                        MonthIndex.Entry(
                            stream: stream, first: series.times.first ?? 0,
                            last: series.times.last ?? 0, count: UInt32(series.count)), in: &found)
                }
                guard Set(found) == Set(pack.entries) else {
                    throw .damaged("it holds other samples than the index says")
                }
            }
            report.samples += samples
        }
    }

    private func note(
        _ ref: PackRef, _ packClass: PackClass, _ known: inout Set<UInt64>,
        _ report: inout VerifyReport
    ) {
        if !known.insert(ref.id).inserted { report.problems.append("the index names a pack twice") }
        report.packs += 1
        report.bytes += packClass.bytes
    }

    private func attempt(
        _ what: String, _ report: inout VerifyReport, _ body: () throws(VaultError) -> Void
    ) {
        do { try body() } catch { report.problems.append("\(what): \(error.message)") }
    }
}
