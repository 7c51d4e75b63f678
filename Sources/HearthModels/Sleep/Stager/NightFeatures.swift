// SPDX-License-Identifier: Apache-2.0

/// What the stager looks at once the night is over: the 49 features looking back, 46 of the same looking
/// ahead, and 18 around each epoch against the whole night.
enum NightFeatures {
    static let laterNames = SleepFeatures.names.filter { !presence.contains($0) }
    static let centredNames = [
        "cm11", "cm21", "cm61", "cz21", "csd21", "csd7r", "csd11r", "csd21r", "csd41r", "ca3",
        "ca11", "ca21", "ca41", "cla21", "cla81", "hoursLeft", "rankHR", "rankSD",
    ]
    static let names =
        SleepFeatures.names + laterNames.map { "later." + $0 } + centredNames
    private static let presence = ["hasHR", "hasMotion", "hasCoarse"]

    /// Rows of ``names``' number of values, one an epoch; NaN where a feature is undefined.
    static func rows(_ epochs: [SleepEpoch]) -> [Float] {
        let ahead = extract(epochs)
        let back = extract(epochs.reversed())
        let centred = CentredFeatures(ahead.rate, ahead.motion).columns
        let kept = SleepFeatures.names.indices.filter {
            !presence.contains(SleepFeatures.names[$0])
        }
        let width = SleepFeatures.names.count
        let all = width + kept.count + centred.count
        var rows = [Float](repeating: .nan, count: epochs.count * all)
        for epoch in epochs.indices {
            var place = epoch * all
            let first = epoch * width
            for index in 0..<width { rows[place + index] = ahead.features[first + index] }
            place += width
            let mirrored = (epochs.count - 1 - epoch) * width
            for index in kept.indices {
                rows[place + index] = back.features[mirrored + kept[index]]
            }
        }
        for (index, column) in centred.enumerated() {
            var place = width + kept.count + index
            for value in column {
                if let value { rows[place] = Float(value) }
                place += all
            }
        }
        return rows
    }

    /// Of each row, whether any input is there.
    static func present(_ rows: [Float]) -> [Bool] {
        let places = presence.compactMap(names.firstIndex(of:))
        return (0..<rows.count / names.count).map { epoch in
            places.contains { rows[epoch * names.count + $0] > 0 }
        }
    }

    private struct Extracted {
        var features: [Float]
        var rate: [Double?] = []
        var motion: [Double?] = []
    }

    private static func extract(_ epochs: [SleepEpoch]) -> Extracted {
        let width = SleepFeatures.names.count
        var extractor = SleepFeatures()
        var found = Extracted(features: Array(repeating: .nan, count: epochs.count * width))
        var row = [Float](repeating: .nan, count: width)
        found.rate.reserveCapacity(epochs.count)
        found.motion.reserveCapacity(epochs.count)
        for index in epochs.indices {
            var span = row.mutableSpan
            extractor.step(epochs[index], into: &span)
            for column in 0..<width { found.features[index * width + column] = row[column] }
            found.rate.append(extractor.carried.heartRate)
            found.motion.append(extractor.carried.motion)
        }
        return found
    }
}
