// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats
import HearthTestSupport
import Testing

@Suite struct HearthRoundTripTests {
    private func collected(_ blocks: [SampleBlock]) -> [FlatStream: [FlatSample]] {
        var sink = CollectingSink()
        for block in blocks { sink.accept(block) }
        return sink.streams
    }

    /// Every sample with its float bits, so that 0 and -0 differ.
    private func bits(_ streams: [FlatStream: [FlatSample]]) -> [FlatStream: [[UInt64]]] {
        streams.mapValues { samples in
            samples.map { sample in
                [UInt64(bitPattern: sample.time), UInt64(bitPattern: sample.duration)]
                    + [UInt64(sample.quality)] + sample.values.map { UInt64($0.bitPattern) }
            }
        }
    }

    private func csv(_ blocks: [SampleBlock]) -> [UInt8] {
        var bytes: [UInt8] = []
        let writer = HearthCSVWriter()
        writer.appendHeader(to: &bytes)
        for block in blocks { writer.append(block, to: &bytes) }
        return bytes
    }

    private func ndjson(_ blocks: [SampleBlock]) -> [UInt8] {
        var bytes: [UInt8] = []
        for block in blocks { HearthNDJSONWriter().append(block, to: &bytes) }
        return bytes
    }

    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func `CSV gives every sample of every quantity back bit for bit`(seed: UInt64) {
        let blocks = ReferenceBlocks.all(seed: seed)
        let sink = readAll(csv(blocks)) { HearthCSVReader() }
        #expect(sink.error == nil, "seed \(seed)")
        #expect(sink.issues == [], "seed \(seed)")
        #expect(bits(sink.streams) == bits(collected(blocks)), "seed \(seed)")
    }

    @Test(arguments: 11...20 as ClosedRange<UInt64>)
    func `NDJSON gives every sample of every quantity back bit for bit`(seed: UInt64) {
        let blocks = ReferenceBlocks.all(seed: seed)
        let sink = readAll(ndjson(blocks)) { HearthNDJSONReader() }
        #expect(sink.error == nil, "seed \(seed)")
        #expect(sink.issues == [], "seed \(seed)")
        #expect(bits(sink.streams) == bits(collected(blocks)), "seed \(seed)")
    }

    @Test func `integer columns and regular times come back as the values they stand for`() {
        let block = SampleBlock(
            device: SourceDevice(vendor: "A", model: "B", pseudonym: DeviceID(rawValue: 7)),
            quantity: .acceleration, origin: Origin(file: .fit),
            times: .regular(
                start: Timestamp(nanoseconds: 5), period: Period(hertz: 3), count: 3),
            columns: [
                .int16([1, -2, 3], Scale(factor: 0.001)),
                .int32([4, 5, -6], Scale(factor: 0.25, offset: 1)), .float32([0.1, 0.2, 0.3]),
            ])
        for sink in [
            readAll(csv([block])) { HearthCSVReader() },
            readAll(ndjson([block])) { HearthNDJSONReader() },
        ] {
            #expect(bits(sink.streams) == bits(collected([block])))
        }
    }

    @Test func `no exported cell starts with a character that begins a formula`() {
        let rows = referenceCSVRows(csv(ReferenceBlocks.all(seed: 3)), delimiter: 0x2C)
        for row in rows.dropFirst() {
            for text in row[8...9] {
                #expect(!text.starts(with: [0x3D]) && !text.starts(with: [0x40]))
                #expect(!text.starts(with: [0x2B]) && !text.starts(with: [0x2D]))
            }
        }
    }

    @Test func `both readers keep the contract on an export of every quantity`() {
        let blocks = ReferenceBlocks.all(seed: 21, devices: 1, samples: 2)
        let count = blocks.reduce(0) { $0 + $1.count }
        checkReader(csv(blocks), samples: count) { HearthCSVReader() }
        checkReader(ndjson(blocks), samples: count) { HearthNDJSONReader() }
    }
}
