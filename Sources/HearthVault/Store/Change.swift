// SPDX-License-Identifier: Apache-2.0
internal import HearthBiosignals

/// What the next generation changes. Nothing is stored until ``Vault/commit(_:)``.
struct Change {
    /// The state to be, without generation and page references.
    var state: VaultState
    /// Months whose index is rewritten; an empty one is removed.
    var months: [MonthKey: MonthIndex] = [:]
    /// Months whose results are rewritten; an empty list is removed.
    var results: [MonthKey: [ResultRecord]] = [:]
    /// Persons whose node is rewritten, apart from those of changed months.
    var nodes: Set<PersonID> = []
    /// Fingerprints to add.
    var fingerprints: [PersonID: [[UInt8]]] = [:]
    /// Persons whose fingerprints go, because an erase took some of what they stood for.
    var forgottenFingerprints: Set<PersonID> = []
    /// Documents of what persons said, rewritten as a whole.
    var corrections: [PersonID: CorrectionsDocument] = [:]
    /// Documents of live streams, rewritten as a whole.
    var live: [PersonID: LiveDocument] = [:]
    /// Records of persons' rights, rewritten as a whole.
    var rights: [PersonID: PersonRecords] = [:]
    /// Records of the whole vault, rewritten as a whole.
    var vaultRights: VaultRecords?
    /// Plaintext of raw packs, by their number; the cells of ``months`` refer to them.
    var drafts: [UInt64: PackPlain] = [:]
    /// The audit page to write in place of, or after, the last one.
    var auditPage: PackPlain?
    /// Numbers of packs that go.
    var deleted: [UInt64] = []
    /// Whether the store shrinks with it: its last pages move into those that are set free.
    var shrinks = false

    init(_ state: VaultState) { self.state = state }

    /// Lends every key-slot number that still has to be made.
    mutating func forEachMissingSlot(_ body: (inout UInt32) -> Void) throws(VaultError) {
        for key in months.keys.sorted() {
            guard var month = months.removeValue(forKey: key) else { continue }
            for index in month.cells.indices where month.cells[index].slot == MonthIndex.noSlot {
                body(&month.cells[index].slot)
            }
            if !month.cells.isEmpty {
                let person = try state.index(of: key.person)
                let place = state.people[person].node.place(of: key.month)
                if state.people[person].node.months[place].indexSlot == MonthIndex.noSlot {
                    body(&state.people[person].node.months[place].indexSlot)
                }
            }
            months[key] = month
        }
        for key in results.keys.sorted() where results[key]?.isEmpty == false {
            let person = try state.index(of: key.person)
            let place = state.people[person].node.place(of: key.month)
            if state.people[person].node.months[place].resultsSlot == MonthIndex.noSlot {
                body(&state.people[person].node.months[place].resultsSlot)
            }
        }
        for person in state.people.indices where state.people[person].slot == MonthIndex.noSlot {
            body(&state.people[person].slot)
        }
    }

    /// Everybody whose node must be rewritten, in the vault's order.
    func dirtyPeople() -> [Int] {
        var dirty = nodes
        for key in months.keys { dirty.insert(key.person) }
        for key in results.keys { dirty.insert(key.person) }
        dirty.formUnion(fingerprints.keys)
        dirty.formUnion(corrections.keys)
        dirty.formUnion(live.keys)
        dirty.formUnion(forgottenFingerprints)
        dirty.formUnion(rights.keys)
        return state.people.indices.filter { dirty.contains(state.people[$0].id) }
    }
}
