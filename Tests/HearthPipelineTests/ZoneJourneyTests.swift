// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthFormats
import HearthPipeline
import HearthTestSupport
import HearthVault
import Testing

/// Files with local times among files that tell what the wall clock showed.
@Suite struct ZoneJourneyTests {
    let journey: Journey

    init() throws { journey = try Journey() }

    /// Files that state an offset of two hours, and where they say they have it from.
    static let tellers: [(name: String, text: String, origin: ZoneOrigin)] = [
        (
            "z/oura.json",
            CloudFixtures.ouraList([
                CloudFixtures.ouraPeriod(
                    start: "2025-06-25T23:30:00+02:00", end: "2025-06-26T00:15:00+02:00")
            ]), .file
        ),
        (
            "z/garmin.json",
            CloudFixtures.garminRates("[1767765600000,60]", local: "2026-01-07T08:00:00.0"),
            .inferred
        ),
        (
            "z/com.samsung.shealth.tracker.heart_rate.csv",
            CloudFixtures.samsungRates.replacing("UTC+0100", with: "UTC+0200")
                .replacing("1001-01-01", with: "2025-10-27"), .file
        ),
        (
            "z/whoop.csv",
            TableFixtures.whoopSleeps.replacing("UTCZ", with: "UTC+02:00"), .file
        ),
        ("z/polar-night.json", CloudFixtures.polarNight.replacing("+01:00", with: "+02:00"), .file),
        (
            "z/raw_tracker_hr.csv",
            "start,duration,value\n2025-06-29T03:30:00+02:00,[60],[61]\n", .file
        ),
        (
            "z/hearth.csv",
            "time,quantity,value\n2025-06-29T03:30:00+02:00,heart-rate,61\n", .file
        ),
        (
            "z/track.gpx",
            TrackFixtures.gpx.replacing(/(\d\d:\d\d:\d\d(?:\.\d+)?)Z/) { "\($0.1)+02:00" }, .file
        ),
    ]

    /// Files with local times alone, and what the first sample's clock showed.
    static let silent: [(name: String, bytes: [UInt8], kind: FileKind, first: String)] = {
        var axivity = AxivityRecording()
        axivity.addSeconds(3)
        return [
            ("a/247ohr.json", bytes(CloudFixtures.polarRates), .polar, "2025-07-01T01:00:00Z"),
            ("a/axivity.cwa", axivity.bytes, .axivityCWA, "2026-01-02T03:00:00Z"),
            (
                "a/sleep.csv", bytes(TableFixtures.withingsSleep), .withings,
                "2026-01-02T23:10:00Z"
            ),
            ("a/rates.csv", bytes(TableFixtures.zepp[0]), .zeppLife, "2026-03-02T00:00:00Z"),
        ]
    }()

    private func unanchored(_ report: IngestReport) -> [ReadIssue] {
        report.verdicts.flatMap(\.issues).filter { $0.code == .unanchoredTime }
    }

    private let twoHours: Int64 = 7200

