// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals

/// Garmin Connect's documents, read whole by Foundation, beside what the reader found.
public enum GarminReferences {
    private typealias Object = [String: Any]

    /// A sample as this slow decoder expects it.
    private struct Expected: Hashable {
        var quantity: Quantity
        var isDerived: Bool
        var time: Int64
        var duration: Int64
        var value: Float
    }

    /// Empty if Foundation cannot read the document, or if it holds nothing.
    public static func matches(_ bytes: [UInt8], _ sink: CollectingSink) -> [ReferenceMatch] {
        let options: JSONSerialization.ReadingOptions = [.fragmentsAllowed]
        guard let root = try? JSONSerialization.jsonObject(with: Data(bytes), options: options)
        else { return [] }
        let documents = (root as? [Object]) ?? (root as? Object).map { [$0] } ?? []
        var left: [Expected: Int] = [:]
        for document in documents {
            for sample in samples(document) { left[sample, default: 0] += 1 }
        }
        let expected = left.values.reduce(0, +)
        var match = ReferenceMatch("Foundation's JSON parser")
        var found = 0
        for (stream, samples) in sink.streams where stream.quantity != .zoneOffset {
            for sample in samples {
                found += 1
                let key = Expected(
                    quantity: stream.quantity, isDerived: stream.origin.derivation == .derived,
                    time: sample.time, duration: sample.duration, value: sample.values[0])
                match.expect((left[key] ?? 0) > 0, stream.quantity.name)
                left[key, default: 0] -= 1
            }
        }
        match.require(found == expected, "number of samples")
        return expected == 0 && found == 0 ? [] : [match]
    }

    /// How many zone offsets differ from the two clocks that the document's first level shows.
    public static func offsets(_ bytes: [UInt8]) -> Set<Int> {
        guard let root = try? JSONSerialization.jsonObject(with: Data(bytes)) else { return [] }
        var found: Set<Int> = []
        for document in (root as? [Object]) ?? (root as? Object).map({ [$0] }) ?? [] {
            let night = document["dailySleepDTO"] as? Object ?? [:]
            let event = document["event"] as? Object ?? [:]
            if let offset = event["timezoneOffset"] as? Int { found.insert(offset / 1000) }
            let readings = document["hrvReadings"] as? [Object] ?? []
            let weights = document["dateWeightList"] as? [Object] ?? []
            let pairs: [(Any?, Any?)] =
                ["start", "end"].flatMap { edge -> [(Any?, Any?)] in
                    let name = edge.prefix(1).uppercased() + edge.dropFirst()
                    return [
                        (document["\(edge)TimestampGMT"], document["\(edge)TimestampLocal"]),
                        (
                            document["sleep\(name)TimestampGMT"],
                            document["sleep\(name)TimestampLocal"]
                        ),
                        (night["sleep\(name)TimestampGMT"], night["sleep\(name)TimestampLocal"]),
                    ]
                } + readings.map { ($0["readingTimeGMT"], $0["readingTimeLocal"]) }
                + weights.map { ($0["timestampGMT"], $0["date"]) }
            for (gmt, local) in pairs {
                guard let gmt = nanoseconds(gmt), let local = nanoseconds(local) else { continue }
                found.insert(Int((local - gmt) / 1_000_000_000))
            }
        }
        return found
    }

    // MARK: What a document holds

    private static func samples(_ document: Object) -> [Expected] {
        rows(document) + lists(document) + night(document) + day(document)
    }

    private static func rows(_ document: Object) -> [Expected] {
        let kinds: [(String, Quantity, Int)] = [
            ("heartRateValues", .heartRate, 1), ("stressValuesArray", .stress, 1),
            ("bodyBatteryValuesArray", .bodyBattery, 2),
        ]
        return kinds.flatMap { name, quantity, column in
            (document[name] as? [[Any]] ?? []).compactMap { row -> Expected? in
                guard let time = row[0] as? Int, let value = row[column] as? Double, value >= 0
                else { return nil }
                return Expected(
                    quantity: quantity, isDerived: quantity != .heartRate,
                    time: Int64(time) * 1_000_000, duration: 0, value: Float(value))
            }
        }
    }

