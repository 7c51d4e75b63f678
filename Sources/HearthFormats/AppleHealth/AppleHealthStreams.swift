// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// The streams of one export, each with the block that is being filled.
struct AppleHealthStreams {
    private struct Key: Hashable {
        var device: SourceDevice
        var type: AppleHealthType
    }

    /// Blocks that are full and wait to be handed on.
    private struct Queue: SampleSink {
        var blocks: [SampleBlock] = []
        mutating func accept(_ block: SampleBlock) { blocks.append(block) }
        mutating func report(_ issue: ReadIssue) {}
    }

    private let limits: ReadLimits
    private var builders: [BlockBuilder] = []
    private var indices: [Key: Int] = [:]
    private var queue = Queue()
    private var samples: Int64 = 0

    init(limits: ReadLimits) { self.limits = limits }

    /// The stream of a type from a device, made at its first use.
    ///
    /// - Throws: beyond ``ReadLimits/streams``.
    mutating func index(
        of device: SourceDevice, _ type: AppleHealthType, at position: ReadPosition
    ) throws(ReadError) -> Int {
        let key = Key(device: device, type: type)
        if let index = indices[key] { return index }
        guard builders.count < limits.streams else {
            throw ReadError(
                .limitExceeded, at: position, found: "more than \(limits.streams) streams",
                expected: "at most the limit streams")
        }
        indices[key] = builders.count
        builders.append(
            BlockBuilder(
                device: device, quantity: type.quantity,
                origin: Origin(file: .appleHealth, derivation: type.derivation), limits: limits))
        return builders.count - 1
    }

    func device(of stream: Int) -> SourceDevice { builders[stream].device }

    /// Adds a sample; false if its value is implausible.
    @inline(__always)
    mutating func add(
        _ value: Float, at nanoseconds: Int64, duration: Int64 = 0, to stream: Int,
        _ position: ReadPosition
    ) throws(ReadError) -> Bool {
        try count(position)
        return builders[stream].add(
            value, at: Timestamp(nanoseconds: nanoseconds), duration: duration, into: &queue)
    }

    /// Adds a sample of several columns; false if one of them is implausible.
    mutating func add(
        _ values: [Float], at nanoseconds: Int64, duration: Int64 = 0, to stream: Int,
        _ position: ReadPosition
    ) throws(ReadError) -> Bool {
        try count(position)
        return builders[stream].add(
            values, at: Timestamp(nanoseconds: nanoseconds), duration: duration, into: &queue)
    }

    /// Hands on the full blocks.
    mutating func drain(into sink: inout some SampleSink & ~Copyable) {
        for block in queue.blocks { sink.accept(Self.ascending(block)) }
        queue.blocks.removeAll(keepingCapacity: true)
    }

    /// The block in time order: some apps write their newest rows first.
    private static func ascending(_ block: SampleBlock) -> SampleBlock {
        guard case .irregular(let times) = block.times,
            zip(times, times.dropFirst()).contains(where: { $0 > $1 })
        else { return block }
        let order = times.indices.sorted { (times[$0], $0) < (times[$1], $1) }
        var sorted = block
        sorted.times = .irregular(order.map { times[$0] })
        if !block.durations.isEmpty { sorted.durations = order.map { block.durations[$0] } }
        sorted.columns = block.columns.map { column in .float32(order.map { column[$0] }) }
        return sorted
    }

    /// Hands on everything.
    mutating func flush(into sink: inout some SampleSink & ~Copyable) {
        for index in builders.indices { builders[index].flush(into: &queue) }
        drain(into: &sink)
    }

    @inline(__always)
    private mutating func count(_ position: ReadPosition) throws(ReadError) {
        samples += 1
        guard samples <= limits.samples else {
            throw ReadError(
                .limitExceeded, at: position, found: "more than \(limits.samples) samples",
                expected: "at most the limit samples")
        }
    }
}
