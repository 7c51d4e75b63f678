// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
public import HearthDSP

/// The detector of Pan and Tompkins, as a baseline that others are measured against.
///
/// Band-pass of 5 to 15 Hz, derivative, square, mean over 150 ms; a threshold between running levels of
/// signal and noise on the mean and on the band; search back at half the threshold after 166 % of the
/// mean interval; 200 ms of refractory time; a peak within 360 ms with less than half the slope of the
/// one before is a T wave. The filters are Butterworth ones for any rate instead of the integer ones
/// for 200 Hz; levels start from the first two seconds. Quality is always 1.
///
/// Input: samples at a regular rate of 90 to 20,000 Hz. Output: beats in time order, each when the next
/// peak settles it; a search back is late by up to two intervals.
///
/// - Source: `pantompkins1985`
public struct PanTompkins: StreamOperator {
    public typealias Input = Float
    public typealias Output = DetectedBeat

    private struct Peak: Codable, Hashable {
        var index: Int
        var mean: Double
        var band: Double
        var slope: Double
    }

    private let start: Timestamp
    private let period: Period
    private let rate: Double
    private var high: SecondOrderFilter
    private var low: SecondOrderFilter
    private let delay: Double
    private var offset: Double?
    private var held = 0.0
    private var history = [0.0, 0.0, 0.0, 0.0]
    private var ring: [Double]
    private var place = 0
    private var sum = 0.0
    private var count = 0
    /// The highest mean since the last peak, with the band and the slope that led to it.
    private var current = Peak(index: 0, mean: 0, band: 0, slope: 0)
    private var recentBand: [Double] = []
    private var recentSlope: [Double] = []
    /// The first two seconds, before there are thresholds.
    private var learning: [Peak] = []
    private var isLearning = true
    private var signalMean = 0.0
    private var noiseMean = 0.0
    private var signalBand = 0.0
    private var noiseBand = 0.0
    private var last: Peak?
    private var intervals: [Int] = []
    private var rejected: [Peak] = []

    public init(start: Timestamp, period: Period) throws(BeatRefusal) {
        rate = 1e9 * Double(period.denominator) / Double(period.numerator)
        guard ECGBeats.rates.contains(rate) else { throw .rateOutOfRange }
        self.start = start
        self.period = period
        high = .highPass(5, rate: rate)
        low = .lowPass(15, rate: rate)
        ring = Array(repeating: 0, count: Int((0.15 * rate).rounded()))
        // The derivative looks back over four samples, the mean over its window.
        delay =
            high.delay(at: 9, rate: rate) + low.delay(at: 9, rate: rate) + 2
            + Double(ring.count - 1) / 2
    }

    public mutating func push(_ input: Span<Float>, emit: (Span<DetectedBeat>) -> Void) {
        var found: [DetectedBeat] = []
        for index in input.indices { take(input[index], &found) }
        if !found.isEmpty { emit(found.span) }
    }

    /// The baseline knows of no gaps: it is for whole records.
    public mutating func skip(to time: Timestamp, emit: (Span<DetectedBeat>) -> Void) {}

    public mutating func finish(emit: (Span<DetectedBeat>) -> Void) {
        var found: [DetectedBeat] = []
        if isLearning { endLearning(&found) }
        if current.mean > 0 { judge(current, &found) }
        current.mean = 0
        if !found.isEmpty { emit(found.span) }
    }

    private mutating func take(_ sample: Float, _ found: inout [DetectedBeat]) {
        if sample.isFinite { held = Double(sample) }
        let origin = offset ?? held
        if offset == nil { offset = held }
        let band = low.next(high.next(held - origin))
        let slope = (2 * band + history[0] - history[2] - 2 * history[3]) / 8
        history = [band, history[0], history[1], history[2]]
        sum += slope * slope - ring[place]
        ring[place] = slope * slope
        place += 1
        if place == ring.count {
            place = 0
            sum = ring.reduce(0, +)
        }
        let mean = max(0, sum) / Double(ring.count)
        remember(abs(band), abs(slope))
        if mean > current.mean {
            current = Peak(
                index: count, mean: mean, band: recentBand.max() ?? 0,
                slope: recentSlope.max() ?? 0)
        } else if mean < 0.5 * current.mean || count - current.index > Int(0.2 * rate) {
            if current.mean > 0 { settle(current, &found) }
            current = Peak(index: count, mean: 0, band: 0, slope: 0)
        }
        count += 1
        if isLearning, count == Int(2 * rate) { endLearning(&found) }
    }

