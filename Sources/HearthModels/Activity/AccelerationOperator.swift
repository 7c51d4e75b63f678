// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
public import HearthDSP

/// An operator over raw acceleration in g, which looks at one sample after the other.
///
/// Shape: samples in time order. How long a gap is, and what is left out, each says itself.
public protocol AccelerationOperator: StreamOperator where Input == AccelerationSample {
    /// Takes one sample and appends what it completes.
    ///
    /// - Parameter time: nanoseconds since 1970.
    mutating func take(
        _ time: Int64, _ x: Float, _ y: Float, _ z: Float, _ found: inout [Output])

    /// True if nothing came for so long before `time` that what is pending is complete.
    func isOver(at time: Timestamp) -> Bool

    /// Samples before `time` come too late from now on.
    mutating func close(before time: Timestamp)
}

extension AccelerationOperator {
    @inlinable
    public mutating func push(
        _ input: Span<AccelerationSample>, emit: (Span<Output>) -> Void
    ) {
        var found: [Output] = []
        for index in input.indices {
            let sample = input[index]
            take(sample.time.nanoseconds, sample.x, sample.y, sample.z, &found)
        }
        if !found.isEmpty { emit(found.span) }
    }

    /// Takes a regular block; gives what ``StreamOperator/push(_:emit:)`` gives for the same samples.
    @inlinable
    public mutating func push(
        x: Span<Float>, y: Span<Float>, z: Span<Float>, start: Timestamp, period: Period,
        emit: (Span<Output>) -> Void
    ) {
        var found: [Output] = []
        forEachSample(x: x, y: y, z: z, start: start, period: period) {
            take($0, $1, $2, $3, &found)
        }
        if !found.isEmpty { emit(found.span) }
    }

    public mutating func skip(to time: Timestamp, emit: (Span<Output>) -> Void) {
        guard isOver(at: time) else { return }
        finish(emit: emit)
        close(before: time)
    }
}
