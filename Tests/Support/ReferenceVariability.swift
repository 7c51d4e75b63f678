// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthDSP

/// Spectra, entropy and fluctuation as their papers write them, one sum at a time.
public enum ReferenceVariability {
    /// Squared magnitude of the discrete Fourier transform at every frequency.
    public static func squaredMagnitudes(_ values: [Double]) -> [Double] {
        values.indices.map { k in
            var (re, im) = (0.0, 0.0)
            for (n, value) in values.enumerated() {
                let angle = -2 * Double.pi * Double(k * n % values.count) / Double(values.count)
                re += value * cos(angle)
                im += value * sin(angle)
            }
            return re * re + im * im
        }
    }

    /// Scargle's periodogram with its shift of time, as a one-sided density.
    public static func lombScargle(_ times: [Double], _ values: [Double], at hertz: Double)
        -> Double
    {
        let mean = values.reduce(0, +) / Double(values.count)
        let omega = 2 * Double.pi * hertz
        let sines = times.reduce(0) { $0 + sin(2 * omega * $1) }
        let cosines = times.reduce(0) { $0 + cos(2 * omega * $1) }
        let shift = atan2(sines, cosines) / (2 * omega)
        var (xc, xs, cc, ss) = (0.0, 0.0, 0.0, 0.0)
        for (time, value) in zip(times, values) {
            let (c, s) = (cos(omega * (time - shift)), sin(omega * (time - shift)))
            xc += (value - mean) * c
            xs += (value - mean) * s
            cc += c * c
            ss += s * s
        }
        let spacing = (times[times.count - 1] - times[0]) / Double(times.count - 1)
        return (xc * xc / cc + xs * xs / ss) * spacing
    }

    /// Sample entropy for m = 2 by comparing all stretches with all.
    public static func sampleEntropy(_ values: [Double], tolerance: Double) -> Double? {
        func pairs(_ length: Int) -> Int {
            var count = 0
            for i in 0..<values.count - 2 {
                for j in 0..<values.count - 2 where j > i {
                    let far = (0..<length).map { abs(values[i + $0] - values[j + $0]) }.max() ?? 0
                    if far <= tolerance { count += 1 }
                }
            }
            return count
        }
        let (two, three) = (pairs(2), pairs(3))
        return two > 0 && three > 0 ? -log(Double(three) / Double(two)) : nil
    }

    /// The exponent of detrended fluctuation, the line of each box from its normal equations.
    public static func fluctuationExponent(_ values: [Double], _ boxes: ClosedRange<Int>) -> Double
    {
        let mean = values.reduce(0, +) / Double(values.count)
        var walk: [Double] = []
        for k in values.indices {
            var sum = 0.0
            for value in values[0...k] { sum += value - mean }
            walk.append(sum)
        }
        var x: [Double] = []
        var y: [Double] = []
        for n in boxes {
            var squares: [Double] = []
            for box in 0..<walk.count / n {
                let part = Array(walk[box * n..<(box + 1) * n])
                for rest in rests(part) { squares.append(rest * rest) }
            }
            let mean: Double = squares.reduce(0, +) / Double(squares.count)
            x.append(log(Double(n)))
            y.append(log(mean.squareRoot()))
        }
        return line(x, y).slope
    }

    private static func rests(_ values: [Double]) -> [Double] {
        let places = values.indices.map(Double.init)
        let fit = line(places, values)
        return values.indices.map { values[$0] - fit.start - fit.slope * places[$0] }
    }

    private static func line(_ x: [Double], _ y: [Double]) -> (start: Double, slope: Double) {
        let n = Double(x.count)
        let sx = x.reduce(0, +)
        let sy = y.reduce(0, +)
        let sxx = x.reduce(0) { $0 + $1 * $1 }
        let sxy = zip(x, y).reduce(0) { $0 + $1.0 * $1.1 }
        let slope = (n * sxy - sx * sy) / (n * sxx - sx * sx)
        return ((sy - slope * sx) / n, slope)
    }
}

/// The rule of Lipponen and Tarvainen over one chain of intervals as arrays, all at once.
public enum ReferenceBeatRule {
    /// Names as in `CheckedBeat.Finding`; `least` is the least threshold.
    public static func findings(_ rr: [Double], least: Double) -> [String] {
        let n = rr.count
        func quantile(_ values: [Double], _ share: Double) -> Double {
            RobustStatistics.percentile(100 * share, of: values) ?? 0
        }
        func around(_ values: [Double], _ k: Int, _ reach: Int) -> [Double] {
            Array(values[max(0, k - reach)...min(n - 1, k + reach)])
        }
        func limits(_ values: [Double]) -> [Double] {
            let sizes = values.map(abs)
            return (0..<n).map { k in
                let near = around(sizes, k, 45)
                return max(least, 5.2 * (quantile(near, 0.75) - quantile(near, 0.25)) / 2)
            }
        }
        let steps = (0..<n).map { $0 == 0 ? 0 : rr[$0] - rr[$0 - 1] }
        let stepLimits = limits(steps)
        let d = (0..<n).map { steps[$0] / stepLimits[$0] }
        let medians = (0..<n).map { quantile(around(rr, $0, 5), 0.5) }
        let far = (0..<n).map { k in
            let distance = rr[k] - medians[k]
            return distance < 0 ? 2 * distance : distance
        }
        let farLimits = limits(far)
        func at(_ k: Int) -> Double { k >= 0 && k < n ? d[k] : 0 }
        var found = Array(repeating: "sound", count: n)
        var i = 0
        while i < n {
            if abs(d[i]) <= 1 {
                i += 1
                continue
            }
            let s12 = d[i] > 0 ? max(at(i - 1), at(i + 1)) : min(at(i - 1), at(i + 1))
            if (d[i] > 1 && s12 < -0.13 * d[i] - 0.17) || (d[i] < -1 && s12 > -0.13 * d[i] + 0.17) {
                if i > 0 { found[i - 1] = "ectopic" }
                found[i] = "ectopic"
                i += 1
                continue
            }
            let candidates = abs(at(i + 1)) < abs(at(i + 2)) && i + 1 < n ? [i, i + 1] : [i]
            for j in candidates {
                i += 1
                let s22 = d[j] >= 0 ? min(at(j + 1), at(j + 2)) : max(at(j + 1), at(j + 2))
                let long = d[j] > 1 && s22 < -1
                let short = d[j] < -1 && s22 > 1
                guard long || short || abs(far[j] / farLimits[j]) > 3 else { continue }
                if short, j + 1 < n, abs(rr[j] + rr[j + 1] - medians[j]) < farLimits[j] {
                    found[j] = "extra"
                    found[j + 1] = "extra"
                } else if long, abs(rr[j] / 2 - medians[j]) < farLimits[j] {
                    found[j] = "missed"
                } else if found[j] == "sound" {
                    found[j] = rr[j] > medians[j] ? "long" : "short"
                }
            }
        }
        for k in 0..<n where found[k] == "sound" && !(300...2000).contains(rr[k]) {
            found[k] = "implausible"
        }
        return found
    }
}
