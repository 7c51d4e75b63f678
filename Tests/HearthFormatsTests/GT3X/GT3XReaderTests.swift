// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats
import HearthTestSupport
import Testing

@Suite struct GT3XReaderTests {
    private static let start = GT3XRecording.start
    /// The recorder's clock shows 03:04:05 two hours east of UTC.
    private static let instant: Int64 = (1_767_323_045 - 7200) * 1_000_000_000

    private func read(
        _ bytes: [UInt8], _ context: ReadContext = ReadContext()
    ) -> CollectingSink {
        readAll(bytes) { GT3XReader(context) }
    }

    @Test func `the reader keeps its contract`() {
        var recording = GT3XRecording(rate: "10")
        recording.addSeconds(4, rate: 10)
        recording.add(type: 3, Self.start + 4, [8])
        recording.add(type: 3, Self.start + 9, [9])
        recording.addSeconds(2, rate: 10, from: Self.start + 9)
        recording.add(type: 5, Self.start + 11, [200, 1])
        // Acceleration, one sleep, one light, one offset.
        checkReader(recording.bytes, samples: 60 + 1 + 1 + 1) { GT3XReader() }
        let older = GT3XRecording(serial: "NEO1", zone: nil).bytes(
            activity: GT3XRecording.packed((0..<61).map { [$0, -$0, 341] }), light: [1, 2, 3, 4])
        checkReader(older, samples: 61 + 2) { GT3XReader() }
    }

    @Test func `whole words are x, y, z`() {
        var recording = GT3XRecording(more: ["Acceleration Scale: 256.0"])
        recording.add([[256, -256, 0], [16_384, -16_384, 1]], at: Self.start)
        let samples = read(recording.bytes).samples(of: .acceleration)
        #expect(samples.map(\.values) == [[1, -1, 0], [64, -64, 1 / 256]])
        // Fewer than the rate: spread at the rate.
        #expect(samples.map(\.time) == [Self.instant, Self.instant + 33_333_333])
    }

