// SPDX-License-Identifier: Apache-2.0
public import HearthDSP

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// All measures of one stretch of intervals: five minutes, or a whole series.
public struct HRVMeasures: Codable, Sendable, Hashable {
    public static let veryLow = 0.0033..<0.04
    public static let low = 0.04..<0.15
    public static let high = 0.15..<0.4
    /// Hz of the resampled series.
    public static let resampledRate = 4.0
    /// Seconds of a segment of a spectrum.
    public static let segmentSeconds = 300.0
    /// Longest time without a sound beat that a spectrum bears, in seconds.
    public static let longestHole = 10.0

    static let welch = WelchPeriodogram(segment: 1200, padded: 4096)
    private static let lombStep = 1.0 / 1024
    /// Bin of the triangular index, in milliseconds.
    private static let bin = 1000.0 / 128
    private static let entropyTolerance = 0.2
    private static let boxes = 4...16

    public private(set) var values: [HRVMeasure: Double] = [:]
    /// Why the others have none.
    public private(set) var missing: [HRVMeasure: HRVRefusal] = [:]

    /// Measures a stretch, unless too much of it is corrected or the rhythm is irregular.
    public init(_ tachogram: Tachogram) {
        if tachogram.removedShare > HRVWindows.removedLimit {
            refuse(.corrected)
        } else if tachogram.offMedianShare > HRVWindows.offMedianLimit {
            refuse(.irregular)
        } else {
            measure(tachogram)
        }
    }

    /// Measures intervals in milliseconds that are all normal-to-normal and follow one another.
    public init(normal intervals: [Double]) { measure(Tachogram(intervals: intervals)) }

    private mutating func refuse(_ reason: HRVRefusal) {
        for one in HRVMeasure.allCases { missing[one] = reason }
    }

    private mutating func measure(_ tachogram: Tachogram) {
        addTime(tachogram)
        addSpectra(tachogram)
        addOrder(tachogram.corrected)
    }

    /// Notes a value, or why there is none.
    private mutating func set(
        _ measure: HRVMeasure, count: Int, seconds: Double = .infinity, _ value: () -> Double?
    ) {
        let facts = measure.facts
        if count < facts.fewest {
            missing[measure] = .tooFewBeats
        } else if seconds < facts.shortest {
            missing[measure] = .tooShort
        } else if let found = value(), found.isFinite {
            values[measure] = found
        } else {
            missing[measure] = .undefined
        }
    }

    // MARK: Time

    private mutating func addTime(_ tachogram: Tachogram) {
        let sound = tachogram.sound
        let differences = tachogram.differences
        var intervals = RunningMoments()
        for value in sound { intervals.add(value) }
        var steps = RunningMoments()
        var squares = 0.0
        var (over50, over20) = (0, 0)
        for value in differences {
            steps.add(value)
            squares += value * value
            if abs(value) > 50 { over50 += 1 }
            if abs(value) > 20 { over20 += 1 }
        }
        let count = differences.count
        let rmssd = (squares / Double(max(1, count))).squareRoot()
        let sd1 = steps.standardDeviation.map { $0 / 2.0.squareRoot() }
        set(.meanNN, count: sound.count) { intervals.mean }
        set(.sdnn, count: sound.count) { intervals.standardDeviation }
        set(.rmssd, count: count) { rmssd }
        set(.logRMSSD, count: count) { rmssd > 0 ? log(rmssd) : nil }
        set(.sdsd, count: count) { steps.standardDeviation }
        set(.pnn50, count: count) { 100 * Double(over50) / Double(count) }
        set(.pnn20, count: count) { 100 * Double(over20) / Double(count) }
        set(.triangularIndex, count: sound.count) { Self.triangularIndex(sound) }
        set(.sd1, count: count) { sd1 }
        set(.sd2, count: count) {
            guard let sdnn = intervals.standardDeviation, let sd1 else { return nil }
            let square = 2 * sdnn * sdnn - sd1 * sd1
            return square >= 0 ? square.squareRoot() : nil
        }
    }

    private static func triangularIndex(_ sound: [Double]) -> Double? {
        guard let shortest = sound.min(), let longest = sound.max(), longest < 1e6 * bin else {
            return nil
        }
        let first = Int(shortest / bin)
        var counts = [Int](repeating: 0, count: Int(longest / bin) - first + 1)
        for value in sound { counts[Int(value / bin) - first] += 1 }
        return counts.max().map { Double(sound.count) / Double($0) }
    }

    // MARK: Frequency

