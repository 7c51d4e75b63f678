// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
import HearthDSP

/// RMSSD of beat-to-beat intervals in five-minute windows, as they come.
///
/// Shape: one score for each five minutes (UTC) in which a beat ended, up to five beats later; a window
/// that is not clean has no number and says why. The terms hold SDNN apart, beats and the share that
/// was removed. Intervals are judged and windows measured as at night: ``BeatCleaner``, ``HRVWindows``.
///
/// - Source: `taskforce1996`.
public struct BeatWatch: LiveMonitor {
    public static let model = "beat-watch/1"
    public static let primary: Set<Quantity> = [.rrInterval]

    private var chain = Chain(BeatCleaner(), HRVWindows(origin: Timestamp(nanoseconds: 0)))

    private var last: Timestamp?

    public init(_ settings: LiveSettings = LiveSettings(), quantity: Quantity = .rrInterval) {}

    public mutating func push(_ input: Span<LiveSample>, emit: (Span<LiveFinding>) -> Void) {
        for index in input.indices {
            let beat = Timed(input[index].time, input[index].value)
            let one: InlineArray<1, Timed<Double>> = [beat]
            chain.push(one.span) { Self.tell($0, emit) }
            last = beat.time
        }
    }

    public mutating func skip(to time: Timestamp, emit: (Span<LiveFinding>) -> Void) {
        // As long as the cleaner waits for a beat's neighbours no window may end before it.
        guard let last, time.nanoseconds(since: last) > BeatCleaner.gapNanoseconds else { return }
        chain.skip(to: time) { Self.tell($0, emit) }
    }

    public mutating func finish(emit: (Span<LiveFinding>) -> Void) {
        chain.finish { Self.tell($0, emit) }
    }

    private static func tell(_ windows: Span<HRVWindow>, _ emit: (Span<LiveFinding>) -> Void) {
        for index in windows.indices { emit([score(windows[index])].span) }
    }

    private static func score(_ window: HRVWindow) -> LiveFinding {
        let length = HRVWindows.windowSeconds
        let from = Timestamp(seconds: window.index &* length)
        var terms = [
            LiveFinding.Term("beats", Double(window.beats)),
            LiveFinding.Term("removed_share", Double(window.removed) / Double(window.beats)),
            LiveFinding.Term("covered_s", window.soundMilliseconds / 1000),
        ]
        if window.isClean, let sdnn = window.sdnn { terms.append(LiveFinding.Term("sdnn", sdnn)) }
        return LiveFinding(
            .score, rule: "hrv-rmssd", model: model, from: from,
            to: from.advanced(bySeconds: length), value: window.isClean ? window.rmssd : nil,
            unit: "ms", terms: terms, reason: window.isClean ? nil : reason(window))
    }

    private static func reason(_ window: HRVWindow) -> String {
        Double(window.removed) > HRVWindows.removedLimit * Double(window.beats)
            ? "Too many of the intervals are not normal-to-normal."
            : "Sound intervals cover too little of the window."
    }
}
