// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Streams that cover the same stretches and so share a file.
struct EDFGroup {
    private var members: [EDFSummary]
    private let limits: ReadLimits
    /// The shortest time that holds whole samples of every member, in nanoseconds.
    private var unit: Int64

    private static let second: Int64 = 1_000_000_000
    /// What the format advises for a data record, less room for annotations.
    static let advisedBytes = 61_440 - 1024

    init(_ summary: EDFSummary, limits: ReadLimits) {
        members = [summary]
        unit = summary.period?.numerator ?? 1
        self.limits = limits
    }

    /// Takes a stream that covers what the first does: to half a sample of the faster at starts, to a
    /// second (or a sample, if that is longer) at ends.
    mutating func take(_ summary: EDFSummary) -> Bool {
        guard let first = members.first, let own = summary.period, let other = first.period,
            members.count < limits.signals / 3,
            summary.stretches.count == first.stretches.count
        else { return false }
        let faster = min(own.nanoseconds(times: 1), other.nanoseconds(times: 1))
        let slower = max(own.nanoseconds(times: 1), other.nanoseconds(times: 1))
        let matches = zip(summary.stretches, first.stretches).allSatisfy { one, two in
            let start = one.start.nanoseconds(since: two.start).magnitude
            let end = Self.end(one, own).nanoseconds(since: Self.end(two, other)).magnitude
            return start <= UInt64(faster / 2) && end <= UInt64(max(slower, Self.second))
        }
        guard matches, let shared = Self.multiple(unit, own.numerator),
            Self.duration(shared, members + [summary], limits) != nil
        else { return false }
        unit = shared
        members.append(summary)
        return true
    }

    /// The file, or `nil` if nothing can be written; streams left out are named.
    func file(allowsBDF: Bool, plan: inout EDFPlan) -> EDFFilePlan? {
        func refuse(_ streams: [EDFSummary], _ reason: EDFRefusal) {
            plan.refused += streams.map { EDFPlan.Refused(stream: $0.stream, reason: reason) }
        }
        guard let duration = Self.duration(unit, members, limits) else {
            refuse(members, .rateNotRepresentable)
            return nil
        }
        let isBDF = allowsBDF && members.contains(where: Self.needsBDF)
        var file = EDFFilePlan(isBDF: isBDF)
        file.recordDuration = duration
        var kept: [EDFSummary] = []
        for member in members {
            guard let signals = Self.signals(member, duration, isBDF: isBDF) else {
                refuse([member], .rangeNotRepresentable)
                continue
            }
            file.signals += signals
            kept.append(member)
        }
        guard let first = kept.first else { return nil }
        let records = first.stretches.indices.map { index in
            kept.map { $0.stretches[index].count / Self.samples($0, duration) }.min() ?? 0
        }
        guard records.contains(where: { $0 > 0 }) else {
            refuse(kept, .tooShort)
            return nil
        }
        file.segments = zip(first.stretches, records).map { stretch, records in
            EDFFilePlan.Segment(start: stretch.start, records: records)
        }
        for member in kept {
            let written = records.reduce(0, +) * Self.samples(member, duration)
            file.samplesLeftOut += member.stretches.reduce(0) { $0 + $1.count } - written
        }
        return file
    }

    // MARK: The length of a data record

    /// A multiple of `unit` that eight characters can tell: one that fills every stretch to its end
    /// if there is, at most the advised bytes where possible, and near to a second.
    static func duration(
        _ unit: Int64, _ members: [EDFSummary], _ limits: ReadLimits
    ) -> Int64? {
        var best: (duration: Int64, rank: (Int, Int, Double))?
        let most = min(4096, max(1, 60 * second / unit))
        for factor in 1...most {
            let (duration, overflow) = unit.multipliedReportingOverflow(by: factor)
            guard !overflow, EDFNumber.seconds(duration) != nil else { continue }
            let samples = members.map { Self.samples($0, duration) * Int64($0.columns.count) }
            let bytes = samples.reduce(0, +) * 3
            guard bytes <= Int64(limits.signalRecordBytes),
                samples.allSatisfy({ $0 <= Int64(limits.signalRecordSamples) })
            else { break }
            let isWhole = members.allSatisfy { member in
                member.stretches.allSatisfy { $0.count % Self.samples(member, duration) == 0 }
            }
            let ratio = Double(duration) / Double(second)
            let rank = (
                isWhole ? 0 : 1, bytes <= advisedBytes ? 0 : 1, max(ratio, 1 / ratio)
            )
            if best.map({ rank < $0.rank }) ?? true { best = (duration, rank) }
        }
        return best?.duration
    }

    private static func samples(_ summary: EDFSummary, _ duration: Int64) -> Int64 {
        guard let period = summary.period else { return 1 }
        let (count, overflow) = (duration / period.numerator)
            .multipliedReportingOverflow(by: period.denominator)
        return overflow ? .max / 1024 : max(1, count)
    }

    private static func multiple(_ a: Int64, _ b: Int64) -> Int64? {
        let (product, overflow) = (a / EDFSummary.divisor(a, b)).multipliedReportingOverflow(by: b)
        return overflow ? nil : product
    }

    private static func end(_ stretch: EDFSummary.Stretch, _ period: Period) -> Timestamp {
        stretch.start.advanced(byNanoseconds: period.nanoseconds(times: stretch.count))
    }

    // MARK: Signals

    private static func needsBDF(_ summary: EDFSummary) -> Bool {
        summary.columns.contains { column in
            guard column.scale != nil, let stored = column.stored else { return false }
            return stored.lowerBound < -32_768 || stored.upperBound > 32_767
        }
    }

    private static func signals(
        _ summary: EDFSummary, _ duration: Int64, isBDF: Bool
    ) -> [EDFFilePlan.Signal]? {
        guard let period = summary.period else { return nil }
        let storable: ClosedRange<Int32> = isBDF ? -8_388_608...8_388_607 : -32_768...32_767
        var signals: [EDFFilePlan.Signal] = []
        for (index, column) in summary.columns.enumerated() {
            var mapping: EDFMapping?
            if let scale = column.scale, let stored = column.stored {
                mapping = EDFMapping(keeping: scale, observed: stored, storable: storable)
            }
            if mapping == nil, let physical = column.physical {
                mapping = EDFMapping(rounding: physical, storable: storable)
            }
            guard let mapping else { return nil }
            let naming = EDFNaming(summary.stream, axis: index)
            signals.append(
                EDFFilePlan.Signal(
                    stream: summary.stream, label: naming.label, unit: naming.unit,
                    mapping: mapping, column: index, period: period,
                    samples: Int(samples(summary, duration))))
        }
        return signals
    }
}
