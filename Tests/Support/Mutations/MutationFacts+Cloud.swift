// SPDX-License-Identifier: Apache-2.0

extension MutationFacts {
    static let garminConnect = MutationFacts(
        isText: true,
        words: jsonWords + [
            "\"heartRateValues\":[", "\"stressValuesArray\":[", "\"sleepLevels\":[",
            "\"startTimestampLocal\":", "[1767765600000,63]", "\"calendarDate\":", "-1",
        ],
        head: firstLine, seeds: cloud(garminTexts))

    static let oura = MutationFacts(
        isText: true,
        words: jsonWords + [
            "\"items\":[", "\"sleep_phase_5_min\":\"", "\"bedtime_start\":\"", "\"day\":", "\"\"",
            "2025-10-25T23:30:00+02:00", ";", "\"timestamp\":", "deleted",
        ],
        head: firstLine, seeds: cloud(ouraTexts))

    static let polar = MutationFacts(
        isText: true,
        words: jsonWords + [
            "NaN", "Infinity", "-Infinity", "-", "\"values\":[", "\"intervalMillis\":", "PT1H",
            "\"timezoneOffsetMinutes\":", "\"date\":",
        ],
        head: firstLine, seeds: cloud(polarTexts))

    static let samsungHealth = MutationFacts(
        isText: true,
        words: jsonWords + [
            ",", ",,", "UTC+0200", "UTC", "40001", "-2", "start_time", "com.samsung.",
            "1001-01-01 00:00:00.000", "\"start_time\":",
        ],
        head: { seed in
            // A table is told by its first two lines.
            let isTable = seed.first == UInt8(ascii: "c")
            guard isTable, let first = seed.firstIndex(of: 0x0A),
                let second = seed[(first + 1)...].firstIndex(of: 0x0A)
            else { return firstLine(seed) }
            return Array(seed[...second])
        }, seeds: cloud(samsungTexts))

    private static func cloud(_ texts: [String]) -> [[UInt8]] { texts.map { Array($0.utf8) } }

    private static let rows = (0..<30).map { number in
        "[\(1_767_765_600_000 + number * 120_000),\(number % 7 == 0 ? "null" : "\(60 + number)")]"
    }.joined(separator: ",\n")

    private static let garminTexts = [
        CloudFixtures.garminRates(rows), CloudFixtures.garminRates(rows, isListFirst: false),
        CloudFixtures.garminSleep, CloudFixtures.garminSleep, CloudFixtures.garminArchive,
        CloudFixtures.garminHealthStatus, CloudFixtures.garminDay, "[]", "null",
    ]

    private static let ouraTexts = [
        CloudFixtures.ouraList([
            CloudFixtures.ouraPeriod(), CloudFixtures.ouraPeriod(type: "rest"),
            CloudFixtures.ouraPeriod(type: "deleted"), CloudFixtures.ouraPeriod(phases: "4421x"),
        ]),
        CloudFixtures.ouraPeriod(), CloudFixtures.ouraSleepTable, CloudFixtures.ouraSleepTable,
        CloudFixtures.ouraDays, CloudFixtures.ouraRates,
    ]

    private static let polarTexts = [
        CloudFixtures.polarSession(), CloudFixtures.polarSession(offset: ""),
        CloudFixtures.polarRates, CloudFixtures.polarRates, CloudFixtures.polarActivity,
        CloudFixtures.polarBeats, CloudFixtures.polarNight, CloudFixtures.polarRecovery,
    ]

    private static let samsungTexts = [
        CloudFixtures.samsungRates, CloudFixtures.samsungRates, CloudFixtures.samsungStages,
        CloudFixtures.samsungTrend, CloudFixtures.samsungBins, CloudFixtures.samsungVariability,
    ]
}
