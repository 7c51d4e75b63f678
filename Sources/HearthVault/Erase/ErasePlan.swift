// SPDX-License-Identifier: Apache-2.0
internal import HearthBiosignals

/// Which cells an erase touches, found from the index and, for cut cells, the samples.
struct ErasePlan {
    struct Item {
        var month: MonthKey
        var cell: MonthIndex.Cell
        /// All samples of the cell go; otherwise the rest is written again under a new key.
        var isWhole: Bool
    }

    var items: [Item] = []
    /// Samples inside the scope, by stream number: how many, the first and the last.
    var streams: [Int: (count: Int, first: Int64, last: Int64)] = [:]

    /// What the person said that stays, and the spans of what goes.
    var kept = CorrectionsDocument()
    var corrected: [ClosedRange<Timestamp>] = []
    /// Days whose results go whether or not samples of them are left.
    var resultDays: ClosedRange<Int64>?

    /// The last instant of anything that goes.
    var lastErased: Int64? {
        let said = corrected.map(\.upperBound.nanoseconds).max()
        return [streams.values.map(\.last).max(), said].compactMap(\.self).max()
    }

    var samples: Int { streams.values.reduce(0) { $0 + $1.count } }
    var packs: Int { items.reduce(0) { $0 + $1.cell.packs.count } }
    var bytes: Int {
        items.reduce(0) { $0 + $1.cell.packs.reduce(0) { $0 + $1.packClass.bytes } }
    }

    mutating func count(_ stream: Int, _ count: Int, _ first: Int64, _ last: Int64) {
        guard count > 0 else { return }
        let known = streams[stream] ?? (0, .max, .min)
        streams[stream] = (known.count + count, min(known.first, first), max(known.last, last))
    }
}

extension ErasePlan {
    /// Splits what the person said into what goes and what stays.
    fileprivate mutating func takeCorrections(of scope: ErasureScope) {
        for one in kept.corrections.sleep where scope.matches(one) {
            corrected.append(one.start...one.end)
        }
        for tag in kept.corrections.tags where scope.matches(tag) {
            corrected.append(tag.time...tag.time)
        }
        kept.corrections.sleep.removeAll(where: scope.matches)
        kept.corrections.tags.removeAll(where: scope.matches)
    }
}

extension ErasePlan {
    /// A result of a local day comes from the samples of these UTC days around it at most: its
    /// window begins at noon of the day before, and clocks differ from UTC by up to 14 hours.
    private static let resultDaysBefore: Int64 = 1
    private static let resultDaysAfter: Int64 = 2
    /// Raw motion is calibrated from the days around: this many either side of a result's window.
    private static let calibrationReach: Int64 = 3

    /// Whether a result goes.
    func dooms(_ scope: ErasureScope) -> (ResultRecord) -> Bool {
        if scope.results == .keep { return { _ in false } }
        if scope.results == .only { return { resultDays?.contains(Int64($0.day)) ?? false } }
        let computed = doomedDays(Self.resultDaysBefore, Self.resultDaysAfter, calibrates: true)
        // Of the UTC day in which it ended; what it lasted may reach into the day before.
        let live = doomedDays(0, 1, calibrates: false)
        return { ($0.isLive ? live : computed)(Int64($0.day)) }
    }

    /// The days up to so many before and after those that lose something.
    private func doomedDays(
        _ before: Int64, _ after: Int64, calibrates: Bool
    ) -> (Int64) -> Bool {
        var days: Set<Int64> = []
        for item in items {
            let day = Int64(item.cell.key.day)
            let isMotion = item.cell.key.category == .motion
            let more = calibrates && isMotion ? Self.calibrationReach : 0
            days.formUnion(day - before - more...day + after + more)
        }
        for span in corrected {
            days.formUnion(span.lowerBound.utcDay - before...span.upperBound.utcDay + after)
        }
        let range = resultDays.map { $0.lowerBound - before...$0.upperBound + after }
        return { days.contains($0) || range?.contains($0) == true }
    }

    func doomedResults(
        of scope: ErasureScope, in vault: Vault, _ node: PersonNode
    ) throws(VaultError) -> [ResultRecord] {
        let dooms = dooms(scope)
        var found: [ResultRecord] = []
        for month in node.months {
            found += try vault.resultRecords(month).filter(dooms)
        }
        return found
    }
}

extension Vault {
    /// What an erase would destroy; changes nothing.
    public func impact(of scope: ErasureScope) throws(VaultError) -> ErasureImpact {
        let plan = try erasePlan(scope)
        let node = state.people[try state.index(of: scope.person)].node
        var found: [StreamSummary] = []
        for (number, total) in plan.streams {
            guard let stream = node.streams[number] else { continue }
            found.append(
                StreamSummary(
                    stream: stream.id(of: scope.person), device: node.stored(stream.device),
                    samples: total.count, first: Timestamp(nanoseconds: total.first),
                    last: Timestamp(nanoseconds: total.last)))
        }
        return ErasureImpact(
            streams: found.sorted { $0.stream < $1.stream }, samples: plan.samples,
            packs: plan.packs, keySlots: plan.items.count, corrections: plan.corrected.count,
            results: try plan.doomedResults(of: scope, in: self, node).count,
            wholePerson: scope.isWholePerson)
    }

    func erasePlan(_ scope: ErasureScope) throws(VaultError) -> ErasePlan {
        let node = state.people[try state.index(of: scope.person)].node
        var plan = ErasePlan()
        plan.kept = try correctionsDocument(of: scope.person)
        guard scope.first <= scope.last else { return plan }
        if scope.results == .only || scope.quantities == nil && scope.devices == nil {
            plan.resultDays =
                Timestamp(nanoseconds: scope.first)
                .utcDay...Timestamp(nanoseconds: scope.last).utcDay
        }
        if scope.results == .only { return plan }
        plan.takeCorrections(of: scope)
        let matching = Set(
            node.streams.indices.filter { node.streams[$0].map(scope.matches) ?? false }
                .map { UInt32($0) })
        for month in node.months {
            let key = MonthKey(person: scope.person, month: month.month)
            for cell in try monthIndex(key).cells {
                let entries = cell.packs.flatMap(\.entries)
                let touched = entries.filter {
                    matching.contains($0.stream) && scope.touches($0)
                }
                guard !touched.isEmpty else { continue }
                let isWhole = touched.count == entries.count && touched.allSatisfy(scope.covers)
                // A full disk let an erase destroy the key only: there is no rest to keep.
                if !isWhole, keyFile.state(Int(cell.slot)) == .wiped { continue }
                let before = plan.samples
                try countSamples(cell, matching, scope, &plan)
                guard isWhole || plan.samples > before else { continue }
                plan.items.append(ErasePlan.Item(month: key, cell: cell, isWhole: isWhole))
            }
        }
        return plan
    }

    /// Counts the samples of a cell inside the scope; reads only packs that lie across its ends.
    private func countSamples(
        _ cell: MonthIndex.Cell, _ matching: Set<UInt32>, _ scope: ErasureScope,
        _ plan: inout ErasePlan
    ) throws(VaultError) {
        for pack in cell.packs {
            let alone = MonthIndex.Cell(key: cell.key, slot: cell.slot, packs: [pack])
            for entry in pack.entries where matching.contains(entry.stream) {
                let stream = Int(entry.stream)
                if scope.covers(entry) {
                    plan.count(stream, Int(entry.count), entry.first, entry.last)
                    continue
                }
                for part in try series(
                    entry.stream, in: alone, from: scope.first, through: scope.last)
                {
                    plan.count(stream, part.count, part.times.first ?? 0, part.times.last ?? 0)
                }
            }
        }
    }
}
