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
    /// Of these, those more than 20 % from the median around them.
    public var offMedian: Int
    /// Milliseconds of sound intervals.
    public var soundMilliseconds: Double
    /// Milliseconds; `nil` without two neighbouring sound intervals.
    public var rmssd: Double?
    /// Milliseconds; `nil` below two sound intervals. Never mixed with RMSSD.
    public var sdnn: Double?
    /// At most 10 % removed, at most 20 % off the median, and at least 80 % of the window covered by
    /// sound intervals.
    public var isClean: Bool
    /// Of a clean window, if asked for.
    public var respiration: RespirationFromRR?
    /// If asked for.
    public var measures: HRVMeasures?

    public var isIrregular: Bool {
        Double(offMedian) > HRVWindows.offMedianLimit * Double(beats)
    }
}

/// Heart-rate variability of normal-to-normal intervals in fixed five-minute windows.
///
/// Shape: one output for each window that has a beat, in time order. Differences are taken only
/// between neighbours that are both sound, lie in one window and have no gap between them. Holds the
/// beats of one window, at most ``mostBeats``.
/// - Source: five-minute short-term recordings, `taskforce1996`.
public struct HRVWindows: StreamOperator {
    public typealias Input = CheckedBeat
    public typealias Output = HRVWindow

    /// What is worked out beside RMSSD and SDNN.
    public enum Detail: String, Codable, Sendable {
        case none, respiration, all
    }

    public static let windowSeconds: Int64 = 300
    /// A window with more removed intervals is not used.
    public static let removedLimit = 0.10
    /// A window with more intervals far from their neighbours is no regular rhythm.
    public static let offMedianLimit = 0.20
    /// A window with less sound time is not used.
    public static let soundShare = 0.80
    /// More intervals in five minutes are no heart: the rest is counted as removed.
    public static let mostBeats = 2000

    public let origin: Timestamp
    public let detail: Detail
    private var index: Int64 = 0
    private var beats: [CheckedBeat] = []
    private var excess = 0

    /// Windows start at `origin` and every five minutes after it.
    public init(origin: Timestamp, detail: Detail = .none) {
        self.origin = origin
        self.detail = detail
    }

    public mutating func push(_ input: Span<CheckedBeat>, emit: (Span<HRVWindow>) -> Void) {
        var output: [HRVWindow] = []
        for i in input.indices {
            let beat = input[i]
            let window = self.window(of: beat.time)
            if window != index, let done = close() { output.append(done) }
            index = window
            if beats.count < Self.mostBeats { beats.append(beat) } else { excess += 1 }
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

    private mutating func close() -> HRVWindow? {
        guard !beats.isEmpty else { return nil }
        let tachogram = Tachogram(beats)
        let sound = tachogram.soundMilliseconds
        var differences = SuccessiveDifferences()
        for value in tachogram.differences { differences.add(from: 0, to: value) }
        var moments = RunningMoments()
        for value in tachogram.sound { moments.add(value) }
        var done = HRVWindow(
            index: index, beats: beats.count + excess, removed: tachogram.removed + excess,
            offMedian: tachogram.offMedian, soundMilliseconds: sound,
            rmssd: differences.rootMeanSquare, sdnn: moments.standardDeviation, isClean: false)
        let wanted = Double(Self.windowSeconds) * 1000 * Self.soundShare
        done.isClean =
            Double(done.removed) <= Self.removedLimit * Double(done.beats)
            && !done.isIrregular && sound >= wanted
        if detail != .none, done.isClean { done.respiration = RespirationFromRR(tachogram) }
        if detail == .all { done.measures = HRVMeasures(tachogram) }
        beats.removeAll(keepingCapacity: true)
        excess = 0
        return done
    }
}
