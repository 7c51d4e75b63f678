// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
public import HearthDSP

/// Seeded wrist signals in whole multiples of 1/1024 g, so every language makes the same numbers.
///
/// `Benchmarks/peers/activity_peers.py` makes the same ones for other tools.
public enum MotionSignal {
    /// A whole quarter of an hour.
    public static let start = Timestamp(seconds: 1_700_000_100)

    /// Movement whose size changes every 20 s: none, small, middle, large.
    public static func moving(rate: Int, seconds: Int, seed: UInt64) -> [AccelerationSample] {
        var random = SeededRandom(seed: seed)
        return samples(rate: rate, count: rate * seconds) { index, axis in
            let noise = Int(random.next() >> 40) % 65 - 32
            let size = (index / (rate * 20)) % 4
            let wave = triangle(index + 7 * axis, rate / 2 + axis * (rate / 10))
            return base[axis] + floor(size * wave, 2) + floor(noise * size, 2) + floor(noise, 16)
        }
    }

    /// Hours of which the third to the fifth are spent on a table.
    public static func worn(rate: Int, hours: Int, seed: UInt64) -> [AccelerationSample] {
        var random = SeededRandom(seed: seed)
        return samples(rate: rate, count: rate * 3600 * hours) { index, axis in
            let noise = Int(random.next() >> 40) % 65 - 32
            let isStill = rate * 7200 <= index && index < rate * 18000
            let minute = index / (rate * 60)
            let tilt = isStill ? 0 : (minute * (17 + 5 * axis)) % 160 - 80
            return base[axis] + tilt + (isStill ? floor(noise, 16) : noise)
        }
    }

    /// A walk of whole `seconds` with `cadence` steps a minute between two rests of 30 s.
    public static func walk(
        rate: Int, seconds: Int, cadence: Int, seed: UInt64
    ) -> [AccelerationSample] {
        var random = SeededRandom(seed: seed)
        return samples(rate: rate, count: rate * (seconds + 60)) { index, axis in
            let noise = Int(random.next() >> 40) % 33 - 16
            let isWalking = (30 * rate..<(30 + seconds) * rate).contains(index)
            guard isWalking, axis == 2 else { return base[axis] + noise }
            // One swing a step, with the precision of a 512th of a swing.
            let place = (index - 30 * rate) * cadence * 512 / (60 * rate) % 512
            return base[axis] + 4 * (place < 256 ? place : 512 - place) - 512 + noise
        }
    }

    /// The samples with times up to a third of a period off, a twentieth of them lost, two gaps, and
    /// some told twice.
    public static func disturbed(
        _ samples: [AccelerationSample], seed: UInt64
    ) -> [AccelerationSample] {
        guard samples.count > 1 else { return samples }
        var random = SeededRandom(seed: seed)
        let period = samples[1].time.nanoseconds(since: samples[0].time)
        var result: [AccelerationSample] = []
        for (index, sample) in samples.enumerated() {
            if Int.random(in: 0..<20, using: &random) == 0 { continue }
            let share = Double(index) / Double(samples.count)
            if (0.3..<0.34).contains(share) || (0.6..<0.605).contains(share) { continue }
            var moved = sample
            let jitter = Int64.random(in: -(period / 3)...(period / 3), using: &random)
            moved.time = sample.time.advanced(byNanoseconds: jitter)
            result.append(moved)
            if Int.random(in: 0..<50, using: &random) == 0 { result.append(moved) }
        }
        return result
    }

    /// What no accelerometer should send: not a number, infinite, huge, told twice, backwards in time, at the
    /// ends of time, once a second, constant.
    public static func hostile() -> [AccelerationSample] {
        func at(_ milliseconds: Int64, _ x: Float, _ y: Float, _ z: Float) -> AccelerationSample {
            AccelerationSample(
                time: start.advanced(byNanoseconds: milliseconds * 1_000_000), x: x, y: y, z: z)
        }
        var result = [
            AccelerationSample(time: .distantPast, x: 0, y: 0, z: 1),
            AccelerationSample(time: Timestamp(seconds: -9_223_372_030), x: 0, y: 0, z: 1),
            AccelerationSample(time: Timestamp(seconds: -9_223_364_836), x: 0, y: 0, z: 1),
            at(0, .nan, 0, 1), at(10, .infinity, 0, 1), at(20, 0, -.infinity, 1),
            at(30, 3e38, 3e38, 3e38), at(40, 0, 0, 0), at(40, 1, 1, 1), at(10, 1, 1, 1),
        ]
        for index in 0..<600 { result.append(at(1000 + Int64(index) * 20, 0.1, -0.2, 0.97)) }
        for index in 0..<400 {
            result.append(at(14_000 + Int64(index) * 1000, 0.1, Float(index % 3), 0.97))
        }
        for index in 0..<4100 { result.append(at(500_000 + Int64(index), -100, 100, -0.0)) }
        result += [
            AccelerationSample(time: Timestamp(seconds: 9_223_364_836), x: 0, y: 0, z: 1),
            AccelerationSample(time: Timestamp(seconds: 9_223_372_030), x: 0, y: 0, z: 1),
            AccelerationSample(time: .distantFuture, x: 0, y: 0, z: 1),
            at(600_000, 0, 0, 1),
        ]
        return result
    }

    private static let base = [102, -205, 973]

    private static func samples(
        rate: Int, count: Int, _ value: (Int, Int) -> Int
    ) -> [AccelerationSample] {
        let period = Period(hertz: Int64(rate))
        return (0..<count).map { index in
            let x = value(index, 0)
            let y = value(index, 1)
            let z = value(index, 2)
            return AccelerationSample(
                time: start.advanced(byNanoseconds: period.nanoseconds(times: Int64(index))),
                x: Float(x) / 1024, y: Float(y) / 1024, z: Float(z) / 1024)
        }
    }

    /// From -256 to 256 and back in `period` samples.
    private static func triangle(_ index: Int, _ period: Int) -> Int {
        let place = index % period
        let half = period / 2
        if place < half { return place * 512 / half - 256 }
        return 256 - (place - half) * 512 / (period - half)
    }

    private static func floor(_ value: Int, _ divisor: Int) -> Int {
        Int(Calendrical.floorDivide(Int64(value), Int64(divisor)))
    }
}

/// Columns of samples, for the block form of an operator.
public struct MotionColumns {
    public var x: [Float]
    public var y: [Float]
    public var z: [Float]

    public init(_ samples: [AccelerationSample]) {
        x = samples.map(\.x)
        y = samples.map(\.y)
        z = samples.map(\.z)
    }
}
