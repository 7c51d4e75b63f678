// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthTestSupport
import Testing

@testable import HearthFormats

/// Real files, where they are at hand.
@Suite(.enabled(if: SharedData.isPresent, "HEARTH_DATA names no folder"))
struct EDFReferenceTests {
    private func sink(_ name: String) throws -> StoredSink {
        StoredSink.read(try SharedData.bytes("formats/edf/" + name))
    }

    static let files: [URL] =
        SharedData.folder.map { folder in
            ["formats/edf", "formats/wfdb/wfdb-python"]
                .flatMap { SeedFiles.files(below: folder.appending(path: $0)) }
                .filter { ["edf", "bdf"].contains($0.pathExtension.lowercased()) }
        } ?? []

    @Test(arguments: files)
    func `a decoder written apart finds the same`(url: URL) throws {
        let bytes = [UInt8](try Data(contentsOf: url))
        #expect(FormatDetector.detect(Array(bytes.prefix(4096)).span) == .recording(.edf))
        let matches = EDFReferences.matches(bytes)
        #expect(!matches.isEmpty)
        for match in matches { #expect(match.holds, "\(match.sentence)") }
    }

    /// Signals x samples, annotations, and codes of issues besides the zone.
    static let expected: [(String, [Int], Int, Set<String>)] = [
        ("edfio/SC4001EC-Hypnogram.edf", [], 154, []),
        ("edfio/SC4001EC-Hypnogram.bdf", [], 154, []),
        ("edfio/test_subsecond.edf", [698 * 128], 4, []),
        ("mne-python/duplicate_channel_labels.edf", [2500, 2500, 2500], 0, []),
        ("mne-python/test_uneven_samp.edf", [11_000, 1408], 0, []),
        ("mne-python/test_edf_stim_channel.edf", Array(repeating: 1228, count: 25), 0, []),
        ("mne-python/test.bdf", Array(repeating: 2048, count: 73), 0, []),
    ]

    @Test(arguments: expected)
    func `counts are those known`(_ known: (String, [Int], Int, Set<String>)) throws {
        let sink = try sink(known.0)
        let isNote = { (key: FlatStream) in key.quantity == .event || key.quantity == .sleepStage }
        let counts = sink.order.filter { !isNote($0) }.map { sink.streams[$0]?.times.count ?? 0 }
        #expect(counts.sorted() == known.1.sorted())
        let notes = sink.order.filter(isNote).reduce(0) {
            $0 + (sink.streams[$1]?.times.count ?? 0)
        }
        #expect(notes == known.2)
        #expect(Set(sink.issues.map(\.code.name)) == known.3.union(["unanchored-time"]))
    }

    /// The header as another decoder wrote it down.
    @Test func `the header is the one known`() throws {
        struct Known: Decodable {
            let label: String
            let physicalDimension: String
            let physicalMin: Double
            let physicalMax: Double
            let digitalMin: Int32
            let digitalMax: Int32
            let samplesPerDataRecord: Int
            let samplingFrequency: Double
        }
        let json = Data(try SharedData.bytes("formats/edf/edfio/short_psg_header_reference.json"))
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let known = try decoder.decode([Known].self, from: json)
        for name in ["edfio/short_psg.edf", "edfio/short_psg.bdf"] {
            let bytes = try SharedData.bytes("formats/edf/" + name)
            var output = SampleOutput(
                file: .edf, device: SourceDevice(vendor: "", model: ""), limits: .standard,
                zone: ZoneTimeline())
            let count = try EDFHeader.signalCount(bytes, .standard)
            let header = try EDFHeader(
                Array(bytes[..<(256 * (count + 1))]), signals: count, limits: .standard,
                output: &output)
            #expect(header.signals.count == known.count)
            for (signal, known) in zip(header.signals, known) {
                #expect(signal.label == known.label)
                #expect(signal.unit.text == known.physicalDimension)
                #expect(signal.digital == known.digitalMin...known.digitalMax)
                #expect(signal.samples == known.samplesPerDataRecord)
                let rate = Double(signal.samples) / (Double(header.duration) / 1e9)
                #expect(rate == known.samplingFrequency)
                let line = signal.calibration
                let low = Double(known.digitalMin) * (line?.factor ?? 0) + (line?.offset ?? 0)
                let high = Double(known.digitalMax) * (line?.factor ?? 0) + (line?.offset ?? 0)
                #expect(
                    abs(low - known.physicalMin) < 1e-9 && abs(high - known.physicalMax) < 1e-9)
            }
        }
    }

    /// Physical values as the recorder's maker exported them, to the digits given.
    @Test func `values agree with an export as text`() throws {
        let text = String(
            decoding: try SharedData.bytes("formats/edf/mne-python/test_edf_stim_channel.txt"),
            as: UTF8.self)
        let rows = text.split(whereSeparator: \.isNewline).map {
            $0.split(separator: " ").compactMap { Double($0) }
        }
        let reference = try #require(
            ReferenceEDF(try SharedData.bytes("formats/edf/mne-python/test_edf_stim_channel.edf")))
        let sink = try sink("mne-python/test_edf_stim_channel.edf")
        var compared = 0
        var different = 0
        for (number, signal) in reference.signals.enumerated() {
            guard let key = sink.order.first(where: { $0.device.model.hasPrefix(signal.label) }),
                let stream = sink.streams[key], rows.allSatisfy({ $0.count > number })
            else { continue }
            let scale = stream.scales[0]
            // The file rounds to its steps, the text to tenths, and single precision to 1/64.
            let tolerance = Double(abs(scale.factor)) + 0.07
            for (index, row) in rows.enumerated() where index < stream.columns[0].count {
                let value = Float(stream.columns[0][index]) * scale.factor + scale.offset
                if abs(Double(value) - row[number]) > tolerance { different += 1 }
                compared += 1
            }
        }
        #expect(different == 0)
        #expect(compared == 25 * 717)
    }
}
