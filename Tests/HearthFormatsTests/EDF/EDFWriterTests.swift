// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthTestSupport
import Testing

@testable import HearthFormats

/// Plans and writes blocks; one file for each group of streams.
func writeEDF(
    _ blocks: [SampleBlock], zone: ZoneTimeline = ZoneTimeline(), bdf: Bool = false
) throws -> (plan: EDFPlan, files: [[UInt8]]) {
    var planner = EDFPlanner(zone: zone, allowsBDF: bdf)
    for block in blocks { planner.add(block) }
    let plan = planner.plan()
    let files = try plan.files.map { file in
        var writer = EDFWriter(file)
        var bytes: [UInt8] = []
        writer.appendHeader(to: &bytes)
        for block in blocks { try writer.append(block, to: &bytes) }
        try writer.finish(to: &bytes)
        #expect(Int64(bytes.count) == file.bytes)
        return bytes
    }
    return (plan, files)
}

@Suite struct EDFWriterTests {
    private let start = Timestamp(seconds: 1_767_323_045)

    private func block(
        _ quantity: Quantity, _ model: String, hertz: Int64, start: Timestamp? = nil,
        _ columns: [SampleColumn]
    ) -> SampleBlock {
        SampleBlock(
            device: SourceDevice(vendor: "", model: model), quantity: quantity,
            origin: Origin(file: .edf),
            times: .regular(
                start: start ?? self.start, period: Period(hertz: hertz), count: columns[0].count),
            columns: columns)
    }

    private func ramp(_ count: Int) -> [Int16] {
        (0..<count).map { Int16(truncatingIfNeeded: $0 * 7919) }
    }

