// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Keeps blocks and issues until they are handed on, so that the parts of a reader that find them
/// need not know the sink.
struct BlockQueue: SampleSink, Sendable {
    private var blocks: [SampleBlock] = []
    private var issues: [ReadIssue] = []

    mutating func accept(_ block: SampleBlock) { blocks.append(Self.ascending(block)) }
    mutating func report(_ issue: ReadIssue) { issues.append(issue) }

    mutating func drain(into sink: inout some SampleSink & ~Copyable) {
        for block in blocks { sink.accept(block) }
        for issue in issues { sink.report(issue) }
        blocks.removeAll(keepingCapacity: true)
        issues.removeAll(keepingCapacity: true)
    }

    /// Tables that begin with the newest row give their samples in descending order.
    private static func ascending(_ block: SampleBlock) -> SampleBlock {
        guard case .irregular(let times) = block.times,
            !zip(times, times.dropFirst()).allSatisfy({ $0 <= $1 })
        else { return block }
        return block.picking(times.indices.sorted { (times[$0], $0) < (times[$1], $1) })
    }
}

/// A ``SampleOutput`` with the queue behind it.
struct GatheredOutput: Sendable {
    private(set) var output: SampleOutput
    private var queue = BlockQueue()

    init(file: FileKind, device: SourceDevice, context: ReadContext) {
        output = SampleOutput(
            file: file, device: device, limits: context.limits, zone: context.zone)
    }

    mutating func drain(into sink: inout some SampleSink & ~Copyable) { queue.drain(into: &sink) }

    /// Hands on everything, the issues last.
    mutating func finish(into sink: inout some SampleSink & ~Copyable) {
        output.finish(into: &queue)
        queue.drain(into: &sink)
    }

    mutating func device(_ device: SourceDevice) -> Int { output.device(device) }

    /// Adds one sample; counts it if it is implausible.
    mutating func add(
        _ value: Float, _ quantity: Quantity, _ derivation: Derivation = .measured,
        device: Int = SampleOutput.defaultDevice, at time: Timestamp, duration: Int64 = 0,
        quality: UInt8 = 0, position: ReadPosition
    ) throws(ReadError) {
        try output.add(
            value, quantity, derivation, device: device, at: time, duration: duration,
            quality: quality, position: position, into: &queue)
    }

    mutating func add(
        stage: SleepStage, device: Int = SampleOutput.defaultDevice, at time: Timestamp,
        duration: Int64, position: ReadPosition
    ) throws(ReadError) {
        try add(
            Float(stage.rawValue), .sleepStage, .derived, device: device, at: time,
            duration: duration, position: position)
    }

    /// Adds a workout; energy and distance are 0 where the file tells none.
    mutating func addWorkout(
        sport: Int, energy: Float?, distance: Float?, at time: Timestamp, duration: Int64,
        device: Int = SampleOutput.defaultDevice, position: ReadPosition
    ) throws(ReadError) {
        try output.add(
            values: [Float(sport), energy ?? 0, distance ?? 0], .workout, .derived, device: device,
            at: time, duration: duration, position: position, into: &queue)
    }

    mutating func addOffset(
        _ offset: Int32, at time: Timestamp, position: ReadPosition
    ) throws(ReadError) {
        try output.addOffset(offset, at: time, position: position, into: &queue)
    }

    /// The instant of a time; one without a zone is read on the person's wall clock.
    mutating func instant(_ time: TextTime, position: ReadPosition) -> Timestamp? {
        output.instant(time, position: position)
    }

    /// The instant of a time whose offset another column tells.
    mutating func instant(
        _ time: TextTime, offset: Int32?, position: ReadPosition
    ) -> Timestamp? {
        var time = time
        if time.offsetSeconds == nil { time.offsetSeconds = offset }
        return output.instant(time, position: position)
    }

    /// The instant of seconds since 1970; counted if it is out of range.
    mutating func instant(seconds: Int64, position: ReadPosition) -> Timestamp? {
        guard abs(seconds) < 9_000_000_000 else {
            output.countRange(position)
            return nil
        }
        return Timestamp(seconds: seconds)
    }

    /// Hands on a block of a signal as it is, past the builders.
    mutating func accept(_ block: SampleBlock) { queue.accept(block) }

    // MARK: Issues

    mutating func count(
        _ code: ReadIssueCode, at position: ReadPosition, found: String, expected: String,
        samplesLost: Int = 1, times: Int = 1
    ) {
        output.count(
            code, at: position, found: found, expected: expected, samplesLost: samplesLost,
            times: times)
    }

    /// Something known that is left out on purpose.
    mutating func countIgnored(_ found: String, at position: ReadPosition) {
        count(.ignored, at: position, found: found, expected: "nothing of it", samplesLost: 0)
    }

    mutating func countSentinel(_ position: ReadPosition) { output.countSentinel(position) }
    mutating func countInvalidTime(_ position: ReadPosition) { output.countInvalidTime(position) }
    mutating func countInvalidValue(_ position: ReadPosition) {
        output.countInvalidValue(position)
    }

    mutating func countBackwards(_ position: ReadPosition) {
        count(
            .invalidValue, at: position, found: "an end before the start",
            expected: "a start and a later end")
    }
}
