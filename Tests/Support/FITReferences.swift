// SPDX-License-Identifier: Apache-2.0
package import Foundation
package import HearthFormats

/// Every message of a recording, handed in whole.
package func fitMessages(of bytes: [UInt8]) -> (messages: [FITMessage], issues: [ReadIssue]) {
    var found: [FITMessage] = []
    var reader = FITMessageReader()
    reader.read(bytes.span) { found.append($0) }
    reader.finish { found.append($0) }
    return (found, reader.issues)
}

/// The messages of a FIT recording beside what other decoders made of it.
package enum FITReferences {
    /// All comparisons whose table lies beside the recording, or in the scan.
    package static func matches(
        _ recording: URL, bytes: [UInt8], scan: [FITScanRow]
    ) throws -> [ReferenceMatch] {
        let messages = fitMessages(of: bytes).messages
        let stem = recording.deletingPathExtension().path
        var matches: [ReferenceMatch] = []
        if let url = ReferenceTable.file(stem + "-records.csv") {
            matches.append(pythonRecords(messages, try ReferenceTable(contentsOf: url)))
        }
        if let url = ReferenceTable.file(stem + ".csv") {
            matches.append(fitCSV(messages, try ReferenceTable(contentsOf: url)))
        }
        if !scan.isEmpty { matches.append(counts(messages, scan)) }
        matches.append(slowDecoder(messages, bytes))
        return matches
    }

    // MARK: The project's own slow decoder

    /// Message by message with ``ReferenceFITDecoder``, up to the first damage.
    package static func slowDecoder(_ messages: [FITMessage], _ bytes: [UInt8]) -> ReferenceMatch {
        var match = ReferenceMatch("own slow decoder", unit: "messages")
        let slow = ReferenceFITDecoder(bytes)
        let fast = messages.filter { $0.byte < Int64(slow.end) }
        match.require(fast.count == slow.messages.count, "number of messages")
        for (one, other) in zip(fast, slow.messages) { match.expect(one == other, "message") }
        if slow.end < bytes.count {
            match.remark("it stops at byte \(slow.end) of \(bytes.count)")
        }
        return match
    }

    // MARK: An independent scan

    /// How many messages of each kind, and how many beat intervals, each part holds.
    package static func counts(_ messages: [FITMessage], _ scan: [FITScanRow]) -> ReferenceMatch {
        var match = ReferenceMatch("independent scan", unit: "counts")
        for row in scan {
            if let stop = row.stop {
                match.remark("part \(row.part + 1): it stops at byte \(stop)")
            }
            guard let expected = row.counts else { continue }
            let end = row.stop ?? .max
            let found = messages.filter { $0.part == row.part && $0.byte < end }
            var counts: [UInt16: Int] = [:]
            for message in found { counts[message.globalNumber, default: 0] += 1 }
            var surplus = row.countsCutRecord ? 1 : 0
            if surplus > 0 { match.remark("it counts the record there that is cut off") }
            match.expect(found.count + surplus == row.messages, "number of messages")
            for number in Set(counts.keys).union(expected.keys) {
                let isCut = (expected[number] ?? 0) - (counts[number] ?? 0) == surplus
                if isCut { surplus = 0 }
                match.expect(
                    isCut || counts[number] == expected[number], "count of messages \(number)")
            }
            let intervals = found.filter { $0.globalNumber == 78 }.reduce(0) { sum, message in
                guard case .integers(let values)? = message[0] else { return sum }
                return sum + values.count { $0 != 0xFFFF }
            }
            match.expect(intervals == row.intervals, "number of beat intervals")
        }
        return match
    }

    // MARK: python-fitparse

    /// A column of python-fitparse: field numbers (the first that is present), scale, offset.
    private static let columns: [String: (fields: [UInt8], scale: Double, offset: Double)] = [
        "heart_rate": ([3], 1, 0), "cadence": ([4], 1, 0), "distance": ([5], 100, 0),
        "position_lat": ([0], 1, 0), "position_long": ([1], 1, 0), "temperature": ([13], 1, 0),
        "speed": ([6, 73], 1000, 0), "altitude": ([2, 78], 5, 500),
        "Heart Rate [bpm]": ([3], 1, 0), "Cadence [rpm]": ([4], 1, 0),
    ]
    /// The marks of no value in these fields.
    private static let marks: [UInt8: Int64] = [
        3: 255, 4: 255, 5: 0xFFFF_FFFF, 0: 0x7FFF_FFFF, 1: 0x7FFF_FFFF, 13: 127, 6: 0xFFFF,
        2: 0xFFFF, 73: 0xFFFF_FFFF, 78: 0xFFFF_FFFF,
    ]

    /// Value by value with the records that python-fitparse printed.
    package static func pythonRecords(
        _ messages: [FITMessage], _ table: ReferenceTable
    ) -> ReferenceMatch {
        var match = ReferenceMatch("python-fitparse records")
        let hasCompressed = table.header.first == "Timestamp"
        let records = messages.filter {
            $0.globalNumber == 20 && (!hasCompressed || $0[3] != nil)
        }
        match.require(records.count == table.rows.count, "number of records")
        for (record, row) in zip(records, table.rows) {
            for (column, text) in zip(table.header, row) {
                if let (fields, scale, offset) = columns[column] {
                    let value = present(record, fields).map { Double($0) / scale - offset }
                    match.expect(value == Double(text), column)
                } else if column.lowercased() == "timestamp" {
                    let time = record.time.map(Int64.init)
                    match.expect(time == Int64(text) ?? seconds(text), column)
                }
            }
        }
        if hasCompressed { packed(records, table, &match) }
        return match
    }

    /// Speed and distance packed into three bytes: 12 bits of 1/100 m/s, 12 of 1/16 m rolling over.
    private static func packed(
        _ records: [FITMessage], _ table: ReferenceTable, _ match: inout ReferenceMatch
    ) {
        let expected = zip(table["Speed [m/s]"], table["Distance [m]"])
        var total: Int?
        for (record, (speed, distance)) in zip(records, expected) {
            guard case .bytes(let bytes)? = record[8], bytes.count == 3 else { continue }
            let hundredths = Int(bytes[0]) | Int(bytes[1] & 15) << 8
            let sixteenths = Int(bytes[1] >> 4) | Int(bytes[2]) << 4
            let sum = total.map { $0 + (sixteenths - $0) & 4095 } ?? sixteenths
            total = sum
            match.expect(Double(hundredths) / 100 == Double(speed), "packed speed")
            let metres = Double(sum) / 16
            match.expect(
                Double(distance).map { abs($0 - metres) < 0.01 } ?? false, "packed distance")
        }
    }

    private static func present(_ record: FITMessage, _ fields: [UInt8]) -> Int64? {
        fields.lazy.compactMap { field in
            record.number(field).flatMap { $0 == marks[field] ? nil : $0 }
        }.first
    }

    private static let clock: DateFormatter = {
        let clock = DateFormatter()
        clock.locale = Locale(identifier: "en_US_POSIX")
        clock.dateFormat = "EEE MMM dd HH:mm:ss Z yyyy"
        return clock
    }()

    /// Seconds of FIT's clock, which begins on 31 December 1989.
    private static func seconds(_ text: String) -> Int64? {
        clock.date(from: text.replacingOccurrences(of: "PDT", with: "-0700"))
            .map { Int64($0.timeIntervalSince1970) - 631_065_600 }
    }
}
