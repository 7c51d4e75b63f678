// SPDX-License-Identifier: Apache-2.0
public import HearthDSP

/// Activity counts over a whole recording, with the band-pass as one polynomial of order 10.
public enum ReferenceCounts {
    // scipy.signal.butter(5, [3, 11], "bandpass", fs=50), scipy 1.17.1.
    static let b = [
        0.009003633431614054, 0.0, -0.04501816715807027, 0.0, 0.09003633431614054, 0.0,
        -0.09003633431614054, 0.0, 0.04501816715807027, 0.0, -0.009003633431614054,
    ]
    static let a = [
        1.0, -4.929690298314039, 11.754088292083274, -18.035712641728253, 19.834662921274123,
        -16.273340494008472, 10.024713419686407, -4.569383299570217, 1.4808354097729752,
        -0.30960262847226405, 0.03206638079832161,
    ]

    public static func bandPass(_ values: [Double]) -> [Double] {
        var output: [Double] = []
        for n in values.indices {
            var sum = 0.0
            for k in b.indices where k <= n { sum += b[k] * values[n - k] }
            for k in 1..<a.count where k <= n { sum -= a[k] * output[n - k] }
            output.append(sum)
        }
        return output
    }

    /// Counts by epoch's second since 1970, and the points in it.
    public static func counts(
        _ samples: [AccelerationSample]
    ) -> [Int64: (count: Double, points: Int)] {
        var largest: [Int64: Double] = [:]
        var points: [Int64: Int] = [:]
        for stretch in ReferenceMotion.grid(samples, rate: 50) {
            // Less the first value, which is what it starts from, as gravity does not pass.
            let z = stretch.map { $0.value[2] - stretch[0].value[2] }
            for (point, size) in zip(stretch, bandPass(bandPass(z))) {
                let second = point.time / 1_000_000_000
                largest[second] = max(largest[second] ?? 0, abs(size))
                points[second, default: 0] += 1
            }
        }
        let epochs = Dictionary(grouping: largest.keys) { $0 / 15 * 15 }
        return epochs.mapValues { seconds in
            let sum = seconds.reduce(0) { $0 + 1 + min(128, Int((largest[$1] ?? 0) * 128 / 5)) }
            let whole = Double(sum) * 15 / Double(seconds.count)
            return (max(0, (whole - 18) * 3.07), seconds.reduce(0) { $0 + (points[$1] ?? 0) })
        }
    }
}
