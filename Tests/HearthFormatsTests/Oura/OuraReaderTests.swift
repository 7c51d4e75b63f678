// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats
import HearthTestSupport
import Testing

@Suite struct OuraReaderTests {
    static let sound = [
        CloudFixtures.ouraList([CloudFixtures.ouraPeriod(), CloudFixtures.ouraPeriod(type: "rest")]
        ),
        CloudFixtures.ouraPeriod(), CloudFixtures.ouraSleepTable, CloudFixtures.ouraDays,
        CloudFixtures.ouraRates,
        "timestamp;skin_temp\n2025-10-26T01:00:00+00:00;34.25\n2025-10-26T01:01:00Z;34.5\n",
    ]

    @Test(arguments: sound.indices)
    func `the contract holds, and the content tells the kind`(index: Int) {
        let text = Self.sound[index]
        #expect(detectCloud(text) == .recording(.oura))
        checkReader(Array(text.utf8)) { OuraReader() }
    }

    @Test func `phases are stretches of five minutes, cut off at the end of the period`() {
        let sink = readCloud(CloudFixtures.ouraPeriod(), as: .oura)
        let stages = sink.samples(of: .sleepStage)
        // 4 2 11 33 2 44 over 45 minutes.
        #expect(stages.map { $0.values[0] } == [1, 3, 4, 5, 3, 1])
        #expect(stages.map { $0.duration / 60_000_000_000 } == [5, 5, 10, 10, 5, 10])
        #expect(stages.first.map(cloudSeconds) == 1_761_427_800)
        let short = readCloud(
            CloudFixtures.ouraPeriod(end: "2025-10-25T23:42:00+02:00", phases: "222"), as: .oura)
        #expect(short.samples(of: .sleepStage).map { $0.duration / 60_000_000_000 } == [12])
        let long = readCloud(
            CloudFixtures.ouraPeriod(end: "2025-10-25T23:42:00+02:00", phases: "22222222"),
            as: .oura)
        #expect(long.samples(of: .sleepStage).map { $0.duration / 60_000_000_000 } == [12])
        #expect(long.issue(.invalidValue, "more stages") != nil)
        let odd = readCloud(CloudFixtures.ouraPeriod(phases: "22x33"), as: .oura)
        #expect(odd.values(.sleepStage) == [3, 5])
        #expect(odd.issue(.unknownElement, "stage")?.count == 1)
    }

    @Test func `nulls in a list keep their place`() {
        let sink = readCloud(CloudFixtures.ouraPeriod(), as: .oura)
        let measured = sink.streams.filter {
            $0.key.quantity == .heartRate && $0.key.origin.derivation == .measured
        }.flatMap(\.value)
        #expect(measured.map { $0.values[0] } == [60, 58])
        #expect(measured.map(cloudSeconds) == [1_761_427_800, 1_761_428_400])
        #expect(measured.allSatisfy { $0.duration == 300_000_000_000 })
        // -5 is out of range, null is the gap: neither moves the value between them.
        let variability = sink.streams.filter {
            $0.key.quantity == .hrvRMSSD && $0.key.origin.derivation == .measured
        }.flatMap(\.value)
        #expect(variability.map(cloudSeconds) == [1_761_428_100])
        #expect(sink.issue(.implausibleValue)?.samplesLost == 1)
        #expect(sink.issue(.sentinelValue)?.count == 2)
    }

    @Test func `a night over a change of the clock has both offsets`() {
        let sink = readCloud(
            CloudFixtures.ouraPeriod(end: "2025-10-26T06:30:00+01:00"), as: .oura)
        let file = Float(ZoneOrigin.file.rawValue)
        #expect(sink.samples(of: .zoneOffset).map(\.values) == [[7200, file], [3600, file]])
        #expect(sink.samples(of: .zoneOffset).last.map(cloudSeconds) == 1_761_456_600)
    }

    @Test func `travel: periods of one export have offsets of their own`() {
        let sink = readCloud(
            CloudFixtures.ouraList([
                CloudFixtures.ouraPeriod(),
                CloudFixtures.ouraPeriod(
                    start: "2025-11-02T23:00:00-05:00", end: "2025-11-03T00:00:00-05:00"),
            ]), as: .oura)
        #expect(sink.values(.zoneOffset) == [7200, -18_000])
        let starts = sink.samples(of: .restingHeartRate).map(cloudSeconds)
        #expect(starts == [1_761_427_800, 1_762_142_400])
    }

