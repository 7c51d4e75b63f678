// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats
import HearthTestSupport
import Testing

@Suite struct WFDBReaderTests {
    private typealias Fixtures = WFDBFixtures

    @Test(arguments: [8, 16, 24, 32, 61, 80, 160, 212, 310, 311])
    func `a record of each format holds the contract`(format: Int) {
        // Two samples a frame of the one signal, one of the other; annotations behind.
        let bytes = WFDBSeeds.record(format: format, frames: 20)
        checkReader(bytes) { WFDBReader() }
    }

    @Test func `segments hold the contract`() {
        let header = "s/4 1 100 12\nl 0\ns1 4\n~ 4\ns2 4\n"
        let own = { (name: String) in
            Array("\(name) 1 100 4\n\(name).dat 16 200/mV 12 0 0 10 0 II\n".utf8)
        }
        let bytes = Fixtures.record(
            header,
            [
                ("l.hea", Array("l 1 100 0\n~ 0 200/mV 12 0 0 0 0 II\n".utf8)),
                ("s1.hea", own("s1")), ("s2.hea", own("s2")),
                ("s1.dat", Fixtures.words([1, 2, 3, 4])), ("s2.dat", Fixtures.words([4, 3, 2, 1])),
            ], name: "s")
        checkReader(bytes, samples: 8) { WFDBReader() }
        let sink = readAll(bytes) { WFDBReader() }
        #expect(Fixtures.values(sink, "II") == [5, 10, 15, 20, 20, 15, 10, 5])
        #expect(
            Fixtures.times(sink, "II").map { $0 / 10_000_000 } == [0, 1, 2, 3, 8, 9, 10, 11])
        #expect(Fixtures.codes(sink) == [])
    }

    @Test func `a gain of zero or none is 200, the baseline is the converter's zero`() {
        let sink = Fixtures.read(
            """
            r 3 100 2
            r.dat 16 0 12 10 0 0 0 I
            r.dat 16
            r.dat 16 2(20)/mmHg 12 10 0 30 0 ABP

            """, [("r.dat", Fixtures.words([210, 200, 20, 10, 0, 120]))])
        #expect(Fixtures.values(sink, "I") == [1000, 0])
        #expect(Fixtures.values(sink, "signal 1 mV") == [1, 0])
        #expect(Fixtures.values(sink, "ABP mmHg") == [0, 50])
    }

    @Test func `units of voltage become microvolts only where electrodes measure`() {
        let sink = Fixtures.read(
            """
            r 4 100 1
            r.dat 16 1/V 0 0 0 0 0 V2
            r.dat 16 2/uV 0 0 0 0 0 EEG Fpz-Cz
            r.dat 16 1/mV 0 0 0 0 0 FECG
            r.dat 16 10/NU 0 0 0 0 0 II

            """, [("r.dat", Fixtures.words([0, 10, 3, 5]))])
        #expect(sink.samples(of: .ecg).map(\.values) == [[0]])
        #expect(sink.samples(of: .eeg).map(\.values) == [[5]])
        #expect(Fixtures.values(sink, "FECG mV") == [3])
        #expect(Fixtures.values(sink, "II NU") == [0.5])
        #expect(sink.samples(of: .signal).count == 2)
    }

    @Test func `two signals of one description stay apart`() {
        let line = "r.dat 16 1/mV 0 0 0 0 0 ECG\n"
        let sink = Fixtures.read("r 2 100 1\n" + line + line, [("r.dat", Fixtures.words([1, 2]))])
        #expect(Fixtures.values(sink, "ECG") == [1000])
        #expect(Fixtures.values(sink, "ECG 2") == [2000])
    }

    @Test func `an odd number of packed samples ends in half a unit`() {
        let sink = Fixtures.read(
            "r 3 100 1\n"
                + [1, 515, -252].map { "r.dat 212 1/uV 0 0 0 \($0) 0 ECG\n" }.joined(),
            [("r.dat", [1, 0x20, 3, 4, 0xF])])
        #expect(Fixtures.values(sink, "ECG") == [1])
        #expect(Fixtures.values(sink, "ECG 2") == [515])
        #expect(Fixtures.values(sink, "ECG 3") == [-252])
        #expect(Fixtures.codes(sink) == [])
    }

    @Test func `several samples a frame are spread over the frame`() {
        let sink = Fixtures.read(
            "r 2 10 2\nr.dat 16x2 1/uV 0 0 0 0 0 ECG\nr.dat 16 1/mmHg 0 0 0 0 0 ABP\n",
            [("r.dat", Fixtures.words([1, 2, 7, 3, 4, 8]))])
        #expect(Fixtures.values(sink, "ECG") == [1, 2, 3, 4])
        #expect(
            Fixtures.times(sink, "ECG") == [0, 50_000_000, 100_000_000, 150_000_000])
        #expect(Fixtures.times(sink, "ABP mmHg") == [0, 100_000_000])
    }

    @Test func `skewed samples lie as much earlier, and bytes ahead are passed over`() {
        let sink = Fixtures.read(
            "r 1 10 3\nr.dat 16:2+5 1/uV 0 0 0 6 0 ECG\n",
            [("r.dat", [9, 9, 9, 9, 9] + Fixtures.words([1, 2, 3]))])
        #expect(Fixtures.values(sink, "ECG") == [1, 2, 3])
        #expect(Fixtures.times(sink, "ECG") == [-200_000_000, -100_000_000, 0])
        #expect(Fixtures.codes(sink) == [])
    }

    @Test(arguments: [("16", [0x00, 0x80]), ("80", [0x00]), ("61", [0x80, 0x00])])
    func `the least value is no value`(format: String, sentinel: [UInt8]) {
        let sink = Fixtures.read(
            "r 1 10 3\nr.dat \(format) 1/NU 0 0 0 0 0 PLETH\n",
            [
                (
                    "r.dat",
                    Array(repeating: 0x81, count: sentinel.count) + sentinel
                        + Array(repeating: 0x82, count: sentinel.count)
                )
            ])
        #expect(Fixtures.times(sink, "PLETH NU") == [0, 200_000_000])
        #expect(sink.samplesLost == 1)
        #expect(sink.issue(.sentinelValue)?.count == 1)
    }

    @Test func `many gaps in one block keep each sample in its place`() {
        let values = (0..<100).map { $0 % 3 == 1 ? -32_768 : $0 }
        let sink = Fixtures.read(
            "r 1 100 100\nr.dat 16 1/uV 0 0 0 0 0 ECG\n", [("r.dat", Fixtures.words(values))])
        #expect(Fixtures.values(sink, "ECG") == values.filter { $0 >= 0 }.map { Float($0) })
        #expect(
            Fixtures.times(sink, "ECG").map { Int($0 / 10_000_000) } == values.filter { $0 >= 0 })
        #expect(sink.samplesLost == 33)
    }

    @Test func `blocks are regular and keep the integers`() {
        struct Blocks: SampleSink {
            var blocks: [SampleBlock] = []
            mutating func accept(_ block: SampleBlock) { blocks.append(block) }
            mutating func report(_ issue: ReadIssue) {}
        }
        var sink = Blocks()
        var reader = WFDBReader()
        let values = (0..<20_000).map { $0 % 2000 }
        let bytes = Fixtures.record(
            "r 1 360 20000\nr.dat 16 200/mV 0 0 0 0 0 II\n", [("r.dat", Fixtures.words(values))])
        try? reader.read(bytes.span, into: &sink)
        try? reader.finish(into: &sink)
        #expect(sink.blocks.reduce(0) { $0 + $1.count } == 20_000)
        #expect(sink.blocks.count < 8)
        for block in sink.blocks {
            guard case .regular(_, let period, _) = block.times,
                case .int16(_, let scale)? = block.columns.first
            else {
                Issue.record("another kind of block")
                return
            }
            #expect(period == Period(numerator: 25_000_000, denominator: 9))
            #expect(scale == Scale(factor: 5, offset: 0))
        }
    }

    @Test func `a sum that differs is told, and the samples stay`() {
        let file = ("r.dat", Fixtures.words([1, 2, 3]))
        func line(_ sum: Int) -> String { "r 1 10 3\nr.dat 16 1/uV 0 0 0 \(sum) 0 ECG\n" }
        #expect(Fixtures.codes(Fixtures.read(line(6), [file])) == [])
        #expect(Fixtures.codes(Fixtures.read(line(6 - 65_536), [file])) == [])
        let sink = Fixtures.read(line(7), [file])
        #expect(Fixtures.codes(sink) == ["checksum-mismatch"])
        #expect(sink.sampleCount == 3)
    }

    @Test func `a record of several files, one of them missing`() {
        let sink = Fixtures.read(
            "r 2 10 3\na.dat 16 1/uV 0 0 0 6 0 ECG\nb.dat 16 1/uV 0 0 0 6 0 EMG\n",
            [("b.dat", Fixtures.words([1, 2, 3]))])
        #expect(sink.samples(of: .emg).count == 3)
        #expect(sink.issue(.truncated, "missing")?.samplesLost == 3)
    }

    @Test func `FLAC formats are refused by name, annotations are read`() {
        let sink = Fixtures.read(
            "r 1 250 3\nr.dat 516 1/uV 0 0 0 6 0 ECG\n",
            [("r.dat", [1, 2, 3]), ("r.atr", Fixtures.annotations([(1, 10)]))])
        #expect(sink.issue(.unsupported, "FLAC")?.samplesLost == 3)
        #expect(sink.samples(of: .event).count == 1)
    }

    @Test func `a header alone says that its files are missing`() {
        let header = "r 1 250 3\nr.dat 16 1/uV 0 0 0 6 0 ECG\n"
        let sink = readAll(Array(header.utf8), cuts: [3, 20]) { WFDBReader() }
        #expect(sink.error?.code == .truncated)
        #expect(sink.error?.found == "a header without its signal files")
        let other = readAll(Array("HEARTHPART".utf8)) { WFDBReader() }
        #expect(other.error?.code == .damaged)
    }

    @Test func `names of parts are plain names`() {
        let names = WFDBHeader.partNames(
            in: Array(
                """
                # comment
                r 5 100 10
                r.dat 16 1 0 0 0 0 0 a
                r.dat 16 1 0 0 0 0 0 b
                ../x.dat 16
                /etc/passwd 16
                r_2.dat 212

                """.utf8))
        #expect(names.signals == ["r.dat", "r_2.dat"])
        #expect(names.segments == [])
        let segments = WFDBHeader.partNames(in: Array("s/4 1 1\nl 0\n~ 5\na/b 5\ns2 5\n".utf8))
        #expect(segments.segments == ["l", "s2"])
        #expect(WFDBHeader.partNames(in: Array("no header".utf8)).signals == [])
    }
}
