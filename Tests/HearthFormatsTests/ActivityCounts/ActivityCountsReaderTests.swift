// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats
import HearthTestSupport
import Testing

/// Instants as seconds since 1970, for times of day in UTC.
private func utc(_ date: LocalDate?, _ hour: Int, _ minute: Int = 0, _ second: Int = 0) -> Int64 {
    ((date?.dayNumber ?? 0) * 86_400 + Int64(hour * 3600 + minute * 60 + second)) * 1_000_000_000
}

func readCounts(_ text: String, _ context: ReadContext = ReadContext()) -> CollectingSink {
    readAll(Array(text.utf8)) { ActivityCountsReader(context) }
}

/// Files as the programs write them.
enum CountsFixtures {
    static func actiGraph(
        format: String = "M/d/yyyy", date: String = "8/26/2013", download: String = "9/3/2013",
        epoch: String = "00:00:15", mode: Int = 13, names: String? = nil, _ rows: [String]
    ) -> String {
        let head = """
            ------------ Data File Created By ActiGraph wGT3XPlus ActiLife v6.10.2 Firmware v2.2.1 \
            date format \(format) Filter Normal -----------,,,
            Serial Number: CLE2A2000000,,,
            Start Time 09:00:00,,,
            Start Date \(date),,,
            Epoch Period (hh:mm:ss) \(epoch),,,
            Download Time 12:54:04,,,
            Download Date \(download),,,
            Current Memory Address: 0,,,
            Current Battery Voltage: 4.03     Mode = \(mode),,,
            --------------------------------------------------,,,

            """
        return head + (names.map { $0 + "\n" } ?? "") + rows.map { $0 + "\n" }.joined()
    }

    static func actiwatch(
        first: String = "Actiware-exportbestand (versie 05.00)", start: String = "23/11/2019",
        end: String = "30/11/2019", offset: String? = "+01:00", _ rows: [String]
    ) -> String {
        """
        \u{FEFF}\(first),,,
        Volledige naam:,Jan Jansen,,
        Geboortedatum:,03/04/1980,,
        Type Actiwatch:,Spectrum Plus,,
        Begindatum gegevensverzameling:,\(start),,
        Einddatum gegevensverzameling:,\(end),,
        \(offset.map { "Tijdzone-offset:,\($0),uren:minuten," } ?? ",,,")
        Periodelengte:,15,seconden,
        Aantal dagen:,"7,00",dagen,
        Serienummer Actiwatch:,P00000,,
        ,,,
        Lijn,Datum,Tijd,Status niet-om-pols,Activiteit,Markering,Slapen/waken,Intervalstatus
        ,,,

        """ + rows.map { $0 + "\n" }.joined()
    }

    static let actical = """
        Actical List Export File  (Version 03.00),,,,,,,,,
        Identity:,AM0000000000,,,,,,,,
        Start Date:,13-May-21,(Thu),,,,,,,
        Device Serial Number:,B110000,,,,,,,,
        -------------------- Epoch-by-Epoch Data --------------------,,,,,,,,,
        Epoch#,Day#,Elapsed,Date,Time,Activity,Steps,Energy,Activity,Event Marker
        ,,Seconds,,,Counts,,Expenditure,Intensity,Button Presses
        ,,,,,,,kcals/min/kg,(1=sedentary),(1=pressed)
        0,1,60,13-May-21,23:59,250,12,NaN,NaN,0
        1,1,120,14-May-21,00:00,361,50,NaN,NaN,1
        2,1,180,14-May-21,00:01,NaN,15,0,1,0

        """
}

@Suite struct ActivityCountsReaderTests {
    private func codes(_ sink: CollectingSink) -> [String] { sink.issues.map(\.code.name).sorted() }

    private func axis(_ number: Int, _ sink: CollectingSink) -> [FlatSample] {
        sink.streams.first {
            $0.key.quantity == .activityCount && $0.key.device.model.hasSuffix("/axis\(number)")
        }?.value ?? []
    }

