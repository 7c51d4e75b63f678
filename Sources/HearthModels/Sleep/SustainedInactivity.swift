// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
public import HearthDSP

/// Bouts without a change of the arm's posture: at least five minutes without a step of more than
/// five degrees in the angle between neighbouring five-second epochs.
///
/// Shape: one span a bout, in time order, emitted when the bout ends. An epoch with samples for less
/// than half of it, without a finite angle, or missing ends a bout: what was not seen is not still.
///
/// A device on a table is still as well: leave non-wear out of the input.
/// - Source: `vanhees2015`.
public struct SustainedInactivity: StreamOperator {
    public typealias Input = MotionEpoch
    public typealias Output = TimeSpan

    public static let degrees: Float = 5
    public static let shortestSeconds: Int64 = 300
    /// Less of an epoch than this says nothing about the angle.
    public static let fewestCoverage: Float = 0.5

    private var start: Timestamp?
    private var last: Timestamp?
    private var angle: Float = 0

    public init() {}

    /// Whether an epoch can be used.
    static func isKnown(_ epoch: MotionEpoch) -> Bool {
        epoch.coverage >= fewestCoverage && epoch.angle.isFinite
    }

    public mutating func push(_ input: Span<MotionEpoch>, emit: (Span<TimeSpan>) -> Void) {
        var output: [TimeSpan] = []
        for index in input.indices { take(input[index], into: &output) }
        if !output.isEmpty { emit(output.span) }
    }

    /// Ends the open bout if the next epoch can no longer follow it.
    public mutating func skip(to time: Timestamp, emit: (Span<TimeSpan>) -> Void) {
        guard let end = openEnd, time > end else { return }
        finish(emit: emit)
    }

    public mutating func finish(emit: (Span<TimeSpan>) -> Void) {
        var output: [TimeSpan] = []
        close(into: &output)
        if !output.isEmpty { emit(output.span) }
    }

    /// Where the open bout would end if nothing came.
    private var openEnd: Timestamp? { last?.advanced(bySeconds: MotionEpoch.seconds) }

    private mutating func take(_ epoch: MotionEpoch, into output: inout [TimeSpan]) {
        guard Self.isKnown(epoch) else { return close(into: &output) }
        let follows = openEnd == epoch.time
        if !follows || abs(epoch.angle - angle) > Self.degrees { close(into: &output) }
        if start == nil { start = epoch.time }
        last = epoch.time
        angle = epoch.angle
    }

    private mutating func close(into output: inout [TimeSpan]) {
        if let start, let end = openEnd,
            end.nanoseconds(since: start) >= Self.shortestSeconds * 1_000_000_000
        {
            output.append(TimeSpan(start: start, end: end))
        }
        start = nil
        last = nil
    }
}
