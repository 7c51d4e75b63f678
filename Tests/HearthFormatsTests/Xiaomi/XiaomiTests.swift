// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats
import HearthTestSupport
import Testing

@Suite struct MiFitnessTests {
    @Test(arguments: [TableFixtures.miFitness, TableFixtures.miSports])
    func `each table passes the contract and is recognised`(text: String) {
        checkReader(Array(text.utf8)) { MiFitnessReader() }
        #expect(detected(text) == .recording(.miFitness))
    }

    @Test func `records by key`() {
        let sink = readTable(.miFitness, TableFixtures.miFitness)
        #expect(sink.values(.heartRate) == [55, 61] && sink.values(.oxygenSaturation) == [97])
        #expect(sink.values(.stress) == [33] && sink.values(.steps) == [12])
        #expect(sink.values(.distance) == [9])
        #expect(sink.issue(.sentinelValue)?.samplesLost == 1)
        #expect(sink.issue(.unsupported)?.samplesLost == 1)
        #expect(!"\(sink)".contains("dev1"))
    }

    @Test func `a night has stages, and the clock's offset in quarters of an hour`() {
        let sink = readTable(.miFitness, TableFixtures.miFitness)
        let stages = sink.samples(of: .sleepStage)
        #expect(stages.map { $0.values[0] } == [3, 4] && stages.map(\.minutesLong) == [60, 60])
        #expect(stages.first?.seconds == 1_767_308_400)
        #expect(sink.issue(.unknownElement)?.samplesLost == 1)
        #expect(sink.offsets == [[1_767_308_400, 28_800]])
    }

    @Test func `a sport record is a workout`() {
        let sink = readTable(.miFitness, TableFixtures.miSports)
        #expect(sink.samples(of: .workout).map(\.values) == [[1, 700, 10_000]])
        #expect(sink.samples(of: .workout).map(\.minutesLong) == [60])
        #expect(sink.offsets == [[1_767_340_000, 3600]])
    }

    @Test func `deep or broken JSON in a cell costs its row`() {
        let head = "Uid,Sid,Key,Time,Value,UpdateTime\n"
        let deep = String(repeating: "[", count: 5000)
        let sink = readTable(
            .miFitness,
            head + "1,d,steps,1,{\(deep),1\n1,d,steps,1,x,1\n1,d,heart_rate,1,{},1\n")
        #expect(sink.issue(.damaged)?.samplesLost == 2)
        #expect(sink.issue(.unknownField)?.samplesLost == 1)
    }
}

@Suite struct ZeppLifeTests {
    @Test(arguments: TableFixtures.zepp)
    func `each table passes the contract and is recognised`(text: String) {
        checkReader(Array(text.utf8)) { ZeppLifeReader() }
        #expect(detected(text) == .recording(.zeppLife))
    }

    @Test func `minutes are local time of the person`() {
        let zone = ZoneTimeline([
            ZoneSpan(start: Timestamp(seconds: 0), offsetSeconds: 28_800, origin: .user)
        ])
        let sink = readTable(.zeppLife, TableFixtures.zepp[0], zone: zone)
        #expect(sink.values(.heartRate) == [55, 56])
        #expect(sink.samples(of: .heartRate).first?.seconds == seconds(2026, 3, 1, 16, 0))
        #expect(sink.issue(.sentinelValue)?.samplesLost == 1)
        let unplaced = readTable(.zeppLife, TableFixtures.zepp[0])
        #expect(unplaced.issue(.unanchoredTime)?.count == 3)
        #expect(unplaced.issues.filter { $0.code == .unanchoredTime }.count == 1)
    }

    @Test func `nights are UTC, and an empty one is no night`() {
        let sink = readTable(.zeppLife, TableFixtures.zepp[2])
        #expect(sink.samples(of: .sleepStage).map(\.seconds) == [seconds(2026, 3, 1, 16, 0)])
        #expect(sink.samples(of: .sleepStage).map(\.minutesLong) == [420])
        #expect(sink.issue(.sentinelValue)?.samplesLost == 1)
        #expect(sink.offsets == [] && sink.issue(.unanchoredTime) == nil)
    }

    @Test func `steps by minute, distance by day, weight, sport, pulse by hand`() {
        #expect(readTable(.zeppLife, TableFixtures.zepp[1]).values(.heartRate) == [77, 79])
        #expect(readTable(.zeppLife, TableFixtures.zepp[3]).values(.steps) == [100, 0])
        let day = readTable(.zeppLife, TableFixtures.zepp[4])
        #expect(day.values(.distance) == [6000] && day.values(.steps) == [])
        let sport = readTable(.zeppLife, TableFixtures.zepp[5])
        #expect(sport.samples(of: .workout).map(\.values) == [[0, 640, 0]])
        #expect(readTable(.zeppLife, TableFixtures.zepp[6]).values(.bodyMass) == [80])
    }

    @Test func `minutes of sleep are not read, as their dates are a day off`() {
        let sink = readTable(
            .zeppLife, "date,time,stage,hr,respiratory_rate\n2026-03-03,00:00,DEEP,55,14.5\n")
        #expect(sink.sampleCount == 0 && sink.issue(.unsupported)?.samplesLost == 1)
    }
}
