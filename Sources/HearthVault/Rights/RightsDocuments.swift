// SPDX-License-Identifier: Apache-2.0
internal import HearthBiosignals

/// The stored form of the records of rights: one document a person, one for the vault.
enum RightsDocuments {
    /// More of a kind is no record-keeping but a mistake.
    static let mostRecords = 20_000
    /// Bytes of a line of text in a record.
    static let longestText = 1000
    /// Stands for "never" and "none" where an instant is optional.
    static let never = Int64.max

    static func checkText(_ text: String) throws(VaultError) {
        guard text.utf8.count <= longestText,
            !text.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 })
        else {
            throw VaultError(
                .limitExceeded, "a text in a record is one line of at most \(longestText) bytes")
        }
    }
}

extension PersonRecords {
    func check() throws(VaultError) {
        let most = RightsDocuments.mostRecords
        guard
            [consents.count, restrictions.count, amendments.count, disclosures.count].max() ?? 0
                <= most, next < .max
        else { throw VaultError(.limitExceeded, "a person has at most \(most) records of a kind") }
        for text in consents.map(\.how) + restrictions.map(\.reason) + amendments.map(\.reason)
            + disclosures.flatMap({ [$0.recipient, $0.format] })
        {
            try RightsDocuments.checkText(text)
        }
    }

    mutating func newNumber() -> UInt32 {
        defer { next += 1 }
        return next
    }

    func encoded() -> [UInt8] {
        var writer = ByteWriter(capacity: 1024)
        writer.u32(next)
        writer.optional(resultsKeptBefore)
        writer.list(consents) { writer, one in
            writer.u32(one.number)
            writer.u8(one.kind.rawValue)
            writer.i64(one.time.nanoseconds)
            writer.u16(one.purposes.bits)
            writer.u16(one.categories.bits)
            writer.optional(one.expires)
            writer.text(one.how)
            writer.raw(one.notice ?? [UInt8](repeating: 0, count: 32))
        }
        writer.list(restrictions) { writer, one in
            writer.u32(one.number)
            writer.u16(one.categories.bits)
            writer.i64(one.from.nanoseconds)
            writer.i64(one.to.nanoseconds)
            writer.i64(one.made.nanoseconds)
            writer.optional(one.lifted)
            writer.text(one.reason)
        }
        writer.list(amendments) { writer, one in
            writer.u32(one.number)
            writer.u16(one.quantity.rawValue)
            writer.u64(one.device.rawValue)
            writer.i64(one.from.nanoseconds)
            writer.i64(one.to.nanoseconds)
            writer.i64(one.made.nanoseconds)
            writer.u8(one.isOriginalShredded ? 1 : 0)
            if case .replace(let values) = one.change {
                writer.u8(UInt8(values.count))
                for value in values { writer.f32(value) }
            } else {
                writer.u8(0)
            }
            writer.text(one.reason)
        }
        writer.list(disclosures) { writer, one in
            writer.u32(one.number)
            writer.i64(one.time.nanoseconds)
            writer.text(one.recipient)
            writer.text(one.format)
            writer.u16(one.categories.bits)
            writer.i64(one.from.nanoseconds)
            writer.i64(one.to.nanoseconds)
            writer.raw(one.digest)
            writer.optional(one.told)
        }
        return writer.bytes
    }

    init(_ bytes: [UInt8]) throws(VaultError) {
        var reader = ByteReader(bytes)
        next = try reader.u32()
        resultsKeptBefore = try reader.optional()
        for _ in 0..<(try reader.count32(of: 59)) {
            consents.append(try ConsentEvent(from: &reader))
        }
        for _ in 0..<(try reader.count32(of: 40)) {
            restrictions.append(
                Restriction(
                    number: try reader.u32(), categories: Set(bits: try reader.u16()),
                    from: try reader.time(), to: try reader.time(), made: try reader.time(),
                    lifted: try reader.optional(), reason: try reader.text()))
        }
        for _ in 0..<(try reader.count32(of: 42)) {
            amendments.append(try Amendment(from: &reader))
        }
        for _ in 0..<(try reader.count32(of: 74)) {
            disclosures.append(
                Disclosure(
                    number: try reader.u32(), time: try reader.time(),
                    recipient: try reader.text(), format: try reader.text(),
                    categories: Set(bits: try reader.u16()), from: try reader.time(),
                    to: try reader.time(), digest: try reader.raw(32), told: try reader.optional()))
        }
        try reader.finish()
        let numbers =
            consents.map(\.number) + restrictions.map(\.number) + amendments.map(\.number)
            + disclosures.map(\.number)
        guard numbers.allSatisfy({ $0 < next && $0 > 0 }) else {
            throw .damaged("the numbers of the records of rights do not fit together")
        }
    }
}

extension ConsentEvent {
    fileprivate init(from reader: inout ByteReader) throws(VaultError) {
        number = try reader.u32()
        guard let known = Kind(rawValue: try reader.u8()) else {
            throw VaultError(.unsupportedVersion, "a kind of consent this program does not know")
        }
        kind = known
        time = try reader.time()
        purposes = Set(bits: try reader.u16())
        categories = Set(bits: try reader.u16())
        expires = try reader.optional()
        how = try reader.text()
        let hash = try reader.raw(32)
        notice = hash.contains { $0 != 0 } ? hash : nil
    }
}

