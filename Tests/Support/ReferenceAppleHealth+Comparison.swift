// SPDX-License-Identifier: Apache-2.0
public import Foundation
import HearthBiosignals
import HearthFormats

extension ReferenceAppleHealth {
    /// Everything the reader found beside everything this one found, sample by sample.
    public func comparison(with sink: CollectingSink) -> ReferenceMatch {
        var match = ReferenceMatch("own slow reader", unit: "samples")
        match.require(sink.error == nil, "the document was refused")
        match.require(Set(sink.streams.keys) == Set(streams.keys), "streams")
        for (stream, samples) in sink.streams {
            // Delivered in time order within a block; the document may have another.
            let expected = (streams[stream] ?? []).sorted()
            let name = "\(stream.quantity)"
            match.require(samples.count == expected.count, "number of \(name)")
            for (sample, other) in zip(samples.sorted(), expected) {
                match.expect(Self.isNear(sample, other), name)
            }
        }
        match.require(sink.samplesLost == lost, "samples lost")
        let others = sink.issues.filter { $0.found.hasPrefix("records of ") }
        match.require(
            others.reduce(0) { $0 + $1.count } == unknown.values.reduce(0, +), "unknown records")
        return match
    }

    /// Equal but for the last bit of a conversion.
    private static func isNear(_ a: FlatSample, _ b: FlatSample) -> Bool {
        a.time == b.time && a.duration == b.duration && a.values.count == b.values.count
            && zip(a.values, b.values).allSatisfy { abs($0 - $1) <= abs($1) * 1e-6 }
    }
}

/// An Apple export beside the tables that applehealthdata made of it.
public enum AppleHealthTables {
    /// Tables beside the export, one comparison each.
    public static func matches(_ export: URL, _ sink: CollectingSink) throws -> [ReferenceMatch] {
        let folder = export.deletingLastPathComponent()
        func table(_ name: String) throws -> ReferenceTable? {
            guard let url = ReferenceTable.file(folder.appending(path: name + ".csv").path) else {
                return nil
            }
            return try ReferenceTable(contentsOf: url)
        }
        var matches: [ReferenceMatch] = []
        for (name, quantity, factor) in [
            ("StepCount", Quantity.steps, 1.0), ("DistanceWalkingRunning", .distance, 1000),
        ] {
            guard let rows = try table(name) else { continue }
            matches.append(records(name, rows, sink.samples(of: quantity), factor))
        }
        if let rows = try table("Workout") { matches.append(workouts(rows, sink)) }
        if let rows = try table("ActivitySummary") { matches.append(summaries(rows, sink)) }
        return matches
    }

    private static func records(
        _ name: String, _ table: ReferenceTable, _ samples: [FlatSample], _ factor: Double
    ) -> ReferenceMatch {
        var match = ReferenceMatch("applehealthdata \(name)")
        match.require(samples.count == table.rows.count, "number of samples")
        let times = zip(table["startDate"].map(time), table["endDate"].map(time))
        let expected = zip(times, table["value"]).sorted { ($0.0.0 ?? 0) < ($1.0.0 ?? 0) }
        for (sample, (times, value)) in zip(samples, expected) {
            match.expect(sample.time == times.0, "start")
            match.expect(sample.time + sample.duration == times.1, "end")
            match.expect(sample.values.first == Double(value).map { Float($0 * factor) }, "value")
        }
        return match
    }

    private static func workouts(_ table: ReferenceTable, _ sink: CollectingSink) -> ReferenceMatch
    {
        var match = ReferenceMatch("applehealthdata Workout")
        let samples = sink.samples(of: .workout)
        match.require(samples.count == table.rows.count, "number of workouts")
        for (index, sample) in samples.enumerated() where index < table.rows.count {
            match.expect(sample.time == time(table["startDate"][index]), "start")
            match.expect(sample.time + sample.duration == time(table["endDate"][index]), "end")
            match.expect(sample.values[1] == Float(table["totalEnergyBurned"][index]), "energy")
            match.expect(
                sample.values[2] == Float(table["totalDistance"][index]).map { $0 * 1000 },
                "distance")
        }
        return match
    }

    /// The device's own totals of a day are counted, not read: records hold what they add up.
    private static func summaries(
        _ table: ReferenceTable, _ sink: CollectingSink
    ) -> ReferenceMatch {
        var match = ReferenceMatch("applehealthdata ActivitySummary", unit: "counts")
        let found = sink.issues.filter { $0.found.contains("ActivitySummary") }
        match.expect(found.reduce(0) { $0 + $1.count } == table.rows.count, "number of summaries")
        match.remark("\(table.rows.count) totals of days, counted and not read")
        return match
    }

    private static func time(_ text: String) -> Int64? {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.dateFormat = "yyyy-MM-dd HH:mm:ss Z"
        return formatter.date(from: text).map {
            Int64($0.timeIntervalSince1970.rounded()) * 1_000_000_000
        }
    }
}
