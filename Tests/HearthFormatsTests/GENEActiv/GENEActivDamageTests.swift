// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthFormats
import HearthTestSupport
import Testing

/// Damage, hostile sizes, the door, and real recordings.
@Suite struct GENEActivDamageTests {
    private func read(
        _ text: String, _ context: ReadContext = ReadContext()
    ) -> CollectingSink {
        readAll(Array(text.utf8)) { GENEActivReader(context) }
    }

    @Test func `pages without a time, a rate or digits are told`() {
        var recording = GENEActivRecording()
        recording.addPages(4, samples: 10)
        let zero = recording.text.replacing(
            "Page Time:2026-01-02 03:00:03:000", with: "Page Time:0000-00-00 00:00:00:000")
        let sink = read(zero)
        #expect(sink.samples(of: .acceleration).count == 30)
        #expect(sink.issue(.invalidValue)?.count == 1)
        #expect(sink.issue(.unanchoredTime)?.samplesLost == 10)

        let twice = recording.text.replacing(
            "Recorded Data\r\n", with: "Recorded Data\r\nRecorded Data\r\n", maxReplacements: 1)
        #expect(read(twice).issue(.damaged, "without digits")?.count == 1)

        let odd = recording.text + "Hello:world\r\n0123456789AB\r\n"
        #expect(read(odd).issue(.misplaced, "between pages")?.count == 1)
        #expect(read(odd).issue(.misplaced, "no page")?.samplesLost == 1)
    }

    @Test func `a header without calibration is refused`() {
        for gains in [["0", "1", "1"], ["x", "25000", "25000"], ["1", "1", "1"]] {
            var recording = GENEActivRecording(gains: gains)
            recording.addPages(1)
            let sink = read(recording.text)
            #expect(sink.error?.code == .invalidValue)
            #expect(sink.streams.isEmpty)
        }
    }

    @Test func `an end within the header is told`() {
        let header = GENEActivRecording().text
        #expect(read(String(header.prefix(200))).issue(.truncated, "header") != nil)
        #expect(read("").issue(.truncated, "header") != nil)
    }

    @Test func `the older GENEA is refused by name`() throws {
        let sink = read("GENEA/1.00\r\nSerial-Number:01275\r\n")
        #expect(sink.error?.code == .unsupported)
        #expect(sink.error?.found == "a recording of the older GENEA")
        #expect(read("something else\n").error?.code == .damaged)
    }

    @Test func `recordings are known by their first line`() {
        func detect(_ text: String) -> DetectedFormat? {
            let bytes = Array(text.utf8)
            return FormatDetector.detect(bytes.span)
        }
        #expect(detect(GENEActivRecording().text) == .recording(.geneActiv))
        #expect(detect("GENEA/1.00\r\nSerial") == .recording(.geneActiv))
        #expect(detect("Device Identity Card\n") == nil)
        #expect(detect("GENEActiv notes\n") == nil)
    }

    @Test func `a line without an end is refused by the limit and costs only itself`() {
        var recording = GENEActivRecording()
        recording.addPages(1, samples: 10)
        let text = recording.text + String(repeating: "x", count: 5000) + "\r\n"
        recording.text = text
        recording.addPages(1, samples: 10)
        var limits = ReadLimits.standard
        limits.recordBytes = 4000
        let sink = read(recording.text, ReadContext(limits: limits))
        #expect(sink.issue(.limitExceeded)?.found.contains("4000") == true)
        #expect(sink.samples(of: .acceleration).count == 20)
    }

    @Test func `nothing that names a person or a unit is kept`() {
        var recording = GENEActivRecording()
        recording.addPages(1)
        let sink = read(recording.text)
        let devices = Set(sink.streams.keys.map(\.device))
        #expect(devices.map(\.label) == ["Activinsights GENEActiv"])
        #expect(devices.first?.unit != 0)
        #expect(sink.issues == [])
    }

    @Test func `a hostile half megabyte is read quickly`() {
        let header = GENEActivRecording().text
        let clock = ContinuousClock()
        for line in ["0123456789AB\n", "Recorded Data\n", ":\n", "Page Time:9\n", "\n"] {
            let text =
                header + "Recorded Data\r\n"
                + String(repeating: line, count: (1 << 19) / line.utf8.count)
            let took = clock.measure { _ = read(text) }
            #expect(took < .seconds(10), "\(line)")
        }
    }

    // MARK: Real recordings

    @Test(
        .enabled(if: SharedData.isPresent, "needs the shared recordings"),
        arguments: [
            ("GGIRread/GENEActiv_testfile.bin", 5031),
            ("scikit-digital-health/gnactv_sample.bin", 900),
        ])
    func `real recordings are read whole`(path: String, samples: Int) throws {
        let bytes = try SharedData.bytes("formats/geneactiv/" + path)
        let prefix = Array(bytes.prefix(4096))
        let format = FormatDetector.detect(prefix.span)
        #expect(format == .recording(.geneActiv))
        let sink = readAll(bytes) { GENEActivReader() }
        #expect(sink.error == nil)
        #expect(sink.samples(of: .acceleration).count == samples)
        #expect(sink.samplesLost == 0)
        #expect(sink.samples(of: .zoneOffset).count == 1)
        #expect(sink.issues.allSatisfy { $0.code == .truncated }, "\(sink.issues)")
    }

    @Test(.enabled(if: SharedData.isPresent, "needs the shared recordings"))
    func `values are those of another decoder`() throws {
        let path = "formats/geneactiv/scikit-digital-health/gnactv_sample.bin"
        let folder = try #require(SharedData.folder)
        let matches = try MotionReferences.geneActiv(
            folder.appending(path: path), try SharedData.bytes(path))
        #expect(matches.count == 2)
        for match in matches { #expect(match.holds, "\(match.sentence)") }
    }

    @Test(.enabled(if: SharedData.isPresent, "needs the shared recordings"))
    func `a real recording of the older GENEA is refused`() throws {
        let bytes = try SharedData.bytes("formats/geneactiv/GGIRread/genea_testfile.bin")
        let sink = readAll(bytes) { GENEActivReader() }
        #expect(sink.error?.code == .unsupported)
    }
}
