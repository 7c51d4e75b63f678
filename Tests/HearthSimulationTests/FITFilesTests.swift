// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthSimulation
import Testing

@Suite struct FITFilesTests {
    private static let epoch = 631_065_600

    private func messages(_ prefix: String) throws -> [[FITWalker.Message]] {
        try Fixtures.files(prefix).map { try FITWalker.messages($0.bytes) }
    }

    @Test func `every file is framed, checked and fully defined`() throws {
        for file in Fixtures.files("garmin/") {
            let messages = try FITWalker.messages(file.bytes)
            #expect(messages.first?.global == 0, "\(file.path) begins with file_id")
            #expect(messages.count > 10, "\(file.path) is not empty")
        }
    }

    @Test func `a changed byte fails the checksum`() throws {
        var bytes = try #require(Fixtures.files("garmin/sleep/").first).bytes
        bytes[bytes.count / 2] ^= 1
        #expect(throws: FITWalker.Fault.fileChecksum) { try FITWalker.messages(bytes) }
    }

    /// Totals are accumulated an activity type; the last of each is the day's.
    @Test func `the step totals of each day are the truth`() throws {
        var found: [String: Int] = [:]
        for file in Fixtures.files("garmin/monitoring/") {
            var totals: [Int: Int] = [:]
            for message in try FITWalker.messages(file.bytes) where message.global == 55 {
                guard let total = message.integer(3), let type = message.integer(5) else {
                    continue
                }
                #expect(total >= totals[type, default: 0], "a total never falls")
                totals[type] = total
            }
            found[String(file.path.suffix(14).prefix(10))] = totals.values.reduce(0, +)
        }
        for day in Fixtures.sampleTruth.days {
            #expect(found[day.date.description] == day.steps, "\(day.date)")
        }
    }

    /// The rule that readers of the format apply: add what the 16 bits have moved on.
    @Test func `short times resolve to the minutes of the day in order`() throws {
        for (file, day) in zip(
            Fixtures.files("garmin/monitoring/"), Fixtures.sampleTruth.days)
        {
            var last = 0
            var beats = 0
            for message in try FITWalker.messages(file.bytes) {
                let before = last
                if let full = message.integer(253) {
                    last = full
                } else if let short = message.integer(26) {
                    last += (short - (last & 0xFFFF)) & 0xFFFF
                }
                guard message.global == 55 else { continue }
                #expect(last >= before, "\(file.path) goes back in time")
                let time = Int64(last + Self.epoch)
                #expect(day.from <= time && time <= day.to, "\(file.path) leaves its day")
                if message.integer(27) != nil { beats += 1 }
            }
            #expect(beats >= day.wornMinutes / 2, "\(file.path) lacks heart rates")
        }
    }

    @Test func `the levels of each recorded night are the truth`() throws {
        let nights = Fixtures.sample.nights.filter(\.isRecorded)
        let files = try messages("garmin/sleep/")
        #expect(files.count == nights.count)
        for (file, night) in zip(files, nights) {
            let levels = file.filter { $0.global == 275 }
            #expect(levels.count == night.stages.count)
            #expect(levels.count { ($0.integer(0) ?? 0) >= 2 } == night.totalSleepMinutes)
            #expect(levels.count { $0.integer(0) == 3 } == night.minutes(of: .deep))
            #expect(levels.count { $0.integer(0) == 4 } == night.minutes(of: .rem))
            let first = try #require(levels.first?.integer(253))
            #expect(Int64(first + Self.epoch) == night.bed + 60, "levels tell the end of a minute")
        }
    }

    @Test func `the night's RMSSD is the truth but for rounding`() throws {
        let nights = Fixtures.sample.nights.filter(\.isRecorded)
        for (file, night) in zip(try messages("garmin/hrv/"), nights) {
            let values = file.filter { $0.global == 371 }.compactMap { $0.integer(0) }
            let mean = Double(values.reduce(0, +)) / Double(values.count) / 128
            #expect((mean - night.vitals.meanRMSSD).magnitude < 0.01)
        }
    }

    @Test func `a run has a record each second and beats that fill it`() throws {
        let runs = Fixtures.sample.runs
        #expect(runs.count > 20)
        for (file, run) in zip(try messages("garmin/activity/"), runs) {
            #expect(file.count { $0.global == 20 } == run.seconds.count)
            var beats = 0
            var milliseconds = 0
            for message in file where message.global == 78 {
                let bytes = try #require(message.fields[0])
                for index in stride(from: 0, to: bytes.count, by: 2) {
                    let beat = Int(bytes[index]) + 256 * Int(bytes[index + 1])
                    if beat == 0xFFFF { continue }
                    beats += 1
                    milliseconds += beat
                }
            }
            #expect(beats >= run.beats.count - 3)
            #expect((milliseconds - run.seconds.count * 1000).magnitude < 2000)
            let activity = try #require(file.last)
            let offset = try #require(activity.integer(5)) - (activity.integer(253) ?? 0)
            #expect(offset == Int(Fixtures.sample.offset(at: run.end)))
        }
    }
}