    @Test func `UTC in a heart rate's time is no place`() {
        let sink = readCloud(CloudFixtures.ouraRates, as: .oura)
        #expect(sink.values(.heartRate) == [60, 61])
        #expect(sink.samples(of: .heartRate).map(cloudSeconds) == [1_761_440_400, 1_761_440_700])
        #expect(sink.samples(of: .zoneOffset).isEmpty)
        #expect(sink.issue(.sentinelValue)?.samplesLost == 1)
    }

    @Test func `what the wearer deleted or called no sleep is no night`() {
        let deleted = readCloud(CloudFixtures.ouraPeriod(type: "deleted"), as: .oura)
        #expect(deleted.sampleCount == 0 && deleted.issue(.ignored, "deleted") != nil)
        let rest = readCloud(CloudFixtures.ouraPeriod(type: "rest"), as: .oura)
        #expect(rest.samples(of: .sleepStage).isEmpty && rest.values(.heartRate) == [60, 58])
    }

    @Test func `a table's rows give what the web service's documents give`() {
        let table = readCloud(CloudFixtures.ouraSleepTable, as: .oura)
        #expect(table.error == nil)
        #expect(table.samples(of: .sleepStage).count == 6 + 3)
        #expect(table.values(.zoneOffset) == [7200, 3600])
        let measured = table.streams.filter {
            $0.key.quantity == .heartRate && $0.key.origin.derivation == .measured
        }.flatMap(\.value)
        #expect(measured.map { $0.values[0] } == [60, 58])
        #expect(table.values(.respiratoryRate) == [14.25, 13])
        #expect(table.values(.restingHeartRate) == [49, 50])
    }

    @Test func `days belong to local midnight, and scores are no quantity`() {
        let zone = ZoneTimeline([
            ZoneSpan(start: Timestamp(seconds: 0), offsetSeconds: 7200, origin: .file),
            ZoneSpan(start: Timestamp(seconds: 1_761_440_400), offsetSeconds: 3600, origin: .file),
        ])
        let sink = readCloud(CloudFixtures.ouraDays, as: .oura, zone: zone)
        let steps = sink.samples(of: .steps)
        #expect(steps.map { $0.values[0] } == [9000])
        // The day of the change has 25 hours.
        #expect(steps.first.map(cloudSeconds) == 1_761_429_600)
        #expect(steps.first?.duration == 90_000_000_000_000)
        #expect(sink.values(.oxygenSaturation) == [96.5])
        #expect(sink.values(.skinTemperatureDeviation) == [-0.25])
        #expect(sink.issue(.ignored, "score")?.count == 2)
        #expect(sink.issue(.unsupported, "stress") != nil)
        #expect(sink.issue(.unanchoredTime) == nil)
    }

    @Test func `damage costs a member, a row or an item`() {
        let sink = readCloud(
            CloudFixtures.ouraPeriod(items: "60.0,5x,58.0"), as: .oura)
        let measured = sink.streams.filter {
            $0.key.quantity == .heartRate && $0.key.origin.derivation == .measured
        }.flatMap(\.value)
        #expect(measured.map(cloudSeconds) == [1_761_427_800, 1_761_428_400])
        #expect(sink.issue(.damaged)?.samplesLost == 1)
        let table = readCloud(
            "timestamp;skin_temp\n2025-10-26T01:00:00Z;34\nx\n2025-10-26T01:02:00Z;35\n", as: .oura)
        #expect(table.values(.skinTemperature) == [34, 35])
        #expect(table.issue(.damaged)?.samplesLost == 1)
    }

    @Test func `hostile documents are answered quickly`() {
        let clock = ContinuousClock()
        let start = clock.now
        let items = Array(repeating: "null", count: 100_000).joined(separator: ",")
        let sink = readCloud(CloudFixtures.ouraPeriod(items: items), as: .oura)
        #expect(sink.issue(.sentinelValue)?.count == 100_001)
        let huge = readCloud(
            CloudFixtures.ouraPeriod(items: "1" + items + "," + items + "," + items), as: .oura)
        _ = huge
        let phases = String(repeating: "1", count: 70_000)
        #expect(
            readCloud(CloudFixtures.ouraPeriod(phases: phases), as: .oura)
                .issue(.limitExceeded, "longer text") != nil)
        #expect(clock.now - start < .seconds(30))
    }
}
