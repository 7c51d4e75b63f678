// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
public import HearthDSP

/// Heart-rate variability of one five-minute window.
public struct HRVWindow: Codable, Sendable, Hashable {
    /// Windows counted from the origin.
    public var index: Int64
    /// Intervals that ended in the window, sound or not.
    public var beats: Int
    /// Of these, those that are not normal-to-normal.
    public var removed: Int
    /// Milliseconds of sound intervals.
    public var soundMilliseconds: Double
    /// Milliseconds; `nil` without two neighbouring sound intervals.
    public var rmssd: Double?
    /// Milliseconds; `nil` below two sound intervals. Never mixed with RMSSD.
    public var sdnn: Double?
    /// At most 10 % removed and at least 80 % of the window covered by sound intervals.
    public var isClean: Bool
}

/// RMSSD and SDNN of normal-to-normal intervals in fixed five-minute windows.
///
/// Shape: one output for each window that has a beat, in time order. Differences are taken only
/// between neighbours that are both sound, lie in one window and have no gap between them.
/// - Source: five-minute short-term recordings, RMSSD and SDNN, `taskforce1996`.
public struct HRVWindows: StreamOperator {
    public typealias Input = CheckedBeat
    public typealias Output = HRVWindow

    public static let windowSeconds: Int64 = 300
    /// A window with more removed intervals is not used.
    public static let removedLimit = 0.10
    /// A window with less sound time is not used.
    public static let soundShare = 0.80

    public let origin: Timestamp
    private var index: Int64 = 0
    private var beats = 0
    private var removed = 0
    private var soundMilliseconds = 0.0
    private var differences = SuccessiveDifferences()
    private var moments = RunningMoments()
    /// The interval just before, if it was sound and in this window.
    private var previous: Double?

    /// Windows start at `origin` and every five minutes after it.
    public init(origin: Timestamp) { self.origin = origin }

    public mutating func push(_ input: Span<CheckedBeat>, emit: (Span<HRVWindow>) -> Void) {
        var output: [HRVWindow] = []
        for i in input.indices {
            let beat = input[i]
            let window = self.window(of: beat.time)
            if window != index, let done = close() { output.append(done) }
            index = window
            take(beat)
        }
        if !output.isEmpty { emit(output.span) }
    }

    public mutating func skip(to time: Timestamp, emit: (Span<HRVWindow>) -> Void) {
        if window(of: time) > index { finish(emit: emit) }
    }

    public mutating func finish(emit: (Span<HRVWindow>) -> Void) {
        if let done = close() { emit([done].span) }
    }

    private func window(of time: Timestamp) -> Int64 {
        Calendrical.floorDivide(
            time.nanoseconds(since: origin), Self.windowSeconds * 1_000_000_000)
    }

    private mutating func take(_ beat: CheckedBeat) {
        beats += 1
        guard beat.finding == .sound else {
            removed += 1
            previous = nil
            return
        }
        if beat.followsPrevious, let earlier = previous {
            differences.add(from: earlier, to: beat.interval)
        }
        moments.add(beat.interval)
        soundMilliseconds += beat.interval
        previous = beat.interval
    }

    private mutating func close() -> HRVWindow? {
        guard beats > 0 else { return nil }
        let wanted = Double(Self.windowSeconds) * 1000 * Self.soundShare
        let done = HRVWindow(
            index: index, beats: beats, removed: removed, soundMilliseconds: soundMilliseconds,
            rmssd: differences.rootMeanSquare, sdnn: moments.standardDeviation,
            isClean: Double(removed) <= Self.removedLimit * Double(beats)
                && soundMilliseconds >= wanted)
        self = HRVWindows(origin: origin)
        index = done.index
        return done
    }
}
