// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthTestSupport
import Testing

@testable import HearthFormats

@Suite struct EDFDamageTests {
    private func file(_ records: Int) -> EDFBuilder {
        var file = EDFBuilder([.init("Fp1"), .init("Fp2")], records: records)
        for record in 0..<records { file.append((0..<8).map { record * 8 + $0 }) }
        return file
    }

    @Test func `the number of records may be unknown, too large or no number`() {
        var odd = file(3)
        for text in ["-1", "0", "x", "99999999"] {
            odd.records = text
            #expect(readEDF(odd).values(.eeg).count == 24, "\(text)")
        }
        #expect(readEDF(odd).issue(.truncated, "fewer data records") != nil)
    }

    @Test func `a last record cut off gives its whole samples`() {
        // 19 of 32 bytes: the first signal, and one sample and a half of the second.
        let bytes = Array(file(2).bytes.dropLast(5))
        let sink = readAll(bytes) { EDFReader() }
        #expect(sink.values(.eeg).count == 13)
        #expect(sink.issue(.truncated, "inside a data record")?.samplesLost == 3)
        let barely = readAll(Array(file(2).bytes.dropLast(9))) { EDFReader() }
        #expect(barely.values(.eeg).count == 11)
        #expect(barely.samplesLost == 5)
    }

    @Test func `bytes behind the last record are no samples unless they tell their start`() {
        var long = file(3)
        long.records = "2"
        let sink = readEDF(long)
        #expect(sink.values(.eeg).count == 16)
        #expect(sink.issue(.misplaced, "behind the last")?.samplesLost == 8)
        var night = EDFBuilder.night(records: 6)
        night.records = "5"
        #expect(readEDF(night).sampleCount == readEDF(EDFBuilder.night(records: 6)).sampleCount)
        #expect(readEDF(night).issue(.misplaced, "they are read")?.count == nil)
        #expect(readEDF(night).issue(.misplaced)?.samplesLost == 0)
    }

    @Test func `a header size that lies is told and not believed`() {
        for text in ["99999999", "0", "", "-1", "512"] {
            var odd = file(2)
            odd.headerBytes = text
            let sink = readEDF(odd)
            #expect(sink.values(.eeg).count == 16, "\(text)")
            #expect(sink.issue(.invalidValue, "header size") != nil)
        }
    }

    @Test func `limits refuse at once and by name`() {
        func refusal(_ change: (inout EDFBuilder) -> Void) -> ReadError? {
            var hostile = file(1)
            change(&hostile)
            return readEDF(hostile).error
        }
        let signals = refusal { $0.signalCount = "9999" }
        #expect(signals?.code == .limitExceeded)
        #expect(signals?.expected == "at most 512 signals")
        let samples = refusal { $0.signals[1].samples = "99999999" }
        #expect(samples?.expected == "at most 10000000 samples of a signal in a record")
        let record = refusal {
            $0.signals = Array(repeating: .init("Fp1", samples: "9999999"), count: 5)
        }
        #expect(record?.expected == "at most \(64 << 20) bytes in a data record")
        #expect(refusal { $0.signals[0].samples = "4294967" + "296" }?.code == .limitExceeded)
        #expect(refusal { $0.signals[0].samples = "-4" }?.code == .damaged)
        #expect(refusal { $0.signals[0].samples = "many" }?.code == .damaged)
        #expect(refusal { $0.signalCount = "0" }?.code == .damaged)
        #expect(refusal { $0.signalCount = "-1" }?.code == .damaged)
        #expect(
            refusal {
                $0.signals[0].samples = "0"; $0.signals[1].samples = "0"
            }?.code == .damaged)
        var limits = ReadLimits.standard
        limits.samples = 20
        let few = readEDF(file(3), ReadContext(limits: limits))
        #expect(few.error?.expected == "at most 20 samples")
    }

    @Test func `a large record that is not there costs no memory and no time`() {
        var hostile = EDFBuilder(
            [.init("Fp1", samples: "9999999"), .init("Fp2", samples: "9999999")], records: 1)
        hostile.append([1, 2, 3])
        let sink = readEDF(hostile)
        #expect(
            sink.values(.eeg) == [1, 2, 3].map { $0 * 0.1 }.map { Float($0) }
                || sink.values(.eeg).count == 3)
        #expect(sink.samplesLost == 19_999_995)
    }

    @Test func `durations that are none`() {
        for text in ["", "x", "-1", "1e300", "99999999999"] {
            var odd = file(1)
            odd.duration = text
            #expect(readEDF(odd).error == nil, "\(text)")
        }
        var long = file(9)
        long.duration = "99999999"
        let sink = readEDF(long)
        #expect(sink.values(.eeg).count + sink.samplesLost == 72)
    }

    @Test func `a header cut off is refused`() {
        for count in [0, 100, 256, 700] {
            let sink = readAll(Array(file(1).bytes.prefix(count))) { EDFReader() }
            #expect(sink.error?.code == .truncated)
        }
        #expect(
            readAll([UInt8](repeating: 0x41, count: 300)) { EDFReader() }.error?.code == .damaged)
    }

    @Test func `a gap behind every record costs neither samples nor time`() {
        var gaps = EDFBuilder(
            [.init("Fp1", samples: "1"), .annotations(samples: "6")], records: -1, kind: "EDF+D")
        for record in 0..<5000 {
            gaps.append([record])
            gaps.append("+\(record * 3)\u{14}\u{14}", bytes: 12)
        }
        let clock = ContinuousClock()
        let began = clock.now
        let sink = readEDF(gaps)
        #expect(
            sink.samples(of: .eeg).map { ($0.time - edfStart) / 3_000_000_000 } == Array(0..<5000))
        #expect(clock.now - began < .seconds(2))
    }
}
