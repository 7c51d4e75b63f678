// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats
import HearthTestSupport
import Testing

@Suite struct WFDBTimeTests {
    private func read(_ line: String, zone: ZoneTimeline = ZoneTimeline()) -> CollectingSink {
        WFDBFixtures.read(
            line + "\nr.dat 16 1/uV 0 0 0 3 0 ECG\n", [("r.dat", WFDBFixtures.words([1, 2]))],
            zone: zone)
    }

    private func first(_ sink: CollectingSink) -> Int64? {
        sink.samples(of: .ecg).first.map { $0.time / 1_000_000 }
    }

    private let summer = ZoneTimeline([
        ZoneSpan(
            start: Timestamp(seconds: 1_743_296_400), offsetSeconds: 7200, origin: .user)
    ])

    @Test func `local times are placed by the person's zone`() {
        let line = "r 1 1 2 10:00:00.250 01/07/2025"
        #expect(first(read(line, zone: summer)) == 1_751_356_800_250)
        #expect(read(line, zone: summer).issue(.unanchoredTime) == nil)
    }

    @Test func `without a zone local time is read as UTC, and said once`() {
        let sink = read("r 1 1 2 10:00:00 01/07/2025")
        #expect(first(sink) == 1_751_364_000_000)
        #expect(sink.issue(.unanchoredTime, "without a zone")?.count == 1)
        #expect(sink.samplesLost == 0)
    }

    @Test(arguments: [
        ("r 1 1 2", 0), ("r 1 1 2 01:02:03", 3_723_000), ("r 1 1 2 31:51.982", 1_911_982),
        ("r 1 1 2 7", 7000), ("r 1 1 2 00:00:01 09/10/2896", 1000),
    ])
    func `without a date a record lies on 1970-01-01`(line: String, milliseconds: Int64) {
        let sink = read(line, zone: summer)
        #expect(first(sink) == milliseconds)
        #expect(sink.issue(.unanchoredTime, "date")?.count == 1)
    }

    @Test func `records without a date are told apart by their names`() {
        func streams(_ name: String, gain: Int = 1) -> Set<FlatStream> {
            let sink = WFDBFixtures.read(
                "\(name) 1 1 2\nr.dat 16 \(gain)/uV 0 0 0 3 0 ECG\n",
                [
                    ("r.dat", WFDBFixtures.words([1, 2])),
                    ("r.atr", WFDBFixtures.annotations([(1, 0), (1, 1)])),
                ])
            return Set(sink.streams.keys)
        }
        #expect(streams("a").count == 3)
        #expect(streams("a") == streams("a", gain: 2))
        #expect(streams("a").isDisjoint(with: streams("b")))
    }

    @Test func `a day of the clock's change is as long as its samples`() {
        // 02:00 becomes 03:00 on this night; samples go on.
        let zone = ZoneTimeline([
            ZoneSpan(start: .distantPast, offsetSeconds: 3600, origin: .user),
            ZoneSpan(
                start: Timestamp(seconds: 1_743_296_400), offsetSeconds: 7200, origin: .user),
        ])
        let sink = read("r 1 0.0001 2 01:30:00 30/03/2025", zone: zone)
        #expect(
            sink.samples(of: .ecg).map { $0.time / 1_000_000_000 } == [
                1_743_294_600, 1_743_304_600,
            ])
    }

    @Test(arguments: [
        ("250", Period(numerator: 4_000_000, denominator: 1)),
        ("250/24000", Period(numerator: 4_000_000, denominator: 1)),
        ("360.0", Period(numerator: 25_000_000, denominator: 9)),
        ("62.4725", Period(numerator: 400_000_000_000, denominator: 24_989)),
        ("0.0166666666667", Period(numerator: 59_999_999_999_880, denominator: 1000)),
    ])
    func `rates are exact fractions`(rate: String, period: Period) {
        let sink = read("r 1 \(rate) 2")
        let times = sink.samples(of: .ecg).map(\.time)
        #expect(abs(times[1] - times[0] - period.numerator / period.denominator) <= 1)
    }
}
