// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// The mean of the samples that fell into one epoch of a regular grid.
public struct EpochMean: Codable, Sendable, Hashable {
    /// Epochs counted from the grid's origin; negative before it.
    public var index: Int64
    public var mean: Double
    /// Samples in the epoch, at least one.
    public var count: Int

    public init(index: Int64, mean: Double, count: Int) {
        self.index = index
        self.mean = mean
        self.count = count
    }
}

/// Puts an irregular series on a regular grid: one mean for every epoch that has a sample.
///
/// Shape: at most one output an epoch, in time order; epochs without a sample are absent, so a gap
/// of years costs nothing. Values that are not finite are left out.
public struct EpochMeans: StreamOperator {
    public typealias Input = Timed<Double>
    public typealias Output = EpochMean

    public let origin: Timestamp
    public let epochNanoseconds: Int64
    private var current: Int64 = 0
    private var sum = 0.0
    private var count = 0

    /// Epochs of `seconds` (at least one) from `origin` on.
    public init(origin: Timestamp, seconds: Int64) {
        self.origin = origin
        self.epochNanoseconds = Timestamp(seconds: max(1, seconds)).nanoseconds
    }

    public mutating func push(_ input: Span<Timed<Double>>, emit: (Span<EpochMean>) -> Void) {
        var output: [EpochMean] = []
        for i in input.indices where input[i].value.isFinite {
            let epoch = index(of: input[i].time)
            if epoch != current, let done = close() { output.append(done) }
            current = epoch
            sum += input[i].value
            count += 1
        }
        if !output.isEmpty { emit(output.span) }
    }

    public mutating func skip(to time: Timestamp, emit: (Span<EpochMean>) -> Void) {
        if index(of: time) > current { finish(emit: emit) }
    }

    public mutating func finish(emit: (Span<EpochMean>) -> Void) {
        if let done = close() { emit([done].span) }
    }

    private func index(of time: Timestamp) -> Int64 {
        Calendrical.floorDivide(time.nanoseconds(since: origin), epochNanoseconds)
    }

    private mutating func close() -> EpochMean? {
        guard count > 0 else { return nil }
        let done = EpochMean(index: current, mean: sum / Double(count), count: count)
        sum = 0
        count = 0
        return done
    }
}