    private static let lomb: [HRVMeasure] = [.vlfLomb, .lfLomb, .hfLomb, .ratioLomb]
    private static let welchs: [HRVMeasure] = [.vlfWelch, .lfWelch, .hfWelch, .ratioWelch]

    private mutating func addSpectra(_ tachogram: Tachogram) {
        guard tachogram.longestHole <= Self.longestHole else {
            for one in Self.lomb + Self.welchs { missing[one] = .hole }
            return
        }
        let isLongEnough = tachogram.span >= HRVMeasure.hfLomb.facts.shortest
        let isFull = tachogram.sound.count >= HRVMeasure.hfLomb.facts.fewest
        let uses = isLongEnough && isFull
        add(uses ? Self.lombSpectrum(tachogram) : nil, Self.lomb, tachogram)
        add(uses ? Self.welchSpectrum(tachogram) : nil, Self.welchs, tachogram)
    }

    /// - Parameter ids: of VLF, LF, HF and LF/HF.
    private mutating func add(
        _ spectrum: PowerSpectrum?, _ ids: [HRVMeasure], _ tachogram: Tachogram
    ) {
        let (count, seconds) = (tachogram.sound.count, tachogram.span)
        let low = spectrum?.power(in: Self.low)
        let high = spectrum?.power(in: Self.high)
        set(ids[0], count: count, seconds: seconds) { spectrum?.power(in: Self.veryLow) }
        set(ids[1], count: count, seconds: seconds) { low }
        set(ids[2], count: count, seconds: seconds) { high }
        set(ids[3], count: count, seconds: seconds) {
            guard let low, let high, high > 0 else { return nil }
            return low / high
        }
    }

    /// Lomb–Scargle of the sound intervals, in squared milliseconds a Hz: of a stretch beyond 400 s
    /// the mean over its segments of 300 s.
    public static func lombSpectrum(_ tachogram: Tachogram) -> PowerSpectrum? {
        func spectrum(_ range: Range<Int>) -> PowerSpectrum? {
            LombScargle.spectrum(
                times: Array(tachogram.times[range]), values: Array(tachogram.sound[range]),
                step: lombStep, highest: high.upperBound)
        }
        guard tachogram.span > 400, let origin = tachogram.times.first else {
            return spectrum(tachogram.times.indices)
        }
        var sum: PowerSpectrum?
        var segments = 0.0
        var start = 0
        var segment = 1
        for index in tachogram.times.indices
        where tachogram.times[index] - origin >= Double(segment) * segmentSeconds {
            if let one = spectrum(start..<index) {
                segments += 1
                sum = sum.map { Self.sum($0, one) } ?? one
            }
            start = index
            segment += 1
        }
        guard var mean = sum else { return nil }
        for index in mean.density.indices { mean.density[index] /= segments }
        return mean
    }

    private static func sum(_ a: PowerSpectrum, _ b: PowerSpectrum) -> PowerSpectrum {
        var sum = a
        for index in sum.density.indices { sum.density[index] += b.density[index] }
        return sum
    }

    /// Welch's spectrum of the sound intervals resampled at 4 Hz, in squared milliseconds a Hz.
    public static func welchSpectrum(
        _ tachogram: Tachogram, _ periodogram: WelchPeriodogram? = nil
    ) -> PowerSpectrum? {
        guard let samples = resampled(tachogram) else { return nil }
        return (periodogram ?? welch).spectrum(of: samples, rate: resampledRate)
    }

    /// The sound intervals at 4 Hz along a cubic spline, from the first beat to before the last;
    /// `nil` of more than four weeks.
    public static func resampled(_ tachogram: Tachogram) -> [Double]? {
        guard let first = tachogram.times.first, tachogram.span < 28 * 86_400,
            let spline = CubicSpline(times: tachogram.times, values: tachogram.sound)
        else { return nil }
        let count = (tachogram.span * resampledRate - 1e-9).rounded(.up)
        return spline.resampled(from: first, period: 1 / resampledRate, count: Int(count))
    }

    // MARK: Order

    private mutating func addOrder(_ intervals: [Double]) {
        set(.dfaAlpha1, count: intervals.count) {
            DetrendedFluctuation.exponent(intervals, boxes: Self.boxes)
        }
        set(.sampleEntropy, count: intervals.count) {
            var moments = RunningMoments()
            for value in intervals { moments.add(value) }
            guard let deviation = moments.standardDeviation else { return nil }
            return SampleEntropy.ofTwo(
                intervals, tolerance: Self.entropyTolerance * deviation)
        }
    }
}
