// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What the sleep stager looks at in each epoch: 49 numbers from this epoch and those before it.
///
/// Units: beats a minute, activity counts and hours, most of them as logarithms or differences;
/// `docs/models/sleep-stager.md` defines each. NaN where a feature is undefined. Nothing is allocated
/// in ``step(_:into:)``.
struct SleepFeatures: Codable, Sendable, Hashable {
    /// Epochs for which the last heart rate, and the last count, stand in for a missing one.
    static let carriedHeartRate = 10
    static let carriedMotion = 2
    static let epochsPerHour = 120.0
    static let mostHours = 12.0

    static let names: [String] =
        ["hours", "onsetHours"] + heartNames.dropLast() + motionNames + coarseNames + [
            "hasHR", "hrDensity", "hasMotion", "hasCoarse",
        ]
    static let heartNames = [
        "hrLow", "hrMed", "hr4Med", "hr20Low", "hr60Med", "hrD20x60", "hrD10x120", "sd6", "sd10",
        "sd20", "sd40", "sd20r", "sd40r", "ad20", "ad20r", "fs5", "fs20", "fs20r", "rng60", "max20",
        "min20", "sdMax60", "sinceSurge", "surge60", "vlf20", "hrDensity",
    ]
    static let motionNames = [
        "a1", "a3", "a10", "a20", "a40", "a100", "f60", "la20", "la60", "la120", "la20r", "laNight",
        "s05", "s5", "s30",
    ]
    private static let heartCount = 25
    private static let motionCount = 15
    static let coarseNames = ["coarse", "coarse20", "sinceCoarse"]

    private var epoch = -1
    private var onset: Int?
    private var carriedRate = CarriedValue(limit: carriedHeartRate)
    private var carriedCount = CarriedValue(limit: carriedMotion)
    private var carriedCoarse = CarriedValue(limit: carriedMotion)

    private var rate = Trace()
    private var rateSteps = Trace()
    private var rateCounts = Trace()
    private var variances = Trace()
    private var deviation10 = Trace()
    private var mean5 = Trace()
    private var surges = Trace()
    private var quantiles = HeartRateQuantiles()
    private var deviation20SoFar = MeanSoFar()
    private var deviation40SoFar = MeanSoFar()
    private var stepSoFar = MeanSoFar()
    private var fineSoFar = MeanSoFar()
    private var sinceSurge = TimeSince()

    private var motion = Trace()
    private var logMotion = Trace()
    private var logMotionSoFar = MeanSoFar()
    private var sinceHalf = TimeSince()
    private var sinceFive = TimeSince()
    private var sinceThirty = TimeSince()

    private var coarse = Trace()
    private var sinceCoarse = TimeSince()

    init() {}

    /// The heart rate and the motion of the newest epoch, carried ones included.
    var carried: (heartRate: Double?, motion: Double?) { (rate.newest, motion.newest) }

    /// What the newest epoch has, carried values included, and the heart rates an epoch of the last
    /// ten minutes.
    var present: (heartRate: Bool, motion: Bool, coarse: Bool, density: Double) {
        (
            rate.newest != nil, motion.newest != nil, coarse.newest != nil,
            rateCounts.mean(20) ?? 0
        )
    }

    /// Takes an epoch and writes its features.
    ///
    /// - Parameter features: ``names``' number of places, in their order.
    mutating func step(_ new: SleepEpoch, into features: inout MutableSpan<Float>) {
        epoch += 1
        let v = carriedRate.step(new.heartRate)
        let b = carriedCount.step(new.motion)
        let c = carriedCoarse.step(new.coarse)
        var row = Row()
        motion.append(b)
        row.put(min(Double(epoch) / Self.epochsPerHour, Self.mostHours))
        let sinceOnset = hoursSinceOnset()
        row.put(b == nil ? nil : sinceOnset)
        let density = putHeart(new, v, &row)
        putMotion(b, &row)
        coarse.append(c)
        let since = sinceCoarse.step(c.map { $0 > 0.5 } ?? false)
        row.put(c)
        row.put(c == nil ? nil : coarse.mean(20))
        row.put(c == nil ? nil : since)
        row.put(v == nil ? 0 : 1)
        row.put(density)
        row.put(b == nil ? 0 : 1)
        row.put(c == nil ? 0 : 1)
        for index in row.values.indices { features[index] = row.values[index] }
    }

    /// The features of one epoch, put in one after another. It lives on the stack: a closure that wrote
    /// them would take a box from the heap.
    private struct Row {
        private(set) var values = [49 of Float](repeating: .nan)
        private var place = 0

        mutating func put(_ value: Double?) {
            if let value { values[place] = Float(value) }
            place += 1
        }

