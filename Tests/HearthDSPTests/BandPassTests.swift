// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthDSP
import HearthTestSupport
import Testing

@Suite struct BandPassTests {
    @Test func `the band-pass answers as scipy's does`() {
        // activity_peers.py counts: sosfilt(butter(5, [3, 11], "bandpass", fs=50, output="sos")),
        // scipy 1.17.1, values 1000, 1004, … 1036.
        let expected = [
            -0.0008910811455872731, 0.012320880276902063, -0.03352320805982462,
            -0.007164573534209365, 0.030781336920853955, 0.002458524282051471,
            -0.011994871540983214, -0.0008229879757153009, 0.0021132336295950484,
            -0.008639761587740696,
        ]
        var filter = BandPass5(low: 3, high: 11, rate: 50)
        let output = MotionSignal.moving(rate: 50, seconds: 300, seed: 7).map {
            filter.next(Double($0.z))
        }
        for (index, value) in expected.enumerated() {
            #expect(abs(output[1000 + 4 * index] - value) < 1e-12, "value \(1000 + 4 * index)")
        }
    }

    @Test func `sections in a row are one polynomial`() {
        let z = MotionSignal.moving(rate: 50, seconds: 60, seed: 8).map { Double($0.z) }
        var filter = BandPass5(low: 3, high: 11, rate: 50)
        let reference = ReferenceCounts.bandPass(z)
        for (value, wanted) in zip(z.map { filter.next($0) }, reference) {
            #expect(abs(value - wanted) < 1e-8)
        }
    }

    @Test func `a settled filter gives nothing for what does not change`() {
        var filter = BandPass5(low: 3, high: 11, rate: 50)
        filter.settle(at: 0.973)
        for _ in 0..<500 { #expect(abs(filter.next(0.973)) < 1e-12) }
    }
}

@Suite struct RegularGridTests {
    /// Times in nanoseconds and values of the z axis.
    private static func points(
        _ samples: [AccelerationSample], rate: Int
    ) -> [(time: Int64, z: Float, starts: Bool)] {
        var grid = RegularGrid(rate: rate)
        var points: [(time: Int64, z: Float, starts: Bool)] = []
        for sample in samples {
            grid.take(sample.time.nanoseconds, sample.x, sample.y, sample.z)
            while grid.hasPoint {
                points.append(
                    (grid.nanoseconds(of: grid.point), grid.value.z, grid.startsStretch))
                grid.advance()
            }
        }
        return points
    }

    @Test(arguments: [10, 25, 30, 50, 70, 100, 200])
    func `samples on the grid stay as they are`(rate: Int) {
        let samples = MotionSignal.moving(rate: rate, seconds: 20, seed: 5)
        let points = Self.points(samples, rate: rate)
        #expect(points.map(\.z) == samples.map(\.z))
        #expect(points.map(\.time) == samples.map(\.time.nanoseconds))
        #expect(points.filter(\.starts).count == 1 && points[0].starts)
    }

    @Test(arguments: [(12, 50), (31, 50), (100, 30), (64, 15), (200, 50)])
    func `other samples meet it on straight lines`(from: Int, to: Int) {
        let samples = MotionSignal.disturbed(
            MotionSignal.moving(rate: from, seconds: 60, seed: 6), seed: 4)
        let points = Self.points(samples, rate: to)
        let stretches = ReferenceMotion.grid(samples, rate: Int64(to))
        #expect(points.filter(\.starts).count == stretches.filter { !$0.isEmpty }.count)
        let wanted = stretches.flatMap { $0 }
        #expect(points.map(\.time) == wanted.map(\.time))
        for (point, reference) in zip(points, wanted) {
            #expect(abs(Double(point.z) - reference.value[2]) < 1e-4)
        }
    }
}

@Suite struct SampleClockTests {
    @Test func `the samples of a block have the times of its axis`() {
        for period in [
            Period(hertz: 100), Period(hertz: 30), Period(hertz: 70), Period(hertz: 3125, per: 100),
            Period(numerator: 7, denominator: 3), Period(numerator: 1, denominator: .max),
        ] {
            let values = [Float](repeating: 0, count: 1000)
            var times: [Int64] = []
            forEachSample(
                x: values.span, y: values.span, z: values.span, start: MotionSignal.start,
                period: period
            ) { time, _, _, _ in times.append(time) }
            let axis = TimeAxis.regular(start: MotionSignal.start, period: period, count: 1000)
            #expect(times == (0..<1000).map { axis[$0].nanoseconds })
        }
    }

    @Test func `a clock joins, starts anew and leaves out`() {
        var clock = SampleClock(longestStep: 100)
        #expect(clock.advance(to: 1000) == 0)
        #expect(clock.advance(to: 1100) == 100)
        #expect(clock.advance(to: 1100) < 0)
        #expect(clock.advance(to: 900) < 0)
        #expect(clock.advance(to: 1201) == 0)
        #expect(clock.advance(to: .max) < 0 && clock.advance(to: .min) < 0)
        #expect(!clock.isGap(before: Timestamp(nanoseconds: 1301)))
        #expect(clock.isGap(before: Timestamp(nanoseconds: 1302)))
        clock.close(before: Timestamp(nanoseconds: 1302))
        #expect(clock.advance(to: 1301) < 0)
        #expect(clock.advance(to: 1302) == 0)
    }
}
