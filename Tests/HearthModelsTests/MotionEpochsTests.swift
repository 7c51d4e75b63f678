// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthDSP
import HearthTestSupport
import Testing

@testable import HearthModels

@Suite struct MotionEpochsTests {
    static let calibration = GravityCalibration(
        offset: [0.031, -0.024, 0.017], scale: [1.02, 0.985, 1.01],
        temperatureSlope: [0.0011, -0.0008, 0.0006], referenceTemperature: 30, errorBefore: 0.03,
        errorAfter: 0.001, windows: 100)

    // activity_peers.py motion: scikit-digital-health 0.17.18 metric_enmo and metric_mad, numpy 2.4.6
    // arctan2 of medians; 120 s of `moving` at 100 Hz, seed 100.
    static let enmo = [
        0.0, 0.0, 0.0, 0.0, 21.5161, 21.3507, 21.467, 21.9526, 65.2029, 63.1214, 58.4934, 57.1747,
        101.5086, 100.7404, 104.6033, 104.7635, 0.0, 0.0, 0.0, 0.0, 21.1225, 20.7516, 22.7127,
        24.54,
    ]
    static let mad = [
        0.9657, 1.0095, 0.9843, 0.9547, 61.6507, 61.3208, 61.2009, 62.3365, 128.5346, 126.4217,
        118.3023, 116.5017, 185.0617, 183.3751, 183.2213, 177.5002, 0.9931, 0.9934, 0.9601, 0.9638,
        61.1357, 59.1861, 62.3078, 64.9329,
    ]
    static let angle = [
        76.7577, 76.7077, 76.7574, 76.6945, 76.9482, 76.5176, 76.8059, 77.0757, 76.4882, 76.7045,
        77.2007, 76.3014, 76.941, 77.1436, 75.788, 76.9115, 76.7824, 76.6945, 76.7077, 76.7574,
        76.5515, 76.7639, 76.8637, 76.5157,
    ]

    @Test func `epochs are those of other tools`() {
        var operation = MotionEpochs(calibration: nil)
        let epochs = operation.batch(MotionSignal.moving(rate: 100, seconds: 120, seed: 100))
        #expect(epochs.count == 24)
        for (index, epoch) in epochs.enumerated() {
            #expect(epoch.time == MotionSignal.start.advanced(bySeconds: Int64(index) * 5))
            #expect(abs(Double(epoch.enmo) - Self.enmo[index]) < 2e-4, "epoch \(index)")
            #expect(abs(Double(epoch.mad) - Self.mad[index]) < 2e-4, "epoch \(index)")
            #expect(abs(Double(epoch.angle) - Self.angle[index]) < 2e-4, "epoch \(index)")
            #expect(index == 23 ? epoch.coverage > 0.99 : epoch.coverage == 1)
        }
    }

    @Test(arguments: [10, 31, 50, 100, 200])
    func `jitter and gaps at any rate agree with the slow version`(rate: Int) {
        let samples = MotionSignal.disturbed(
            MotionSignal.moving(rate: rate, seconds: 100, seed: 2), seed: UInt64(rate))
        var operation = MotionEpochs(calibration: nil)
        let epochs = operation.batch(samples)
        let reference = ReferenceMotion.epochs(samples)
        #expect(epochs.map(\.time.seconds) == reference.map(\.second))
        #expect(epochs.contains { $0.coverage < 0.5 } && epochs.contains { $0.coverage > 0.9 })
        for (epoch, wanted) in zip(epochs, reference) {
            #expect(abs(Double(epoch.enmo) - wanted.enmo) < 1e-3)
            #expect(abs(Double(epoch.mad) - wanted.mad) < 1e-3)
            #expect(abs(Double(epoch.angle) - wanted.angle) < 1e-3)
            #expect(abs(Double(epoch.coverage) - wanted.coverage) < 1e-6)
        }
    }

    @Test func `medians are those of sorting`() {
        var random = SeededRandom(seed: 12)
        for count in [1, 2, 3, 4, 7, 50, 51, 500] {
            for kind in 0..<6 {
                let samples = (0..<count).map { _ in
                    SIMD4<Float>(
                        kind == 0 ? 0 : Float.random(in: -1...1, using: &random),
                        kind < 3 ? Float(Int.random(in: -2...2, using: &random)) : -0.0,
                        kind == 4 ? Float.random(in: 0...1e-38, using: &random) : 100, 0)
                }
                let medians = AxisMedians.of(samples)
                for axis in 0..<3 {
                    let wanted = ReferenceMotion.median(samples.map { Double($0[axis]) })
                    #expect(Double(medians[axis]) == Double(Float(wanted)), "\(count), \(kind)")
                }
            }
        }
    }

