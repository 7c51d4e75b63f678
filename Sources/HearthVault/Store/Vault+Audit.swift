// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
internal import HearthCrypto

/// One line of the audit log.
public struct AuditEntry: Sendable, Hashable {
    public var sequence: UInt64
    public var time: Timestamp
    /// Number of the user who ran the command.
    public var user: UInt32
    public var command: String
    public var outcome: String
    /// Keyed hash over this entry and the hash of the one before, as 64 hexadecimal digits.
    public var hash: String
}

extension Vault {
    /// The hash of the newest audit entry, as 64 hexadecimal digits; zeros if there is none.
    public var auditHead: String { hex(state.auditHead) }

    /// How many lines the audit log has.
    public var auditCount: UInt64 { state.auditCount }

    /// Adds a line to the audit log: what was done and how it ended, never a value or a name.
    ///
    /// - Parameter person: whom it was about; the line then ends in their ``auditMark(of:)``.
    public func appendAudit(
        command: String, outcome: String, about person: PersonID? = nil
    ) throws(VaultError) {
        var change = Change(state)
        try addAudit(marked(command, person), outcome, to: &change)
        try commit(change)
    }

    /// Eight hexadecimal digits that stand for a person in the audit log and nowhere else.
    ///
    /// A keyed hash of the random number: when the person is erased nothing ties it to anybody.
    public func auditMark(of person: PersonID) -> String {
        var writer = ByteWriter()
        writer.label("hearth/audit/person/v1")
        writer.u64(person.rawValue)
        return hex(
            Array(BLAKE2b.hash(writer.bytes.span, key: keys.audit, length: 16).prefix(4)))
    }

    func marked(_ command: String, _ person: PersonID?) -> String {
        person.map { "\(command) #\(auditMark(of: $0))" } ?? command
    }

    /// All lines of the audit log, oldest first, after their chain was checked.
    public func auditTrail() throws(VaultError) -> [AuditEntry] {
        var pages: [AuditPage] = []
        var next = state.audit
        while let ref = next {
            guard pages.count <= Int(state.auditCount) else {
                throw .damaged("the audit log loops")
            }
            let page = try auditPage(ref)
            pages.append(page)
            next = page.previous
        }
        var entries: [AuditEntry] = []
        var head = [UInt8](repeating: 0, count: 32)
        for record in pages.reversed().flatMap(\.records) {
            let number = UInt64(entries.count)
            guard record.sequence == number else {
                throw .damaged(
                    "the audit log has entry \(record.sequence) where entry \(number) belongs")
            }
            guard record.previous == head, record.hash == record.expectedHash(keys) else {
                throw .damaged("the audit log's chain is broken at entry \(number)")
            }
            head = record.hash
            entries.append(record.entry)
        }
        guard head == state.auditHead, UInt64(entries.count) == state.auditCount else {
            throw .damaged("the audit log does not end where the root says")
        }
        return entries
    }

    /// Adds a line to a change.
    func addAudit(
        _ command: String, _ outcome: String, to change: inout Change
    ) throws(VaultError) {
        var page = AuditPage(previous: nil, records: [])
        if let ref = state.audit { page = try auditPage(ref) }
        let record = AuditRecord(
            sequence: change.state.auditCount, time: SystemError.now,
            user: SystemError.userNumber, command: AuditRecord.cut(command),
            outcome: AuditRecord.cut(outcome), previous: change.state.auditHead, keys)
        if page.bytes + record.bytes.count > Document.pieceBytes {
            page = AuditPage(previous: state.audit, records: [])
        } else if let ref = state.audit {
            change.deleted.append(ref.id)
        }
        page.records.append(record)
        var plain = PackPlain(.small)
        plain.add(Pack.documentBlock, page.encoded()[...])
        change.auditPage = plain
        change.state.auditCount += 1
        change.state.auditHead = record.hash
    }

    /// The audit page before the one at `ref`.
    func previousAuditPage(_ ref: PackRef) throws(VaultError) -> PackRef? {
        try auditPage(ref).previous
    }

    /// The audit page before the one that was opened.
    static func previousAuditPage(in plain: [UInt8]) throws(VaultError) -> PackRef? {
        try AuditPage(Array(try Document.piece(plain))).previous
    }

    private func auditPage(_ ref: PackRef) throws(VaultError) -> AuditPage {
        try AuditPage(Array(try document([ref], .audit, .vault(.audit))))
    }
}

