// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats
import HearthTestSupport
import Testing

@Suite struct WFDBAnnotationTests {
    private typealias Fixtures = WFDBFixtures

    /// Annotations of a record of 100 frames a second without signals.
    private func read(_ bytes: [UInt8], header: String = "r 0 100\n") -> CollectingSink {
        Fixtures.read(header, [("r.atr", bytes)])
    }

    private func events(_ sink: CollectingSink) -> [[Int]] {
        sink.samples(of: .event).map { [Int($0.time / 10_000_000), Int($0.values[0])] }
    }

    @Test func `annotations hold the contract`() {
        let bytes = Fixtures.record(
            "r 0 100\n",
            [
                (
                    "r.atr",
                    Fixtures.annotations([(28, 5)], ended: false) + Fixtures.text("(AFIB")
                        + Fixtures.annotations([
                            (1, 60), (61, 3), (5, 80), (60, 2), (1, 90), (62, 1),
                        ])
                )
            ])
        checkReader(bytes, samples: 5 + 2) { WFDBReader() }
    }

    @Test func `each type is an event, beats make intervals`() {
        let sink = read(Fixtures.annotations([(28, 10), (1, 10), (5, 80), (16, 10), (1, 70)]))
        #expect(
            events(sink)
                == [[10, 256 + 28], [20, 257], [100, 261], [110, 256 + 16], [180, 257]])
        let intervals = sink.samples(of: .rrInterval)
        #expect(intervals.map(\.values) == [[800], [800]])
        #expect(intervals.map(\.time) == [1_000_000_000, 1_800_000_000])
        let stream = sink.streams.keys.first { $0.quantity == .rrInterval }
        #expect(stream?.origin.derivation == .derived)
        #expect(stream?.device.model == "annotator atr")
    }

    @Test func `a long distance is added ahead of the next annotation, high word first`() {
        let skip = Fixtures.words([59 << 10, 1, 2])
        let sink = read(skip + Fixtures.annotations([(1, 3)]))
        #expect(events(sink) == [[65_541, 257]])
        let back = Fixtures.words([59 << 10, 0xFFFF, 0xFFF6])
        let other = read(
            Fixtures.annotations([(1, 30)], ended: false) + back + Fixtures.annotations([(1, 0)]))
        #expect(other.issue(.timeBackwards) != nil)
        #expect(other.samples(of: .rrInterval) == [])
    }

    @Test func `texts are dropped but for known rhythms`() throws {
        let bytes =
            Fixtures.annotations([(28, 1)], ended: false) + Fixtures.text("(AFIB\0")
            + Fixtures.annotations([(28, 1)], ended: false) + Fixtures.text("(someone's note")
            + Fixtures.annotations([(22, 1)], ended: false) + Fixtures.text("a name")
            + Fixtures.annotations([])
        let sink = read(bytes)
        let rhythm = EventKind.wfdbRhythm(try #require(WFDBRhythm(label: "AFIB")))
        #expect(rhythm.rawValue == 514)
        #expect(events(sink) == [[1, 284], [1, 514], [2, 284], [3, 278]])
        #expect(Fixtures.codes(sink) == [])
    }

    @Test func `no interval spans fibrillation or an unreadable stretch`() {
        #expect(
            read(Fixtures.annotations([(1, 50), (32, 10), (31, 20), (33, 30), (1, 10)]))
                .samples(of: .rrInterval) == [])
        #expect(
            read(Fixtures.annotations([(1, 50), (14, 10), (61, -1), (1, 40)]))
                .samples(of: .rrInterval) == [])
        // Noise that could be read through.
        #expect(
            read(Fixtures.annotations([(1, 50), (14, 10), (61, 1), (1, 40)]))
                .values(.rrInterval) == [500])
    }

    @Test func `a file may have a finer clock than its record`() {
        let bytes =
            Fixtures.annotations([(22, 0)], ended: false)
            + Fixtures.text("## time resolution: 1000")
            + Fixtures.annotations([(1, 500), (1, 750)])
        let sink = read(bytes)
        #expect(events(sink) == [[50, 257], [125, 257]])
        #expect(sink.values(.rrInterval) == [750])
    }

    @Test func `definitions of types are no events`() {
        let bytes =
            Fixtures.annotations([(22, 0)], ended: false)
            + Fixtures.text("## annotation type definitions")
            + Fixtures.annotations([(22, 0)], ended: false) + Fixtures.text("42 CAL Calibration")
            + Fixtures.annotations([(22, 0)], ended: false) + Fixtures.text("## end of definitions")
            + Fixtures.annotations([(42, 7)])
        #expect(events(read(bytes)) == [[7, 298]])
    }

    @Test func `AHA files are refused by name`() {
        let entry = { (letter: UInt8) in [0, letter] + [UInt8](repeating: 0, count: 14) }
        let sink = read(entry(0x4E) + entry(0x56) + entry(0x4E))
        #expect(sink.issue(.unsupported, "AHA") != nil)
        #expect(sink.sampleCount == 0)
        #expect(read(entry(0x4E)).issue(.unsupported, "AHA") != nil)
    }

    @Test func `what is cut off is told`() {
        #expect(
            read(Fixtures.annotations([(1, 5)], ended: false)).issue(.truncated, "end mark") != nil)
        #expect(
            read(Fixtures.annotations([(1, 5)], ended: false) + [1])
                .issue(.truncated, "inside")?.samplesLost == 1)
        #expect(read(Fixtures.annotations([(55, 5), (1, 5)])).issue(.unknownElement) != nil)
    }

    @Test func `a record may have annotations and no signal file`() {
        let sink = Fixtures.read(
            "r 1 250 500\nr.dat 212 200 12 0 0 0 0 II\n",
            [("r.qrs", Fixtures.annotations([(1, 250), (1, 250)]))])
        #expect(sink.values(.rrInterval) == [1000])
        #expect(sink.issue(.truncated, "missing")?.samplesLost == 500)
    }

    @Test func `rhythms keep their codes`() {
        #expect(WFDBRhythm(label: "N").map { EventKind.wfdbRhythm($0).rawValue } == 512)
        #expect(WFDBRhythm(label: "VT").map { EventKind.wfdbRhythm($0).rawValue } == 526)
        #expect(WFDBRhythm(label: "note") == nil)
    }
}