        mutating func skip(_ count: Int) { place += count }
    }

    private mutating func hoursSinceOnset() -> Double {
        if onset == nil, epoch >= 19 {
            let defined = motion.defined(20)
            let isQuiet = Double(motion.above(5, 20)) <= 0.1 * Double(defined)
            if defined >= 10, isQuiet { onset = epoch }
        }
        return onset.map { min(Double(epoch - $0) / Self.epochsPerHour, Self.mostHours) } ?? 0
    }

    /// - Returns: the density, which comes later in the vector.
    private mutating func putHeart(
        _ new: SleepEpoch, _ v: Double?, _ row: inout Row
    ) -> Double? {
        let before = rate.newest
        rate.append(v)
        if let v { quantiles.add(v) }
        rateCounts.append(Double(new.heartRates))
        variances.append(new.heartRates >= 3 ? new.variance : nil)
        rateSteps.append(
            v.flatMap { now in before.map { abs(now - $0) } })
        let mean10 = rate.mean(10)
        let mean20 = rate.mean(20)
        let sd10 = mean10.map { rate.logDeviation(10, around: $0) }
        let sd20 = mean20.map { rate.logDeviation(20, around: $0) }
        let sd40 = rate.logDeviation(40)
        deviation10.append(sd10)
        mean5.append(rate.mean(5))
        let ad20 = rateSteps.mean(20).map { log(0.1 + $0) }
        let fs5 = variances.mean(5).map { 0.5 * log(0.1 + $0) }
        let fs20 = variances.mean(20).map { 0.5 * log(0.1 + $0) }
        let sd20r = Self.minus(sd20, deviation20SoFar.step(sd20))
        let sd40r = Self.minus(sd40, deviation40SoFar.step(sd40))
        let ad20r = Self.minus(ad20, stepSoFar.step(ad20))
        let fs20r = Self.minus(fs20, fineSoFar.step(fs20))
        let median = rate.median20()
        let surge = v.flatMap { now in median.map { now - $0 > 6 } }
        surges.append(surge.map { $0 ? 1 : 0 })
        let since = sinceSurge.step(surge ?? false)
        guard let v, let median, let low = quantiles.value(0.1), let middle = quantiles.value(0.5)
        else {
            row.skip(Self.heartCount)
            return nil
        }
        row.put(v - low)
        row.put(v - middle)
        row.put(Self.minus(rate.mean(4), middle))
        row.put(Self.minus(mean20, low))
        let mean60 = rate.mean(60)
        row.put(Self.minus(mean60, middle))
        row.put(Self.minus(mean20, mean60))
        row.put(Self.minus(mean10, rate.mean(120)))
        row.put(rate.logDeviation(6))
        row.put(sd10)
        row.put(sd20)
        row.put(sd40)
        row.put(sd20r)
        row.put(sd40r)
        row.put(ad20)
        row.put(ad20r)
        row.put(fs5)
        row.put(fs20)
        row.put(fs20r)
        row.put(Self.minus(rate.greatest(60), rate.least(60)))
        row.put(Self.minus(rate.greatest(20), median))
        row.put(Self.minus(v, rate.least(20)))
        row.put(deviation10.greatest(60))
        row.put(since)
        row.put(surges.mean(60))
        row.put(Self.minus(mean5.logDeviation(20), sd20))
        return rateCounts.mean(20).map { log1p($0) }
    }

    private mutating func putMotion(_ b: Double?, _ row: inout Row) {
        logMotion.append(b.map { log1p($0) })
        let night = logMotionSoFar.step(logMotion.newest)
        let half = sinceHalf.step(b.map { $0 > 0.5 } ?? false)
        let five = sinceFive.step(b.map { $0 > 5 } ?? false)
        let thirty = sinceThirty.step(b.map { $0 > 30 } ?? false)
        guard b != nil else {
            row.skip(Self.motionCount)
            return
        }
        row.put(motion.mean(1).map { log1p($0) })
        row.put(motion.mean(3).map { log1p($0) })
        row.put(motion.mean(10).map { log1p($0) })
        row.put(motion.mean(20).map { log1p($0) })
        row.put(motion.mean(40).map { log1p($0) })
        row.put(motion.mean(100).map { log1p($0) })
        row.put(Double(motion.above(2, 60)) / Double(motion.defined(60)))
        let log20 = logMotion.mean(20)
        row.put(log20)
        row.put(logMotion.mean(60))
        row.put(logMotion.mean(120))
        row.put(Self.minus(log20, night))
        row.put(night)
        row.put(half)
        row.put(five)
        row.put(thirty)
    }

    private static func minus(_ a: Double?, _ b: Double?) -> Double? {
        a.flatMap { a in b.map { a - $0 } }
    }
}
