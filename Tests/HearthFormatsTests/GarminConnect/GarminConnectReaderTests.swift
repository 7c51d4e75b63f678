// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthFormats
import HearthTestSupport
import Testing

func readCloud(
    _ text: String, as kind: FileKind, zone: ZoneTimeline = ZoneTimeline(), name: String = ""
) -> CollectingSink {
    readAll(Array(text.utf8)) {
        ReaderCatalog.reader(of: kind, ReadContext(zone: zone, name: name))
            ?? AnyRecordingReader(HearthCSVReader())
    }
}

func detectCloud(_ text: String) -> DetectedFormat? {
    FormatDetector.detect(Array(text.utf8.prefix(FormatDetector.prefixBytes)).span)
}

func cloudSeconds(_ sample: FlatSample) -> Int64 { sample.time / 1_000_000_000 }

@Suite struct GarminConnectReaderTests {
    static let sound = [
        CloudFixtures.garminRates("[1767765600000,63],[1767765720000,null],[1767765840000,0]"),
        CloudFixtures.garminSleep, CloudFixtures.garminArchive, CloudFixtures.garminHealthStatus,
        CloudFixtures.garminDay,
    ]

    @Test(arguments: sound.indices)
    func `the contract holds, and the content tells the kind`(index: Int) {
        let text = Self.sound[index]
        #expect(detectCloud(text) == .recording(.garminConnect))
        checkReader(Array(text.utf8)) { GarminConnectReader() }
    }

