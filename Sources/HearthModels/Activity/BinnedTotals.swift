// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthDSP

/// A summed quantity (steps, metres) by the minute, from one source an hour.
///
/// In each hour the best-ranked source with any sample in that hour counts and all others are left
/// out, so a phone and a watch are never added, and the phone fills the hours without the watch.
/// A sample longer than a minute is spread evenly over its time.
struct BinnedTotals {
    static let minute: Int64 = 60_000_000_000
    /// Longer samples are day totals and the like; they rank behind anything finer.
    static let finestNanoseconds: Int64 = 3600 * 1_000_000_000

    /// One element a minute of the span.
    var minutes: [Double]
    /// Streams that counted in some hour, sorted.
    var used: [StreamID]
    /// Of the minutes with a value, the share that came from samples of at most two minutes.
    var fineShare: Double

    var total: Double { minutes.reduce(0, +) }

    /// A step count over a longer time does not tell in which minutes the wearer moved.
    static let placedNanoseconds: Int64 = 15 * minute

    /// `nil` without any stream of the quantity in the span; samples over more than `longest`
    /// nanoseconds are left out.
    init?(
        _ series: [Series], _ quantity: Quantity, in span: TimeSpan, longest: Int64 = .max
    ) {
        var candidates = series.filter { $0.id.quantity == quantity }
        for index in candidates.indices {
            candidates[index].samples.removeAll { $0.duration > longest }
        }
        let ranked = SourceResolution.ranked(candidates) { Self.coverage($0, in: span) }
        guard !ranked.isEmpty else { return nil }
        let count = Int(max(0, span.end.nanoseconds(since: span.start)) / Self.minute)
        minutes = Array(repeating: 0, count: count)
        var taken = Array(repeating: false, count: count / 60 + 1)
        var fine = 0.0
        used = []
        for source in ranked {
            let sums = Self.spread(source, over: span, minutes: count)
            var touched: Set<Int> = []
            for (minute, sum) in sums.enumerated() where sum != nil { touched.insert(minute / 60) }
            let own = touched.filter { !taken[$0] }
            guard !own.isEmpty else { continue }
            for (minute, sum) in sums.enumerated() where own.contains(minute / 60) {
                minutes[minute] += sum ?? 0
            }
            for hour in own { taken[hour] = true }
            used.append(source.id)
            fine += Self.fineTotal(source, over: span, hours: own)
        }
        used.sort()
        let all = minutes.reduce(0, +)
        fineShare = all > 0 ? min(1, fine / all) : 1
    }

    /// Minutes covered by samples of at most an hour; streams with longer ones only come last.
    private static func coverage(_ series: Series, in span: TimeSpan) -> Double {
        var fine = series
        fine.samples.removeAll { $0.duration > finestNanoseconds }
        let minutes = SourceResolution.coveredMinutes(fine, in: span)
        guard minutes == 0 else { return 1e6 + minutes }
        return SourceResolution.coveredMinutes(series, in: span)
    }

    /// The sum of each minute, `nil` where no sample touches it.
    static func spread(_ series: Series, over span: TimeSpan, minutes count: Int) -> [Double?] {
        var sums: [Double?] = Array(repeating: nil, count: count)
        for sample in series.overlapping(span) {
            forEachMinute(of: sample, over: span, count: count) { minute, share in
                sums[minute] = (sums[minute] ?? 0) + Double(sample.value) * share
            }
        }
        return sums
    }

    private static func fineTotal(
        _ series: Series, over span: TimeSpan, hours: Set<Int>
    ) -> Double {
        let count = Int(max(0, span.end.nanoseconds(since: span.start)) / minute)
        var total = 0.0
        for sample in series.overlapping(span) where sample.duration <= 2 * minute {
            forEachMinute(of: sample, over: span, count: count) { index, share in
                if hours.contains(index / 60) { total += Double(sample.value) * share }
            }
        }
        return total
    }

    /// Calls `body` with each minute a sample touches and the share of the sample in it.
    private static func forEachMinute(
        of sample: SeriesSample, over span: TimeSpan, count: Int, _ body: (Int, Double) -> Void
    ) {
        let own = sample.span
        let inside = own.isEmpty ? own : own.intersection(span)
        let first = Int(max(0, inside.start.nanoseconds(since: span.start)) / minute)
        guard first < count else { return }
        guard !own.isEmpty else { return body(first, 1) }
        var index = first
        while index < count {
            let start = span.start.advanced(byNanoseconds: Int64(index) * minute)
            guard start < inside.end else { return }
            let cell = TimeSpan(start: start, end: start.advanced(byNanoseconds: minute))
            let overlap = cell.intersection(inside)
            let part = Double(overlap.end.nanoseconds(since: overlap.start))
            body(index, part / Double(own.end.nanoseconds(since: own.start)))
            index += 1
        }
    }
}
