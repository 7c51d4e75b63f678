// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
public import HearthDSP

/// A stretch of sleep-like minutes with the short wakes between them.
public struct SleepBlock: Codable, Sendable, Hashable {
    public var span: TimeSpan
    /// Minutes that were sleep-like.
    public var asleepMinutes: Int

    public init(span: TimeSpan, asleepMinutes: Int) {
        self.span = span
        self.asleepMinutes = asleepMinutes
    }
}

/// Joins sleep-like minutes into blocks.
///
/// Shape: input is one Boolean a minute at its start, true if sleep-like; a missing minute counts as
/// not. Interruptions of up to five minutes stay inside a run; runs of 40 minutes or more are kept;
/// kept runs less than 60 minutes apart are one block. Blocks come out in time order.
///
/// - Source: the 60-minute joining of `vanhees2018` (HDCZA) and the 40-minute runs of
///   `perezpozuelo2022`; the five minutes stand for the latter's five-minute rolling median.
public struct SleepBlocks: StreamOperator {
    public typealias Input = Timed<Bool>
    public typealias Output = SleepBlock

    static let minute: Int64 = 60_000_000_000
    static let longestInterruption: Int64 = 5 * minute
    static let shortestRun: Int64 = 40 * minute
    static let joinedBelow: Int64 = 60 * minute

    private var run: SleepBlock?
    private var block: SleepBlock?

    public init() {}

    public mutating func push(_ input: Span<Timed<Bool>>, emit: (Span<SleepBlock>) -> Void) {
        var output: [SleepBlock] = []
        for index in input.indices where input[index].value {
            take(input[index].time, into: &output)
        }
        if !output.isEmpty { emit(output.span) }
    }

    public mutating func skip(to time: Timestamp, emit: (Span<SleepBlock>) -> Void) {
        // A block is closed once nothing that comes can join it; a run may still be open before.
        let newest = run?.span.end ?? block?.span.end
        guard let newest, time.nanoseconds(since: newest) >= Self.joinedBelow else { return }
        finish(emit: emit)
    }

    public mutating func finish(emit: (Span<SleepBlock>) -> Void) {
        var output: [SleepBlock] = []
        closeRun(into: &output)
        if let block { output.append(block) }
        block = nil
        if !output.isEmpty { emit(output.span) }
    }

    private mutating func take(_ start: Timestamp, into output: inout [SleepBlock]) {
        let own = TimeSpan(start: start, end: start.advanced(byNanoseconds: Self.minute))
        if var open = run, start.nanoseconds(since: open.span.end) <= Self.longestInterruption {
            open.span = open.span.union(own)
            open.asleepMinutes += 1
            run = open
        } else {
            closeRun(into: &output)
            run = SleepBlock(span: own, asleepMinutes: 1)
        }
    }

    private mutating func closeRun(into output: inout [SleepBlock]) {
        defer { run = nil }
        guard let run, run.span.end.nanoseconds(since: run.span.start) >= Self.shortestRun else {
            return
        }
        guard let earlier = block else {
            block = run
            return
        }
        if run.span.start.nanoseconds(since: earlier.span.end) < Self.joinedBelow {
            block = SleepBlock(
                span: earlier.span.union(run.span),
                asleepMinutes: earlier.asleepMinutes + run.asleepMinutes)
        } else {
            output.append(earlier)
            block = run
        }
    }
}
