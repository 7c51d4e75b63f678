// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats
import HearthTestSupport
import Testing

@Suite struct AxivityCWAReaderTests {
    private func read(
        _ recording: AxivityRecording, _ context: ReadContext = ReadContext()
    ) -> CollectingSink {
        readAll(recording.bytes) { AxivityCWAReader(context) }
    }

    private static let start = AxivityRecording.stamp(2026, 1, 2, 3, 4, 5)
    /// 2026-01-02T03:04:05 UTC.
    private static let instant: Int64 = 1_767_323_045_000_000_000

    @Test func `the reader keeps its contract`() {
        var packed = AxivityRecording()
        packed.addSeconds(3)
        packed.session = 78
        packed.addSeconds(1, from: 60)
        // Acceleration; light and temperature of each block; two starts.
        checkReader(packed.bytes, samples: 400 + 8 + 2) { AxivityCWAReader() }
        var six = AxivityRecording(hardware: 0x64)
        for second in 0..<3 {
            six.add(
                (0..<40).map { [$0, 2, 3, -$0, 5, 6] }, .six, time: Self.start + UInt32(second),
                events: 1)
        }
        checkReader(six.bytes) { AxivityCWAReader() }
    }

    @Test func `packed values are shifted by their exponent`() {
        var recording = AxivityRecording()
        let samples = [[511, -512, 0], [1022, -1024, 2], [-2048, 2044, 4], [4088, -4096, 8]]
        recording.add(samples, time: Self.start)
        let sink = read(recording)
        #expect(
            sink.samples(of: .acceleration).map(\.values)
                == samples.map { $0.map { Float($0) / 256 } })
        #expect(sink.samples(of: .acceleration).map(\.time).first == Self.instant)
    }

    @Test(arguments: [(UInt16(0), Float(256)), (1, 512), (3, 2048), (7, 32_768)])
    func `whole words have the scale of their block`(code: UInt16, steps: Float) {
        var recording = AxivityRecording()
        recording.lightScale = code << 13 | 341
        recording.add([[1000, -1000, 16_384], [-16_384, 0, 1]], .three, time: Self.start)
        #expect(
            read(recording).samples(of: .acceleration).map(\.values) == [
                [1000 / steps, -1000 / steps, 16_384 / steps], [-16_384 / steps, 0, 1 / steps],
            ])
    }

    @Test func `the gyroscope stands before the acceleration`() {
        var recording = AxivityRecording(hardware: 0x64)
        recording.lightScale = 3 << 13 | 2 << 10 | 34
        recording.add([[16_384, -32_768, 1, 2048, -2048, 1024]], .six, time: Self.start)
        recording.add(
            [[0, 0, 32_767, 0, 0, 2048, 9, 9, 9]], .nine, time: Self.start + 1)
        let sink = read(recording)
        #expect(
            sink.samples(of: .acceleration).map(\.values) == [[1, -1, 0.5], [0, 0, 1]])
        let step: Float = 2000 / 32_768
        let turns: [[Float]] = [[1000, -2000, step], [0, 0, 32_767 * step]]
        #expect(sink.samples(of: .angularVelocity).map(\.values) == turns)
        #expect(Set(sink.streams.keys.map(\.device.model)) == ["AX6"])
        // The light sensor of the AX6 has a tenth of the steps: 34 are one decade.
        #expect(abs(sink.values(.light)[0] - 9.94) < 0.05)
    }

    @Test func `light and temperature follow the vendor's converters`() {
        var recording = AxivityRecording()
        recording.lightScale = 341
        recording.temperature = 256
        recording.add([[0, 0, 256]], time: Self.start)
        recording.lightScale = 0
        recording.temperature = 0
        recording.add([[0, 0, 256]], time: Self.start + 1)
        let sink = read(recording)
        #expect(sink.values(.deviceTemperature) == [25])
        #expect(abs(sink.values(.light)[0] - 9.98) < 0.03)
        #expect(sink.issue(.sentinelValue)?.count == 2)
        #expect(sink.samplesLost == 2)
    }

    @Test func `the offset of a block with a fraction is moved back`() {
        // A quarter of a second is 25 samples, by which the offset 10 was moved from 35.
        var recording = AxivityRecording()
        recording.add(
            [[0, 0, 256]], time: Self.start, fraction: 8192, offset: 10)
        let samples = read(recording).samples(of: .acceleration)
        #expect(samples.map(\.time) == [Self.instant + 250_000_000 - 350_000_000])
    }

    @Test func `without a fraction the offset is taken as it stands`() {
        var recording = AxivityRecording()
        recording.add([[0, 0, 256]], time: Self.start, fraction: nil, offset: 50)
        let samples = read(recording).samples(of: .acceleration)
        #expect(samples.map(\.time) == [Self.instant - 500_000_000])
    }

    @Test func `times lie between those of the blocks`() {
        // A sensor that takes 101 samples in the time of 100.
        var recording = AxivityRecording()
        for second in 0..<30 {
            recording.add(
                (0..<101).map { [$0, 0, 256] }, time: Self.start + UInt32(second))
        }
        let sink = read(recording)
        let samples = sink.samples(of: .acceleration)
        #expect(samples.count == 3030)
        for second in 0..<30 {
            #expect(samples[second * 101].time == Self.instant + Int64(second) * 1_000_000_000)
        }
        #expect(
            abs(samples[50].time - Self.instant - 50 * 1_000_000_000 / 101) <= 1)
        #expect(sink.issue(.misplaced) == nil)
    }

    @Test func `a gap in the numbers starts anew and makes nothing up`() {
        var recording = AxivityRecording()
        recording.addSeconds(2)
        recording.sequence += 5
        recording.addSeconds(2, from: 100)
        let sink = read(recording)
        let samples = sink.samples(of: .acceleration)
        #expect(samples.count == 400)
        #expect(samples[200].time - samples[199].time == 98_010_000_000)
        #expect(sink.issue(.misplaced, "numbers")?.count == 1)
        #expect(sink.values(.event) == [EventKind.recorderStart.value])
    }

    @Test func `a session and a resumption are starts`() {
        var recording = AxivityRecording()
        recording.addSeconds(1)
        recording.add([[0, 0, 256]], time: Self.start, events: 1)
        recording.session = 5
        recording.sequence = 0
        recording.add([[0, 0, 256]], time: Self.start + 60)
        let sink = read(recording)
        #expect(sink.values(.event).count == 3)
        #expect(sink.issue(.misplaced) == nil)
    }

    @Test func `a clock that jumps is told and starts anew`() {
        var recording = AxivityRecording()
        recording.addSeconds(2)
        recording.addSeconds(2, from: 3600)
        recording.addSeconds(2, from: 1000)
        let sink = read(recording)
        #expect(sink.issue(.misplaced, "jumps ahead")?.count == 1)
        #expect(sink.issue(.timeBackwards)?.count == 1)
        #expect(sink.samples(of: .acceleration).count == 600)
    }

    @Test func `blocks with a wrong checksum are dropped and counted`() {
        var recording = AxivityRecording()
        recording.addSeconds(5)
        recording.bytes[1024 + 512 * 2 + 100] ^= 4
        let sink = read(recording)
        #expect(sink.samples(of: .acceleration).count == 400)
        let issue = sink.issue(.checksumMismatch)
        #expect(issue?.position == ReadPosition(byte: 2048, record: 3))
        #expect(issue?.samplesLost == 100)
        // The block behind keeps its own time.
        #expect(sink.samples(of: .acceleration)[200].time % 1_000_000_000 == 0)
    }

    @Test func `what is no block costs only itself`() {
        var recording = AxivityRecording()
        recording.addSeconds(1)
        recording.bytes += [UInt8](repeating: 0xFF, count: 512)
        recording.bytes += [UInt8](repeating: 7, count: 512)
        recording.addSeconds(1, from: 1)
        recording.bytes += Array("AX".utf8) + [1, 2, 3]
        let sink = read(recording)
        #expect(sink.samples(of: .acceleration).count == 200)
        #expect(sink.issue(.ignored) != nil)
        #expect(sink.issue(.damaged)?.position.byte == 2048)
        #expect(sink.issue(.truncated)?.position.byte == 3072)
    }

    @Test func `layouts, rates, counts and times that no recorder writes are refused`() {
        var recording = AxivityRecording()
        recording.addSeconds(5)
        func change(_ block: Int, _ at: Int, _ values: [UInt8]) {
            let start = 1024 + 512 * block
            recording.bytes.replaceSubrange(start + at..<start + at + values.count, with: values)
            AxivityRecording.mend(&recording.bytes, at: start)
        }
        change(0, 25, [0x44])
        change(1, 24, [0x40])
        change(2, 28, [0xFF, 0xFF])
        change(3, 14, [0, 0, 0, 0])
        let sink = read(recording)
        #expect(sink.issue(.unsupported)?.count == 2)
        #expect(sink.issue(.invalidValue)?.samplesLost == 120)
        #expect(sink.issue(.unanchoredTime, "block")?.samplesLost == 100)
        #expect(sink.samples(of: .acceleration).count == 100)
    }

    @Test func `values beyond every recorder's range are dropped`() {
        var recording = AxivityRecording()
        recording.add([[0, 0, 16_385]], .three, time: Self.start)
        let sink = read(recording)
        #expect(sink.streams.isEmpty)
        #expect(sink.issue(.implausibleValue)?.samplesLost == 1)
    }

    @Test func `nothing that names a person or a unit is kept`() {
        var recording = AxivityRecording()
        recording.addSeconds(1)
        let sink = read(recording)
        let devices = Set(sink.streams.keys.map(\.device))
        #expect(devices.count == 1)
        #expect(devices.first?.label == "Axivity AX3")
        #expect(devices.first?.unit != 0)
        #expect(devices.first?.unit != 12_345)
        var other = AxivityRecording(device: 12_346)
        other.addSeconds(1)
        #expect(Set(read(other).streams.keys.map(\.device)) != devices)
    }
}
