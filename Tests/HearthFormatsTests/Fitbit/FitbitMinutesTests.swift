// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats
import HearthTestSupport
import Testing

@Suite struct FitbitMinutesTests {
    @Test func `steps are told by minutes no distance could be that short`() {
        let sink = readFitbit(FitbitFixtures.minutes(["0", "12", "103"]))
        #expect(sink.samples(of: .steps).map(\.values) == [[0], [12], [103]])
        #expect(sink.samples(of: .steps).allSatisfy { $0.duration == 60_000_000_000 })
        #expect(fitbitCodes(sink) == [])
    }

    @Test func `distance is told by minutes no steps could be that many, in centimetres`() {
        let sink = readFitbit(FitbitFixtures.minutes(["0", "74", "6593"]))
        #expect(sink.samples(of: .distance).map(\.values) == [[0], [0.74], [65.93]])
        #expect(fitbitCodes(sink) == [])
    }

    @Test(arguments: [
        ["0", "0"], ["10", "20"], ["74", "111"], ["12", "6593"], ["1.48", "1.48"], [],
    ])
    func `values that do not tell are counted and not guessed at`(values: [String]) {
        let sink = readFitbit(FitbitFixtures.minutes(values))
        #expect(sink.sampleCount == 0)
        #expect(sink.samplesLost == values.count)
        #expect(fitbitCodes(sink) == (values.isEmpty ? [] : ["unsupported"]))
    }

    @Test func `daily totals are not minutes`() {
        let rows = ["01", "02"].map {
            "{\"dateTime\":\"06/\($0)/25 00:00:00\",\"value\":\"17\"}"
        }
        let sink = readFitbit(FitbitFixtures.array(rows))
        #expect(sink.sampleCount == 0 && sink.samplesLost == 2)
    }

    @Test func `the caller's word decides`() {
        let text = FitbitFixtures.minutes(["10", "20"])
        #expect(
            readFitbit(text, minutes: .steps).samples(of: .steps).map(\.values) == [[10], [20]])
        #expect(
            readFitbit(text, minutes: .distance).samples(of: .distance).map(\.values)
                == [[0.1], [0.2]])
        for other in [FitbitMinutes.energy, .altitude] {
            let sink = readFitbit(text, minutes: other)
            #expect(sink.sampleCount == 0 && fitbitCodes(sink) == ["unsupported"])
        }
    }

    @Test func `more minutes than are held back do not change the answer`() {
        let many = (0..<70_000).map { String($0 % 7 == 0 ? 12 : 103) }
        let sink = readFitbit(FitbitFixtures.minutes(many))
        #expect(sink.samples(of: .steps).count == 70_000)
    }

    @Test func `the reader keeps the contract`() {
        checkReader(
            Array(FitbitFixtures.minutes(["0", "12", "x", "103", "-1"]).utf8), samples: 5
        ) { FitbitReader() }
    }
}