    /// What was read, written and read again is the same, to the bit of the stored integers.
    private func expectRoundTrip(_ bytes: [UInt8], bdf: Bool = false) throws {
        let first = StoredSink.read(bytes)
        let (plan, files) = try writeEDF(first.blocks, bdf: bdf)
        #expect(plan.refused.isEmpty)
        #expect(plan.files.reduce(0) { $0 + $1.samplesLeftOut } == 0)
        var again: [FlatStream: StoredSink.Stream] = [:]
        for file in files {
            let sink = StoredSink.read(file)
            #expect(
                sink.issues.allSatisfy {
                    $0.code == .unanchoredTime || $0.code == .implausibleValue
                })
            again.merge(sink.streams) { one, _ in one }
        }
        for (key, stream) in first.streams {
            guard key.quantity != .event, key.quantity != .sleepStage else { continue }
            // A signal without a sound range has one once it is written, and may then be known.
            let sameName = again.first { $0.key.device.model == key.device.model }?.value
            guard let other = again[key] ?? sameName else {
                Issue.record(
                    "a stream is missing: \(key.device.model) in \(again.keys.map(\.device.model))")
                continue
            }
            #expect(other.columns == stream.columns)
            #expect(zip(other.times, stream.times).allSatisfy { abs($0 - $1) <= 1 })
            #expect(other.times.count == stream.times.count)
            for (one, two) in zip(other.scales, stream.scales) {
                let reach = abs(two.factor) * 65_535
                #expect(abs(one.factor - two.factor) <= 1e-5 * abs(two.factor))
                #expect(abs(one.offset - two.offset) <= 1e-5 * (reach + abs(two.offset)))
            }
        }
        for quantity in [Quantity.event, .sleepStage] {
            let one = first.streams.filter { $0.key.quantity == quantity }.flatMap(\.value.floats)
            let two = again.filter { $0.key.quantity == quantity }.flatMap(\.value.floats)
            #expect(one == two)
        }
    }

    @Test(arguments: [false, true])
    func `what is read is written as it was`(bdf: Bool) throws {
        try expectRoundTrip(EDFBuilder.night(records: 8, bdf: bdf, gaps: false).bytes, bdf: bdf)
    }

    @Test(
        .enabled(if: SharedData.isPresent),
        arguments: SharedData.folder.map {
            SeedFiles.files(below: $0.appending(path: "formats/edf"))
        } ?? [])
    func `real files come back as they were`(url: URL) throws {
        guard ["edf", "bdf"].contains(url.pathExtension.lowercased()) else { return }
        try expectRoundTrip([UInt8](try Data(contentsOf: url)), bdf: true)
    }

    @Test func `signals of several rates share data records, gaps become EDF+D`() throws {
        let second = start.advanced(bySeconds: 100)
        let scale = Scale(factor: 0.5, offset: 0)
        let (plan, files) = try writeEDF([
            block(.ecg, "ECG", hertz: 256, [.int16(ramp(512), scale)]),
            block(.ppg, "PPG", hertz: 100, [.int16(ramp(200), scale)]),
            block(.ecg, "ECG", hertz: 256, start: second, [.int16(ramp(256), scale)]),
            block(.ppg, "PPG", hertz: 100, start: second, [.int16(ramp(100), scale)]),
        ])
        #expect(plan.files.count == 1)
        #expect(plan.files[0].recordDuration == 1_000_000_000)
        #expect(plan.files[0].isDiscontinuous)
        #expect(String(decoding: files[0][192..<197], as: UTF8.self) == "EDF+D")
        let sink = readAll(files[0]) { EDFReader() }
        #expect(sink.samples(of: .ecg).count == 768)
        #expect(sink.samples(of: .ppg).last?.time == start.nanoseconds + 100_990_000_000)
        #expect(ReferenceEDF(files[0])?.recordOnsets == [0, 1, 100])
    }

    @Test func `streams that cover other stretches get a file of their own`() throws {
        let scale = Scale()
        let (plan, _) = try writeEDF([
            block(.ecg, "ECG", hertz: 100, [.int16(ramp(1000), scale)]),
            block(
                .ppg, "PPG", hertz: 100, start: start.advanced(bySeconds: 4),
                [.int16(ramp(600), scale)]),
        ])
        #expect(plan.files.count == 2)
        #expect(plan.files.allSatisfy { $0.samplesLeftOut == 0 })
    }

    @Test func `an end that fills no data record is left out and counted`() throws {
        let (plan, files) = try writeEDF([
            block(.ecg, "ECG", hertz: 100, [.int16(ramp(250), Scale())]),
            block(.eda, "EDA", hertz: 4, [.float32((0..<9).map { Float($0) })]),
        ])
        #expect(plan.files.count == 1)
        let written = readAll(files[0]) { EDFReader() }
        #expect(plan.files[0].samplesLeftOut == Int64(259 - written.sampleCount))
        #expect(plan.files[0].samplesLeftOut > 0)
    }

    @Test func `floating-point values keep the stated resolution`() throws {
        let values = (0..<1000).map { Float($0) * 0.0371 - 12.3 }
        let (plan, files) = try writeEDF([block(.ecg, "ECG", hertz: 100, [.float32(values)])])
        let mapping = plan.files[0].signals[0].mapping
        #expect(!mapping.isExact)
        #expect(mapping.resolution < 0.001)
        let back = readAll(files[0]) { EDFReader() }.values(.ecg)
        #expect(
            zip(back, values).allSatisfy {
                Double(abs($0 - $1)) <= mapping.resolution * 0.51 + 1e-5
            })
        #expect(back.count == 1000)
    }

    @Test func `stages and marks are annotations, and alone they make a file too`() throws {
        let times = (0..<50).map { start.nanoseconds + Int64($0) * 30_000_000_000 }
        let stages = SampleBlock(
            device: SourceDevice(vendor: "", model: "Watch"), quantity: .sleepStage,
            origin: Origin(file: .fitbit, derivation: .derived), times: .irregular(times),
            durations: times.map { _ in 30_000_000_000 },
            columns: [.float32((0..<50).map { Float($0 % 7) })])
        let (_, alone) = try writeEDF([stages])
        let sink = readAll(alone[0]) { EDFReader() }
        #expect(sink.values(.sleepStage) == (0..<50).map { Float($0 % 7) })
        #expect(sink.samples(of: .sleepStage).map(\.time) == times)
        let (plan, files) = try writeEDF([
            stages, block(.ecg, "ECG", hertz: 8, [.int16(ramp(80), Scale())]),
        ])
        #expect(plan.files.count == 1)
        let both = readAll(files[0]) { EDFReader() }
        #expect(both.samples(of: .sleepStage).map(\.time) == times)
        #expect(both.values(.ecg).count == 80)
    }

    @Test func `what EDF cannot hold is refused by name`() throws {
        let beats = SampleBlock(
            device: SourceDevice(vendor: "", model: "H10"), quantity: .rrInterval,
            origin: Origin(file: .fit), times: .irregular([1, 2, 4]),
            columns: [.float32([800, 810, 790])])
        let odd = SampleBlock(
            device: SourceDevice(vendor: "", model: "Odd"), quantity: .ecg,
            origin: Origin(file: .edf),
            times: .regular(
                start: start, period: Period(numerator: 999_999_937, denominator: 100), count: 200),
            columns: [.int16(ramp(200), Scale())])
        let huge = block(.signal, "Huge", hertz: 10, [.float32([1e11, 2e11])])
        let (plan, _) = try writeEDF([beats, odd, huge])
        #expect(
            plan.refused.map(\.reason) == [
                .irregularTimes, .rateNotRepresentable, .rangeNotRepresentable,
            ])
        #expect(EDFRefusal.allCases.allSatisfy { !$0.sentence.isEmpty })
    }

    @Test func `the header holds no personal data, and the start on the person's wall clock`()
        throws
    {
        let zone = ZoneTimeline([ZoneSpan(start: .distantPast, offsetSeconds: 3600, origin: .file)])
        let blocks = [
            block(
                .ecg, "ECG", hertz: 10, start: start.advanced(byNanoseconds: 250_000_000),
                [.int16(ramp(20), Scale())])
        ]
        let (_, files) = try writeEDF(blocks, zone: zone)
        let header = String(decoding: files[0][8..<184], as: UTF8.self)
        #expect(header.hasPrefix("X X X X   "))
        #expect(header.contains("Startdate 02-JAN-2026 X X X"))
        #expect(header.hasSuffix("02.01.2604.04.05"))
        let sink = readAll(files[0]) { EDFReader(ReadContext(zone: zone)) }
        #expect(sink.samples(of: .ecg).first?.time == start.nanoseconds + 250_000_000)
    }

    @Test func `blocks that were not planned are refused`() throws {
        var planner = EDFPlanner()
        let planned = block(.ecg, "ECG", hertz: 10, [.int16(ramp(20), Scale())])
        planner.add(planned)
        var writer = EDFWriter(planner.plan().files[0])
        var bytes: [UInt8] = []
        var late = planned
        late.times = .regular(
            start: start.advanced(bySeconds: 9), period: Period(hertz: 10), count: 20)
        #expect(throws: EDFWriter.Failure.unplanned) { try writer.append(late, to: &bytes) }
        #expect(throws: EDFWriter.Failure.incomplete) { try writer.finish(to: &bytes) }
    }

    @Test func `numbers fit into eight characters`() {
        for (value, text) in [
            (0, "0"), (-192, "-192"), (0.5, "0.5"), (-0.001, "-0.001"), (3276.7, "3276.7"),
            (-32768.123456, "-32768.1"), (1.0 / 3, "0.333333"), (99_999_999, "99999999"),
            (1_234_567.891, "1234567.9"), (102.3, "102.3"),
        ] as [(Double, String)] where text.utf8.count <= 8 {
            #expect(EDFNumber(value)?.text == text)
        }
        #expect(
            EDFNumber(1_234_567.891)?.text == "1234568"
                || EDFNumber(1_234_567.891)?.text == "1234567.9")
        #expect(EDFNumber(-99_999_999) == nil)
        #expect(EDFNumber(1e9) == nil)
        #expect(EDFNumber(.nan) == nil)
        #expect(EDFNumber.seconds(9_593_750_000) == "9.59375")
        #expect(EDFNumber.seconds(1_000_000_001) == nil)
    }
}