extension Amendment {
    fileprivate init(from reader: inout ByteReader) throws(VaultError) {
        number = try reader.u32()
        guard let known = Quantity(rawValue: try reader.u16()) else {
            throw VaultError(.unsupportedVersion, "an amendment of an unknown quantity")
        }
        quantity = known
        device = DeviceID(rawValue: try reader.u64())
        (from, to, made) = (try reader.time(), try reader.time(), try reader.time())
        isOriginalShredded = try reader.u8() == 1
        let count = Int(try reader.u8())
        var values: [Float] = []
        for _ in 0..<count { values.append(try reader.f32()) }
        change = count == 0 ? .remove : .replace(values)
        reason = try reader.text()
        guard from < to, count == 0 || count == quantity.facts.columns.count else {
            throw .damaged("an amendment has no sound shape")
        }
    }
}

extension VaultRecords {
    func check() throws(VaultError) {
        let most = RightsDocuments.mostRecords
        guard max(recipients.count, breaches.count) <= most else {
            throw VaultError(.limitExceeded, "a vault has at most \(most) records of a kind")
        }
        for text in [controller?.name, controller?.contact].compactMap(\.self)
            + recipients.flatMap({ [$0.name, $0.contact, $0.purpose] }) + breaches.map(\.what)
        {
            try RightsDocuments.checkText(text)
        }
    }

    func encoded() -> [UInt8] {
        var writer = ByteWriter(capacity: 512)
        writer.u8(mode.rawValue)
        writer.text(controller?.name ?? "")
        writer.text(controller?.contact ?? "")
        writer.list(policies) { writer, one in
            writer.u8(one.category.rawValue)
            writer.u16(one.purposes.bits)
            writer.u8(one.basis.rawValue)
            writer.u32(one.keepDays ?? .max)
        }
        writer.list(recipients) { writer, one in
            writer.text(one.name)
            writer.text(one.contact)
            writer.text(one.purpose)
            writer.i64(one.added.nanoseconds)
        }
        writer.list(breaches) { writer, one in
            writer.u32(one.number)
            writer.i64(one.aware.nanoseconds)
            writer.i64(one.recorded.nanoseconds)
            writer.text(one.what)
            writer.u32(one.people)
            writer.optional(one.authorityTold)
            writer.optional(one.peopleTold)
        }
        return writer.bytes
    }

    init(_ bytes: [UInt8]) throws(VaultError) {
        var reader = ByteReader(bytes)
        guard let known = VaultMode(rawValue: try reader.u8()) else {
            throw VaultError(.unsupportedVersion, "a mode of the vault this program does not know")
        }
        mode = known
        let identity = ControllerIdentity(name: try reader.text(), contact: try reader.text())
        controller = identity.name.isEmpty ? nil : identity
        for _ in 0..<(try reader.count32(of: 8)) {
            policies.append(try Self.policy(from: &reader))
        }
        for _ in 0..<(try reader.count32(of: 14)) {
            recipients.append(
                Recipient(
                    name: try reader.text(), contact: try reader.text(),
                    purpose: try reader.text(), added: try reader.time()))
        }
        for _ in 0..<(try reader.count32(of: 42)) {
            breaches.append(
                BreachRecord(
                    number: try reader.u32(), aware: try reader.time(),
                    recorded: try reader.time(), what: try reader.text(),
                    people: try reader.u32(), authorityTold: try reader.optional(),
                    peopleTold: try reader.optional()))
        }
        try reader.finish()
    }

    private static func policy(
        from reader: inout ByteReader
    ) throws(VaultError) -> CategoryPolicy {
        let category = Category(rawValue: try reader.u8())
        let purposes = Set<Purpose>(bits: try reader.u16())
        let basis = LegalBasis(rawValue: try reader.u8())
        let days = try reader.u32()
        guard let category, let basis else {
            throw VaultError(.unsupportedVersion, "a policy this program does not know")
        }
        return CategoryPolicy(
            category: category, purposes: purposes, basis: basis,
            keepDays: days == .max ? nil : days)
    }
}

extension ByteWriter {
    fileprivate mutating func optional(_ time: Timestamp?) {
        i64(time?.nanoseconds ?? RightsDocuments.never)
    }

    fileprivate mutating func list<Element>(
        _ all: [Element], _ write: (inout ByteWriter, Element) -> Void
    ) {
        u32(UInt32(all.count))
        for one in all { write(&self, one) }
    }
}

extension ByteReader {
    fileprivate mutating func time() throws(VaultError) -> Timestamp {
        Timestamp(nanoseconds: try i64())
    }

    fileprivate mutating func optional() throws(VaultError) -> Timestamp? {
        let value = try i64()
        return value == RightsDocuments.never ? nil : Timestamp(nanoseconds: value)
    }
}
