// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats
import HearthTestSupport
import Testing

@Suite struct SamsungHealthReaderTests {
    static let sound = [
        CloudFixtures.samsungRates, CloudFixtures.samsungStages, CloudFixtures.samsungTrend,
        CloudFixtures.samsungBins, CloudFixtures.samsungVariability,
    ]

    @Test(arguments: sound.indices)
    func `the contract holds, and the content tells the kind`(index: Int) {
        let text = Self.sound[index]
        #expect(detectCloud(text) == .recording(.samsungHealth))
        checkReader(Array(text.utf8)) { SamsungHealthReader() }
    }

    @Test func `each row has its own offset; a damaged year costs its row`() {
        let sink = readCloud(CloudFixtures.samsungRates, as: .samsungHealth)
        #expect(sink.values(.heartRate) == [61, 65, 62])
        #expect(
            sink.samples(of: .heartRate).map(cloudSeconds)
                == [1_761_372_000, 1_761_375_600, 1_761_462_000])
        let file = Float(ZoneOrigin.file.rawValue)
        #expect(sink.samples(of: .zoneOffset).map(\.values) == [[7200, file], [3600, file]])
        #expect(sink.issue(.invalidValue, "out of range")?.samplesLost == 1)
        #expect(sink.issue(.sentinelValue)?.samplesLost == 1)
        #expect(sink.issue(.damaged) == nil && sink.issue(.unanchoredTime) == nil)
    }

    @Test func `a row with a file of bins is the mean of it`() {
        let sink = readCloud(CloudFixtures.samsungRates, as: .samsungHealth)
        let derived = sink.streams.filter {
            $0.key.quantity == .heartRate && $0.key.origin.derivation == .derived
        }.flatMap(\.value)
        #expect(derived.map { $0.values[0] } == [65])
        #expect(derived.first?.duration == 3_540_000_000_000)
    }

    @Test func `a row without an offset is local time of an unknown place`() {
        let text = CloudFixtures.samsungTable(
            "health.weight", "start_time,weight,time_offset", ["2025-10-25 08:00:00.000,70.5,"])
        let sink = readCloud(text, as: .samsungHealth)
        #expect(sink.values(.bodyMass) == [70.5])
        #expect(sink.issue(.unanchoredTime)?.samplesLost == 0)
        #expect(sink.samples(of: .zoneOffset).isEmpty)
    }

    @Test func `stages by their numbers`() {
        let sink = readCloud(CloudFixtures.samsungStages, as: .samsungHealth)
        #expect(sink.values(.sleepStage) == [3, 4, 5, 1])
        #expect(
            sink.samples(of: .sleepStage).map { $0.duration / 60_000_000_000 } == [30, 40, 20, 10])
        #expect(sink.issue(.unknownElement)?.samplesLost == 1)
    }

    @Test func `the total of all sources is taken and nothing added up`() {
        let zone = ZoneTimeline([
            ZoneSpan(start: Timestamp(seconds: 0), offsetSeconds: 7200, origin: .file)
        ])
        let sink = readCloud(CloudFixtures.samsungTrend, as: .samsungHealth, zone: zone)
        #expect(sink.values(.steps) == [8000] && sink.values(.distance) == [6000.5])
        // Midnight in UTC stands for the date: the day begins at local midnight.
        #expect(sink.samples(of: .steps).map(cloudSeconds) == [1_761_343_200])
        #expect(sink.issue(.duplicate)?.samplesLost == 2)
    }

    @Test func `bins are UTC and told by their keys`() {
        let sink = readCloud(CloudFixtures.samsungBins, as: .samsungHealth)
        #expect(sink.values(.heartRate) == [61, 62])
        #expect(sink.samples(of: .heartRate).first?.time == 1_761_379_200_000_000_000)
        #expect(sink.samples(of: .heartRate).first?.duration == 59_999_000_000)
        #expect(sink.issue(.sentinelValue)?.samplesLost == 1)
        let variability = readCloud(CloudFixtures.samsungVariability, as: .samsungHealth)
        #expect(variability.values(.hrvRMSSD) == [41.25, 40.25])
        #expect(variability.values(.hrvSDNN) == [55.5, 50.5])
        #expect(variability.issues.isEmpty)
    }

    @Test func `a mean alone is told by the folder of its kind`() {
        let text =
            #"[{"mean":33.5,"min":33,"max":34,"start_time":1761379200000,"end_time":1761379259999}]"#
        let named = readCloud(
            text, as: .samsungHealth,
            name: "jsons/com.samsung.health.skin_temperature/a/a.binning_data.json")
        #expect(named.values(.skinTemperature) == [33.5])
        let unnamed = readCloud(text, as: .samsungHealth)
        #expect(unnamed.sampleCount == 0 && unnamed.issue(.unsupported)?.samplesLost == 1)
    }

    @Test func `variability rows without values, and tables that are not read`() {
        let rows = readCloud(
            CloudFixtures.samsungTable(
                "health.hrv", "start_time,end_time,time_offset,binning_data",
                ["2025-10-25 08:00:00.000,2025-10-25 09:00:00.000,UTC+0200,a.json"]),
            as: .samsungHealth)
        #expect(rows.sampleCount == 0 && rows.issue(.ignored) != nil && rows.samplesLost == 0)
        let other = readCloud(
            CloudFixtures.samsungTable("health.food_intake", "start_time,name", ["x,y"]),
            as: .samsungHealth)
        #expect(other.issue(.unsupported)?.samplesLost == 1)
    }

    @Test func `identities of devices are hashed, and no name is kept`() {
        let sink = readCloud(
            CloudFixtures.samsungRates, as: .samsungHealth,
            name: "samsunghealth_jo@example.org_20251026/com.samsung.x.csv")
        let devices = Set(sink.streams.filter { $0.key.quantity == .heartRate }.keys.map(\.device))
        #expect(devices.count == 1 && devices.first?.unit != 0)
        #expect(devices.first?.model == "")
        let words = sink.issues.flatMap { [$0.found, $0.expected] }.joined()
        #expect(!words.contains("jo@") && !words.contains("dev1"))
    }

    @Test func `a file of another kind is refused`() {
        #expect(readCloud("a,b\n1,2\n", as: .samsungHealth).error?.code == .unsupported)
        #expect(readCloud(" ", as: .samsungHealth).error?.code == .truncated)
    }
}
