// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
import HearthDSP

/// Heart rate in five-minute windows, and alerts for a rate at rest that stays beyond a limit.
///
/// Shape: one score for each five minutes (UTC) that have a value, with mean, least and greatest; an
/// alert when every value at rest, but for interruptions up to 30 s, has been above
/// ``LiveSettings/high`` or below ``LiveSettings/low`` for ``LiveSettings/persistence``. One alert an
/// episode. Rest: no step, no intensity of 2 or more and no workout in the five minutes before; where
/// no stream tells of movement the alert says that activity is unknown. More than two minutes
/// without a value end an episode. Values that are not finite are left out.
///
/// - Source: limits and persistence are settings of this project, not taken from a study; see
///   `docs/models/live-monitors.md`.
public struct HeartRateWatch: LiveMonitor {
    public static let model = "heart-rate-watch/1"
    public static let primary: Set<Quantity> = [.heartRate]
    public static let context: Set<Quantity> = [.steps, .intensity, .workout]

    static let windowNanoseconds: Int64 = 300_000_000_000

    private let settings: LiveSettings
    private var window = ValueWindow()
    private var movement = Movement()
    private var high = Episode()
    private var low = Episode()

    public init(_ settings: LiveSettings, quantity: Quantity = .heartRate) {
        self.settings = settings
    }

    public mutating func push(_ input: Span<LiveSample>, emit: (Span<LiveFinding>) -> Void) {
        for index in input.indices {
            let sample = input[index]
            guard sample.quantity == .heartRate else {
                movement.take(sample)
                continue
            }
            guard sample.value.isFinite else { continue }
            let place = Calendrical.floorDivide(sample.time.nanoseconds, Self.windowNanoseconds)
            if place != window.index { close(emit) }
            window.add(sample.value, in: place)
            judge(sample, emit)
        }
    }

    public mutating func skip(to time: Timestamp, emit: (Span<LiveFinding>) -> Void) {
        let place = Calendrical.floorDivide(time.nanoseconds, Self.windowNanoseconds)
        if place > window.index { close(emit) }
    }

    public mutating func finish(emit: (Span<LiveFinding>) -> Void) { close(emit) }

    private mutating func judge(_ sample: LiveSample, _ emit: (Span<LiveFinding>) -> Void) {
        if movement.isRecent(at: sample.time) {
            high.end()
            low.end()
            return
        }
        let value = sample.value
        if high.step(
            sample.time, value, isInState: value > settings.high, persistence: settings.persistence)
        {
            emit([alert("heart-rate-high", "above", settings.high, high, sample.time)].span)
        }
        if low.step(
            sample.time, value, isInState: value < settings.low, persistence: settings.persistence)
        {
            emit([alert("heart-rate-low", "below", settings.low, low, sample.time)].span)
        }
    }

    private func alert(
        _ rule: String, _ side: String, _ limit: Double, _ episode: Episode, _ time: Timestamp
    ) -> LiveFinding {
        let since = episode.since ?? time
        let activity = movement.isKnown ? "at rest" : "with activity unknown"
        return LiveFinding(
            .alert, rule: rule, model: Self.model, from: since, to: time, value: episode.mean,
            unit: "/min",
            terms: [
                LiveFinding.Term("limit", limit),
                LiveFinding.Term("duration_s", time.seconds(since: since)),
                LiveFinding.Term("samples", Double(episode.count)),
                LiveFinding.Term("rest_known", movement.isKnown ? 1 : 0),
            ],
            reason: "The heart rate has stayed \(side) the limit \(activity).")
    }

    private mutating func close(_ emit: (Span<LiveFinding>) -> Void) {
        guard window.count > 0 else { return }
        let from = Timestamp(nanoseconds: window.index &* Self.windowNanoseconds)
        let score = LiveFinding(
            .score, rule: "heart-rate-mean", model: Self.model, from: from,
            to: from.advanced(byNanoseconds: Self.windowNanoseconds), value: window.mean,
            unit: "/min",
            terms: [
                LiveFinding.Term("least", window.least),
                LiveFinding.Term("greatest", window.greatest),
                LiveFinding.Term("samples", Double(window.count)),
            ])
        window = ValueWindow()
        emit([score].span)
    }
}

/// Mean, least and greatest of the values in a window.
struct ValueWindow: Codable, Sendable, Hashable {
    /// Which window; meaningless without values.
    private(set) var index = Int64.min
    private(set) var count = 0
    private var sum = 0.0
    private(set) var least = 0.0
    private(set) var greatest = 0.0

    var mean: Double? { count > 0 ? sum / Double(count) : nil }

    mutating func add(_ value: Double, in place: Int64) {
        index = place
        least = count == 0 ? value : min(least, value)
        greatest = count == 0 ? value : max(greatest, value)
        count += 1
        sum += value
    }
}

/// Whether somebody moved a short while ago.
struct Movement: Codable, Sendable, Hashable {
    /// The heart comes back to rest within minutes of light movement.
    static let restNanoseconds: Int64 = 300_000_000_000
    /// From here on the scale of intensity means more than sitting.
    static let intensity = 2.0

    /// Whether any stream told of movement, or of its absence.
    private(set) var isKnown = false
    private var until = Timestamp.distantPast

    mutating func take(_ sample: LiveSample) {
        let isMoving: Bool
        switch sample.quantity {
        case .steps: isMoving = sample.value >= 1
        case .intensity: isMoving = sample.value >= Self.intensity
        case .workout: isMoving = true
        default: return
        }
        isKnown = true
        guard isMoving else { return }
        until = max(until, sample.time.advanced(byNanoseconds: sample.duration))
    }

    func isRecent(at time: Timestamp) -> Bool {
        until != .distantPast && time.nanoseconds(since: until) < Self.restNanoseconds
    }
}
