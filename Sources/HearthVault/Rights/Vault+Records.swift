// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// The records that a person's rights leave, and those of the whole vault.
///
/// Sealed like everything. A person's records are sealed under the person's own key and go with the
/// person; those of the vault name no person.
extension Vault {
    /// The records of a person; empty ones if nothing was ever recorded.
    public func records(of person: PersonID) throws(VaultError) -> PersonRecords {
        let entry = state.people[try state.index(of: person)]
        guard !entry.node.rights.isEmpty else { return PersonRecords() }
        return try PersonRecords(try document(entry.node.rights, .rights, .slot(entry.slot)))
    }

    /// What holds for the whole vault.
    public func records() throws(VaultError) -> VaultRecords {
        guard !state.rights.isEmpty else { return VaultRecords() }
        return try VaultRecords(try document(state.rights, .rights, .vault(.index)))
    }

    /// Stores what holds for the whole vault.
    ///
    /// - Parameter command: what the audit log says was done; never a name.
    /// - Throws: `limitExceeded` for a text that is no line or a controller mode without a
    ///   controller, and what a commit throws.
    public func store(_ records: VaultRecords, command: String) throws(VaultError) {
        try records.check()
        guard records.mode == .personal || records.controller != nil else {
            throw VaultError(.limitExceeded, "controller mode needs a name and a contact")
        }
        var change = Change(state)
        change.vaultRights = records
        try addAudit(command, "done", to: &change)
        try commit(change)
    }

    // MARK: Consent

    /// Adds a line to a person's history of consent and gives it its number.
    public func addConsent(
        _ event: ConsentEvent, of person: PersonID
    ) throws(VaultError) -> ConsentEvent {
        var records = try records(of: person)
        var event = event
        event.number = records.newNumber()
        records.consents.append(event)
        try store(
            records, of: person,
            command: event.kind == .given ? "consent give" : "consent withdraw")
        return event
    }

    // MARK: Restriction

    /// Restricts processing and gives the restriction its number.
    public func addRestriction(
        _ restriction: Restriction, of person: PersonID
    ) throws(VaultError) -> Restriction {
        guard restriction.from < restriction.to, !restriction.categories.isEmpty else {
            throw VaultError(.limitExceeded, "a restriction ends after it starts")
        }
        var records = try records(of: person)
        var restriction = restriction
        restriction.number = records.newNumber()
        records.restrictions.append(restriction)
        try store(records, of: person, command: "restrict add")
        return restriction
    }

    /// Lifts a restriction; false if there is none of this number in force.
    public func liftRestriction(_ number: UInt32, of person: PersonID) throws(VaultError) -> Bool {
        var records = try records(of: person)
        guard
            let place = records.restrictions.firstIndex(where: {
                $0.number == number && $0.lifted == nil
            })
        else { return false }
        records.restrictions[place].lifted = Timestamp(nanoseconds: SystemError.now)
        try store(records, of: person, command: "restrict lift")
        return true
    }

    // MARK: Disclosure

    /// Records that a copy left the vault; `command` is how the audit log calls it.
    public func addDisclosure(
        _ disclosure: Disclosure, of person: PersonID, command: String = "export",
        outcome: String
    ) throws(VaultError) -> Disclosure {
        guard disclosure.digest.count == 32 else {
            throw VaultError(.limitExceeded, "a digest has 32 bytes")
        }
        var records = try records(of: person)
        var disclosure = disclosure
        disclosure.number = records.newNumber()
        records.disclosures.append(disclosure)
        try store(records, of: person, command: command, outcome)
        return disclosure
    }

    /// Records that the recipients of copies were told of an erasure or amendment.
    ///
    /// - Returns: how many of the copies are theirs.
    public func markTold(
        _ recipient: String, of person: PersonID
    ) throws(VaultError) -> Int {
        var records = try records(of: person)
        var count = 0
        for place in records.disclosures.indices
        where records.disclosures[place].recipient == recipient {
            records.disclosures[place].told = Timestamp(nanoseconds: SystemError.now)
            count += 1
        }
        guard count > 0 else { return 0 }
        try store(records, of: person, command: "recipients told")
        return count
    }

    /// Keeps the results of local days that ended before an instant as they are.
    public func keepResults(before time: Timestamp, of person: PersonID) throws(VaultError) {
        var records = try records(of: person)
        if let known = records.resultsKeptBefore, known >= time { return }
        records.resultsKeptBefore = time
        try store(records, of: person, command: "retain")
    }

    /// The audit log says that something was recorded, never what.
    func store(
        _ records: PersonRecords, of person: PersonID, command: String, _ outcome: String = "done"
    ) throws(VaultError) {
        try records.check()
        var change = Change(state)
        change.rights[person] = records
        try addAudit(marked(command, person), outcome, to: &change)
        try commit(change)
    }
}

extension PersonRecords {
    /// Takes out the amended values of what an erase takes; what lies outside of it stays amended.
    mutating func cut(_ scope: ErasureScope) {
        amendments = amendments.flatMap { one -> [Amendment] in
            guard scope.quantities?.contains(one.quantity) ?? true,
                scope.devices?.contains(one.device) ?? true, scope.first <= scope.last
            else { return [one] }
            var pieces: [Amendment] = []
            if one.from.nanoseconds < scope.first {
                var piece = one
                piece.to = min(one.to, Timestamp(nanoseconds: scope.first))
                pieces.append(piece)
            }
            if scope.last < .max, one.to.nanoseconds > scope.last + 1 {
                var piece = one
                piece.from = max(one.from, Timestamp(nanoseconds: scope.last + 1))
                pieces.append(piece)
            }
            return pieces
        }
    }
}
