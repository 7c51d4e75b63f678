// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals

/// Fitbit's JSON, read by Foundation into plain dictionaries, beside what the reader found.
public enum FitbitReferences {
    private typealias Object = [String: Any]

    /// `nil` if the file is none of those compared here.
    public static func matches(_ bytes: [UInt8], _ sink: CollectingSink) -> [ReferenceMatch] {
        guard let rows = try? JSONSerialization.jsonObject(with: Data(bytes)) as? [Object] else {
            return []
        }
        if rows.first?["levels"] != nil { return [nights(rows, sink)] }
        if (rows.first?["value"] as? Object)?["bpm"] != nil { return [rates(rows, sink)] }
        if rows.first?["value"] is String { return [minutes(rows, sink)].compactMap { $0 } }
        return []
    }

    private static func rates(_ rows: [Object], _ sink: CollectingSink) -> ReferenceMatch {
        var match = ReferenceMatch("Foundation's JSON parser")
        let samples = sink.samples(of: .heartRate)
        let expected = rows.compactMap { row -> (time: Int64?, rate: Int)? in
            guard let rate = (row["value"] as? Object)?["bpm"] as? Int, rate > 0 else { return nil }
            return (time(row["dateTime"]), rate)
        }
        match.require(samples.count == expected.count, "number of heart rates")
        for (sample, row) in zip(samples, expected) {
            match.expect(sample.time == row.time, "time")
            match.expect(sample.values == [Float(row.rate)], "heart rate")
        }
        return match
    }

    /// Only steps: what else comes in this form is not read.
    private static func minutes(_ rows: [Object], _ sink: CollectingSink) -> ReferenceMatch? {
        let samples = sink.samples(of: .steps)
        guard !samples.isEmpty else { return nil }
        var match = ReferenceMatch("Foundation's JSON parser")
        match.require(samples.count == rows.count, "number of minutes")
        for (sample, row) in zip(samples, rows) {
            match.expect(sample.time == time(row["dateTime"]), "time")
            match.expect(
                sample.values.first == (row["value"] as? String).flatMap(Float.init), "steps")
        }
        return match
    }

    /// Minutes of each stage with the vendor's own summary, which rounds so that the sum holds.
    private static func nights(_ rows: [Object], _ sink: CollectingSink) -> ReferenceMatch {
        var match = ReferenceMatch("the vendor's own minutes of each stage", unit: "sums")
        let stages: [String: SleepStage] = [
            "deep": .deep, "light": .light, "rem": .rem, "wake": .wake, "awake": .wake,
            "restless": .wake, "asleep": .asleep,
        ]
        var expected: [SleepStage: (minutes: Double, sums: Double)] = [:]
        for row in rows {
            let summary = (row["levels"] as? Object)?["summary"] as? Object ?? [:]
            for (name, value) in summary {
                guard let stage = stages[name],
                    let minutes = (value as? Object)?["minutes"] as? Double
                else { continue }
                let sum = expected[stage] ?? (0, 0)
                expected[stage] = (sum.minutes + minutes, sum.sums + 1)
            }
        }
        for (stage, sum) in expected {
            let found = sink.samples(of: .sleepStage)
                .filter { $0.values.first == Float(stage.rawValue) }
                .reduce(0) { $0 + Double($1.duration) / 60e9 }
            match.expect(abs(found - sum.minutes) < sum.sums, "\(stage)")
        }
        match.remark("to the minute, as it gives them")
        return match
    }

    private static func time(_ text: Any?) -> Int64? {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        formatter.dateFormat = "MM/dd/yy HH:mm:ss"
        return (text as? String).flatMap(formatter.date).map {
            Int64($0.timeIntervalSince1970.rounded()) * 1_000_000_000
        }
    }
}
