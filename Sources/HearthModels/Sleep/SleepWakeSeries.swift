// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// What is known of one epoch. The raw value is the digit it is stored as.
public enum SleepWake: UInt8, Codable, Sendable, Hashable, CaseIterable {
    case wake = 0
    case asleep = 1
    /// No input, not worn, or not scored.
    case unknown = 2
}

/// Asleep, awake or unknown in epochs of equal length, from `start` on: what regularity, timing and
/// the raster are made from.
///
/// Shape: one state an epoch, 30 s unless said; days on end. Naps count as sleep.
public struct SleepWakeSeries: Sendable, Hashable {
    public var start: Timestamp
    public var epochSeconds: Int
    public var epochs: [SleepWake]

    public init(start: Timestamp, epochSeconds: Int = 30, epochs: [SleepWake]) {
        precondition(epochSeconds > 0, "an epoch has a length")
        self.start = start
        self.epochSeconds = epochSeconds
        self.epochs = epochs
    }

    public var span: TimeSpan {
        TimeSpan(start: start, end: time(of: epochs.count))
    }

    /// Start of an epoch.
    public func time(of index: Int) -> Timestamp {
        start.advanced(bySeconds: Int64(index) * Int64(epochSeconds))
    }

    /// Share of the epochs that are asleep or awake, 0...1; 0 of nothing.
    public var knownShare: Double {
        guard !epochs.isEmpty else { return 0 }
        return Double(epochs.count { $0 != .unknown }) / Double(epochs.count)
    }

    public var minutesAsleep: Double {
        Double(epochs.count { $0 == .asleep }) * Double(epochSeconds) / 60
    }
}

extension SleepWakeSeries {
    /// The days of `span`: the epochs of the hypnograms as they were scored, awake where the device
    /// was worn outside them, unknown elsewhere.
    ///
    /// An epoch has the state at its middle. Of hypnograms that overlap the later in the list wins;
    /// their unscored epochs are unknown. A span of more than ``longestDays`` is cut there.
    public init(
        span: TimeSpan, hypnograms: [Hypnogram], worn: [TimeSpan], epochSeconds: Int = 30
    ) {
        let longest = span.start.advanced(bySeconds: Self.longestDays * 86_400)
        let inside = TimeSpan(start: span.start, end: min(span.end, longest))
        let length = Int64(max(1, epochSeconds))
        let count = Int(inside.end.nanoseconds(since: inside.start) / (length * 1_000_000_000))
        self.init(
            start: span.start, epochSeconds: Int(length),
            epochs: Array(repeating: .unknown, count: count))
        for wear in worn { paint(wear, .wake) }
        for hypnogram in hypnograms {
            let seconds = Int64(hypnogram.epochSeconds)
            var from = 0
            while from < hypnogram.stages.count {
                var to = from + 1
                while to < hypnogram.stages.count, hypnogram.stages[to] == hypnogram.stages[from] {
                    to += 1
                }
                let run = TimeSpan(
                    start: hypnogram.start.advanced(bySeconds: Int64(from) * seconds),
                    end: hypnogram.start.advanced(bySeconds: Int64(to) * seconds))
                paint(run, Self.state(of: hypnogram.stages[from]))
                from = to
            }
        }
    }

    /// A year: what a longer span would need is memory, not meaning.
    public static let longestDays: Int64 = 366

    private static func state(of stage: SleepStage) -> SleepWake {
        switch stage {
        case .asleep, .light, .deep, .rem: .asleep
        case .wake, .inBed: .wake
        case .unscored: .unknown
        }
    }

    /// Sets the epochs whose middle lies in `span`.
    private mutating func paint(_ span: TimeSpan, _ state: SleepWake) {
        let length = Int64(epochSeconds) * 1_000_000_000
        func index(_ time: Timestamp) -> Int {
            let fromMiddle = time.nanoseconds(since: start.advanced(byNanoseconds: length / 2))
            // The first epoch whose middle is not before `time`.
            let raw = -Calendrical.floorDivide(max(-.max, fromMiddle) * -1, length)
            return Int(min(max(0, raw), Int64(epochs.count)))
        }
        let (from, to) = (index(span.start), index(span.end))
        for index in from..<max(from, to) { epochs[index] = state }
    }
}

/// The states are one text, a digit an epoch, as in `Hypnogram`.
extension SleepWakeSeries: Codable {
    private enum CodingKeys: CodingKey { case start, epochSeconds, epochs }

    /// - Throws: `DecodingError` for an epoch without a length or a state that does not exist.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        start = try container.decode(Timestamp.self, forKey: .start)
        epochSeconds = try container.decode(Int.self, forKey: .epochSeconds)
        guard epochSeconds > 0 else {
            throw DecodingError.dataCorruptedError(
                forKey: .epochSeconds, in: container, debugDescription: "an epoch has a length")
        }
        guard
            let states = SleepWake.states(of: try container.decode(String.self, forKey: .epochs))
        else {
            throw DecodingError.dataCorruptedError(
                forKey: .epochs, in: container, debugDescription: "found no state's digit")
        }
        epochs = states
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(start, forKey: .start)
        try container.encode(epochSeconds, forKey: .epochSeconds)
        try container.encode(SleepWake.text(of: epochs), forKey: .epochs)
    }
}

extension SleepWake {
    /// One digit a state.
    static func text(of states: [SleepWake]) -> String {
        String(decoding: states.map { UInt8(ascii: "0") + $0.rawValue }, as: UTF8.self)
    }

    /// `nil` if some digit is no state.
    static func states(of text: String) -> [SleepWake]? {
        var states: [SleepWake] = []
        states.reserveCapacity(text.utf8.count)
        for digit in text.utf8 {
            guard let state = SleepWake(rawValue: digit &- UInt8(ascii: "0")) else { return nil }
            states.append(state)
        }
        return states
    }
}
