// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// A cached result: what a model made of a local day, and of which input.
public struct StoredResult: Sendable, Hashable {
    public var day: LocalDate
    /// Name and version of the model, such as `day/1`.
    public var model: String
    public var inputDigest: [UInt8]
    public var payload: [UInt8]

    public init(day: LocalDate, model: String, inputDigest: [UInt8], payload: [UInt8]) {
        self.day = day
        self.model = model
        self.inputDigest = inputDigest
        self.payload = payload
    }
}

extension Vault {
    /// The results of the days `from` through `through`, by day and model.
    ///
    /// - Parameter purpose: if given, days on which results or anything they came from are restricted
    ///   or lack consent are left out.
    public func results(
        of person: PersonID, from: LocalDate, through: LocalDate, for purpose: Purpose? = nil
    ) throws(VaultError) -> [StoredResult] {
        let node = state.people[try state.index(of: person)].node
        guard from <= through else { return [] }
        let months =
            MonthKey.month(ofDay: from.dayNumber)...MonthKey.month(ofDay: through.dayNumber)
        let limits = try limits(of: person, for: purpose)
        var found: [StoredResult] = []
        for month in node.months where months.contains(month.month) {
            for record in try resultRecords(month)
            where (from.dayNumber...through.dayNumber).contains(Int64(record.day))
                && !limits.touch(day: Int64(record.day))
            {
                found.append(try unpacked(record))
            }
        }
        return found.sorted { ($0.day, $0.model) < ($1.day, $1.model) }
    }

    /// Stores results; one of the same day and model is replaced.
    ///
    /// - Throws: `limitExceeded` for a payload over 1 MiB, and what a commit throws.
    public func storeResults(
        _ results: [StoredResult], of person: PersonID
    ) throws(VaultError) {
        guard !results.isEmpty else { return }
        var change = Change(state)
        try add(results, of: person, to: &change)
        try commit(change)
    }

    /// Adds results to a change that holds none of theirs yet.
    func add(
        _ results: [StoredResult], of person: PersonID, to change: inout Change
    ) throws(VaultError) {
        let node = state.people[try state.index(of: person)].node
        for result in results {
            let number = MonthKey.month(ofDay: result.day.dayNumber)
            let key = MonthKey(person: person, month: number)
            var records: [ResultRecord]
            if let known = change.results[key] {
                records = known
            } else {
                records =
                    try node.month(number).map { month throws(VaultError) in
                        try resultRecords(month)
                    } ?? []
            }
            let record = try packed(result)
            records.removeAll { $0.day == record.day && $0.model == record.model }
            records.append(record)
            change.results[key] = records
        }
        for key in Array(change.results.keys) {
            change.results[key]?.sort { ($0.day, $0.model) < ($1.day, $1.model) }
        }
    }

    func resultRecords(_ month: PersonNode.Month) throws(VaultError) -> [ResultRecord] {
        guard !month.results.isEmpty else { return [] }
        return try ResultRecord.decoded(
            try document(month.results, .results, .slot(month.resultsSlot)))
    }

    private func packed(_ result: StoredResult) throws(VaultError) -> ResultRecord {
        guard result.payload.count <= ResultRecord.maximumPayload,
            result.inputDigest.count <= 64, result.model.utf8.count <= 200
        else { throw VaultError(.limitExceeded, "a result has at most 1 MiB") }
        let frame = try codec.zstd.compress(result.payload)
        let isPacked = frame.count < result.payload.count
        return ResultRecord(
            day: Int32(truncatingIfNeeded: result.day.dayNumber), model: result.model,
            digest: result.inputDigest, isPacked: isPacked,
            rawLength: UInt32(result.payload.count), stored: isPacked ? frame : result.payload)
    }

    private func unpacked(_ record: ResultRecord) throws(VaultError) -> StoredResult {
        let payload =
            record.isPacked
            ? try codec.zstd.decompress(
                record.stored, in: 0..<record.stored.count, length: Int(record.rawLength))
            : record.stored
        return StoredResult(
            day: LocalDate(dayNumber: Int64(record.day)), model: record.model,
            inputDigest: record.digest, payload: payload)
    }
}
