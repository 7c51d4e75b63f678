// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats
import HearthTestSupport

/// Builds Fitbit's JSON as its exports write it.
enum FitbitFixtures {
    static func heartRates(_ rows: [(time: String, bpm: String, confidence: String)]) -> String {
        array(
            rows.map { row in
                """
                {
                  "dateTime" : "\(row.time)",
                  "value" : {
                    "bpm" : \(row.bpm),
                    "confidence" : \(row.confidence)
                  }
                }
                """
            })
    }

    static func minutes(_ values: [String], date: String = "06/24/25") -> String {
        array(
            values.enumerated().map { index, value in
                let minute = index % 60 < 10 ? "0\(index % 60)" : "\(index % 60)"
                return
                    "{\n  \"dateTime\" : \"\(date) 16:\(minute):00\",\n  \"value\" : \"\(value)\"\n}"
            })
    }

    static func resting(_ date: String, _ value: String) -> String {
        """
        {"dateTime":"06/24/25 00:00:00","value":{"date":\(date),"value":\(value),"error":6.78}}
        """
    }

    /// A log; levels are (time of day, level, seconds).
    static func night(
        _ levels: [(String, String, Int)], short: [(String, String, Int)] = [],
        type: String = "stages"
    ) -> String {
        func list(_ levels: [(String, String, Int)]) -> String {
            levels.map {
                "{\"dateTime\":\"2025-07-11T\($0.0).000\",\"level\":\"\($0.1)\",\"seconds\":\($0.2)}"
            }.joined(separator: ",")
        }
        return """
            {"logId":12345,"dateOfSleep":"2025-07-11","startTime":"2025-07-11T02:28:30.000",
            "type":"\(type)","levels":{"summary":{"deep":{"count":4,"minutes":59}},
            "data":[\(list(levels))],"shortData":[\(list(short))]},"mainSleep":true}
            """
    }

    static func array(_ elements: [String]) -> String {
        "[" + elements.joined(separator: ",") + "]"
    }
}

func readFitbit(
    _ text: String, zone: ZoneTimeline = ZoneTimeline(), minutes: FitbitMinutes? = nil
) -> CollectingSink {
    readAll(Array(text.utf8)) { FitbitReader(zone: zone, minutes: minutes) }
}

/// The codes of the issues, without the one about local time.
func fitbitCodes(_ sink: CollectingSink) -> [String] {
    sink.issues.map(\.code.name).filter { $0 != "unanchored-time" }
}

/// Seconds since the Unix epoch.
func fitbitSeconds(_ sample: FlatSample) -> Int64 { sample.time / 1_000_000_000 }
