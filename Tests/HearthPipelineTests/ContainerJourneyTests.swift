// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthFormats
import HearthPipeline
import HearthTestSupport
import Testing

/// Exports in the containers that people have them in.
@Suite struct ContainerJourneyTests {
    let journey: Journey

    init() throws { journey = try Journey() }

    private func words(_ values: [Int]) -> [UInt8] {
        values.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
    }

    // MARK: Motion

    @Test(arguments: [false, true])
    func `a GT3X archive is one recording, whichever entry comes first`(isReversed: Bool) throws {
        var recording = GT3XRecording()
        recording.addSeconds(20)
        let entries: [Journey.File] = [
            ("info.txt", bytes(recording.info)), ("log.bin", recording.log),
        ]
        let path = journey.zip(isReversed ? Array(entries.reversed()) : entries, named: "a.gt3x")
        try journey.expect(path, [.gt3x: 1])
        #expect(try journey.stored(.gt3x, [.acceleration]).count == 600)
        // 03:04:05 on a recorder that runs two hours ahead of UTC.
        #expect(
            try journey.stored(.gt3x, [.acceleration]).first == Timestamp("2026-01-02T01:04:05Z"))
    }

    @Test func `an Empatica E4 session is read by the names in its archive`() throws {
        let start = "1551453301.000000"
        let path = journey.zip([
            (
                "ACC.csv",
                bytes(
                    "\(start), \(start), \(start)\n32.000000, 32.000000, 32.000000\n"
                        + String(repeating: "-64,32,1\n", count: 64))
            ),
            ("BVP.csv", bytes("\(start)\n64.000000\n-0.00\n1.25\n")),
            ("EDA.csv", bytes("\(start)\n4.000000\n0.25\n0.26\n")),
            ("HR.csv", bytes("\(start)\n1.000000\n88.00\n88.67\n")),
            ("IBI.csv", bytes("\(start), IBI\n145.5,0.62509\n146.5,0.890666\n")),
            ("TEMP.csv", bytes("\(start)\n4.000000\n31.61\n31.63\n")), ("tags.csv", []),
            ("info.txt", bytes(".csv files in this archive are in the following format:\n")),
        ])
        try journey.expect(path, [.empaticaE4: 6])
        #expect(try journey.stored(.empaticaE4, [.eda]).count == 2)
        #expect(try journey.stored(.empaticaE4, [.skinTemperature]).count == 2)
        #expect(try journey.stored(.empaticaE4, [.acceleration]).count == 64)
    }

    // MARK: WFDB

    private var record: [Journey.File] {
        let frames = (0..<500).map { [$0 % 200 - 100, $0 % 150] }
        let header =
            "r 2 250 500 10:00:00 02/01/2026\n"
            + line("r.dat", frames.map { $0[0] }, "I") + line("r.dat", frames.map { $0[1] }, "II")
        // Three beats, 100 samples apart, and the end mark.
        let marks = words([1 << 10 | 100, 1 << 10 | 100, 1 << 10 | 100, 0])
        return [
            ("r.hea", bytes(header)), ("r.dat", words(frames.flatMap(\.self))),
            ("r.atr", marks),
        ]
    }

    /// The line of a signal, with its sum.
    private func line(_ file: String, _ values: [Int], _ lead: String) -> String {
        let sum = Int16(truncatingIfNeeded: values.reduce(0, +))
        return "\(file) 16 200/mV 16 0 0 \(sum) 0 \(lead)\n"
    }

    private var segmented: [Journey.File] {
        let waves = [100, 150].map { height in (0..<500).map { $0 % height } }
        let segments = (0..<2).map { index in
            let name = "m_\(index + 1)"
            return bytes("\(name) 1 250 500\n" + line("\(name).dat", waves[index], "I"))
        }
        return [
            ("m.hea", bytes("m/2 1 250 1000 10:00:00 02/01/2026\nm_1 500\nm_2 500\n")),
            ("m_1.hea", segments[0]), ("m_1.dat", words(waves[0])), ("m_2.hea", segments[1]),
            ("m_2.dat", words(waves[1])), ("m.atr", words([1 << 10 | 700, 0])),
        ]
    }

    @Test(arguments: [false, true])
    func `a WFDB record is put together with its annotations`(isZip: Bool) throws {
        let path = isZip ? journey.zip(record) : try journey.folder(record)
        try journey.expect(path, [.wfdb: 1])
        let ecg = try journey.stored(.wfdb, [.ecg])
        #expect(ecg.count == 1000)
        #expect(ecg.first == Timestamp("2026-01-02T10:00:00Z"))
        #expect(try journey.stored(.wfdb).count > 1000, "the annotations are missing")
    }

    @Test(arguments: [false, true])
    func `a WFDB record of two segments is one recording`(isZip: Bool) throws {
        let path = isZip ? journey.zip(segmented) : try journey.folder(segmented)
        try journey.expect(path, [.wfdb: 1])
        let ecg = try journey.stored(.wfdb, [.ecg])
        #expect(ecg.count == 1000)
        #expect(ecg.first == Timestamp("2026-01-02T10:00:00Z"))
        #expect(ecg.last == Timestamp("2026-01-02T10:00:03Z").advanced(byNanoseconds: 996_000_000))
    }

    // MARK: Databases

    @Test(arguments: [false, true])
    func `a Health Connect database is read, on its own and in its archive`(isZip: Bool) throws {
        let database = TestDatabase()
        database.add(DatabaseFixtures.healthConnect)
        let files: [Journey.File] = [("health_connect_export.db", database.bytes)]
        let path = isZip ? journey.zip(files) : try journey.folder(files)
        try journey.expect(path, [.healthConnect: 1], isFlawed: true)
        #expect(try journey.stored(.healthConnect, [.steps]).count == 2)
        #expect(try journey.clock().spans.map(\.offsetSeconds) == [3600, -18_000])
    }

    @Test func `a Gadgetbridge database is read on its own`() throws {
        let database = TestDatabase()
        database.add(DatabaseFixtures.gadgetbridge)
        let path = try journey.folder([("Gadgetbridge", database.bytes)])
        try journey.expect(path, [.gadgetbridge: 1])
    }

    // MARK: Exports of services

    @Test func `a Garmin export holds JSON and archives of FIT files`() throws {
        let garmin = ScoringServiceTests.samples.appending(path: "garmin")
        let fit = { (name: String) in
            [UInt8](try Data(contentsOf: garmin.appending(path: name)))
        }
        let uploads = try journey.zipped([
            ("sam@example.com_1.fit", try fit("activity/2026-01-22-run.fit")),
            ("sam@example.com_2.fit", try fit("monitoring/2026-01-22.fit")),
        ])
        let path = journey.zip([
            (
                "DI_CONNECT/DI-Connect-Wellness/2024-05_sleepData.json",
                bytes(CloudFixtures.garminArchive)
            ),
            (
                "DI_CONNECT/DI-Connect-Wellness/2024-05_healthStatusData.json",
                bytes(CloudFixtures.garminHealthStatus)
            ),
            (
                "DI_CONNECT/DI-Connect-Aggregator/UDSFile_2024-05.json",
                bytes(CloudFixtures.garminDay)
            ),
            ("DI_CONNECT/DI-Connect-User/user_profile.json", bytes(#"{"firstName":"Sam"}"#)),
            ("DI_CONNECT/DI-Connect-Uploaded-Files/UploadedFiles_0-_Part1.zip", uploads),
        ])
        try journey.expect(path, [.garminConnect: 3, .fit: 2])
        let names = journey.inspect(path, .off).verdicts.filter { $0.kind == .fit }.map(\.name)
        #expect(names.allSatisfy { $0.contains("_Part1.zip!sam@example.com_") })
    }

    @Test func `a WHOOP archive is read, its journal left alone`() throws {
        let path = journey.zip([
            ("physiological_cycles.csv", bytes(TableFixtures.whoopCycles)),
            ("sleeps.csv", bytes(TableFixtures.whoopSleeps)),
            ("workouts.csv", bytes(TableFixtures.whoopWorkouts)),
            (
                "journal_entries.csv",
                bytes(
                    "Cycle start time,Question text,Answered yes,Notes\n2026-01-01,Wine?,true,x\n")
            ),
        ])
        try journey.expect(path, [.whoop: 4], empty: 1)
    }

    @Test func `a Polar folder is read`() throws {
        let path = try journey.folder([
            ("training-session-2025-07-01.json", bytes(CloudFixtures.polarSession())),
            ("247ohr_2025_07.json", bytes(CloudFixtures.polarRates)),
            ("activity-2025-07-01.json", bytes(CloudFixtures.polarActivity)),
            ("ppi_samples_2025.json", bytes(CloudFixtures.polarBeats)),
            ("sleep_result_2025.json", bytes(CloudFixtures.polarNight)),
            ("nightly_recovery_2025.json", bytes(CloudFixtures.polarRecovery)),
            ("account-data.json", bytes(#"{"username":"sam@example.com"}"#)),
        ])
        try journey.expect(path, [.polar: 6])
    }

    @Test func `an Oura folder is read`() throws {
        let path = try journey.folder([
            ("sleep.json", bytes(CloudFixtures.ouraList([CloudFixtures.ouraPeriod()]))),
            ("sleep.csv", bytes(CloudFixtures.ouraSleepTable)),
            ("heartrate.json", bytes(CloudFixtures.ouraRates)),
        ])
        try journey.expect(path, [.oura: 3])
    }

    @Test func `a Samsung folder is read, with the lists beside its tables`() throws {
        let rates = "com.samsung.shealth.tracker.heart_rate"
        let path = try journey.folder([
            ("\(rates).20251101.csv", bytes(CloudFixtures.samsungRates)),
            ("com.samsung.health.sleep_stage.20251101.csv", bytes(CloudFixtures.samsungStages)),
            (
                "com.samsung.shealth.step_daily_trend.20251101.csv",
                bytes(CloudFixtures.samsungTrend)
            ),
            ("jsons/\(rates)/a/a.binning_data.json", bytes(CloudFixtures.samsungBins)),
            ("jsons/com.samsung.health.hrv/b/b.json", bytes(CloudFixtures.samsungVariability)),
        ])
        try journey.expect(path, [.samsungHealth: 5], isFlawed: true)
    }

    @Test func `names of entries may be in any writing and of any length`() throws {
        let accents = "e" + String(repeating: "\u{301}", count: 3000)
        let rates = bytes(heartRates(from: "2026-01-05T00:00:00Z", [60, 61]))
        let later = bytes(heartRates(from: "2026-02-05T00:00:00Z", [60, 61]))
        let path = journey.zip([
            ("Größe/心拍数.csv", rates), ("\(accents).csv", later),
            ("a\u{1B}[2Jb.csv", bytes(heartRates(from: "2026-03-05T00:00:00Z", [62]))),
        ])
        try journey.expect(path, [.hearthCSV: 3])
        let names = journey.inspect(path, .bestEffort).verdicts.map(\.name)
        #expect(names.contains { $0.hasSuffix("export.zip!Größe/心拍数.csv") }, "\(names)")
        #expect(names.allSatisfy { !$0.contains("\u{1B}") && $0.utf8.count < 500 })
    }

    @Test func `the same export packed again adds nothing`() throws {
        let files: [Journey.File] = [
            ("physiological_cycles.csv", bytes(TableFixtures.whoopCycles)),
            ("workouts.csv", bytes(TableFixtures.whoopWorkouts)),
        ]
        #expect(try journey.home.ingest(journey.zip(files)).added > 0)
        let again = try journey.home.ingest(
            journey.zip(files + [("notes.txt", bytes("new"))], named: "again.zip"))
        #expect(again.added == 0 && again.duplicates > 0)
    }
}
