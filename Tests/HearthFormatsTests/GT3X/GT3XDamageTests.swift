// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats
import HearthTestSupport
import Testing

/// Zones, damage, hostile sizes and the door.
@Suite struct GT3XDamageTests {
    private static let start = GT3XRecording.start

    private func read(
        _ bytes: [UInt8], _ context: ReadContext = ReadContext()
    ) -> CollectingSink {
        readAll(bytes) { GT3XReader(context) }
    }

    // MARK: Zones

    @Test func `the offset of info txt holds and is told`() {
        for (zone, offset) in [
            ("TimeZone: -05:00:00", -18_000), ("TimeZone: 05:30:00", 19_800),
            ("TimeZone: 00:00:00", 0),
        ] {
            var recording = GT3XRecording(zone: zone)
            recording.addSeconds(1)
            let sink = read(recording.bytes)
            #expect(sink.issues == [])
            #expect(
                sink.samples(of: .acceleration).first?.time
                    == (Int64(Self.start) - Int64(offset)) * 1_000_000_000)
            #expect(
                sink.samples(of: .zoneOffset).map(\.values)
                    == [[Float(offset), Float(ZoneOrigin.file.rawValue)]])
        }
    }

    @Test func `without an offset the person's zone is taken, or UTC and that is told`() {
        var recording = GT3XRecording(zone: nil)
        recording.addSeconds(3)
        let sink = read(recording.bytes)
        #expect(sink.issue(.unanchoredTime)?.count == 1)
        #expect(
            sink.samples(of: .acceleration).first?.time == Int64(Self.start) * 1_000_000_000)
        let zone = ZoneTimeline([
            ZoneSpan(start: .distantPast, offsetSeconds: 3600, origin: .user)
        ])
        let placed = read(recording.bytes, ReadContext(zone: zone))
        #expect(placed.issues == [])
        #expect(
            placed.samples(of: .acceleration).first?.time
                == (Int64(Self.start) - 3600) * 1_000_000_000)
    }

    @Test func `a recorder set to UTC is taken at its word`() {
        var recording = GT3XRecording(zone: "TimeZone: -06:00:00")
        let log = "{ \"MetadataType\" : \"LocalTimeLog\", \"UsedUtc\" : true }"
        recording.add(type: 6, Self.start, Array(log.utf8))
        recording.addSeconds(1)
        let sink = read(recording.bytes)
        #expect(
            sink.samples(of: .acceleration).first?.time == Int64(Self.start) * 1_000_000_000)
        #expect(sink.samples(of: .zoneOffset).map(\.values) == [[-21_600, 2]])
    }

    // MARK: Damage

    @Test func `a record with a wrong checksum is dropped and counted`() {
        var recording = GT3XRecording()
        recording.addSeconds(3)
        recording.log[189 + 20] ^= 1
        let sink = read(recording.bytes)
        #expect(sink.samples(of: .acceleration).count == 60)
        let issue = sink.issue(.checksumMismatch)
        #expect(issue?.position == ReadPosition(byte: 189, record: 2))
        #expect(issue?.samplesLost == 30)
    }

    @Test func `bytes that belong to no record cost only themselves`() {
        var recording = GT3XRecording()
        recording.addSeconds(2)
        recording.log += [7, 7, 0x1E, 26, 1, 2, 3, 4, 0xFF, 0xFF]
        recording.addSeconds(2, from: Self.start + 2)
        recording.log += [0x1E, 26, 1]
        let sink = read(recording.bytes)
        #expect(sink.samples(of: .acceleration).count == 120)
        #expect(sink.issue(.damaged)?.position.byte == 378)
        #expect(sink.issue(.truncated, "record") != nil)
    }

    @Test func `values and counts beyond every recorder are dropped`() {
        var recording = GT3XRecording()
        recording.add([[16_385, 0, 0]], at: Self.start)
        recording.addPacked((0..<4200).map { _ in [0, 0, 0] }, at: Self.start + 1)
        let sink = read(recording.bytes)
        #expect(sink.streams.keys.allSatisfy { $0.quantity == .zoneOffset })
        #expect(sink.issue(.implausibleValue)?.samplesLost == 1)
        // Its payload is larger than any that is believed.
        #expect(sink.issue(.damaged) != nil)
        var limits = ReadLimits.standard
        limits.blockSamples = 1
        var fast = GT3XRecording(rate: "1000")
        fast.add((0..<1025).map { _ in [0, 0, 0] }, at: Self.start)
        let most = read(fast.bytes, ReadContext(limits: limits))
        #expect(most.issue(.invalidValue)?.samplesLost == 1025)
    }

    @Test func `parts out of order, without a rate or cut off are told`() {
        var recording = GT3XRecording()
        recording.addSeconds(1)
        let info = Array(recording.info.utf8)
        let turned = PartStream.bytes([("log.bin", recording.log), ("info.txt", info)])
        let sink = read(turned)
        #expect(sink.issue(.misplaced, "order") != nil)
        #expect(sink.streams.isEmpty)
        let alone = PartStream.bytes([("info.txt", info), ("battery.bin", [1, 2])])
        #expect(read(alone).issue(.ignored) != nil)
        #expect(read([]).issue(.truncated) != nil)
        #expect(read(Array("HEARTH".utf8)).issue(.truncated) != nil)
        #expect(read(Array("no stream of parts".utf8)).error?.code == .damaged)
        let older = GT3XRecording(serial: "NEO1", rate: "x").bytes(
            activity: [UInt8](repeating: 0, count: 18), light: [])
        let lost = read(older)
        #expect(lost.issue(.unanchoredTime)?.samplesLost == 4)
        #expect(lost.issue(.invalidValue) != nil)
    }

    @Test func `limits are named`() {
        var recording = GT3XRecording()
        recording.addSeconds(5)
        var limits = ReadLimits.standard
        limits.samples = 100
        #expect(
            read(recording.bytes, ReadContext(limits: limits)).error?.expected
                == "at most 100 samples")
        limits = .standard
        limits.recordingBytes = 500
        #expect(
            read(recording.bytes, ReadContext(limits: limits)).error?.expected
                == "at most 500 bytes")
        limits = .standard
        limits.fieldBytes = 10
        #expect(read(recording.bytes, ReadContext(limits: limits)).issue(.limitExceeded) != nil)
    }

    @Test func `hostile records are passed quickly`() {
        let clock = ContinuousClock()
        for pattern in [
            [0x1E], [0x1E, 0], [0x1E, 26, 0, 0, 0, 0, 0xFF, 0x1F], [0x1E, 26, 0, 0, 0, 0, 0xFF, 7],
            [1], [0, 1], [0x1E, 6, 1, 1, 1, 1, 0xFF, 0xFF],
        ] as [[UInt8]] {
            var recording = GT3XRecording()
            recording.log = Array((0..<(1 << 16) / pattern.count).map { _ in pattern }.joined())
            let took = clock.measure { _ = read(recording.bytes) }
            #expect(took < .seconds(10), "\(pattern)")
        }
    }

    // MARK: The door

    @Test func `the parts of an archive are found`() {
        #expect(
            GT3XReader.parts(of: ["log.bin", "info.txt"]) == ["info.txt", "log.bin"])
        #expect(
            GT3XReader.parts(of: ["a/activity.bin", "a/lux.bin", "a/Info.txt", "a/log.txt"])
                == ["a/Info.txt", "a/activity.bin", "a/lux.bin"])
        #expect(
            GT3XReader.parts(of: ["info.txt", "activity.bin"]) == ["info.txt", "activity.bin"])
        #expect(GT3XReader.parts(of: ["a/info.txt", "b/log.bin"]) == nil)
        #expect(GT3XReader.parts(of: ["info.txt"]) == nil)
        #expect(GT3XReader.parts(of: ["x/log.bin"]) == nil)
        #expect(GT3XReader.parts(of: []) == nil)
    }

    @Test func `streams of parts are known by the first`() {
        func detect(_ name: String, _ text: String) -> DetectedFormat? {
            let bytes = PartStream.bytes([(name, Array(text.utf8))])
            return FormatDetector.detect(bytes.span)
        }
        #expect(detect("info.txt", GT3XRecording().info) == .recording(.gt3x))
        #expect(detect("P1/Info.txt", GT3XRecording().info) == .recording(.gt3x))
        #expect(detect("info.txt", "Hello") == nil)
        #expect(detect("record.hea", "Serial Number: 1") == .recording(.wfdb))
        let cut = Array(PartStream.magic.prefix(9))
        let format = FormatDetector.detect(cut.span)
        #expect(format == nil)
    }

    @Test func `nothing that names a person or a unit is kept`() {
        var recording = GT3XRecording()
        recording.addSeconds(1)
        let sink = read(recording.bytes)
        let devices = Set(sink.streams.keys.map(\.device))
        #expect(devices.map(\.label) == ["ActiGraph Link"])
        #expect(devices.first?.unit != 0)
        let odd = GT3XRecording(type: "L\u{7}ink " + String(repeating: "x", count: 90))
        var long = odd
        long.addSeconds(1)
        let label = read(long.bytes).streams.keys.first?.device.model ?? ""
        #expect(label.count == 40)
        #expect(label.hasPrefix("Link xxx"))
    }
}
