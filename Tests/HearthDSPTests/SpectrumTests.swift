// SPDX-License-Identifier: Apache-2.0
import HearthDSP
import HearthTestSupport
import Testing

@Suite struct SpectrumTests {
    /// Twenty intervals and the seconds at which they end.
    static let intervals: [Double] = [
        812, 830, 795, 841, 870, 799, 760, 815, 905, 880, 790, 770, 845, 861, 802, 788, 833, 877,
        819,
        764,
    ]
    static let times = intervals.indices.map { intervals[0...$0].reduce(0, +) / 1000 }

    static func noise(_ count: Int, seed: UInt64) -> [Double] {
        var random = SeededRandom(seed: seed)
        return (0..<count).map { _ in Double.random(in: -1...1, using: &random) }
    }

    // MARK: Fourier transform

    @Test(arguments: [2, 4, 8, 64, 256])
    func `the fast transform has the magnitudes of the slow one`(length: Int) {
        let values = Self.noise(length, seed: UInt64(length))
        let slow = ReferenceVariability.squaredMagnitudes(values)
        let fast = FourierTransform(length: length).squaredMagnitudes(of: values)
        #expect(fast.count == length / 2 + 1)
        for index in fast.indices { #expect(abs(fast[index] - slow[index]) < 1e-9) }
    }

    @Test func `the transform of a shifted impulse turns the right way`() {
        var real = [0.0, 1, 0, 0]
        var imaginary = [0.0, 0, 0, 0]
        FourierTransform(length: 4).transform(&real, &imaginary)
        // exp(-2 pi i k / 4): 1, -i, -1, i.
        let expected = [(1.0, 0.0), (0, -1), (-1, 0), (0, 1)]
        for k in 0..<4 {
            #expect(abs(real[k] - expected[k].0) < 1e-15)
            #expect(abs(imaginary[k] - expected[k].1) < 1e-15)
        }
    }

    // MARK: Spline

    @Test func `the spline passes through a cubic exactly`() throws {
        func cubic(_ x: Double) -> Double { 3 - 2 * x + 0.5 * x * x - 0.1 * x * x * x }
        let x = [0, 0.7, 1.1, 2.5, 4, 4.3, 7]
        let spline = try #require(CubicSpline(times: x, values: x.map(cubic)))
        for (index, value) in spline.resampled(from: -1, period: 0.25, count: 36).enumerated() {
            #expect(abs(value - cubic(-1 + 0.25 * Double(index))) < 1e-9)
        }
    }

    /// Numbers of SciPy 1.17: CubicSpline(..., bc_type="not-a-knot").
    @Test func `the spline agrees with another program's`() throws {
        let spline = try #require(CubicSpline(times: Self.times, values: Self.intervals))
        let all = spline.resampled(from: Self.times[0], period: 0.25, count: 63)
        let expected = [
            1: 835.1515679483015, 2: 840.5636471147632, 7: 796.6166601226805,
            33: 793.3149088412105, 60: 807.0910418104576,
        ]
        for (index, value) in expected { #expect(abs(all[index] - value) < 1e-8) }
    }

    @Test func `points out of order or without number have no spline`() {
        #expect(CubicSpline(times: [0, 1, 1, 2], values: [1, 2, 3, 4]) == nil)
        #expect(CubicSpline(times: [0, 1, 2], values: [1, 2, 3]) == nil)
        #expect(CubicSpline(times: [0, 1, 2, 3], values: [1, .nan, 3, 4]) == nil)
        #expect(CubicSpline(times: [0, 2, 1, 3], values: [1, 2, 3, 4]) == nil)
    }

    // MARK: Welch

    /// Numbers of SciPy 1.17: welch(x, 4, "hamming", nperseg=32, nfft=64).
    @Test func `Welch's spectrum agrees with another program's`() throws {
        let spline = try #require(CubicSpline(times: Self.times, values: Self.intervals))
        let samples = spline.resampled(from: Self.times[0], period: 0.25, count: 63)
        let spectrum = try #require(
            WelchPeriodogram(segment: 32, padded: 64).spectrum(of: samples, rate: 4))
        let expected = [
            0: 476.7711051388568, 1: 1301.3446507106123, 2: 2900.5089645596536,
            5: 9159.028767202668, 12: 1.5319035052638987, 32: 0.04807057335889259,
        ]
        #expect(spectrum.step == 0.0625)
        for (index, value) in expected {
            #expect(abs(spectrum.density[index] - value) < 1e-9 * max(1, value))
        }
    }

    @Test func `the power of noise is its variance, whichever the method`() throws {
        let values = Self.noise(4000, seed: 3)
        let variance = values.reduce(0) { $0 + $1 * $1 } / 4000
        let welch = try #require(
            WelchPeriodogram(segment: 256, padded: 512).spectrum(of: values, rate: 4))
        #expect(abs(welch.power(in: 0..<2.01) / variance - 1) < 0.03)
        let times = (0..<4000).map { 0.25 * Double($0) }
        let lomb = try #require(
            LombScargle.spectrum(times: times, values: values, step: 1.0 / 1000, highest: 2))
        #expect(abs(lomb.power(in: 0..<2.01) / variance - 1) < 0.03)
    }

    @Test func `a sine stands at its frequency with its power`() throws {
        let samples = (0..<1200).map { 10 * Self.sine(0.25 * Double($0) * 0.25) }
        let spectrum = try #require(
            WelchPeriodogram(segment: 1200, padded: 4096).spectrum(of: samples, rate: 4))
        let peak = try #require(spectrum.peak(in: 0.1..<0.5))
        #expect(abs(spectrum.frequency(at: peak) - 0.25) < 0.002)
        #expect(abs(spectrum.power(in: 0.2..<0.3) - 50) < 0.5)
    }

    /// sin(2 pi x) without the system's library, by its series about the nearest whole number.
    static func sine(_ x: Double) -> Double {
        let angle = 2 * Double.pi * (x - x.rounded())
        var (term, sum) = (angle, angle)
        for n in 1...14 {
            term *= -angle * angle / Double(2 * n * (2 * n + 1))
            sum += term
        }
        return sum
    }

    // MARK: Lomb–Scargle

    @Test func `Lomb and Scargle agree with the formula written out and with another program`()
        throws
    {
        let spectrum = try #require(
            LombScargle.spectrum(
                times: Self.times, values: Self.intervals, step: 0.05, highest: 0.5))
        #expect(spectrum.density.count == 10)
        // SciPy 1.17, lombscargle, times twice the mean spacing.
        let expected = [
            0: 524.1415771444072, 1: 25.395886545976673, 4: 12003.215780128261,
            8: 1214.8714693895827,
        ]
        for (index, value) in expected {
            #expect(abs(spectrum.density[index] - value) < 1e-9 * max(1, value))
        }
        for index in spectrum.density.indices {
            let slow = ReferenceVariability.lombScargle(
                Self.times, Self.intervals, at: spectrum.frequency(at: index))
            #expect(abs(spectrum.density[index] - slow) < 1e-8 * max(1, slow))
        }
    }

    @Test func `five hundred turns of the phase lose nothing`() throws {
        var random = SeededRandom(seed: 9)
        var time = 0.0
        let times = (0..<371).map { _ in
            time += Double.random(in: 0.5...1.2, using: &random)
            return time
        }
        let values = Self.noise(371, seed: 10)
        let spectrum = try #require(
            LombScargle.spectrum(times: times, values: values, step: 1.0 / 1024, highest: 0.5))
        #expect(spectrum.density.count == 512)
        for index in [0, 100, 409, 511] {
            let slow = ReferenceVariability.lombScargle(
                times, values, at: spectrum.frequency(at: index))
            #expect(abs(spectrum.density[index] - slow) < 1e-10)
        }
    }

    @Test func `what has no spectrum is refused`() {
        func lomb(_ times: [Double], _ values: [Double], _ step: Double = 0.1) -> PowerSpectrum? {
            LombScargle.spectrum(times: times, values: values, step: step, highest: 0.5)
        }
        #expect(lomb([0, 1, 2], [1, 2, 3]) == nil)
        #expect(lomb([0, 2, 1, 3], [1, 2, 3, 4]) == nil)
        #expect(lomb([0, 1, 2, 3], [1, .infinity, 3, 4]) == nil)
        #expect(lomb([0, 1, 2, 3], [1, 2, 3, 4], 1e-9) == nil)
        #expect(lomb([0, 1, 2, 3], [1, 2, 3, 4], -1) == nil)
        let welch = WelchPeriodogram(segment: 8, padded: 8)
        #expect(welch.spectrum(of: [1], rate: 4) == nil)
        #expect(welch.spectrum(of: [1, .nan, 2], rate: 4) == nil)
        let flat = lomb([0, 1, 2, 3], [5, 5, 5, 5])?.density ?? [1]
        #expect(flat.max() == 0)
    }

    @Test func `a spectrum that only falls has no peak`() {
        let falling = PowerSpectrum(step: 0.1, density: [9, 8, 7, 6, 5])
        #expect(falling.peak(in: 0..<1) == nil)
        #expect(PowerSpectrum(step: 0.1, density: [1, 3, 2, 5, 4]).peak(in: 0..<1) == 3)
        #expect(PowerSpectrum(step: 0.1, density: [1, 3, 2, 5, 4]).peak(in: 0..<0.25) == 1)
    }
}