    private static func lists(_ document: Object) -> [Expected] {
        var result: [Expected] = []
        for reading in document["hrvReadings"] as? [Object] ?? [] {
            guard let value = reading["hrvValue"] as? Double,
                let time = nanoseconds(reading["readingTimeGMT"])
            else { continue }
            result.append(
                Expected(
                    quantity: .hrvRMSSD, isDerived: false, time: time, duration: 0,
                    value: Float(value)))
        }
        for weight in document["dateWeightList"] as? [Object] ?? [] {
            guard let grams = weight["weight"] as? Double,
                let time = nanoseconds(weight["timestampGMT"])
            else { continue }
            result.append(
                Expected(
                    quantity: .bodyMass, isDerived: false, time: time, duration: 0,
                    value: Float(grams) * 0.001))
        }
        for summary in document["hrvSummaries"] as? [Object] ?? [] {
            guard let value = summary["lastNightAvg"] as? Double,
                let span = dateSpan(summary["calendarDate"])
            else { continue }
            result.append(expected(.hrvRMSSD, value, span))
        }
        return result
    }

    private static func night(_ document: Object) -> [Expected] {
        var result: [Expected] = []
        let night = document["dailySleepDTO"] as? Object ?? [:]
        let span =
            span(night["sleepStartTimestampGMT"], night["sleepEndTimestampGMT"])
            ?? span(document["sleepStartTimestampGMT"], document["sleepEndTimestampGMT"])
        guard let span else { return [] }
        if night["deepSleepSeconds"] != nil {
            result.append(expected(.sleepStage, Double(SleepStage.inBed.rawValue), span))
        }
        let means: [(Any?, Quantity)] = [
            ((document["hrvSummary"] as? Object)?["lastNightAvg"], .hrvRMSSD),
            (night["averageSpO2Value"], .oxygenSaturation),
            (night["averageRespirationValue"], .respiratoryRate),
            (night["avgSleepStress"], .stress),
            (document["avgSkinTempDeviationC"], .skinTemperatureDeviation),
            (document["restingHeartRate"], .restingHeartRate),
        ]
        for (value, quantity) in means {
            if let value = value as? Double { result.append(expected(quantity, value, span)) }
        }
        return result
    }

    private static func day(_ document: Object) -> [Expected] {
        let whole = span(document["startTimestampGMT"], document["endTimestampGMT"])
        guard let span = whole ?? dateSpan(document["calendarDate"]) else { return [] }
        var means: [(Any?, Quantity)] = [
            (document["totalSteps"], .steps), (document["totalDistance"], .distance),
            ((document["values"] as? Object)?["overallStressLevel"], .stress),
        ]
        if document["dailySleepDTO"] == nil {
            means.append((document["restingHeartRate"], .restingHeartRate))
        }
        return means.compactMap { value, quantity in
            (value as? Double).map { expected(quantity, $0, span) }
        }
    }

    private static func expected(
        _ quantity: Quantity, _ value: Double, _ span: (start: Int64, duration: Int64)
    ) -> Expected {
        Expected(
            quantity: quantity, isDerived: true, time: span.start, duration: span.duration,
            value: Float(value))
    }

    // MARK: Times

    private static func span(_ start: Any?, _ end: Any?) -> (start: Int64, duration: Int64)? {
        guard let start = nanoseconds(start), let end = nanoseconds(end), end > start else {
            return nil
        }
        return (start, end - start)
    }

    /// A date without a zone is read as UTC.
    private static func dateSpan(_ date: Any?) -> (start: Int64, duration: Int64)? {
        guard let text = date as? String, let start = nanoseconds(text + "T00:00:00.0") else {
            return nil
        }
        return (start, 86_400_000_000_000)
    }

    /// Milliseconds, or a text whose fraction has one or three digits, with `Z` or nothing behind.
    private static func nanoseconds(_ value: Any?) -> Int64? {
        if let milliseconds = value as? Int { return Int64(milliseconds) * 1_000_000 }
        guard let text = value as? String else { return nil }
        let bare = text.hasSuffix("Z") ? String(text.dropLast()) : text
        let parts = bare.split(separator: ".")
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        formatter.dateFormat = "yyyy-MM-dd'T'HH:mm:ss"
        guard let date = parts.first.flatMap({ formatter.date(from: String($0)) }) else {
            return nil
        }
        let fraction = parts.count > 1 ? Double("0." + parts[1]) ?? 0 : 0
        return Int64(date.timeIntervalSince1970) * 1_000_000_000
            + Int64((fraction * 1000).rounded()) * 1_000_000
    }
}
