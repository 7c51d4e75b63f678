// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Lists of beats and OpenSignals text, taken apart line by line, beside what the reader found.
public enum HRVReferences {
    /// Empty if the file is none of those compared here.
    public static func matches(_ bytes: [UInt8], _ sink: CollectingSink) -> [ReferenceMatch] {
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        guard let first = lines.first else { return [] }
        if first.hasPrefix("# OpenSignals") { return [signal(lines, sink)] }
        let parts = lines.dropFirst().first?.split(separator: " ") ?? []
        return parts.count == 2 ? [beats(Array(lines.dropFirst()), sink)] : []
    }

    private static func beats(_ lines: [Substring], _ sink: CollectingSink) -> ReferenceMatch {
        var match = ReferenceMatch("a plain reading of the beats", unit: "intervals")
        var expected: [(milliseconds: Double, isNormal: Bool)] = []
        var before: (time: Double, label: Substring)?
        for line in lines {
            let parts = line.split(whereSeparator: \.isWhitespace)
            guard parts.count == 2, let time = Double(parts[0]) else { continue }
            if parts[1] != "X", let before, before.label != "X" {
                expected.append(
                    ((time - before.time) * 1000, parts[1] == "N" && before.label == "N"))
            }
            before = (time, parts[1])
        }
        let samples = sink.samples(of: .rrInterval)
        match.require(samples.count == expected.count, "number of intervals")
        for (sample, interval) in zip(samples, expected) {
            match.expect(
                abs(Double(sample.values[0]) - interval.milliseconds) < 0.001
                    && (sample.quality == 0) == interval.isNormal, "interval")
        }
        return match
    }

    private static func signal(_ lines: [Substring], _ sink: CollectingSink) -> ReferenceMatch {
        var match = ReferenceMatch("a plain reading of the rows", unit: "samples")
        let rows = lines.filter { !$0.hasPrefix("#") }.compactMap { line -> Double? in
            let parts = line.split(whereSeparator: \.isWhitespace)
            return parts.count == 6 ? Double(parts[5]) : nil
        }
        let samples = sink.samples(of: .ecg)
        match.require(samples.count == rows.count, "number of samples")
        for (sample, steps) in zip(samples, rows) {
            let microvolts = (steps / 1024 - 0.5) * 3.3 / 1100 * 1e6
            match.expect(abs(Double(sample.values[0]) - microvolts) < 0.01, "voltage")
        }
        return match
    }
}