extension Vault {
    /// All audit records and a new one, to be sealed under another key.
    func auditRecords(
        adding new: (command: String, outcome: String)
    ) throws(VaultError) -> AuditRewrite {
        _ = try auditTrail()
        var pages: [AuditPage] = []
        var refs: [PackRef] = []
        var next = state.audit
        while let ref = next {
            let page = try auditPage(ref)
            pages.append(page)
            refs.append(ref)
            next = page.previous
        }
        var records = pages.reversed().flatMap(\.records)
        records.append(
            AuditRecord(
                sequence: state.auditCount, time: SystemError.now, user: SystemError.userNumber,
                command: AuditRecord.cut(new.command), outcome: AuditRecord.cut(new.outcome),
                previous: state.auditHead, keys))
        return AuditRewrite(records: records, replaced: refs)
    }
}

/// The whole audit log, to be written again because the key that seals it changes.
struct AuditRewrite {
    fileprivate let records: [AuditRecord]
    /// The pages that go.
    let replaced: [PackRef]

    fileprivate init(records: [AuditRecord], replaced: [PackRef]) {
        self.records = records
        self.replaced = replaced
    }

    var count: UInt64 { UInt64(records.count) }
    var head: [UInt8] { records.last?.hash ?? [UInt8](repeating: 0, count: 32) }

    /// Writes full pages, each naming the one before it; returns them in order.
    func write(_ put: (PackPlain) throws -> PackRef) throws -> [PackRef] {
        var refs: [PackRef] = []
        var page = AuditPage(previous: nil, records: [])
        func finish() throws {
            var plain = PackPlain(.small)
            plain.add(Pack.documentBlock, page.encoded()[...])
            refs.append(try put(plain))
        }
        for record in records {
            if page.bytes + record.bytes.count > Document.pieceBytes {
                try finish()
                page = AuditPage(previous: refs.last, records: [])
            }
            page.records.append(record)
        }
        try finish()
        return refs
    }
}

/// One pack of audit entries and the one before it.
private struct AuditPage {
    var previous: PackRef?
    var records: [AuditRecord]

    init(previous: PackRef?, records: [AuditRecord]) {
        self.previous = previous
        self.records = records
    }

    init(_ bytes: [UInt8]) throws(VaultError) {
        var reader = ByteReader(bytes)
        previous = try PackRef.readList(from: &reader).last
        records = []
        while reader.remaining > 0 { records.append(try AuditRecord(from: &reader)) }
    }

    var bytes: Int { encoded().count }

    func encoded() -> [UInt8] {
        var writer = ByteWriter()
        PackRef.write(previous.map { [$0] } ?? [], to: &writer)
        for record in records { writer.raw(record.bytes) }
        return writer.bytes
    }
}

/// An audit entry as it is stored.
private struct AuditRecord {
    var sequence: UInt64
    var time: Int64
    var user: UInt32
    var command: String
    var outcome: String
    var previous: [UInt8]
    var hash: [UInt8]

    init(
        sequence: UInt64, time: Int64, user: UInt32, command: String, outcome: String,
        previous: [UInt8], _ keys: VaultKeys
    ) {
        self.sequence = sequence
        self.time = time
        self.user = user
        self.command = command
        self.outcome = outcome
        self.previous = previous
        hash = []
        hash = expectedHash(keys)
    }

    init(from reader: inout ByteReader) throws(VaultError) {
        sequence = try reader.u64()
        time = try reader.i64()
        user = try reader.u32()
        command = try reader.text()
        outcome = try reader.text()
        previous = try reader.raw(32)
        hash = try reader.raw(32)
    }

    /// Long texts are cut: a page must hold at least one entry.
    static func cut(_ text: String) -> String {
        var cut = Substring(text)
        while cut.utf8.count > 1000 { cut = cut.dropLast(cut.count / 4 + 1) }
        return String(cut)
    }

    private var covered: [UInt8] {
        var writer = ByteWriter()
        writer.u64(sequence)
        writer.i64(time)
        writer.u32(user)
        writer.text(command)
        writer.text(outcome)
        writer.raw(previous)
        return writer.bytes
    }

    var bytes: [UInt8] { covered + hash }

    func expectedHash(_ keys: VaultKeys) -> [UInt8] {
        BLAKE2b.hash(covered.span, key: keys.audit, length: 32)
    }

    var entry: AuditEntry {
        AuditEntry(
            sequence: sequence, time: Timestamp(nanoseconds: time), user: user, command: command,
            outcome: outcome, hash: hex(hash))
    }
}
