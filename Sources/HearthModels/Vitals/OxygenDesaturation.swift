// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
public import HearthDSP

/// A fall of oxygen saturation that recovered.
public struct Desaturation: Codable, Sendable, Hashable {
    /// The first sample at or below the limit.
    public var start: Timestamp
    /// The first sample back within ``OxygenDesaturation/recovery`` of the baseline.
    public var end: Timestamp
    /// Percent, before the fall.
    public var baseline: Double
    /// Percent, the lowest sample.
    public var nadir: Double
}

/// Falls of SpO2 by a number of percent points or more, from continuous recordings only.
///
/// Shape: one output an event, when it has recovered. Samples further apart than ``longestGap`` do
/// not join, so spot readings give no events and no analysed time. The baseline is the highest
/// median of three samples of the two minutes before; the event starts `depth` below it, ends
/// within 1 % of it, and counts if that took 10 s to 120 s. A longer fall is a new level, a fall
/// into a gap is unknown; neither counts. Values outside 50...100 % are taken for no sample.
///
/// - Source: falls an hour as in `berry2020`; the moving baseline, the recovery and the shortest and
///   longest duration are choices of this project, stated because the manual leaves them open.
public struct OxygenDesaturation: StreamOperator {
    public typealias Input = Timed<Double>
    public typealias Output = Desaturation

    /// Nanoseconds between samples that still are continuous.
    public static let longestGap: Int64 = 10_000_000_000
    public static let plausible = 50.0...100.0
    /// Percent points below the baseline that count as recovered.
    public static let recovery = 1.0
    static let shortest: Int64 = 10_000_000_000
    static let longest: Int64 = 120_000_000_000
    static let memory: Int64 = 120_000_000_000

    /// Percent points.
    public let depth: Double
    /// Nanoseconds between neighbouring samples that are continuous.
    public private(set) var analysed: Int64 = 0

    private var last: Timed<Double>?
    private var beforeLast: Double?
    /// Candidates for the highest smoothed value of the last two minutes: falling in value.
    private var peaks: [Timed<Double>] = []
    private var event: Desaturation?

    /// - Parameter depth: above ``recovery``; 3 and 4 are usual.
    public init(depth: Double) { self.depth = max(depth, Self.recovery + 0.5) }

    public mutating func push(_ input: Span<Timed<Double>>, emit: (Span<Desaturation>) -> Void) {
        var output: [Desaturation] = []
        for index in input.indices {
            let sample = input[index]
            guard Self.plausible.contains(sample.value) else { continue }
            if let last {
                let step = sample.time.nanoseconds(since: last.time)
                // Two samples of one time, or reversed ones, tell nothing new.
                guard step > 0 else { continue }
                if step > Self.longestGap { startAnew() } else { analysed += step }
            }
            if let done = take(sample) { output.append(done) }
        }
        if !output.isEmpty { emit(output.span) }
    }

    public mutating func skip(to time: Timestamp, emit: (Span<Desaturation>) -> Void) {
        guard let last, time.nanoseconds(since: last.time) > Self.longestGap else { return }
        startAnew()
    }

    public mutating func finish(emit: (Span<Desaturation>) -> Void) { startAnew() }

    private mutating func startAnew() {
        last = nil
        beforeLast = nil
        peaks.removeAll(keepingCapacity: true)
        event = nil
    }

    private mutating func take(_ sample: Timed<Double>) -> Desaturation? {
        defer {
            beforeLast = last?.value
            last = sample
        }
        guard event == nil else { return follow(sample) }
        remember(sample)
        guard let baseline = peaks.first?.value, sample.value <= baseline - depth else {
            return nil
        }
        event = Desaturation(
            start: sample.time, end: sample.time, baseline: baseline, nadir: sample.value)
        return nil
    }

    /// The event goes on, or is over.
    private mutating func follow(_ sample: Timed<Double>) -> Desaturation? {
        guard var running = event else { return nil }
        running.nadir = min(running.nadir, sample.value)
        let length = sample.time.nanoseconds(since: running.start)
        let isRecovered = sample.value >= running.baseline - Self.recovery
        guard isRecovered || length > Self.longest else {
            event = running
            return nil
        }
        event = nil
        peaks.removeAll(keepingCapacity: true)
        peaks.append(sample)
        running.end = sample.time
        let counts = isRecovered && length >= Self.shortest && length <= Self.longest
        return counts ? running : nil
    }

    /// A single high sample is no baseline: the median of three is.
    private mutating func remember(_ sample: Timed<Double>) {
        guard let one = beforeLast, let two = last?.value else { return }
        let middle = max(min(one, two), min(max(one, two), sample.value))
        peaks.removeAll { sample.time.nanoseconds(since: $0.time) > Self.memory }
        while let lowest = peaks.last, lowest.value <= middle { peaks.removeLast() }
        peaks.append(Timed(sample.time, middle))
    }
}

/// The oxygen desaturation index of one night.
struct DesaturationIndex {
    /// Less continuous recording gives no index.
    static let fewestHours = 4.0
    /// With less than this the recording is not continuous, and the index is not spoken of.
    static let mentionedHours = 0.5

    var hours: Double
    /// Events an hour of continuous recording; `nil` below ``fewestHours``.
    var index: Double?

    init(_ samples: [Timed<Double>], depth: Double) {
        var detector = OxygenDesaturation(depth: depth)
        let events = detector.batch(samples)
        hours = Double(detector.analysed) / 3.6e12
        index = hours >= Self.fewestHours ? Double(events.count) / hours : nil
    }
}
