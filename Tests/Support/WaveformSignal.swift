// SPDX-License-Identifier: Apache-2.0
import Foundation
public import HearthBiosignals

/// Seeded electrocardiograms and pulse waves whose beats are known.
public struct WaveformSignal: Sendable {
    public var values: [Float]
    /// Seconds of R peaks or systolic peaks.
    public var beats: [Double]
    public var period: Period
    public static let start = Timestamp(seconds: 1_700_000_000)

    /// Bumps around a beat: seconds from it, height, width in seconds.
    private static let ecg: [(Double, Double, Double)] = [
        (-0.17, 0.12, 0.025), (-0.03, -0.12, 0.009), (0, 1.1, 0.011), (0.032, -0.25, 0.010),
        (0.27, 0.3, 0.05),
    ]
    private static let ppg: [(Double, Double, Double)] = [(0, 1, 0.08), (0.28, 0.35, 0.11)]
    /// A wide beat from the ventricles, with its T wave the other way.
    private static let ventricular: [(Double, Double, Double)] = [
        (0, 1.4, 0.035), (0.06, -0.3, 0.03), (0.3, -0.5, 0.06),
    ]

    public static func ecg(
        rate: Double, seconds: Double, seed: UInt64, noise: Double = 0.01,
        ventricularEvery: Int = 0, interval: Double = 0.8
    ) -> WaveformSignal {
        make(
            ecg, rate, seconds, seed, noise: noise, ventricularEvery: ventricularEvery,
            interval: interval, wander: 0.3)
    }

    public static func ppg(
        rate: Double, seconds: Double, seed: UInt64, noise: Double = 0.01, interval: Double = 0.85
    ) -> WaveformSignal {
        make(
            ppg, rate, seconds, seed, noise: noise, ventricularEvery: 0, interval: interval,
            wander: 0.5)
    }

    private static func make(
        _ shape: [(Double, Double, Double)], _ rate: Double, _ seconds: Double, _ seed: UInt64,
        noise: Double, ventricularEvery: Int, interval: Double, wander: Double
    ) -> WaveformSignal {
        var random = SeededRandom(seed: seed)
        let count = Int(rate * seconds)
        var values = (0..<count).map { index in
            let time = Double(index) / rate
            let slow = wander * sin(2 * Double.pi * 0.23 * time + 1)
            let draws = (0..<6).reduce(0.0) { sum, _ in
                sum + Double.random(in: -1...1, using: &random)
            }
            return slow + noise * draws / 2.0.squareRoot()
        }
        var beats: [Double] = []
        var at = 0.5 + Double.random(in: 0...0.2, using: &random)
        while at < seconds - 0.5 {
            let isWide =
                ventricularEvery > 0 && beats.count % ventricularEvery == ventricularEvery - 1
            let first = max(0, Int((at - 0.4) * rate))
            for index in first..<min(count, Int((at + 0.7) * rate)) {
                let time = Double(index) / rate - at
                for (place, height, width) in isWide ? ventricular : shape {
                    let z = (time - place) / width
                    values[index] += height * exp(-z * z / 2)
                }
            }
            beats.append(at)
            let breath = 0.04 * sin(2 * Double.pi * 0.25 * at)
            let next = interval * (1 + breath + Double.random(in: -0.02...0.02, using: &random))
            // A wide beat comes early, and a pause follows it.
            let comes = beats.count % max(1, ventricularEvery)
            at += ventricularEvery > 0 && comes == ventricularEvery - 1 ? 0.7 * next : next
        }
        return WaveformSignal(
            values: values.map { Float($0) }, beats: beats,
            period: Period(numerator: 1_000_000_000_000, denominator: Int64(rate * 1000)))
    }
}
