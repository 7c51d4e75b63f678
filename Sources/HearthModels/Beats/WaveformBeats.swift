// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
import HearthDSP

/// Finds the beats of one ECG lead or pulse wave whose samples carry times of their own, as a vault
/// stores them.
///
/// Shape: times in nanoseconds since the Unix epoch, ascending; a sample that is not later than the one
/// before is left out. The rate is found from the first ``headSamples`` samples of each stretch: a whole
/// number of hertz where that fits, else what they say. A distance of more than one and a half samples,
/// or of less than two thirds of one, ends a stretch; so does a clock that drifts by as much. Beats come as from
/// ``ECGBeats`` or ``PPGBeats`` fed with the stretches. How the samples are cut makes no difference.
///
/// - Complexity: constant memory but for the beats found.
public struct WaveformBeats: Sendable {
    /// What the beats are looked for in.
    public enum Signal: String, Codable, Sendable, Hashable {
        case ecg, ppg
    }

    /// Samples that tell the rate of a stretch; a shorter stretch has no beats.
    public static let headSamples = 64

    public let signal: Signal
    /// Samples seen.
    public private(set) var samples = 0
    /// Those at a rate at which no beat can be found.
    public private(set) var unusable = 0
    public private(set) var beats: [DetectedBeat] = []
    /// The stretches in which beats were looked for, ascending.
    public private(set) var recorded: [TimeSpan] = []

    private var ecg: ECGBeats?
    private var ppg: PPGBeats?
    /// Of the detector at work.
    private var period: Period?
    /// Nanoseconds from sample to sample of the stretch; 0 while its rate is not known.
    private var step: Int64 = 0
    private var isRefused = false
    private var last: Int64?
    private var headTimes: [Int64] = []
    private var headValues: [Float] = []
    /// Where the detector's clock was set, and samples it was given since.
    private var anchor: Int64 = 0
    private var given: Int64 = 0
    private var chunk: [Float] = []
    private var chunkStart: Int64 = 0

    public init(_ signal: Signal) { self.signal = signal }

    /// Takes samples; the column must be as long as the times.
    public mutating func push(_ times: TimeAxis, _ values: SampleColumn) {
        precondition(times.count == values.count, "a column has another length")
        for index in 0..<values.count { take(times[index].nanoseconds, values[index]) }
    }

    /// No more will come.
    public mutating func finish() {
        endStretch()
        endDetector()
    }

    // MARK: Stretches

    private static func isOff(_ apart: Int64, _ step: Int64) -> Bool {
        apart > step + step / 2 || apart < step - step / 3
    }

    private mutating func take(_ time: Int64, _ value: Float) {
        if let last, time <= last { return }
        samples += 1
        if step > 0, let last {
            let apart = time - last
            if Self.isOff(apart, step) { endStretch() }
        }
        last = time
        guard step > 0 else {
            headTimes.append(time)
            headValues.append(value)
            if headTimes.count == Self.headSamples { beginStretch() }
            return
        }
        if chunk.isEmpty { chunkStart = time }
        chunk.append(value)
        // Where the clock ran away the rate may be another one.
        if chunk.count == BeatLead.chunk, flush() { endStretch() }
    }

    /// The rate is told by the samples at hand, unless there is a hole in them.
    private mutating func beginStretch() {
        let apart = zip(headTimes, headTimes.dropFirst()).map { $1 - $0 }
        let usual = apart.sorted()[apart.count / 2]
        if let hole = apart.lastIndex(where: { Self.isOff($0, usual) }) {
            headTimes.removeFirst(hole + 1)
            headValues.removeFirst(hole + 1)
            return
        }
        let start = headTimes[0]
        let found = Self.period(headTimes)
        step = max(1, found.nanoseconds(times: 1))
        open(found, at: start)
        if !isRefused {
            recorded.append(
                TimeSpan(
                    start: Timestamp(nanoseconds: start),
                    end: Timestamp(nanoseconds: headTimes[headTimes.count - 1])))
        }
        chunkStart = start
        chunk.append(contentsOf: headValues)
        headTimes.removeAll(keepingCapacity: true)
        headValues.removeAll(keepingCapacity: true)
    }

