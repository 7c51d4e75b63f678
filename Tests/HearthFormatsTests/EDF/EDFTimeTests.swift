// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthTestSupport
import Testing

@testable import HearthFormats

@Suite struct EDFTimeTests {
    private func file(_ records: Int = 1, _ kind: String = "", starts: [String] = []) -> EDFBuilder
    {
        var file = EDFBuilder(
            starts.isEmpty ? [.init("Fp1")] : [.init("Fp1"), .annotations(samples: "16")],
            records: records, kind: kind)
        for record in 0..<records {
            file.append([0, 1, 2, 3].map { record * 4 + $0 })
            if !starts.isEmpty { file.append("\(starts[record])\u{14}\u{14}\u{0}", bytes: 32) }
        }
        return file
    }

    private func seconds(_ sink: CollectingSink) -> [Double] {
        sink.samples(of: .eeg).map { Double($0.time - edfStart) / 1e9 }
    }

    @Test func `records follow each other at the rate the header tells`() {
        var mixed = file(2)
        mixed.duration = "0.5"
        #expect(seconds(readEDF(mixed)) == [0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875])
    }

    @Test func `local time without a zone is told once, and read in the person's own`() {
        let sink = readEDF(file())
        #expect(sink.issues.filter { $0.code == .unanchoredTime }.map(\.count) == [1])
        #expect(sink.samples(of: .eeg).first?.time == edfStart)
        let berlin = ZoneTimeline([
            ZoneSpan(start: .distantPast, offsetSeconds: 3600, origin: .file)
        ])
        let anchored = readEDF(file(), ReadContext(zone: berlin))
        #expect(anchored.issue(.unanchoredTime) == nil)
        #expect(anchored.samples(of: .eeg).first?.time == edfStart - 3_600_000_000_000)
    }

    @Test func `a change of the clock during the night does not move samples`() {
        // The clock goes back at 2026-10-25T01:00Z; the file starts at 02:30 summer time, 00:30Z.
        let change = Timestamp(seconds: 1_792_890_000)
        let zone = ZoneTimeline([
            ZoneSpan(start: .distantPast, offsetSeconds: 7200, origin: .file),
            ZoneSpan(start: change, offsetSeconds: 3600, origin: .file),
        ])
        var night = file(2)
        night.date = "25.10.26"
        night.recording = "Startdate 25-OCT-2026 X X X"
        night.time = "02.30.00"
        night.duration = "3600"
        let times = readEDF(night, ReadContext(zone: zone)).samples(of: .eeg).map(\.time)
        #expect(times.first == change.nanoseconds - 1_800_000_000_000)
        #expect(times.last == change.nanoseconds - 1_800_000_000_000 + 6_300_000_000_000)
    }

    @Test func `years of two digits turn at 85, and EDF+ tells the century`() {
        func year(_ date: String, _ recording: String) -> Int? {
            var old = file()
            old.date = date
            old.recording = recording
            return readEDF(old).samples(of: .eeg).first.map {
                ZoneTimeline().localDate(at: Timestamp(nanoseconds: $0.time)).components.year
            }
        }
        #expect(year("02.01.85", "") == 1985)
        #expect(year("02.01.84", "") == 2084)
        #expect(year("02.01.00", "") == 2000)
        #expect(year("02.01.yy", "Startdate 02-JAN-2120 X X X") == 2120)
        #expect(year("02.01.84", "Startdate 02-JAN-1984 X X X") == 1984)
        #expect(year("99.99.99", "startdate 02-jan-1999 X X X") == 1999)
        #expect(year("2/1/26", "") == 2026)
    }

    @Test func `two dates that differ are told, and the header's holds`() {
        var odd = file()
        odd.recording = "Startdate 03-JAN-2026 X X X"
        let sink = readEDF(odd)
        #expect(sink.issue(.misplaced, "dates") != nil)
        #expect(sink.samples(of: .eeg).first?.time == edfStart)
    }

    @Test func `without a date samples keep their order and are marked`() {
        var bad = file()
        bad.date = "31.02.26"
        bad.recording = "Startdate X X X X"
        let sink = readEDF(bad)
        #expect(sink.issue(.unanchoredTime, "no start date") != nil)
        #expect(sink.samples(of: .eeg).first?.time == 11_045_000_000_000)
        bad.time = "25.00.00"
        #expect(readEDF(bad).samples(of: .eeg).first?.time == 0)
        var late = file()
        late.time = "xx.00.00"
        #expect(readEDF(late).issue(.invalidValue, "start time") != nil)
    }

    @Test func `fractions of a second of the start are in the first annotation`() {
        let sink = readEDF(file(2, "EDF+C", starts: ["+0.375", "+1.375"]))
        #expect(seconds(sink) == [0.375, 0.625, 0.875, 1.125, 1.375, 1.625, 1.875, 2.125])
    }

    @Test func `gaps of EDF+D are absent samples`() {
        let sink = readEDF(file(3, "EDF+D", starts: ["+0", "+1", "+100.5"]))
        #expect(
            seconds(sink) == [0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 100.5, 100.75, 101, 101.25])
        #expect(sink.issues.map(\.code) == [.unanchoredTime])
    }

    @Test func `records out of order, without a start, or with a gap where none may be are told`() {
        let back = readEDF(file(2, "EDF+D", starts: ["+50", "+10"]))
        #expect(back.issue(.timeBackwards) != nil)
        #expect(seconds(back) == [10, 10.25, 10.5, 10.75, 50, 50.25, 50.5, 50.75])
        let mute = readEDF(file(2, "EDF+D", starts: ["+5", "?"]))
        #expect(mute.issue(.damaged) != nil)
        #expect(mute.issue(.invalidValue, "does not tell its start") != nil)
        #expect(seconds(mute) == [5, 5.25, 5.5, 5.75, 6, 6.25, 6.5, 6.75])
        let claimed = readEDF(file(2, "EDF+C", starts: ["+0", "+100"]))
        #expect(claimed.issue(.misplaced, "gap") != nil)
        #expect(seconds(claimed).last == 1.75)
    }

    @Test func `records that last no time hold annotations, and no samples that could be placed`() {
        var none = file(1, "EDF+C", starts: ["+0"])
        none.duration = "0"
        let sink = readEDF(none)
        #expect(sink.sampleCount == 0)
        #expect(sink.issue(.unanchoredTime, "without a duration")?.samplesLost == 4)
    }
}