    @Test func `calibration is applied as its own type says`() {
        let samples = MotionSignal.moving(rate: 50, seconds: 30, seed: 3)
        for temperature in [nil, 24.0] {
            let calibrated = samples.map { sample in
                let vector = Self.calibration.apply(
                    [Double(sample.x), Double(sample.y), Double(sample.z)], temperature: temperature
                )
                return AccelerationSample(
                    time: sample.time, x: Float(vector[0]), y: Float(vector[1]),
                    z: Float(vector[2]))
            }
            var operation = MotionEpochs(calibration: Self.calibration)
            operation.temperature = temperature
            let epochs = operation.batch(samples)
            for (epoch, wanted) in zip(epochs, ReferenceMotion.epochs(calibrated)) {
                #expect(abs(Double(epoch.enmo) - wanted.enmo) < 1e-3)
                #expect(abs(Double(epoch.mad) - wanted.mad) < 1e-3)
                #expect(abs(Double(epoch.angle) - wanted.angle) < 1e-3)
            }
            #expect(epochs.count == 6)
        }
    }

    @Test func `blocks give what samples give`() {
        for rate in [30, 100] {
            let samples = MotionSignal.moving(rate: rate, seconds: 31, seed: 4)
            let wanted = checkBlocks(
                MotionEpochs(calibration: Self.calibration), samples, hertz: Int64(rate))
            #expect(wanted.count == 7)
        }
    }

    @Test func `epochs keep the contract of operators`() {
        let samples = MotionSignal.disturbed(
            MotionSignal.moving(rate: 20, seconds: 90, seed: 5), seed: 6)
        checkOperator({ MotionEpochs(calibration: Self.calibration) }, input: samples)
        checkSkips({ MotionEpochs(calibration: nil) }, input: samples)
    }

    @Test func `hostile samples are left out and nothing traps`() {
        var operation = MotionEpochs(calibration: Self.calibration)
        let epochs = operation.batch(MotionSignal.hostile())
        #expect(zip(epochs, epochs.dropFirst()).allSatisfy { $0.time < $1.time })
        #expect(epochs.allSatisfy { $0.enmo.isFinite && $0.mad.isFinite && $0.angle.isFinite })
        // Constant: no deviation; the length of (0.1, -0.2, 0.97) is less than 1 g when not calibrated.
        var plain = MotionEpochs(calibration: nil)
        let constant = plain.batch(MotionSignal.hostile()).first { $0.coverage == 1 }
        #expect(constant?.mad == 0 && constant.map { $0.enmo < 1 } == true)
        // Once a second: values, but nothing counts as covered.
        var fresh = MotionEpochs(calibration: nil)
        let slow = fresh.batch(
            (0..<60).map {
                AccelerationSample(
                    time: MotionSignal.start.advanced(bySeconds: $0), x: 0, y: 0, z: 1)
            })
        #expect(slow.count == 12 && slow.allSatisfy { $0.coverage == 0 && $0.angle == 90 })
    }
}

/// What `run` emits.
func collect<Output>(_ run: ((Span<Output>) -> Void) -> Void) -> [Output] {
    var output: [Output] = []
    run { span in for index in span.indices { output.append(span[index]) } }
    return output
}

/// Watermarks before each sample, and far ones in gaps, change nothing.
func checkSkips<Operator: StreamOperator>(
    _ make: () -> Operator, input: [AccelerationSample]
) where Operator.Input == AccelerationSample, Operator.Output: Equatable {
    var plain = make()
    let wanted = plain.batch(input)
    var other = make()
    let found: [Operator.Output] = collect { emit in
        for (index, sample) in input.enumerated() {
            other.skip(to: sample.time, emit: emit)
            other.push([input[index]].span, emit: emit)
        }
        other.finish(emit: emit)
    }
    #expect(found == wanted, "watermarks change \(Operator.self)")
}

/// Checks that a regular block gives what its samples give, and hands that back.
func checkBlocks<Operator: AccelerationOperator>(
    _ operation: Operator, _ samples: [AccelerationSample], hertz: Int64
) -> [Operator.Output] where Operator.Output: Equatable {
    var one = operation
    var other = operation
    let wanted = one.batch(samples)
    let columns = MotionColumns(samples)
    let found: [Operator.Output] = collect { emit in
        other.push(
            x: columns.x.span, y: columns.y.span, z: columns.z.span, start: MotionSignal.start,
            period: Period(hertz: hertz), emit: emit)
        other.finish(emit: emit)
    }
    #expect(found == wanted, "blocks change \(Operator.self)")
    return wanted
}
