// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats
import HearthTestSupport
import Testing

@Suite struct OpenStrapTests {
    @Test(arguments: TableFixtures.openStrap)
    func `each table passes the contract and is recognised`(text: String) {
        checkReader(Array(text.utf8)) { OpenStrapReader() }
        #expect(detected(text) == .recording(.openStrap))
    }

    @Test func `days: empty fields are absent, not zero`() {
        let sink = readTable(.openStrap, TableFixtures.openStrap[0])
        #expect(sink.values(.restingHeartRate) == [52] && sink.values(.hrvRMSSD) == [61.5])
        #expect(sink.values(.hrvSDNN) == [80] && sink.values(.respiratoryRate) == [14.2])
        #expect(sink.values(.steps) == [8000, 6000] && sink.values(.activeEnergy) == [500])
        #expect(sink.streams.keys.allSatisfy { $0.origin.derivation == .derived })
    }

    @Test func `a day is as long as the wall clock made it`() {
        let zone = ZoneTimeline([
            ZoneSpan(start: Timestamp(seconds: 0), offsetSeconds: 3600, origin: .user),
            ZoneSpan(
                start: Timestamp(seconds: seconds(2026, 3, 29, 1, 0)), offsetSeconds: 7200,
                origin: .user),
        ])
        let steps = readTable(.openStrap, TableFixtures.openStrap[0], zone: zone)
            .samples(of: .steps)
        #expect(steps.map(\.seconds) == [seconds(2026, 3, 27, 23, 0), seconds(2026, 3, 28, 23, 0)])
        #expect(steps.map(\.minutesLong) == [1440, 1380])
    }

    @Test func `stages and workouts have instants, in seconds or milliseconds`() {
        let sink = readTable(.openStrap, TableFixtures.openStrap[1])
        #expect(sink.samples(of: .sleepStage).map { $0.values[0] } == [3, 4, 1])
        #expect(sink.samples(of: .sleepStage).first?.seconds == 1_774_650_000)
        let wide = TableFixtures.openStrap[1].replacing("00,1", with: "00000,1")
            .replacing("00,light", with: "00000,light").replacing("00,deep", with: "00000,deep")
            .replacing("00,awake", with: "00000,awake")
        #expect(
            readTable(.openStrap, wide).samples(of: .sleepStage)
                == sink.samples(of: .sleepStage))
        let workout = readTable(.openStrap, TableFixtures.openStrap[2])
        #expect(workout.samples(of: .workout).map(\.values) == [[1, 640, 0]])
    }

    @Test func `laboratory results are not read`() {
        let sink = readTable(
            .openStrap, "taken_on,marker,value,unit,note\n2026-01-01,ferritin,50,x,mine\n")
        #expect(sink.sampleCount == 0 && sink.codes == ["ignored"])
    }
}
