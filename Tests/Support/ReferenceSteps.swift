// SPDX-License-Identifier: Apache-2.0
public import HearthDSP

/// The step algorithm over a whole recording: one list a stage, as it was published.
public enum ReferenceSteps {
    struct Peak {
        var place: Int
        var height: Double
    }

    /// Steps by minute since 1970.
    public static func byMinute(_ samples: [AccelerationSample]) -> [Int64: Int] {
        var result: [Int64: Int] = [:]
        for stretch in ReferenceMotion.grid(samples, rate: 15) {
            let lengths = stretch.map { point in
                point.value.reduce(0) { $0 + $1 * $1 }.squareRoot()
            }
            for walk in walks(peaks(lengths)) {
                for place in steps(walk, in: lengths) {
                    result[stretch[place].time / 60_000_000_000, default: 0] += 1
                }
            }
        }
        return result
    }

    static func peaks(_ lengths: [Double]) -> [Peak] {
        (0..<lengths.count / 4).compactMap { segment in
            let range = segment * 4..<segment * 4 + 4
            guard let height = range.map({ lengths[$0] }).max(), height > 1.25,
                let place = range.first(where: { lengths[$0] == height }), place >= 2
            else { return nil }
            let around = Array(lengths[(place - 2)...min(place + 2, lengths.count - 1)])
            let isFirstLargest = around.firstIndex(of: around.max() ?? 0) == 2
            return isFirstLargest ? Peak(place: place, height: height) : nil
        }
    }

    /// Peaks more than a minute apart belong to different walks.
    static func walks(_ peaks: [Peak]) -> [[Peak]] {
        var walks: [[Peak]] = []
        for peak in peaks {
            if let last = walks.last?.last, peak.place - last.place <= 900 {
                walks[walks.count - 1].append(peak)
            } else {
                walks.append([peak])
            }
        }
        return walks
    }

    static func steps(_ peaks: [Peak], in lengths: [Double]) -> [Int] {
        let regular = zip(peaks, peaks.dropFirst()).filter { pair in
            let distance = pair.1.place - pair.0.place
            return distance > 4 && distance < 20
        }.map(\.0)
        let alike = zip(regular, regular.dropFirst(2)).filter { pair in
            abs(pair.1.height - pair.0.height) < 1
        }.map(\.0)
        guard alike.count > 5 else { return [] }
        return (3..<alike.count - 1).filter { index in
            (index - 3...index).allSatisfy { first in
                variance(Array(lengths[alike[first].place...alike[first + 1].place])) > 0.01
            }
        }.map { alike[$0].place }
    }

    static func variance(_ values: [Double]) -> Double {
        let mean = values.reduce(0, +) / Double(values.count)
        return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)
    }
}
