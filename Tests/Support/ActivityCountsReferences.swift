// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals

/// Tables of epochs, taken apart with string functions for the layouts of the shared files alone.
public enum ActivityCountsReferences {
    public static func matches(
        _ bytes: [UInt8], _ sink: CollectingSink
    ) -> [ReferenceMatch] {
        let lines = String(decoding: bytes, as: UTF8.self).components(separatedBy: .newlines)
        let rows = lines.map { $0.components(separatedBy: ",") }
        let first = lines[0]
        var match = ReferenceMatch("a slow parser of lines")
        if first.contains("ActiGraph wGT3XPlus") {
            let body = rows.dropFirst(10).filter { $0.count == 4 }
            compare(plain(body, "2013-08-26T09:00:00", 15, [1, 2, 3, 0]), sink, &match)
        } else if first.contains("ActiGraph wGT3XBT") {
            let body = rows.dropFirst(10).filter { $0.count == 9 }
            compare(plain(body, "2016-08-15T21:35:00", 5, [1, 2, 3, 0, -1]), sink, &match)
        } else if first.contains("Actigraph Link") {
            let body = rows.dropFirst(11).filter { $0.count == 6 }.map { Array($0.dropFirst()) }
            compare(plain(body, "2017-09-12T15:00:00", 1, [1, 2, 3, 0]), sink, &match)
        } else if first.contains("Actical") {
            let body = rows.filter { $0.count == 10 && Int($0[0]) != nil }.map { [$0[5], $0[6]] }
            compare(plain(body, "2021-05-13T00:00:00", 60, [9, 0]), sink, &match)
        } else {
            compare(actiwatch(rows), sink, &match)
        }
        return [match]
    }

    private static func compare(
        _ expected: [FlatStreamless: [FlatSample]], _ sink: CollectingSink,
        _ match: inout ReferenceMatch
    ) {
        match.require(
            sink.streams.keys.count { $0.quantity != .zoneOffset } == expected.count,
            "number of streams")
        for (key, samples) in expected {
            let found = sink.streams.first {
                $0.key.quantity == key.quantity
                    && (key.axis == 0) != $0.key.device.model.hasSuffix("/axis\(key.axis)")
            }
            let values = found?.value ?? []
            match.require(values.count == samples.count, "number of \(key.quantity.facts.name)")
            for (one, other) in zip(values, samples) {
                match.expect(one == other, key.quantity.facts.name)
            }
        }
    }

    private struct FlatStreamless: Hashable {
        var quantity: Quantity
        var axis = 0
    }

    /// Columns: 1, 2 and 3 counts of an axis, 9 counts without one, 0 steps, -1 light.
    private static func plain(
        _ rows: [[String]], _ start: String, _ epoch: Int64, _ columns: [Int]
    ) -> [FlatStreamless: [FlatSample]] {
        var expected: [FlatStreamless: [FlatSample]] = [:]
        let from = time(start + "Z", "yyyy-MM-dd'T'HH:mm:ssX")
        for (index, row) in rows.enumerated() {
            for (column, meaning) in columns.enumerated() {
                let key: FlatStreamless =
                    switch meaning {
                    case 0: FlatStreamless(quantity: .steps)
                    case -1: FlatStreamless(quantity: .light)
                    case 9: FlatStreamless(quantity: .activityCount)
                    default: FlatStreamless(quantity: .activityCount, axis: meaning)
                    }
                guard let value = Float(row[column]) else { continue }
                expected[key, default: []].append(
                    FlatSample(
                        time: from + Int64(index) * epoch * 1_000_000_000,
                        duration: epoch * 1_000_000_000, values: [value]))
            }
        }
        return expected
    }

    /// Line, date, time, off-wrist, activity, marker, sleep or wake, one hour east of UTC.
    private static func actiwatch(_ rows: [[String]]) -> [FlatStreamless: [FlatSample]] {
        var expected: [FlatStreamless: [FlatSample]] = [:]
        guard let head = rows.firstIndex(where: { $0[0] == "Lijn" }) else { return [:] }
        for row in rows[(head + 1)...] where row.count > 7 && Int(row[0]) != nil {
            let time = time(row[1] + " " + row[2] + " +0100", "dd/MM/yyyy HH:mm:ss Z")
            func add(_ quantity: Quantity, _ value: Float?) {
                guard let value, !value.isNaN else { return }
                expected[FlatStreamless(quantity: quantity), default: []].append(
                    FlatSample(time: time, duration: 15_000_000_000, values: [value]))
            }
            add(.wear, Float(row[3]).map { 1 - $0 })
            add(.activityCount, Float(row[4]))
            add(.sleepStage, Float(row[6]).map { $0.isNaN ? $0 : ($0 == 0 ? 2 : 1) })
        }
        return expected
    }

    private static func time(_ text: String, _ format: String) -> Int64 {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        formatter.dateFormat = format
        let date = formatter.date(from: text) ?? Date(timeIntervalSince1970: 0)
        return Int64(date.timeIntervalSince1970) * 1_000_000_000
    }
}
