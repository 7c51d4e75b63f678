// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// The person's own layer: what they said about their sleep and their days.
///
/// Sealed like everything, beside the samples and the results and independent of both: samples
/// or a new model never touch it.
extension Vault {
    /// Everything a person said, in the order it was said.
    public func corrections(of person: PersonID) throws(VaultError) -> Corrections {
        try correctionsDocument(of: person).corrections
    }

    /// Stores a correction and gives it its number.
    ///
    /// - Throws: `limitExceeded` for a span without length or over 24 hours, a note that is no line of at most
    ///   ``OwnText/longestNote`` bytes, or too many corrections; and what a commit throws.
    public func addSleepCorrection(
        _ kind: SleepCorrection.Kind, from start: Timestamp, to end: Timestamp,
        note: String? = nil, of person: PersonID
    ) throws(VaultError) -> SleepCorrection {
        guard SleepCorrection.isSound(from: start, to: end) else {
            throw VaultError(
                .limitExceeded, "a correction ends after it starts, 24 hours later at most")
        }
        if let note, OwnText.line(note, limit: OwnText.longestNote) != note {
            throw VaultError(
                .limitExceeded, "a note is one line of at most \(OwnText.longestNote) bytes")
        }
        var document = try correctionsDocument(of: person)
        let correction = SleepCorrection(
            id: document.newID(), kind: kind, start: start, end: end,
            made: Timestamp(nanoseconds: SystemError.now), note: note)
        document.corrections.sleep.append(correction)
        try store(document, of: person, command: "sleep \(kind.name)")
        return correction
    }

    /// Puts a label to a day, or to an instant of it, and gives the tag its number.
    ///
    /// The tag of a day that has it already is returned as it is. A working day stops being a free
    /// one and the other way round.
    /// - Parameters:
    ///   - time: the instant, or for a whole day its local noon.
    /// - Throws: `limitExceeded` for a label that is no line of at most
    ///   ``OwnText/longestLabel`` bytes, or too many tags; and what a commit throws.
    public func addTag(
        _ label: String, day: LocalDate, time: Timestamp, isWholeDay: Bool, of person: PersonID
    ) throws(VaultError) -> DayTag {
        guard OwnText.line(label, limit: OwnText.longestLabel) == label else {
            throw VaultError(
                .limitExceeded, "a label is one line of at most \(OwnText.longestLabel) bytes")
        }
        var document = try correctionsDocument(of: person)
        let same = document.corrections.tags.first {
            $0.says(label, of: day) && $0.isWholeDay == isWholeDay
                && (isWholeDay || $0.time == time)
        }
        if let same { return same }
        if let opposite = DayTag.opposite(of: label) {
            document.corrections.tags.removeAll { $0.says(opposite, of: day) }
        }
        let tag = DayTag(
            id: document.newID(), label: label, day: day, time: time, isWholeDay: isWholeDay,
            made: Timestamp(nanoseconds: SystemError.now))
        document.corrections.tags.append(tag)
        try store(document, of: person, command: "tag add")
        return tag
    }

    /// Takes back corrections and tags; numbers that nothing has are passed over.
    ///
    /// - Returns: how many were taken back.
    public func removeCorrections(
        _ ids: Set<CorrectionID>, of person: PersonID
    ) throws(VaultError) -> Int {
        var document = try correctionsDocument(of: person)
        let before = document.corrections.count
        let isSleep = document.corrections.sleep.contains { ids.contains($0.id) }
        document.corrections.sleep.removeAll { ids.contains($0.id) }
        document.corrections.tags.removeAll { ids.contains($0.id) }
        let removed = before - document.corrections.count
        guard removed > 0 else { return 0 }
        try store(document, of: person, command: isSleep ? "sleep undo" : "tag remove")
        return removed
    }

    /// Sets a number of the person's own, or with `nil` takes it back.
    ///
    /// - Throws: `limitExceeded` outside the key's range; what a commit throws.
    public func set(
        _ key: PersonSettings.Key, to value: Int?, of person: PersonID
    ) throws(VaultError) {
        var document = try correctionsDocument(of: person)
        guard document.corrections.settings.set(key, to: value) else {
            throw VaultError(.limitExceeded, "\(key.facts.name) is outside its range")
        }
        try store(document, of: person, command: value == nil ? "settings unset" : "settings set")
    }

    /// Puts what was said before into a change, without what an erase forbids.
    func restore(
        _ statements: [DayStatement], of person: PersonID, in change: inout Change,
        _ outcome: inout IngestOutcome
    ) throws(VaultError) {
        var document = try correctionsDocument(of: person)
        let before = document
        var wanted: [DayStatement] = []
        for statement in statements.sorted(by: { $0.id < $1.id }) {
            guard statement.isSound else {
                throw VaultError(.limitExceeded, "a correction or tag that a vault cannot hold")
            }
            if try !isErased(statement, of: person) { wanted.append(statement) }
        }
        let added = document.restore(wanted)
        outcome.suppressedByErasure += statements.count - wanted.count
        outcome.statementsAdded += added
        outcome.statementsKnown += wanted.count - added
        try document.checkCount()
        if document != before { change.corrections[person] = document }
    }

    /// The same scope as in an erase: corrections with the quantity `sleep-stage`, tags with `event`.
    func isErased(
        _ statement: DayStatement, of person: PersonID
    ) throws(VaultError) -> Bool {
        let tombstones = state.people[try state.index(of: person)].node.tombstones
        guard !tombstones.isEmpty else { return false }
        let quantity: Quantity
        let span: (from: Int64, to: Int64)
        switch statement {
        case .sleep(let one):
            quantity = .sleepStage
            span = (one.start.nanoseconds, one.end.nanoseconds)
        case .tag(let tag):
            quantity = .event
            let time = tag.time.nanoseconds
            span = (time, time == .max ? time : time + 1)
        case .setting: return false
        }
        let hashes = [
            Tombstone.hash(person, quantity, nil, keys), Tombstone.hash(person, nil, nil, keys),
        ]
        return tombstones.contains { tombstone in
            tombstone.from < span.to && span.from < tombstone.to
                && hashes.contains { $0.mode == tombstone.mode && $0.hash == tombstone.hash }
        }
    }

    /// The document of a person; an empty one if nothing was said.
    func correctionsDocument(of person: PersonID) throws(VaultError) -> CorrectionsDocument {
        let entry = state.people[try state.index(of: person)]
        guard !entry.node.corrections.isEmpty else { return CorrectionsDocument() }
        return try CorrectionsDocument(
            try document(entry.node.corrections, .corrections, .slot(entry.slot)))
    }

    /// The audit log says that something was said, never what.
    private func store(
        _ document: CorrectionsDocument, of person: PersonID, command: String
    ) throws(VaultError) {
        try document.checkCount()
        var change = Change(state)
        change.corrections[person] = document
        try addAudit(marked(command, person), "done", to: &change)
        try commit(change)
    }
}