    @Test(arguments: tellers.indices)
    func `stated offsets place local times, although those files come first by name`(
        index: Int
    ) throws {
        let teller = Self.tellers[index]
        let path = try journey.folder(
            Self.silent.map { ($0.name, $0.bytes) } + [(teller.name, bytes(teller.text))])
        let report = try journey.home.ingest(path)
        #expect(report.verdicts.filter(\.isProblem).isEmpty, "\(report.verdicts)")
        #expect(unanchored(report).isEmpty)
        let clock = try journey.clock()
        #expect(clock.spans.map(\.offsetSeconds) == [7200], "\(teller.name)")
        #expect(clock.spans.map(\.origin) == [teller.origin], "\(teller.name)")
        for file in Self.silent {
            let wall = Timestamp(file.first)
            // The teller may be of the same kind, with samples of its own.
            let times = try journey.stored(file.kind)
            let instant = wall.advanced(bySeconds: -twoHours)
            #expect(times.contains(instant), "\(file.name) beside \(teller.name)")
            #expect(
                clock.localDate(at: instant)
                    == ZoneTimeline().localDate(at: wall), "another day than the file's")
        }
    }

    @Test func `archives and databases tell the clock to files beside them`() throws {
        let database = TestDatabase()
        database.add(DatabaseFixtures.healthConnect)
        let rates = Self.silent[0]
        let zip = try journey.zipped([
            ("activity.fit", try Self.sampleFIT()), ("x.txt", bytes("x")),
        ])
        for (name, teller, shift) in [
            ("health.db", database.bytes, 3600 as Int64), ("watch.zip", zip, 3600),
        ] {
            let own = try Journey()
            let path = try own.folder([(rates.name, rates.bytes), ("z/\(name)", teller)])
            let report = try own.home.ingest(path)
            #expect(unanchored(report).isEmpty, "\(name)")
            let times = try own.stored(.polar)
            if name == "health.db" {
                // The flight to New York was before these days.
                #expect(try own.clock().spans.last?.offsetSeconds == -18_000)
                #expect(times.first == Timestamp(rates.first).advanced(bySeconds: 18_000))
            } else {
                #expect(times.first == Timestamp(rates.first).advanced(bySeconds: -shift))
            }
        }
    }

    private static func sampleFIT() throws -> [UInt8] {
        let file = ScoringServiceTests.samples.appending(path: "garmin/activity/2026-01-22-run.fit")
        return [UInt8](try Data(contentsOf: file))
    }

    @Test func `a change to winter time inside an export`() throws {
        let rates = { (date: String) in
            "{\"samples\":[{\"heartRate\":61,\"secondsFromDayStart\":43200}],\"date\":\"\(date)\"}"
        }
        let path = try journey.folder([
            (
                "247ohr.json",
                bytes(
                    "{\"deviceDays\":[\(rates("2025-10-25")),\(rates("2025-10-26")),"
                        + "\(rates("2025-10-27"))]}")
            ),
            (
                "oura.json",
                bytes(
                    CloudFixtures.ouraList([
                        CloudFixtures.ouraPeriod(
                            start: "2025-10-25T23:30:00+02:00", end: "2025-10-26T03:00:00+01:00")
                    ]))
            ),
        ])
        let report = try journey.home.ingest(path)
        #expect(unanchored(report).isEmpty)
        #expect(
            try journey.stored(.polar)
                == ["2025-10-25T10:00:00Z", "2025-10-26T11:00:00Z", "2025-10-27T11:00:00Z"]
                .map { Timestamp($0) })
        let clock = try journey.clock()
        #expect(clock.spans.map(\.offsetSeconds) == [7200, 3600])
        let day = try #require(LocalDate("2025-10-26"))
        let length = clock.instant(of: day.advanced(by: 1)).seconds(since: clock.instant(of: day))
        #expect(length == 25 * 3600)
    }

    @Test func `travel inside an export`() throws {
        let head = "Cycle start time,Cycle end time,Cycle timezone,Sleep onset,Wake onset,Nap\n"
        let row = { (day: String, next: String, zone: String) in
            "\(day) 22:00:00,\(next) 22:00:00,\(zone),\(day) 23:00:00,\(next) 07:00:00,false\n"
        }
        let rates = { (date: String) in
            "{\"samples\":[{\"heartRate\":61,\"secondsFromDayStart\":43200}],\"date\":\"\(date)\"}"
        }
        let path = try journey.folder([
            (
                "247ohr.json",
                bytes("{\"deviceDays\":[\(rates("2026-01-11")),\(rates("2026-01-15"))]}")
            ),
            (
                "sleeps.csv",
                bytes(
                    head + row("2026-01-13", "2026-01-14", "UTC+01:00")
                        + row("2026-01-10", "2026-01-11", "UTC-05:00"))
            ),
        ])
        #expect(unanchored(try journey.home.ingest(path)).isEmpty)
        #expect(
            try journey.stored(.polar)
                == ["2026-01-11T17:00:00Z", "2026-01-15T11:00:00Z"].map { Timestamp($0) })
        let clock = try journey.clock()
        #expect(clock.spans.map(\.offsetSeconds) == [-18_000, 3600])
        #expect(clock.spans.map(\.origin) == [.file, .file])
    }

    @Test(arguments: silent.indices)
    func `alone, local times are read as UTC and told, or by the person's word`(
        index: Int
    ) throws {
        let file = Self.silent[index]
        let path = try journey.folder([(file.name, file.bytes)])
        let alone = try journey.home.ingest(path)
        let issues = unanchored(alone)
        #expect(issues.count == 1)
        #expect(alone.verdicts.filter(\.isProblem).isEmpty)
        let asUTC = try journey.stored(file.kind)
        #expect(asUTC.first == Timestamp(file.first))
        #expect(try journey.clock().spans.isEmpty)

        let told = try Journey()
        var options = IngestOptions()
        options.zone = ZoneTimeline([
            ZoneSpan(start: .distantPast, offsetSeconds: 7200, origin: .user)
        ])
        let report = try told.home.ingest(
            try told.folder([(file.name, file.bytes)]), options: options)
        #expect(unanchored(report).isEmpty)
        #expect(
            try told.stored(file.kind) == asUTC.map { $0.advanced(bySeconds: -twoHours) })
    }
}
