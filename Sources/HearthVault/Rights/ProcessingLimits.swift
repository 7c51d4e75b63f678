// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// What of a person must not be read for a purpose: what is restricted, what lacks consent, and what the
/// policy keeps for other purposes.
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
        let refused = try withoutConsent(person, for: purpose).union(outsidePolicy(for: purpose))
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

    /// The categories whose policy was set to other purposes than this one (`gdpr` Article 5(1)(b)).
    ///
    /// A policy with the purposes of the default says only how long or on what ground a category is
    /// kept: copies for others are then left to the person, in personal mode, or to consent, where it
    /// is the ground. Keeping is part of every purpose.
    public func outsidePolicy(for purpose: Purpose) throws(VaultError) -> Set<Category> {
        let rules = try knownRecords()
        guard purpose != .keep else { return [] }
        let outside = rules.policies.filter { policy in
            guard !policy.purposes.isEmpty, !policy.purposes.contains(purpose) else { return false }
            let isUsual = policy.purposes == rules.defaultPolicy(policy.category).purposes
            return !isUsual || (rules.mode == .controller && policy.basis != .consent)
        }
        return Set(outside.map(\.category))
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
        let outside = try outsidePolicy(for: purpose).intersection(categories)
        if !outside.isEmpty {
            return "the policy does not name \(purpose.words): \(Self.names(outside))"
        }
        let limits = try limits(of: person, for: purpose)
        let last = to == .distantFuture ? Int64.max : to.nanoseconds - 1
        let held = categories.filter {
            !limits.spans(of: $0, from: from.nanoseconds, through: last).isEmpty
        }
        return held.isEmpty ? nil : "processing is restricted: \(Self.names(held))"
    }

    /// What a person said of their nights and days, as far as it may be used for a purpose; all of it
    /// without one.
    ///
    /// Settings belong to no category: they go to others only where everything may.
    public func corrections(
        of person: PersonID, for purpose: Purpose?
    ) throws(VaultError) -> Corrections {
        let all = try corrections(of: person)
        guard let purpose else { return all }
        var kept = Corrections(settings: all.settings)
        for one in all.sleep
        where try refusal(of: person, for: purpose, [.sleep], from: one.start, to: one.end) == nil {
            kept.sleep.append(one)
        }
        for tag in all.tags {
            let end = tag.time.advanced(bySeconds: 1)
            if try refusal(of: person, for: purpose, [.context], from: tag.time, to: end) == nil {
                kept.tags.append(tag)
            }
        }
        let goesOut = purpose == .share || purpose == .research
        let everything = Set(Category.choosable)
        if goesOut,
            try refusal(
                of: person, for: purpose, everything, from: .distantPast, to: .distantFuture) != nil
        {
            kept.settings = PersonSettings()
        }
        return kept
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

extension Disclosure {
    /// Whether a name can be recorded as a recipient: one line that says something.
    public static func canRecord(_ recipient: String) -> Bool {
        do { try RightsDocuments.checkText(recipient) } catch { return false }
        return recipient.contains { !$0.isWhitespace }
    }
}
