// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

extension Vault {
    /// Corrects recorded values: readers get the new ones from now on, and results are computed anew.
    ///
    /// - Parameter isShredding: destroys the recorded values. What takes their place is stored in the
    ///   same transaction; the record of the erasure comes back.
    /// - Throws: `limitExceeded` if the values do not fit the quantity, lie outside its plausible range,
    ///   or are of a fast quantity, and if no sample lies in the range; what a commit throws.
    public func amend(
        _ amendment: Amendment, of person: PersonID, shreddingOriginals isShredding: Bool = false
    ) throws(VaultError) -> (amendment: Amendment, erasure: ErasureRecord?) {
        try check(amendment)
        let scope = ErasureScope(
            person: person, quantities: [amendment.quantity], devices: [amendment.device],
            from: amendment.from, to: amendment.to)
        guard try erasePlan(scope).samples > 0 else {
            throw VaultError(.limitExceeded, "there is no sample in this range to amend")
        }
        var amendment = amendment
        amendment.isOriginalShredded = isShredding
        try RightsDocuments.checkText(amendment.reason)
        if isShredding {
            let record = try erase(scope, amendment: amendment)
            let made = try records(of: person).amendments.last
            return (made ?? amendment, record)
        }
        var records = try records(of: person)
        amendment.number = records.newNumber()
        records.amendments.append(amendment)
        try store(records, of: person, command: "amend")
        return (amendment, nil)
    }

    /// Takes an amendment back: the recorded values hold again.
    ///
    /// - Returns: false if there is none of this number whose originals are kept.
    public func removeAmendment(_ number: UInt32, of person: PersonID) throws(VaultError) -> Bool {
        var records = try records(of: person)
        let before = records.amendments.count
        records.amendments.removeAll { $0.number == number && !$0.isOriginalShredded }
        guard records.amendments.count < before else { return false }
        try store(records, of: person, command: "amend undo")
        return true
    }

    private func check(_ amendment: Amendment) throws(VaultError) {
        let facts = amendment.quantity.facts
        guard amendment.from < amendment.to, facts.category != .clock else {
            throw VaultError(.limitExceeded, "this cannot be amended")
        }
        guard case .replace(let values) = amendment.change else { return }
        guard !facts.isFast else {
            throw VaultError(
                .limitExceeded, "samples of a fast quantity can be removed, not given values")
        }
        guard values.count == facts.columns.count else {
            throw VaultError(
                .limitExceeded, "\(facts.name) has \(facts.columns.count) values a sample")
        }
        guard let first = values.first, facts.plausible.contains(first),
            values.allSatisfy(\.isFinite)
        else {
            throw VaultError(
                .limitExceeded,
                "the value lies outside \(facts.plausible.lowerBound) to "
                    + "\(facts.plausible.upperBound) \(facts.unit)")
        }
    }
}
