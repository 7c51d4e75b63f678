// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
public import HearthDSP

/// What a baseline may look at: a stretch of 30-second epochs and the samples in it.
public struct BaselineRecording: Sendable {
    public var start: Timestamp
    /// Epochs of 30 s.
    public var epochs: Int
    /// Counts of `countSeconds` each, at their start; empty without.
    public var counts: [Timed<Double>]
    /// 60 for counts per minute, 15 for those of a quarter.
    public var countSeconds: Int
    /// Beats a minute at any times; empty without.
    public var heartRate: [Timed<Double>]
    /// Epochs of 5 s with the arm's angle; empty without raw acceleration.
    public var motion: [MotionEpoch]

    public init(
        start: Timestamp, epochs: Int, counts: [Timed<Double>] = [], countSeconds: Int = 60,
        heartRate: [Timed<Double>] = [], motion: [MotionEpoch] = []
    ) {
        self.start = start
        self.epochs = max(0, epochs)
        self.counts = counts
        self.countSeconds = max(1, countSeconds)
        self.heartRate = heartRate
        self.motion = motion
    }
}

/// The published rules every learned model is measured against, behind one door: sleep or wake of
/// each 30-second epoch.
public enum SleepWakeBaseline: String, CaseIterable, Codable, Sendable {
    /// Calls every epoch sleep: what accuracy has to beat.
    case allSleep = "all-sleep"
    case coleKripke = "cole-kripke-1992"
    case sadeh = "sadeh-1994"
    case oakley = "oakley-1997-medium"
    case heartRate = "heart-rate"
    /// Needs the arm's angle, which recordings of counts and heart rate do not have.
    case vanHees = "van-hees-2015"

    /// For the head of a row.
    public var label: String {
        switch self {
        case .allSleep: "all sleep (majority)"
        case .coleKripke: "Cole–Kripke 1992, counts as they come"
        case .sadeh: "Sadeh 1994, counts as they come"
        case .oakley: "Oakley 1997, medium"
        case .heartRate: "heart rate alone"
        case .vanHees: "van Hees 2015, angle"
        }
    }

    /// `nil` if the recording lacks what the rule needs; then ``needs`` says what.
    ///
    /// Epochs of minutes without input are unknown.
    public func score(_ recording: BaselineRecording) -> SleepWakeSeries? {
        switch self {
        case .allSleep:
            return SleepWakeSeries(
                start: recording.start,
                epochs: Array(repeating: .asleep, count: recording.epochs))
        case .coleKripke, .oakley:
            guard !recording.counts.isEmpty else { return nil }
            var scorer = ActivityCountScorer(
                rule: self == .oakley ? .oakleyMedium : .coleKripke)
            return recording.series(minutes: scorer.batch(recording.minuteCounts))
        case .sadeh:
            guard !recording.counts.isEmpty else { return nil }
            var scorer = SadehScorer()
            return recording.series(minutes: scorer.batch(recording.minuteCounts))
        case .heartRate:
            guard !recording.heartRate.isEmpty else { return nil }
            var scorer = HeartRateScorer()
            return recording.series(minutes: scorer.batch(recording.minuteHeartRate))
        case .vanHees:
            guard !recording.motion.isEmpty else { return nil }
            return recording.inactivity
        }
    }

    /// What the rule looks at, for the line that says why it was not run.
    public var needs: String {
        switch self {
        case .allSleep: "nothing"
        case .coleKripke, .sadeh, .oakley: "activity counts"
        case .heartRate: "heart rate"
        case .vanHees: "the arm's angle, from raw acceleration"
        }
    }
}

extension BaselineRecording {
    private static let second: Int64 = 1_000_000_000

    private var minutes: Int { (epochs + 1) / 2 }

    private func minuteStart(_ index: Int) -> Timestamp {
        start.advanced(bySeconds: Int64(index) * 60)
    }

    /// Index of the minute or epoch of `seconds` that holds `time`; `nil` outside.
    private func index(of time: Timestamp, seconds: Int64, count: Int) -> Int? {
        let raw = Calendrical.floorDivide(
            time.nanoseconds(since: start), seconds * Self.second)
        return raw >= 0 && raw < Int64(count) ? Int(raw) : nil
    }

    /// Counts by the minute; a minute with at least half of its counts is scaled up to all of it.
    fileprivate var minuteCounts: [Timed<Double>] {
        var sums = Array(repeating: 0.0, count: minutes)
        var pieces = Array(repeating: 0, count: minutes)
        for count in counts where count.value.isFinite {
            guard let minute = index(of: count.time, seconds: 60, count: minutes) else { continue }
            sums[minute] += count.value
            pieces[minute] += 1
        }
        let whole = max(1, 60 / countSeconds)
        return sums.indices.compactMap { minute in
            guard pieces[minute] > 0, 2 * pieces[minute] >= whole else { return nil }
            let scale = Double(whole) / Double(pieces[minute])
            return Timed(minuteStart(minute), sums[minute] * scale)
        }
    }

    fileprivate var minuteHeartRate: [Timed<Double>] {
        let sorted = heartRate.sorted { $0.time < $1.time }
        var means = EpochMeans(origin: start, seconds: 60)
        var raw: [Double?] = Array(repeating: nil, count: minutes)
        for mean in means.batch(sorted) where mean.index >= 0 && mean.index < Int64(minutes) {
            raw[Int(mean.index)] = mean.mean
        }
        return MinuteGrid.smoothed(raw).enumerated().compactMap { index, rate in
            rate.map { Timed(minuteStart(index), $0) }
        }
    }

    fileprivate func series(minutes scored: [Timed<Bool>]) -> SleepWakeSeries {
        var states = Array(repeating: SleepWake.unknown, count: epochs)
        for minute in scored {
            guard let first = index(of: minute.time, seconds: 30, count: epochs) else { continue }
            for index in first..<min(epochs, first + 2) {
                states[index] = minute.value ? .asleep : .wake
            }
        }
        return SleepWakeSeries(start: start, epochs: states)
    }

    /// An epoch of 30 s is asleep if most of its known time is in a bout of sustained inactivity,
    /// unknown if less than half of it is known.
    fileprivate var inactivity: SleepWakeSeries {
        var operation = SustainedInactivity()
        let bouts = operation.batch(motion)
        var known = Array(repeating: 0, count: epochs)
        var still = Array(repeating: 0, count: epochs)
        var next = 0
        for epoch in motion where SustainedInactivity.isKnown(epoch) {
            guard let place = index(of: epoch.time, seconds: 30, count: epochs) else { continue }
            while next < bouts.count, bouts[next].end <= epoch.time { next += 1 }
            known[place] += 1
            if next < bouts.count, bouts[next].contains(epoch.time) { still[place] += 1 }
        }
        let states = known.indices.map { index -> SleepWake in
            guard known[index] >= 3 else { return .unknown }
            return 2 * still[index] > known[index] ? .asleep : .wake
        }
        return SleepWakeSeries(start: start, epochs: states)
    }
}
