// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats
import HearthTestSupport
import Testing

/// Where local times come to lie, hostile sizes, and the door.
@Suite struct AxivityCWAZoneTests {
    private func read(_ bytes: [UInt8], _ context: ReadContext = ReadContext()) -> CollectingSink {
        readAll(bytes) { AxivityCWAReader(context) }
    }

    private func recognises(_ bytes: [UInt8]) -> Bool { AxivityCWAReader.recognises(bytes.span) }

    @Test func `without a zone local time is read as UTC and that is told once`() {
        var recording = AxivityRecording()
        recording.addSeconds(3)
        let sink = read(recording.bytes)
        #expect(sink.issue(.unanchoredTime)?.count == 1)
        #expect(sink.samplesLost == 0)
        #expect(sink.samples(of: .zoneOffset).isEmpty)
    }

    @Test func `the person's zone places the recording`() {
        var recording = AxivityRecording()
        recording.addSeconds(1)
        let zone = ZoneTimeline([
            ZoneSpan(start: .distantPast, offsetSeconds: -18_000, origin: .user)
        ])
        let sink = read(recording.bytes, ReadContext(zone: zone))
        #expect(sink.issues == [])
        // 03:00 on the clock is 08:00 UTC.
        #expect(
            sink.samples(of: .acceleration).first?.time == 1_767_340_800_000_000_000)
    }

    @Test func `the recorder's clock does not follow daylight saving`() {
        // Berlin, 2026-03-29: at 01:00 UTC the wall clock goes from 02:00 to 03:00.
        let zone = ZoneTimeline([
            ZoneSpan(start: .distantPast, offsetSeconds: 3600, origin: .user),
            ZoneSpan(
                start: Timestamp(seconds: 1_774_746_000), offsetSeconds: 7200, origin: .user),
        ])
        var recording = AxivityRecording()
        let samples = (0..<100).map { [$0, 0, 256] }
        recording.add(samples, time: AxivityRecording.stamp(2026, 3, 29, 1, 59, 58))
        recording.add(samples, time: AxivityRecording.stamp(2026, 3, 29, 1, 59, 59))
        recording.add(samples, time: AxivityRecording.stamp(2026, 3, 29, 2, 0, 0))
        recording.add(samples, time: AxivityRecording.stamp(2026, 3, 29, 2, 0, 1))
        let sink = read(recording.bytes, ReadContext(zone: zone))
        let times = sink.samples(of: .acceleration).map(\.time)
        #expect(times.first == 1_774_745_998_000_000_000)
        #expect(times.indices.dropFirst().allSatisfy { times[$0] - times[$0 - 1] == 10_000_000 })
        #expect(sink.issues == [])
        // A session that begins later has its clock set anew.
        recording.session = 9
        recording.add(samples, time: AxivityRecording.stamp(2026, 3, 29, 12, 0, 0))
        let later = read(recording.bytes, ReadContext(zone: zone))
        #expect(
            later.samples(of: .acceleration)[400].time == 1_774_778_400_000_000_000)
    }

    @Test func `recordings are known by their header`() {
        var recording = AxivityRecording()
        recording.addSeconds(7)
        let prefix = Array(recording.bytes.prefix(4096))
        #expect(recognises(prefix))
        let format = FormatDetector.detect(prefix.span)
        #expect(format == .recording(.axivityCWA))
        let short = Array(prefix.prefix(3))
        #expect(!recognises(short))
        let notes = Array("MD notes that begin with two letters, and go on for a while. ".utf8)
        let text = notes + notes
        #expect(!recognises(text))
    }

    @Test func `another beginning is refused, a short one told`() {
        let sink = read([UInt8](repeating: 0x41, count: 2048))
        #expect(sink.error?.code == .damaged)
        #expect(sink.error?.position.byte == 0)
        #expect(read([]).issue(.truncated) != nil)
        #expect(read([0x4D, 0x44]).issue(.truncated) != nil)
    }

    @Test func `limits are named`() {
        var recording = AxivityRecording()
        recording.addSeconds(5)
        var limits = ReadLimits.standard
        limits.samples = 250
        let few = read(recording.bytes, ReadContext(limits: limits))
        #expect(few.error?.code == .limitExceeded)
        #expect(few.error?.expected == "at most 250 samples")
        limits = .standard
        limits.recordingBytes = 2000
        let short = read(recording.bytes, ReadContext(limits: limits))
        #expect(short.error?.code == .limitExceeded)
        #expect(short.error?.expected == "at most 2000 bytes")
    }

    @Test func `a megabyte of hostile blocks is read quickly`() {
        var recording = AxivityRecording()
        recording.add(
            [[0, 0, 256]], .three, time: AxivityRecording.stamp(2026, 1, 2, 3, 4, 5), offset: 0)
        let block = Array(recording.bytes[1024...])
        var random = SeededRandom(seed: 3)
        for _ in 0..<500 {
            var hostile = block
            for at in 4..<30 where at != 24 && at != 25 {
                hostile[at] = UInt8(truncatingIfNeeded: random.next())
            }
            hostile[28] = 80
            hostile[29] = 0
            AxivityRecording.mend(&hostile, at: 0)
            recording.bytes += hostile
        }
        let clock = ContinuousClock()
        let took = clock.measure {
            let sink = read(recording.bytes)
            #expect(sink.error == nil)
            #expect(!sink.streams.isEmpty)
        }
        #expect(took < .seconds(5))
    }
}