    /// The largest band and slope of blocks of 25 ms, over as long as the mean looks back.
    private mutating func remember(_ band: Double, _ slope: Double) {
        let block = max(1, Int(0.025 * rate))
        if count % block == 0 || recentBand.isEmpty {
            recentBand.append(band)
            recentSlope.append(slope)
            if recentBand.count > 8 {
                recentBand.removeFirst()
                recentSlope.removeFirst()
            }
        } else {
            recentBand[recentBand.count - 1] = max(recentBand[recentBand.count - 1], band)
            recentSlope[recentSlope.count - 1] = max(recentSlope[recentSlope.count - 1], slope)
        }
    }

    // MARK: Thresholds

    private mutating func settle(_ peak: Peak, _ found: inout [DetectedBeat]) {
        if isLearning { learning.append(peak) } else { judge(peak, &found) }
    }

    private mutating func endLearning(_ found: inout [DetectedBeat]) {
        isLearning = false
        signalMean = 0.5 * (learning.map(\.mean).max() ?? 0)
        signalBand = 0.5 * (learning.map(\.band).max() ?? 0)
        noiseMean = 0.1 * signalMean
        noiseBand = 0.1 * signalBand
        for peak in learning { judge(peak, &found) }
        learning = []
    }

    private var threshold: Double { noiseMean + 0.25 * (signalMean - noiseMean) }
    private var bandThreshold: Double { noiseBand + 0.25 * (signalBand - noiseBand) }

    private mutating func judge(_ peak: Peak, _ found: inout [DetectedBeat]) {
        searchBack(before: peak, &found)
        if let last {
            let apart = Double(peak.index - last.index) / rate
            if apart < 0.2 { return }
            if apart < 0.36, peak.slope < 0.5 * last.slope { return reject(peak) }
        }
        guard peak.mean > threshold, peak.band > bandThreshold else { return reject(peak) }
        accept(peak, share: 0.125, &found)
    }

    private mutating func reject(_ peak: Peak) {
        noiseMean += 0.125 * (peak.mean - noiseMean)
        noiseBand += 0.125 * (peak.band - noiseBand)
        rejected.append(peak)
        // Only what came since the last beat is searched; a limit keeps silence from filling memory.
        if rejected.count > 64 { rejected.removeFirst() }
    }

    private mutating func searchBack(before peak: Peak, _ found: inout [DetectedBeat]) {
        guard let last, !intervals.isEmpty else { return }
        let mean = Double(intervals.reduce(0, +)) / Double(intervals.count)
        guard Double(peak.index - last.index) > 1.66 * mean else { return }
        let best = rejected.filter { Double($0.index - last.index) >= 0.2 * rate }
            .max { $0.mean < $1.mean }
        guard let best, best.mean > 0.5 * threshold, best.band > 0.5 * bandThreshold else { return }
        accept(best, share: 0.25, &found)
    }

    private mutating func accept(_ peak: Peak, share: Double, _ found: inout [DetectedBeat]) {
        signalMean += share * (peak.mean - signalMean)
        signalBand += share * (peak.band - signalBand)
        if let last {
            intervals.append(peak.index - last.index)
            if intervals.count > 8 { intervals.removeFirst() }
        }
        last = peak
        rejected = rejected.filter { $0.index > peak.index }
        let sample = max(0, Double(peak.index) - delay)
        let time = start.advanced(byNanoseconds: period.nanoseconds(times: Int64(sample)))
        found.append(DetectedBeat(time: time, amplitude: Float(peak.band), quality: 1))
    }
}