    /// A whole number of hertz if every time is within a hundredth of a sample of it.
    private static func period(_ times: [Int64]) -> Period {
        let (first, count) = (times[0], Int64(times.count - 1))
        let whole = times[times.count - 1] - first
        let hertz = (1e9 * Double(count) / Double(whole)).rounded()
        let measured = Period(numerator: whole, denominator: count)
        guard hertz >= 1, hertz <= 1e6 else { return measured }
        let even = Period(hertz: Int64(hertz))
        let slack = max(2, even.nanoseconds(times: 1) / 100)
        let fits = times.indices.allSatisfy { index in
            abs(times[index] - first - even.nanoseconds(times: Int64(index))) <= slack
        }
        return fits ? even : measured
    }

    private mutating func endStretch() {
        flush()
        if step > 0, !isRefused, let last, !recorded.isEmpty {
            recorded[recorded.count - 1].end = Timestamp(nanoseconds: last)
        }
        step = 0
        headTimes.removeAll(keepingCapacity: true)
        headValues.removeAll(keepingCapacity: true)
    }

    // MARK: The detector

    /// The same detector goes on after a gap: it knows how high beats are.
    private mutating func open(_ found: Period, at start: Int64) {
        if let period, period == found, !isRefused, start > expected(given, found) + slack(found) {
            skip(to: start)
        } else {
            endDetector()
            begin(found, at: start)
        }
    }

    private mutating func begin(_ found: Period, at start: Int64) {
        let time = Timestamp(nanoseconds: start)
        period = found
        anchor = start
        given = 0
        do throws(BeatRefusal) {
            switch signal {
            case .ecg: ecg = try ECGBeats(start: time, period: found)
            case .ppg: ppg = try PPGBeats(start: time, period: found)
            }
            isRefused = false
        } catch {
            isRefused = true
        }
    }

    private func expected(_ count: Int64, _ period: Period) -> Int64 {
        anchor + period.nanoseconds(times: count)
    }

    private func slack(_ period: Period) -> Int64 { max(1, period.nanoseconds(times: 3) / 2) }

    private mutating func skip(to start: Int64) {
        let time = Timestamp(nanoseconds: start)
        gather { detectors, emit in
            detectors.ecg?.skip(to: time, emit: emit)
            detectors.ppg?.skip(to: time, emit: emit)
        }
        anchor = start
        given = 0
    }

    /// - Returns: whether the samples were not where they were expected.
    @discardableResult
    private mutating func flush() -> Bool {
        guard !chunk.isEmpty, let period else { return false }
        defer { chunk.removeAll(keepingCapacity: true) }
        guard !isRefused else {
            unusable += chunk.count
            return false
        }
        let drift = chunkStart - expected(given, period)
        if drift > slack(period) { skip(to: chunkStart) }
        if drift < -slack(period) {
            endDetector()
            begin(period, at: chunkStart)
        }
        let values = chunk
        gather { detectors, emit in
            detectors.ecg?.push(values.span, emit: emit)
            detectors.ppg?.push(values.span, emit: emit)
        }
        given += Int64(values.count)
        return abs(drift) > slack(period)
    }

    private mutating func endDetector() {
        gather { detectors, emit in
            detectors.ecg?.finish(emit: emit)
            detectors.ppg?.finish(emit: emit)
        }
        ecg = nil
        ppg = nil
        period = nil
    }

    private mutating func gather(
        _ body: (inout WaveformBeats, (Span<DetectedBeat>) -> Void) -> Void
    ) {
        var found: [DetectedBeat] = []
        body(&self) { span in
            for index in span.indices { found.append(span[index]) }
        }
        // A detector begun anew may find again what lies at the end of the one before.
        for beat in found where beats.last.map({ $0.time < beat.time }) ?? true {
            beats.append(beat)
        }
    }
}