    @Test func `descriptors say where a value is, before the rows or behind them`() {
        let list = #"[{"key":"heartrate","index":0},{"key":"timestamp","index":1}]"#
        for isListFirst in [true, false] {
            let sink = readCloud(
                CloudFixtures.garminRates(
                    "[63,1767765600000],[64,1767765720000]", list: list, isListFirst: isListFirst),
                as: .garminConnect)
            #expect(sink.values(.heartRate) == [63, 64])
            #expect(
                sink.samples(of: .heartRate).map(cloudSeconds) == [1_767_765_600, 1_767_765_720])
        }
    }

    @Test func `null, 0 and negative values mean none and are counted`() {
        let sink = readCloud(Self.sound[0], as: .garminConnect)
        #expect(sink.values(.heartRate) == [63])
        #expect(sink.issue(.sentinelValue)?.count == 2)
        let stress = """
            {"userProfilePK":0,"startTimestampGMT":"2025-12-18T06:00:00.0",
            "stressValuesArray":[[1766037600000,-1],[1766037780000,-2],[1766037960000,25]],
            "bodyBatteryValuesArray":[[1766037600000,null,null,2.0],[1766037780000,"MEASURED",18,2.0]]}
            """
        let other = readCloud(stress, as: .garminConnect)
        #expect(other.values(.stress) == [25] && other.values(.bodyBattery) == [18])
        #expect(other.issue(.sentinelValue)?.count == 3 && other.samplesLost == 3)
    }

    @Test func `two clocks side by side give the offset, over a night of a change`() {
        let sink = readCloud(CloudFixtures.garminSleep, as: .garminConnect)
        let offsets = sink.samples(of: .zoneOffset)
        let inferred = Float(ZoneOrigin.inferred.rawValue)
        #expect(offsets.map(\.values) == [[7200, inferred], [3600, inferred]])
        #expect(offsets.map(cloudSeconds) == [1_761_427_800, 1_761_456_600])
    }

    @Test func `travel: each reading has its own offset`() {
        let text = """
            {"hrvReadings":[
            {"hrvValue":54,"readingTimeGMT":"2023-07-20T05:29:48.0","readingTimeLocal":"2023-07-19T23:29:48.0"},
            {"hrvValue":56,"readingTimeGMT":"2023-07-20T05:34:48.0","readingTimeLocal":"2023-07-20T14:34:48.0"}]}
            """
        let sink = readCloud(text, as: .garminConnect)
        #expect(sink.values(.zoneOffset) == [-21_600, 32_400])
        #expect(sink.values(.hrvRMSSD) == [54, 56])
    }

    @Test func `an event's own offset comes from the file`() {
        let text = """
            [{"event":{"eventType":"sleep","eventStartTimeGmt":"2023-07-19T21:30:00.000",
            "timezoneOffset":-25200000},"bodyBatteryValuesArray":[[1689811800000,"charging",45,1.0]]}]
            """
        let sink = readCloud(text, as: .garminConnect)
        #expect(
            sink.samples(of: .zoneOffset).map(\.values)
                == [[-25_200, Float(ZoneOrigin.file.rawValue)]])
        #expect(sink.values(.bodyBattery) == [45])
    }

    @Test func `clocks that no zone explains give no offset`() {
        // Some accounts' local times were moved twice.
        let sink = readCloud(
            CloudFixtures.garminRates("[1767765600000,63]", local: "2026-01-07T22:00:00.0"),
            as: .garminConnect)
        #expect(sink.samples(of: .zoneOffset).isEmpty)
        #expect(sink.issue(.invalidValue, "two clocks")?.samplesLost == 0)
    }

    @Test func `a night's lists give stages, movement and vital signs`() {
        let sink = readCloud(CloudFixtures.garminSleep, as: .garminConnect)
        #expect(sink.values(.sleepStage) == [3, 4, 5, 1].map { Float($0) })
        #expect(
            sink.samples(of: .sleepStage).map { $0.duration / 60_000_000_000 }
                == [60, 120, 120, 180])
        #expect(sink.issue(.unknownElement, "sleep stage")?.samplesLost == 1)
        #expect(sink.values(.signal) == [5.25, 0.5])
        #expect(sink.values(.heartRate) == [51] && sink.values(.bodyBattery) == [40])
        #expect(sink.values(.oxygenSaturation).sorted() == [93, 95])
        #expect(sink.values(.respiratoryRate).sorted() == [13, 14])
        #expect(sink.values(.skinTemperatureDeviation) == [-0.4])
        #expect(sink.values(.hrvRMSSD) == [61] && sink.values(.restingHeartRate) == [44])
        let derived = sink.streams.filter {
            $0.key.quantity == .respiratoryRate && $0.key.origin.derivation == .derived
        }
        #expect(derived.values.first?.first?.duration == 28_800_000_000_000)
        #expect(sink.issue(.ignored, "score") != nil)
    }

    @Test func `the archive's files`() {
        let night = readCloud(CloudFixtures.garminArchive, as: .garminConnect)
        #expect(night.values(.sleepStage) == [0, 0])
        #expect(night.values(.oxygenSaturation) == [95])
        #expect(night.issue(.unsupported, "times of each stage") != nil)
        let status = readCloud(CloudFixtures.garminHealthStatus, as: .garminConnect)
        #expect(status.values(.hrvRMSSD) == [62] && status.values(.restingHeartRate) == [57])
        #expect(status.values(.skinTemperatureDeviation) == [-0.3])
        #expect(status.issue(.sentinelValue)?.count == 1)
        #expect(status.issue(.unanchoredTime)?.samplesLost == 0)
        let day = readCloud(CloudFixtures.garminDay, as: .garminConnect)
        #expect(day.values(.steps) == [8200] && day.values(.stress) == [31])
        #expect(day.samples(of: .steps).first?.duration == 86_400_000_000_000)
        #expect(day.values(.zoneOffset) == [7200])
    }

    @Test(arguments: ["null", "[]", " null\n"])
    func `a body that says nothing is an empty recording`(text: String) {
        let sink = readCloud(text, as: .garminConnect)
        #expect(sink.error == nil && sink.issues == [] && sink.sampleCount == 0)
        #expect(detectCloud(text) == nil)
    }

    @Test func `a date alone is placed by the person's zones`() {
        let zone = ZoneTimeline([
            ZoneSpan(start: Timestamp(seconds: 0), offsetSeconds: -21_600, origin: .user)
        ])
        let sink = readCloud(
            #"[{"calendarDate":"1970-01-02","totalSteps":12413,"totalDistance":10368,"stepGoal":1}]"#,
            as: .garminConnect, zone: zone)
        #expect(sink.samples(of: .steps).map(cloudSeconds) == [108_000])
        #expect(sink.issues == [])
    }

    @Test func `damage costs a row, and the lists behind it keep their meaning`() {
        let rows = (0..<9).map { "[\(1_767_765_600_000 + $0 * 120_000),\(60 + $0)]" }
        for broken in ["[176776x,64]", "[1767766080000,:64]", "[1767766080000 64]", "nul", "}"] {
            var damaged = rows
            damaged[4] = broken
            let text =
                "{\"userProfilePK\":0,\"heartRateValues\":[" + damaged.joined(separator: ",")
                + "],\"stressValuesArray\":[[1767765600000,25]]}"
            let sink = readCloud(text, as: .garminConnect)
            let values = sink.values(.heartRate)
            #expect(values.prefix(4) == [60, 61, 62, 63], "\(broken)")
            #expect(!sink.issues.isEmpty, "\(broken)")
            if broken != "}" {
                #expect(values.suffix(4) == [65, 66, 67, 68], "\(broken)")
                #expect(sink.values(.stress) == [25], "\(broken)")
            }
        }
    }

    @Test func `hostile documents are answered quickly`() {
        let deep = String(repeating: "[", count: 8192)
        let wide = "{" + String(repeating: "\"startTimestampGMT\":1,", count: 40_000)
        let metrics =
            "[{\"calendarDate\":\"2024-05-03\",\"metrics\":["
            + String(repeating: "{\"type\":\"HRV\",\"value\":1},", count: 20_000)
        for text in [deep, wide, metrics, String(repeating: "{\"a\":", count: 4000)] {
            let clock = ContinuousClock()
            let start = clock.now
            let sink = readCloud(text, as: .garminConnect)
            #expect(clock.now - start < .seconds(20))
            #expect(!sink.issues.isEmpty || sink.error != nil)
        }
        #expect(readCloud(deep, as: .garminConnect).issue(.limitExceeded, "nesting") != nil)
        #expect(readCloud(wide, as: .garminConnect).sampleCount == 0)
    }

    @Test(.enabled(if: SharedData.isPresent, "needs the shared recordings"))
    func `the contract holds for a recorded night`() throws {
        let bytes = try SharedData.bytes("formats/garmin-connect-json/garth/sleep_data_get_1.json")
        checkReader(bytes) { GarminConnectReader() }
    }

    @Test(.enabled(if: SharedData.isPresent, "needs the shared recordings"))
    func `all bodies of the shared set equal what Foundation reads`() throws {
        let folder = try #require(SharedData.folder)
        let files = SeedFiles.files(
            below: folder.appending(path: "formats/garmin-connect-json/garth"))
        #expect(files.count == 67)
        var recognised = 0
        var samples = 0
        for url in files {
            let name = url.lastPathComponent
            let bytes = try SharedData.bytes("formats/garmin-connect-json/garth/" + name)
            let sink = readAll(bytes) { GarminConnectReader() }
            #expect(sink.error == nil, "\(name)")
            let isEmpty = bytes.count <= 4
            if case .recording(.garminConnect)? = FormatDetector.detect(
                Array(bytes.prefix(FormatDetector.prefixBytes)).span)
            {
                recognised += 1
            } else {
                #expect(isEmpty, "\(name) was not recognised")
            }
            #expect(sink.issue(.unknownElement) == nil && sink.issue(.damaged) == nil, "\(name)")
            for match in GarminReferences.matches(bytes, sink) {
                #expect(match.holds, "\(name): \(match.sentence)")
                samples += match.compared
            }
            let offsets = Set(sink.samples(of: .zoneOffset).map { Int($0.values[0]) })
            #expect(offsets == GarminReferences.offsets(bytes), "\(name)")
        }
        #expect(recognised == 63)
        print("garmin-connect: \(recognised) recognised, \(samples) samples equal")
    }
}
