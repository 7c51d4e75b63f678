// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
import HearthDSP

/// The irregularity of beat-to-beat intervals as they come: shares of five-minute windows, and an alert
/// for irregularity that lasts.
///
/// Shape: one score for each five minutes (UTC) in which a beat ended, a minute and a half and more after
/// it (``RhythmScreen/latencyBeats``): the share of judged beats whose pattern is as irregular as in
/// atrial fibrillation; no number where fewer than half of the beats could be judged. An alert when the
/// pattern has been irregular, but for interruptions up to 30 s, for ``LiveSettings/persistence``; one an
/// episode. Inconclusive beats neither begin nor end one. Irregular is a pattern, not a diagnosis.
///
/// - Source: ``RhythmScreen``; the persistence is a choice of this project.
public struct RhythmWatch: LiveMonitor {
    public static let model = "rhythm-watch/1"
    public static let primary: Set<Quantity> = [.rrInterval]

    static let windowNanoseconds: Int64 = 300_000_000_000
    /// With a smaller share of judged beats a share says little.
    static let judgedShare = 0.5

    private let settings: LiveSettings
    private var screen = RhythmScreen()
    private var window = RhythmWindow()
    private var irregular = Episode()

    public init(_ settings: LiveSettings = LiveSettings(), quantity: Quantity = .rrInterval) {
        self.settings = settings
    }

    public mutating func push(_ input: Span<LiveSample>, emit: (Span<LiveFinding>) -> Void) {
        for index in input.indices {
            let one: InlineArray<1, Timed<Double>> = [
                Timed(input[index].time, input[index].value)
            ]
            var told: [RhythmBeat] = []
            screen.push(one.span) { for at in $0.indices { told.append($0[at]) } }
            for beat in told { take(beat, emit) }
        }
    }

    public mutating func skip(to time: Timestamp, emit: (Span<LiveFinding>) -> Void) {
        var told: [RhythmBeat] = []
        screen.skip(to: time) { for at in $0.indices { told.append($0[at]) } }
        for beat in told { take(beat, emit) }
    }

    public mutating func finish(emit: (Span<LiveFinding>) -> Void) {
        var told: [RhythmBeat] = []
        screen.finish { for at in $0.indices { told.append($0[at]) } }
        for beat in told { take(beat, emit) }
        close(emit)
    }

    private mutating func take(_ beat: RhythmBeat, _ emit: (Span<LiveFinding>) -> Void) {
        let place = Calendrical.floorDivide(beat.time.nanoseconds, Self.windowNanoseconds)
        if place != window.index { close(emit) }
        window.add(beat.state, in: place)
        guard beat.state != .inconclusive else { return }
        // A pause has no interval of its own, so the rate is kept, not the interval.
        let rate = beat.interval > 0 ? 60_000 / beat.interval : 0
        guard
            irregular.step(
                beat.time, rate, isInState: beat.state == .irregular,
                persistence: settings.persistence)
        else { return }
        let since = irregular.since ?? beat.time
        let alert = LiveFinding(
            .alert, rule: "irregular-rhythm", model: Self.model, from: since, to: beat.time,
            value: irregular.mean, unit: "/min",
            terms: [
                LiveFinding.Term("duration_s", beat.time.seconds(since: since)),
                LiveFinding.Term("samples", Double(irregular.count)),
            ],
            reason:
                "The intervals between beats have stayed irregular; the value is their mean rate.")
        emit([alert].span)
    }

    private mutating func close(_ emit: (Span<LiveFinding>) -> Void) {
        guard window.beats > 0 else { return }
        let from = Timestamp(nanoseconds: window.index &* Self.windowNanoseconds)
        let isJudged = Double(window.judged) >= Self.judgedShare * Double(window.beats)
        let share = Double(window.irregular) / Double(max(1, window.judged))
        let score = LiveFinding(
            .score, rule: "irregular-share", model: Self.model, from: from,
            to: from.advanced(byNanoseconds: Self.windowNanoseconds),
            value: isJudged ? share : nil, unit: "1",
            terms: [
                LiveFinding.Term("beats", Double(window.beats)),
                LiveFinding.Term("judged", Double(window.judged)),
            ], reason: isJudged ? nil : "Too few of the beats could be judged.")
        window = RhythmWindow()
        emit([score].span)
    }
}

/// Beats of a window by what the screen says of them.
private struct RhythmWindow: Codable, Sendable {
    private(set) var index = Int64.min
    private(set) var beats = 0
    private(set) var judged = 0
    private(set) var irregular = 0

    mutating func add(_ state: RhythmState, in place: Int64) {
        index = place
        beats += 1
        if state != .inconclusive { judged += 1 }
        if state == .irregular { irregular += 1 }
    }
}
