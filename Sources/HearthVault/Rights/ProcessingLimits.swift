// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// What of a person must not be read for a purpose: what is restricted, and what lacks consent.
struct ProcessingLimits: Equatable {
    struct Span: Equatable {
        var categories: Set<Category>
        var from: Int64
        /// Inclusive.
        var last: Int64
    }

    var spans: [Span] = []

    /// The spans of a category that overlap `from...through`.
    func spans(of category: Category, from: Int64, through last: Int64) -> [Span] {
        guard category != .clock else { return [] }
        return spans.filter {
            $0.categories.contains(category) && $0.from <= last && $0.last >= from
        }
    }

    /// Whether anything of a day, and of the evening before it, is kept back; clocks differ from UTC.
    func touch(day: Int64) -> Bool {
        guard !spans.isEmpty else { return false }
        let start = Timestamp(seconds: (day - 1) * 86_400).nanoseconds
        let end = Timestamp(seconds: (day + 2) * 86_400).nanoseconds
        return spans.contains { $0.from < end && $0.last >= start }
    }

    /// Whether all of `from...through` lies in one span.
    func covers(_ category: Category, from: Int64, through last: Int64) -> Bool {
        spans(of: category, from: from, through: last).contains {
            $0.from <= from && $0.last >= last
        }
    }
}

extension Vault {
    /// The limits that hold now; none without a purpose, which is the person's own access.
    func limits(
        of person: PersonID, for purpose: Purpose?
    ) throws(VaultError) -> ProcessingLimits {
        guard let purpose else { return ProcessingLimits() }
        let records = try knownRecords(of: person)
        var limits = ProcessingLimits()
        for one in records.restrictions where one.lifted == nil {
            let last = one.to == .distantFuture ? Int64.max : one.to.nanoseconds - 1
            limits.spans.append(
                ProcessingLimits.Span(
                    categories: one.categories, from: one.from.nanoseconds, last: last))
        }
        let refused = try withoutConsent(person, for: purpose)
        if !refused.isEmpty {
            limits.spans.append(
                ProcessingLimits.Span(categories: refused, from: .min, last: .max))
        }
        return limits
    }

    /// The categories that may not be used for a purpose because consent is needed and not there.
    ///
    /// Consent to keep the samples is needed for every other purpose too.
    public func withoutConsent(
        _ person: PersonID, for purpose: Purpose
    ) throws(VaultError) -> Set<Category> {
        let rules = try knownRecords()
        guard rules.mode == .controller else { return [] }
        let records = try knownRecords(of: person)
        let now = Timestamp(nanoseconds: SystemError.now)
        return Set(
            Category.choosable.filter { category in
                [purpose, .keep].contains {
                    rules.needsConsent(for: $0, category)
                        && !records.hasConsent(for: $0, category, at: now)
                }
            })
    }

    /// Why something of a time range may not be processed, in a sentence; `nil` if all of it may.
    public func refusal(
        of person: PersonID, for purpose: Purpose, _ categories: Set<Category>,
        from: Timestamp, to: Timestamp
    ) throws(VaultError) -> String? {
        let refused = try withoutConsent(person, for: purpose).intersection(categories)
        if !refused.isEmpty {
            return "there is no valid consent to \(purpose.words): \(Self.names(refused))"
        }
        let limits = try limits(of: person, for: purpose)
        let last = to == .distantFuture ? Int64.max : to.nanoseconds - 1
        let held = categories.filter {
            !limits.spans(of: $0, from: from.nanoseconds, through: last).isEmpty
        }
        return held.isEmpty ? nil : "processing is restricted: \(Self.names(held))"
    }

    static func names(_ categories: Set<Category>) -> String {
        categories.sorted { $0.rawValue < $1.rawValue }.map(\.name).joined(separator: ", ")
    }

    /// ``records(of:)``, decoded once.
    func knownRecords(of person: PersonID) throws(VaultError) -> PersonRecords {
        if let known = recordsCache[person] { return known }
        let records = try records(of: person)
        recordsCache[person] = records
        return records
    }

    /// ``records()``, decoded once.
    func knownRecords() throws(VaultError) -> VaultRecords {
        if let known = vaultRecordsCache { return known }
        let records = try records()
        vaultRecordsCache = records
        return records
    }
}
