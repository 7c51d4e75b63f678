// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
import HearthDSP

/// All or a part of one stream's samples, as handed to ``DayScorer``.
///
/// Shape: `times` in nanoseconds since the Unix epoch; `durations` in nanoseconds, empty if all
/// samples are instants; every column as long as `times`. A shorter column or `durations` cuts the
/// series to its length. A stream may come in any number of pieces.
public struct InputSeries: Sendable, Hashable {
    public var stream: StreamID
    /// Vendor and model, such as `Garmin fenix 5`.
    public var deviceLabel: String
    public var vendor: String
    public var times: [Int64]
    public var durations: [Int64]
    public var columns: [[Float]]

    public init(
        stream: StreamID, deviceLabel: String, vendor: String, times: [Int64],
        durations: [Int64] = [], columns: [[Float]]
    ) {
        self.stream = stream
        self.deviceLabel = deviceLabel
        self.vendor = vendor
        self.times = times
        self.durations = durations
        self.columns = columns
    }
}

/// One sample of the first two columns, as the models use it.
struct SeriesSample: Hashable, Comparable {
    var time: Int64
    var duration: Int64
    var value: Float

    var span: TimeSpan {
        let start = Timestamp(nanoseconds: time)
        return TimeSpan(start: start, end: start.advanced(byNanoseconds: duration))
    }

    static func < (a: SeriesSample, b: SeriesSample) -> Bool {
        if a.time != b.time { return a.time < b.time }
        if a.duration != b.duration { return a.duration < b.duration }
        return a.value < b.value
    }
}

/// One stream inside a window: pieces joined, sorted, without duplicates, clipped by overlap.
struct Series {
    var id: StreamID
    var label: String
    var vendor: String
    /// The window the samples overlap.
    var window: TimeSpan
    var samples: [SeriesSample]
    /// Place of the device among the person's, 0 for the one known longest.
    var rank = 0

    /// The samples as instants, for the operators; only those that start inside `span`.
    func instants(in span: TimeSpan) -> [Timed<Double>] {
        samples.compactMap { sample in
            let time = Timestamp(nanoseconds: sample.time)
            return span.contains(time) ? Timed(time, Double(sample.value)) : nil
        }
    }

    /// The samples that overlap `span`, instants included.
    func overlapping(_ span: TimeSpan) -> [SeriesSample] {
        samples.filter { sample in
            let own = sample.span
            return own.isEmpty ? span.contains(own.start) : !own.intersection(span).isEmpty
        }
    }
}

extension Series {
    /// Joins the pieces of each stream and sorts everything, so that neither the cut nor the order
    /// of the input can matter.
    static func normalized(_ pieces: [InputSeries], in window: TimeSpan) -> [Series] {
        var order: [StreamID] = []
        var byStream: [StreamID: Series] = [:]
        for piece in pieces {
            if byStream[piece.stream] == nil { order.append(piece.stream) }
            let kept = samples(of: piece, in: window)
            var joined =
                byStream[piece.stream]
                ?? Series(
                    id: piece.stream, label: piece.deviceLabel, vendor: piece.vendor,
                    window: window, samples: [])
            // Two labels for one device cannot both be right; the choice must not depend on order.
            joined.label = min(joined.label, piece.deviceLabel)
            joined.vendor = min(joined.vendor, piece.vendor)
            joined.samples += kept
            byStream[piece.stream] = joined
        }
        return order.sorted().compactMap { id in
            guard var series = byStream[id] else { return nil }
            series.samples = sortedSet(series.samples)
            return series.samples.isEmpty ? nil : series
        }
    }

    private static func samples(of piece: InputSeries, in window: TimeSpan) -> [SeriesSample] {
        guard let values = piece.columns.first else { return [] }
        var count = min(piece.times.count, values.count)
        if !piece.durations.isEmpty { count = min(count, piece.durations.count) }
        var kept: [SeriesSample] = []
        for index in 0..<count where values[index].isFinite {
            let sample = SeriesSample(
                time: piece.times[index],
                duration: piece.durations.isEmpty ? 0 : max(0, piece.durations[index]),
                value: values[index])
            let own = sample.span
            let isInside =
                own.isEmpty ? window.contains(own.start) : !own.intersection(window).isEmpty
            if isInside { kept.append(sample) }
        }
        return kept
    }

    private static func sortedSet(_ samples: [SeriesSample]) -> [SeriesSample] {
        // The store hands most streams out in order.
        if zip(samples, samples.dropFirst()).allSatisfy({ $0 < $1 }) { return samples }
        var result: [SeriesSample] = []
        result.reserveCapacity(samples.count)
        for sample in samples.sorted() where result.last != sample { result.append(sample) }
        return result
    }
}