    @Test func `packed values are y, x, z of twelve bits`() {
        var recording = GT3XRecording(serial: "NEO1C16110020", type: nil)
        // The example of the published notes: 6, 8, -323; 7, 9, -321; 7, 8, -321.
        recording.add(
            type: 0, Self.start,
            [
                0x00, 0x60, 0x08, 0xEB, 0xD0, 0x07, 0x00, 0x9E, 0xBF, 0x00, 0x70, 0x08, 0xEB, 0xF0,
            ])
        let samples = read(recording.bytes).samples(of: .acceleration)
        #expect(
            samples.map { $0.values.map { ($0 * 341).rounded() } }
                == [[8, 6, -323], [9, 7, -321], [8, 7, -321]])
    }

    @Test func `the scale of the file goes before that of the model`() {
        func first(
            _ serial: String, _ more: [String] = [], parameter: [UInt8]? = nil
        ) -> Float? {
            var recording = GT3XRecording(serial: serial, more: more)
            if let parameter { recording.add(type: 21, Self.start, parameter) }
            recording.add([[1000, 0, 0]], at: Self.start)
            return read(recording.bytes).samples(of: .acceleration).first?.values.first
        }
        #expect(first("NEO1") == 1000 * (Float(1) / 341))
        #expect(first("CLE1") == 1000 * (Float(1) / 341))
        #expect(first("MRA1") == 1000 * (Float(1) / 341))
        #expect(first("MOS2") == Float(1000) / 256)
        #expect(first("TAS1") == Float(1000) / 256)
        #expect(first("TAS1", ["Acceleration Scale: 512"]) == Float(1000) / 512)
        let parameter: [UInt8] = [0, 0, 1, 0, 9, 9, 9, 9, 0, 0, 55, 0, 0, 0, 0x40, 12]
        #expect(
            first("TAS1", ["Acceleration Scale: 512"], parameter: parameter) == Float(1000) / 2048)
        #expect(first("TAS1", ["Acceleration Scale: 0"]) == Float(1000) / 256)
    }

    @Test func `seconds join into even samples`() {
        var recording = GT3XRecording()
        recording.addSeconds(300)
        let sink = read(recording.bytes)
        #expect(sink.issues == [])
        let times = sink.samples(of: .acceleration).map(\.time)
        #expect(times.count == 9000)
        for (index, time) in times.enumerated() {
            #expect(time == Self.instant + Int64(index) * 1_000_000_000 / 30)
        }
    }

    @Test func `sleep is an event, not samples`() {
        var recording = GT3XRecording()
        recording.addSeconds(2)
        recording.add(type: 3, Self.start + 2, [8])
        recording.add(type: 3, Self.start + 602, [9])
        recording.addSeconds(2, from: Self.start + 602)
        recording.add(type: 3, Self.start + 604, [8])
        recording.add(type: 2, Self.start + 664, [0x10, 0x10])
        let sink = read(recording.bytes)
        #expect(sink.issues == [])
        #expect(sink.samples(of: .acceleration).count == 120)
        let sleeps = sink.samples(of: .event)
        #expect(sleeps.map(\.values) == [[2], [2]])
        #expect(sleeps.map(\.time) == [2, 604].map { Self.instant + $0 * 1_000_000_000 })
        #expect(sleeps.map(\.duration) == [600_000_000_000, 60_000_000_000])
    }

    @Test func `missing, repeated and earlier seconds are told`() {
        var recording = GT3XRecording()
        for second in [0, 1, 5, 5, 2] as [UInt32] {
            recording.addSeconds(1, from: Self.start + second)
        }
        let sink = read(recording.bytes)
        #expect(sink.issue(.misplaced, "missing")?.count == 1)
        #expect(sink.issue(.duplicate)?.count == 1)
        #expect(sink.issue(.timeBackwards)?.count == 1)
        #expect(sink.samples(of: .acceleration).count == 150)
    }

    @Test func `light, heart rate and wear are read`() {
        var recording = GT3XRecording()
        recording.addSeconds(1)
        recording.add(type: 5, Self.start, [0x10, 0x01])
        recording.add(type: 5, Self.start + 1, [0xFF, 0xFF])
        recording.add(type: 4, Self.start, [61])
        recording.add(type: 4, Self.start + 1, [0])
        recording.add(type: 13, Self.start, [0, 0, 0, 0, 1, 0])
        recording.add(type: 13, Self.start + 60, [0, 0, 0, 0, 0, 0])
        let sink = read(recording.bytes)
        #expect(sink.values(.light) == [272])
        #expect(sink.values(.heartRate) == [61])
        #expect(sink.values(.wear) == [1, 0])
        #expect(sink.issue(.sentinelValue)?.samplesLost == 2)
    }

    @Test func `a cable, padding and known records leave no trace`() {
        var recording = GT3XRecording()
        recording.addSeconds(1)
        recording.add(type: 26, Self.start + 1, [1])
        recording.add(type: 0, Self.start + 1, [1])
        recording.log += [0, 0, 0, 0]
        recording.add(type: 2, Self.start + 1, [1, 2])
        recording.add(type: 6, Self.start + 1, Array("{\"SubjectName\":\"Ada\"}".utf8))
        recording.addSeconds(1, from: Self.start + 1)
        let sink = read(recording.bytes)
        #expect(sink.issues == [])
        #expect(sink.samples(of: .acceleration).count == 60)
        recording.add(type: 77, Self.start + 2, [1])
        recording.add(type: 25, Self.start + 2, [1])
        let more = read(recording.bytes)
        #expect(more.issue(.unknownElement)?.count == 1)
        #expect(more.issue(.unsupported)?.count == 1)
    }

    @Test func `axes that a firmware turned are turned back`() {
        var recording = GT3XRecording(serial: "MOS2D1", firmware: "1.6.0")
        recording.add([[256, 512, 128]], at: Self.start)
        #expect(read(recording.bytes).samples(of: .acceleration).map(\.values) == [[2, -1, 0.5]])
        var later = GT3XRecording(serial: "MOS2D1", firmware: "1.6.1")
        later.add([[256, 512, 128]], at: Self.start)
        #expect(read(later.bytes).samples(of: .acceleration).map(\.values) == [[1, 2, 0.5]])
    }

    @Test func `older recordings have no times but the start`() {
        let recording = GT3XRecording(serial: "NEO1", type: nil)
        let values = (0..<5000).map { [$0 % 2000, -($0 % 1900), 341] }
        let sink = read(
            recording.bytes(
                activity: GT3XRecording.packed(values),
                light: [0, 0, 0x13, 0, 0xFF, 0xFF, 0x98, 8, 0x4C, 4]))
        let samples = sink.samples(of: .acceleration)
        #expect(
            samples.map { $0.values.map { ($0 * 341).rounded() } }
                == values.map { $0.map(Float.init) })
        #expect(samples[4999].time == Self.instant + 4999 * 1_000_000_000 / 30)
        #expect(sink.values(.light) == [0, 0, 2500, 1375])
        #expect(sink.samples(of: .light).map(\.time).last == Self.instant + 4_000_000_000)
        #expect(sink.issues.map(\.code) == [.sentinelValue])
        let sleeper = GT3XRecording(serial: "MRA1", type: nil)
        #expect(read(sleeper.bytes(activity: [], light: [100, 0])).values(.light) == [325])
    }
}