    @Test func `rows without names are read by the mode`() {
        let sink = readCounts(CountsFixtures.actiGraph(["1,2,3,4", "5,6,7,8"]))
        #expect(axis(1, sink).map(\.values) == [[1], [5]])
        #expect(axis(2, sink).map(\.values) == [[2], [6]])
        #expect(axis(3, sink).map(\.values) == [[3], [7]])
        #expect(sink.values(.steps) == [4, 8])
        let start = utc(LocalDate(year: 2013, month: 8, day: 26), 9)
        #expect(axis(1, sink).map(\.time) == [start, start + 15_000_000_000])
        #expect(axis(1, sink).allSatisfy { $0.duration == 15_000_000_000 })
        #expect(codes(sink) == ["unanchored-time"])
        let models = Set(sink.streams.keys.map(\.device.label))
        #expect(
            models == [
                "ActiGraph wGT3XPlus", "ActiGraph wGT3XPlus/axis1", "ActiGraph wGT3XPlus/axis2",
                "ActiGraph wGT3XPlus/axis3",
            ])
        #expect(sink.streams.keys.allSatisfy { $0.device.unit != 0 })
    }

    @Test func `light follows the steps and the inclinometer is left out`() {
        let sink = readCounts(
            CountsFixtures.actiGraph(mode: 61, ["325,85,176,2,40,0,5,0,0", "1,2,3,4,5,0,0,0,5"]))
        #expect(sink.values(.light) == [40, 5])
        #expect(sink.sampleCount == 10 && sink.samplesLost == 0)
    }

    @Test func `heart rate stands behind the steps, and 0 is none`() {
        let sink = readCounts(CountsFixtures.actiGraph(mode: 15, ["1,2,3,4,61", "1,2,3,4,0"]))
        #expect(sink.values(.heartRate) == [61])
        #expect(sink.issue(.sentinelValue)?.samplesLost == 1)
    }

    @Test func `columns that no mode tells are not guessed at`() {
        let sink = readCounts(CountsFixtures.actiGraph(mode: 13, ["1,2,3,4,5,6", "1,2,3,4,5,6"]))
        #expect(sink.sampleCount == 0 && sink.samplesLost == 2)
        #expect(sink.issue(.unsupported, "unknown columns") != nil)
    }

    @Test func `names of columns count before the mode`() {
        let sink = readCounts(
            CountsFixtures.actiGraph(
                names:
                    "Date, Time, Axis1,Axis2,Axis3,Steps,HR,Lux,Inclinometer Off,Vector Magnitude,Odd",
                [
                    "8/26/2013, 09:00:00,1,2,3,4,60,7,1,9.9,x",
                    "8/26/2013, 09:00:15,5,6,7,8,61,9,1,9.9,x",
                ]))
        #expect(axis(1, sink).map(\.values) == [[1], [5]])
        #expect(sink.values(.heartRate) == [60, 61])
        #expect(sink.values(.light) == [7, 9])
        #expect(sink.sampleCount == 12 && sink.samplesLost == 0)
        #expect(sink.issue(.unknownField)?.count == 1)
    }

    @Test func `times with a zone are taken as they are`() {
        let sink = readCounts(
            CountsFixtures.actiGraph(
                names: "TimeStamp,axis1,vm",
                [
                    "2017-09-12T15:00:00Z,1,1", "2017-09-12T17:00:15+02:00,2,2", "x,3,3",
                    "2017-09-12T15:00:15Z,4,4", "2017-09-12T15:00:00Z,5,5",
                ]))
        let start = utc(LocalDate(year: 2017, month: 9, day: 12), 15)
        #expect(axis(1, sink).map(\.time) == [start, start + 15_000_000_000])
        #expect(sink.samples(of: .zoneOffset).map(\.values) == [[7200, 2]])
        #expect(codes(sink) == ["duplicate", "invalid-value", "time-backwards"])
        #expect(sink.samplesLost == 3)
    }

    @Test(arguments: [
        ("M/d/yyyy", "8/26/2013", "9/3/2013", LocalDate(year: 2013, month: 8, day: 26), true),
        ("dd/MM/yyyy", "26/8/2013", "3/9/2013", LocalDate(year: 2013, month: 8, day: 26), true),
        // The format is stated, but the days speak against it.
        ("dd/MM/yyyy", "09-12-2017", "09-19-2017", LocalDate(year: 2017, month: 9, day: 12), true),
        ("dd/MM/yyyy", "09/12/2017", "10/12/2017", LocalDate(year: 2017, month: 12, day: 9), true),
        ("?", "01/02/2019", "08/02/2019", LocalDate(year: 2019, month: 2, day: 1), true),
        ("?", "02/01/2019", "02/08/2019", LocalDate(year: 2019, month: 2, day: 1), true),
        ("?", "01/02/2019", "01/02/2019", LocalDate(year: 2019, month: 1, day: 2), false),
        ("?", "2019-02-01", "2019-02-01", LocalDate(year: 2019, month: 2, day: 1), true),
        ("?", "1.2.2019", "1.2.2019", LocalDate(year: 2019, month: 2, day: 1), true),
    ])
    func `the order of day and month is told by the dates where it can be`(
        format: String, date: String, download: String, expected: LocalDate?, isTold: Bool
    ) {
        let sink = readCounts(
            CountsFixtures.actiGraph(format: format, date: date, download: download, ["1,2,3,4"]))
        #expect(axis(1, sink).map(\.time) == [utc(expected, 9)])
        #expect((sink.issue(.unanchoredTime, "day or month") == nil) == isTold)
    }

    @Test func `the clock of the recorder runs on through a change of the wall clock`() {
        // Amsterdam, 29 March 2020: the wall clock jumps from 2 to 3 o'clock.
        let change = utc(LocalDate(year: 2020, month: 3, day: 29), 1)
        let zone = ZoneTimeline([
            ZoneSpan(
                start: Timestamp(nanoseconds: change - 86_400_000_000_000), offsetSeconds: 3600,
                origin: .user),
            ZoneSpan(start: Timestamp(nanoseconds: change), offsetSeconds: 7200, origin: .user),
        ])
        let rows = (0..<200).map { "\($0)" }
        let text = CountsFixtures.actiGraph(
            date: "3/28/2020", download: "4/2/2020", epoch: "00:10:00", mode: 0, rows)
        let sink = readCounts(text, ReadContext(zone: zone))
        let times = axis(1, sink).map(\.time)
        #expect(times.first == utc(LocalDate(year: 2020, month: 3, day: 28), 8))
        #expect(zip(times, times.dropFirst()).allSatisfy { $1 - $0 == 600_000_000_000 })
        #expect(sink.issue(.unanchoredTime) == nil)
        // The instants before and after the change lie in the two spans.
        #expect(zone.localSeconds(at: Timestamp(nanoseconds: times[0])) % 86_400 == 9 * 3600)
        #expect(
            zone.localSeconds(at: Timestamp(nanoseconds: times[199])) % 86_400 == (19 * 3600 + 600))
    }

    @Test func `a bad row keeps its place where rows have no times`() {
        let sink = readCounts(
            CountsFixtures.actiGraph(["1,2,3,4", "1,2", "", "x,2,3,4", "5,6,7,8", ""]))
        let start = utc(LocalDate(year: 2013, month: 8, day: 26), 9)
        #expect(axis(1, sink).map { ($0.time - start) / 15_000_000_000 } == [0, 4])
        #expect(axis(2, sink).map { ($0.time - start) / 15_000_000_000 } == [0, 3, 4])
        #expect(sink.samplesLost == 4 + 4 + 1)
    }

    @Test func `raw acceleration is not taken for counts`() {
        let text = """
            ------------ Data File Created By ActiGraph GT3X+ ActiLife v6.4.3 Firmware v2.2.1 \
            date format M/d/yyyy at 30 Hz  Filter Normal -----------
            Start Time 09:00:00
            Start Date 8/26/2013
            Epoch Period (hh:mm:ss) 00:00:00
            ---------------
            -0.021,-0.982,0.123

            """
        let sink = readCounts(text)
        #expect(sink.sampleCount == 0)
        #expect(sink.issue(.unsupported, "raw acceleration") != nil)
    }

    @Test func `the epoch must be known`() {
        let sink = readCounts(CountsFixtures.actiGraph(epoch: "00:00:00", ["1,2,3,4"]))
        #expect(sink.sampleCount == 0 && sink.samplesLost == 4)
        let none = readCounts(CountsFixtures.actiGraph(date: "?", ["1,2,3,4"]))
        #expect(none.sampleCount == 0 && none.issue(.unanchoredTime)?.samplesLost == 4)
    }

    @Test func `Actical's epochs follow from its elapsed seconds`() {
        let sink = readCounts(CountsFixtures.actical)
        #expect(sink.values(.activityCount) == [250, 361])
        #expect(sink.values(.steps) == [12, 50, 15])
        #expect(sink.samples(of: .steps).allSatisfy { $0.duration == 60_000_000_000 })
        let start = utc(LocalDate(year: 2021, month: 5, day: 13), 23, 59)
        #expect(sink.samples(of: .steps).first?.time == start)
        #expect(sink.samples(of: .event).map(\.time) == [start + 60_000_000_000])
        #expect(sink.issue(.sentinelValue)?.count == 1)
        #expect(sink.streams.keys.first?.device.label == "Philips Respironics Actical")
        #expect(codes(sink) == ["ignored", "sentinel-value", "unanchored-time"])
    }

    @Test func `Actiwatch's own offset, wear and scores are read`() {
        let sink = readCounts(
            CountsFixtures.actiwatch([
                "1,23/11/2019,06:00:00,1,NaN,NaN,NaN,UITGEZONDERD",
                "2,23/11/2019,06:00:15,0,105,0,1,ACTIEF",
                "3,23/11/2019,06:00:30,0,\"7,5\",1,0,RUST",
            ]))
        let start = utc(LocalDate(year: 2019, month: 11, day: 23), 5)
        #expect(sink.values(.wear) == [0, 1, 1])
        #expect(sink.values(.activityCount) == [105, 7.5])
        #expect(
            sink.values(.sleepStage) == [
                Float(SleepStage.wake.rawValue), Float(SleepStage.asleep.rawValue),
            ])
        #expect(sink.samples(of: .wear).first?.time == start)
        #expect(sink.samples(of: .zoneOffset).map(\.values) == [[3600, 2]])
        #expect(sink.samples(of: .event).count == 1)
        #expect(codes(sink) == ["ignored", "sentinel-value"])
        #expect(
            sink.streams.keys.first { $0.quantity == .sleepStage }?.origin.derivation == .derived)
        let text = "\(sink.streams) \(sink.issues)"
        #expect(!text.contains("Jansen") && !text.contains("P00000") && !text.contains("1980"))
    }

    @Test func `English exports with semicolons, half days and no offset are read`() {
        let text = """
            "Actiware Export File"
            "Actiwatch Type:";"Actiwatch 2"
            "Epoch Length:";"60";"seconds"
            "Line";"Date";"Time";"Activity";"Marker";"White Light";"Sleep/Wake";"Mobility"
            "1";"2/14/2026";"12:00:00 AM";"12";"0";"1,5";"1";"0"
            "2";"2/14/2026";"12:01:00 PM";"13";"0";"2,5";"0";"0"

            """
        let sink = readCounts(text)
        let day = LocalDate(year: 2026, month: 2, day: 14)
        #expect(sink.samples(of: .light).map(\.values) == [[1.5], [2.5]])
        #expect(sink.samples(of: .light).map(\.time) == [utc(day, 0), utc(day, 12, 1)])
        #expect(codes(sink) == ["ignored", "unanchored-time"])
    }

    @Test(arguments: ["", "x\n", "time,value\n", "\n"])
    func `other files are refused`(text: String) { #expect(readCounts(text).error != nil) }

    @Test func `a file without a table says so`() {
        let sink = readCounts("Actical List Export File\nIdentity:,x\n")
        #expect(sink.issue(.truncated, "no table") != nil)
    }

    @Test func `lines and columns are limited`() {
        var limits = ReadLimits.standard
        limits.recordBytes = 300
        let long = String(repeating: "1,", count: 400)
        let sink = readCounts(
            CountsFixtures.actiGraph(["1,2,3,4", long, "5,6,7,8"]), ReadContext(limits: limits))
        #expect(sink.issue(.limitExceeded)?.samplesLost == 4)
        #expect(sink.sampleCount == 8)
        let wide = readCounts(CountsFixtures.actiGraph(["1,2,3,4", long]))
        #expect(wide.issue(.invalidValue)?.samplesLost == 4)
    }

    @Test func `detection is by the first line`() {
        func detect(_ text: String) -> DetectedFormat? {
            FormatDetector.detect(Array(text.utf8.prefix(4096)).span)
        }
        for text in [
            CountsFixtures.actiGraph([]), CountsFixtures.actiwatch([]), CountsFixtures.actical,
            "\"Actiware Export File\"\n",
        ] {
            #expect(detect(text) == .recording(.activityCounts))
        }
        #expect(detect("ActiGraph,1\n") == nil)
        #expect(detect("Activity,Date\n") == nil)
        #expect(detect("-----,Data\n") == nil)
    }

    @Test func `the reader keeps the contract`() {
        let texts = [
            (CountsFixtures.actiGraph(["1,2,3,4", "1,2", "NaN,1,x,9", "5,6,7,8"]), 16),
            (CountsFixtures.actical, 7),
            (
                CountsFixtures.actiwatch([
                    "1,23/11/2019,06:00:00,1,NaN,1,0,x", "2,23/11/2019,06:00:15,0,105,0,1,ACTIEF",
                ]), 8
            ),
        ]
        for (text, samples) in texts {
            checkReader(Array(text.utf8), samples: samples) { ActivityCountsReader() }
        }
    }

    @Test(
        .enabled(if: SharedData.isPresent, "needs the shared recordings"),
        arguments: [
            ("ActiGraph13", 4 * 990), ("ActiGraph13_timestamps_headers", 4 * 1000),
            ("ActiGraph61", 5 * 990), ("Actical", 2 * 501),
        ])
    func `real tables are read as a slow parser reads them`(name: String, count: Int) throws {
        let bytes = try SharedData.bytes("formats/actigraph-csv/\(name).csv")
        #expect(
            FormatDetector.detect(Array(bytes.prefix(4096)).span) == .recording(.activityCounts))
        let sink = readAll(bytes) { ActivityCountsReader() }
        #expect(sink.sampleCount == count)
        #expect(sink.error == nil && sink.samplesLost == 0, "\(sink.issues)")
        for match in ActivityCountsReferences.matches(bytes, sink) {
            #expect(match.holds, "\(match.sentence)")
        }
    }

    @Test(.enabled(if: SharedData.isPresent, "needs the shared recordings"))
    func `a real Actiwatch table is read as a slow parser reads it`() throws {
        let bytes = try SharedData.bytes("formats/actigraph-csv/Actiwatch.csv")
        let sink = readAll(bytes) { ActivityCountsReader() }
        #expect(sink.samples(of: .wear).count == 860)
        #expect(sink.samples(of: .zoneOffset).map(\.values) == [[3600, 2]])
        #expect(Set(sink.issues.map(\.code.name)) == ["ignored", "sentinel-value"])
        for match in ActivityCountsReferences.matches(bytes, sink) {
            #expect(match.holds, "\(match.sentence)")
        }
    }
}
