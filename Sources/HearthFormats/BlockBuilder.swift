// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// Gathers the scalar samples of one stream and hands them on as blocks.
///
/// Values outside the quantity's plausible range are not taken; the caller counts them. Readers
/// keep one builder a stream and flush all at the end.
public struct BlockBuilder: Sendable {
    public let device: SourceDevice
    public let quantity: Quantity
    public let origin: Origin
    private let plausible: ClosedRange<Float>
    private let capacity: Int
    private var times: [Int64] = []
    private var durations: [Int64] = []
    private var columns: [[Float]]
    private var hasDurations = false
    private var quality: [UInt8] = []
    private var hasQuality = false

    public init(
        device: SourceDevice, quantity: Quantity, origin: Origin, limits: ReadLimits = .standard
    ) {
        self.device = device
        self.quantity = quantity
        self.origin = origin
        let facts = quantity.facts
        self.plausible = facts.plausible
        self.capacity = max(1, limits.blockSamples)
        self.columns = Array(repeating: [], count: facts.columns.count)
    }

    /// Adds one sample; returns false and takes nothing if the value is implausible or not finite.
    @inline(__always)
    public mutating func add(
        _ value: Float, at time: Timestamp, duration: Int64 = 0, quality: UInt8 = 0,
        into sink: inout some SampleSink & ~Copyable
    ) -> Bool {
        guard plausible.contains(value), duration >= 0 else { return false }
        columns[0].append(value)
        push(time, duration, quality)
        if times.count >= capacity { flush(into: &sink) }
        return true
    }

    /// Adds one sample of several columns; every column must be plausible.
    public mutating func add(
        _ values: [Float], at time: Timestamp, duration: Int64 = 0, quality: UInt8 = 0,
        into sink: inout some SampleSink & ~Copyable
    ) -> Bool {
        precondition(values.count == columns.count, "a sample has one value a column")
        guard duration >= 0, values.allSatisfy({ plausible.contains($0) }) else { return false }
        for index in columns.indices { columns[index].append(values[index]) }
        push(time, duration, quality)
        if times.count >= capacity { flush(into: &sink) }
        return true
    }

    /// Hands on what has been gathered.
    public mutating func flush(into sink: inout some SampleSink & ~Copyable) {
        guard !times.isEmpty else { return }
        sink.accept(
            SampleBlock(
                device: device, quantity: quantity, origin: origin, times: .irregular(times),
                durations: hasDurations ? durations : [],
                columns: columns.map { .float32($0) }, quality: hasQuality ? quality : []))
        times.removeAll(keepingCapacity: true)
        durations.removeAll(keepingCapacity: true)
        for index in columns.indices { columns[index].removeAll(keepingCapacity: true) }
        quality.removeAll(keepingCapacity: true)
        hasDurations = false
        hasQuality = false
    }

    @inline(__always)
    private mutating func push(_ time: Timestamp, _ duration: Int64, _ mask: UInt8) {
        times.append(time.nanoseconds)
        durations.append(duration)
        quality.append(mask)
        if duration != 0 { hasDurations = true }
        if mask != 0 { hasQuality = true }
    }
}
