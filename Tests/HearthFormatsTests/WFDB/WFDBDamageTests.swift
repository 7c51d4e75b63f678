// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats
import HearthTestSupport
import Testing

@Suite struct WFDBDamageTests {
    private typealias Fixtures = WFDBFixtures

    private func quick(_ bytes: [UInt8], _ limits: ReadLimits = .standard) -> CollectingSink {
        let clock = ContinuousClock()
        let began = clock.now
        let sink = readAll(bytes) { WFDBReader(ReadContext(limits: limits)) }
        // Beside other tests and without optimisation.
        #expect(clock.now - began < .seconds(30))
        return sink
    }

    @Test func `absurd lengths cost nothing`() {
        let far = Int64.max
        let sink = quick(
            Fixtures.record(
                "r 1 250 \(far)\nr.dat 16x9 200/mV 12 0 0 0 0 II\n",
                [("r.dat", Fixtures.words([1, 2]))]))
        #expect(sink.issue(.truncated, "ends early") != nil)
        let frames = quick(
            Fixtures.record(
                "r 1 250 \(far)\nr.dat 16x\(far):\(far)+\(far) 200 12 0 0 0 0 II\n",
                [("r.dat", [1, 2])]))
        #expect(frames.issue(.limitExceeded, "longer frame") != nil)
        let skew = quick(
            Fixtures.record("r 1 250 1\nr.dat 16:\(far) 200\n", [("r.dat", [1, 2])]))
        #expect(skew.sampleCount == 1)
        let prologue = quick(
            Fixtures.record("r 1 250 1\nr.dat 16+\(far) 200\n", [("r.dat", [1, 2])]))
        #expect(prologue.sampleCount == 0)
    }

    @Test func `many signals, many segments, one file for all`() {
        let signals = String(repeating: "r.dat 16\n", count: 5000)
        let many = quick(
            Fixtures.record("r 5000 250 10\n" + signals, [("r.dat", [1, 2])]))
        #expect(many.issue(.limitExceeded, "more signals")?.expected == "at most 1024 signals")
        let segments = String(repeating: "s 9\n", count: 50_000)
        let data = [UInt8](repeating: 1, count: 500_000)
        let sink = quick(
            Fixtures.record(
                "r/50000 1 250\n" + segments,
                [("s.hea", Array("s 1 250 9\nd 16\n".utf8)), ("d", data)]))
        #expect(sink.issue(.limitExceeded, "more segments use") != nil)
        #expect(sink.sampleCount == 64 * 9)
    }

    @Test func `a header of a million bytes is refused`() {
        let sink = quick(
            Fixtures.record(String(repeating: "# comment\n", count: 100_000) + "r 0 1\n"))
        #expect(sink.error?.code == .limitExceeded)
        #expect(sink.error?.expected == "at most 262144 bytes")
    }

    @Test func `limits of samples and of bytes are named`() {
        var limits = ReadLimits()
        limits.samples = 10
        let bytes = Fixtures.record(
            "r 1 250 20\nr.dat 16 200/mV 12 0 0 0 0 II\n",
            [("r.dat", [UInt8](repeating: 1, count: 40))])
        #expect(quick(bytes, limits).error?.expected == "at most 10 samples")
        limits = ReadLimits()
        limits.recordingBytes = 20
        #expect(quick(bytes, limits).error?.code == .limitExceeded)
    }

    @Test func `a file cut short gives what it has`() {
        let sink = quick(
            Fixtures.record(
                "r 2 250 4\nr.dat 16 1/uV 12 0 0 9 0 ECG\nr.dat 16 1/uV 12 0 0 9 0 EMG\n",
                [("r.dat", Fixtures.words([1, 2, 3, 4, 5]))]))
        #expect(sink.sampleCount == 4)
        #expect(sink.samplesLost == 4)
        #expect(Fixtures.codes(sink) == ["truncated"])
    }

    @Test func `what stands in the wrong place is told`() {
        let header = "r 1 250 1\nr.dat 16 1/uV 12 0 0 1 0 ECG\n"
        let early = PartStream.bytes([("r.dat", [1, 0]), ("r.hea", Array(header.utf8))])
        #expect(quick(early).error?.code == .misplaced)
        let other = Fixtures.record(
            header, [("r.dat", [1, 0]), ("q.hea", Array("q 0 1\n".utf8)), ("r.dat", [1, 0])])
        #expect(Fixtures.codes(quick(other)) == ["ignored", "misplaced"])
        #expect(quick(other).sampleCount == 1)
        let behind = Fixtures.record(header, [("r.dat", [1, 0, 9, 9, 9, 9])])
        #expect(quick(behind).issue(.ignored, "behind") != nil)
    }

    @Test func `damaged lines cost their file only`() {
        let sink = quick(
            Fixtures.record(
                "r 3 250 1\na.dat oops\nb.dat 16 1/uV 12 0 0 1 0 ECG\nc.dat 99\n",
                [("a.dat", [1, 0]), ("b.dat", [1, 0]), ("c.dat", [1, 0])]))
        #expect(sink.samples(of: .ecg).count == 1)
        #expect(sink.issue(.damaged, "signal's line") != nil)
        #expect(sink.issue(.unsupported, "unknown format") != nil)
        let mixed = quick(
            Fixtures.record("r 2 250 1\na.dat 16\na.dat 80\n", [("a.dat", [1, 0, 1])]))
        #expect(mixed.issue(.damaged, "several formats") != nil)
        let few = quick(Fixtures.record("r 3 250 1\na.dat 16\n", [("a.dat", [1, 0])]))
        #expect(few.issue(.truncated, "fewer signals") != nil)
    }

    @Test func `values no quantity can have are left out`() {
        let sink = quick(
            Fixtures.record(
                "r 1 250 3\nr.dat 32 1/mV 12 0 0 0 0 ECG\n",
                [("r.dat", [1, 0, 0, 0, 0, 0, 0, 1, 2, 0, 0, 0])]))
        #expect(sink.values(.ecg) == [1000, 2000])
        #expect(sink.issue(.implausibleValue)?.samplesLost == 1)
    }

    @Test func `headers are told from other text`() {
        func isHeader(_ text: String) -> Bool { WFDBReader.isHeader(Array(text.utf8).span) }
        #expect(isHeader("# a comment\n100 2 360 650000\n100.dat 212 200 11 1024 995\n"))
        #expect(isHeader("a/2 1 360\na1 100\na2 100\n"))
        #expect(isHeader("a 1 360 5\r\na.dat 516 200/mV\r\n"))
        #expect(isHeader("a 0 360"))
        #expect(!isHeader("a 0"))
        #expect(!isHeader("a 2 360\n"))
        #expect(!isHeader("1 2 3\n4 5 6\n"))
        #expect(!isHeader("time,quantity,value\n"))
        #expect(!isHeader("800 810\n790 805\n"))
        #expect(!isHeader("a 1 360 5\na.dat 17 200/mV\n"))
        #expect(!isHeader(""))
        #expect(!isHeader("\u{0}"))
    }

    @Test func `headers and streams of parts are detected`() {
        let header = Array("r 1 250 1\nr.dat 16 1/uV 12 0 0 1 0 ECG\n".utf8)
        #expect(FormatDetector.detect(header.span) == .recording(.wfdb))
        let parts = PartStream.bytes([("r.hea", header)])
        #expect(FormatDetector.detect(parts.span) == .recording(.wfdb))
        let others = PartStream.bytes([("info.txt", header)])
        #expect(FormatDetector.detect(others.span) == nil)
    }
}
