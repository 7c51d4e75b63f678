// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthFormats
import HearthTestSupport
import Testing

/// Real recordings: their known numbers, the reader contract, and the slow decoder.
@Suite(.enabled(if: SharedData.isPresent, "needs HEARTH_DATA"))
struct FITRecordingTests {
    static func bytes(_ name: String) throws -> [UInt8] {
        let bytes = try SharedData.bytes("formats/fit/" + name)
        return GoFuzzCorpus.unwrap(bytes) ?? bytes
    }

    /// Every recording in the folder, as paths below it.
    static let all: [String] = {
        guard let folder = SharedData.folder?.appending(path: "formats/fit"),
            let files = FileManager.default.enumerator(atPath: folder.path)
        else { return [] }
        return files.compactMap { $0 as? String }
            .filter { $0.lowercased().hasSuffix(".fit") || $0.contains("FuzzDecode") }
            .filter { !$0.hasSuffix("Trip") && !$0.hasSuffix("fuzz") }.sorted()
    }()

    @Test func `a short day of monitoring has its known numbers`() throws {
        let sink = readFIT(try Self.bytes("kaiord/HealthMonitoringStressDay.fit"))
        let rates = sink.samples(of: .heartRate)
        #expect(rates.count == 185)
        #expect(rates.map { $0.values[0] }.min() == 41)
        #expect(rates.map { $0.values[0] }.max() == 107)
        // 2024-12-31T23:13:00Z and 2025-01-01T03:10:00Z.
        #expect(rates.first?.time == 1_735_686_780_000_000_000)
        #expect(rates.first?.values == [61])
        #expect(rates.last?.time == 1_735_701_000_000_000_000)
        #expect(sink.samples(of: .stress).count == 173)
        #expect(sink.issue(.sentinelValue, "stress")?.samplesLost == 34 + 31)
        #expect(sink.samples(of: .restingHeartRate).first?.values == [57])
        #expect(sink.values(.zoneOffset) == [3600])
        let device = sink.streams.keys.first?.device
        #expect(device?.label == "Garmin fenix 5 Plus")
    }

    @Test func `a full day of monitoring has its known numbers`() throws {
        let sink = readFIT(try Self.bytes("kaiord/HealthMonitoringStressFullDay.fit"))
        let rates = sink.samples(of: .heartRate)
        #expect(rates.count == 808)
        #expect(rates.map { $0.values[0] }.min() == 36)
        #expect(rates.map { $0.values[0] }.max() == 135)
        #expect(sink.issue(.sentinelValue, "heart-rate")?.samplesLost == 2)
        // 2025-01-01T08:00Z to 22:59Z, in order.
        #expect(rates.first?.time == 1_735_718_400_000_000_000)
        #expect(rates.last?.time == 1_735_772_340_000_000_000)
        #expect(sink.issue(.timeBackwards, "heart-rate") == nil)
        #expect(sink.samples(of: .stress).count == 358)
        #expect(sink.issue(.sentinelValue, "stress")?.samplesLost == 311 + 231)
        // The last totals of the day: 19,793 steps walking, 4,246 running.
        #expect(sink.values(.steps).reduce(0, +) == 19_793 + 4246)
        #expect(sink.stream(.steps, .derived).map { $0.values[0] }.sorted() == [3822, 4084])
        let end: Int64 = 1_735_772_400_000_000_000
        #expect(sink.samples(of: .steps).allSatisfy { $0.time + $0.duration <= end })
    }

    @Test(arguments: [("HealthSleepOvernight", 34, 1), ("HealthSleepFullNight", 311, 2)])
    func `sleep levels are all there`(name: String, count: Int, kinds: Int) throws {
        let sink = readFIT(try Self.bytes("kaiord/\(name).fit"))
        let stages = sink.samples(of: .sleepStage)
        #expect(stages.count == count)
        #expect(Set(stages.map { $0.values[0] }).count == kinds)
        // Minutes with raw samples lie between; no level reaches over them.
        #expect(stages.allSatisfy { $0.duration == 60_000_000_000 })
    }

    @Test func `overnight HRV has its known numbers`() throws {
        let sink = readFIT(try Self.bytes("kaiord/HealthHrvOvernight.fit"))
        #expect(sink.values(.hrvRMSSD) == [44, 47, 49, 50, 50, 49, 47, 44, 48])
    }

    @Test func `beat intervals of a ride have their known sum`() throws {
        let sink = readFIT(try Self.bytes("fitparse-rs/hrv-activity.fit"))
        let intervals = sink.values(.rrInterval).map(Double.init)
        #expect(intervals.count == 2705)
        #expect((intervals.reduce(0, +) / 1000 * 10).rounded() == 10_740)
        #expect(intervals.min() == 317)
        #expect(intervals.max() == 1039)
        let times = sink.samples(of: .rrInterval).map(\.time)
        #expect(sink.issue(.timeBackwards, "rr") == nil)
        // One chain: each beat lies its interval behind the one ahead.
        for index in 1..<times.count {
            #expect(times[index] - times[index - 1] == Int64(intervals[index]) * 1_000_000)
        }
    }

    @Test func `strap events of chained parts agree with the rates beside them`() throws {
        let sink = readFIT(try Self.bytes("fitdecode/garmin-fr935-cr.fit"))
        #expect(Set(sink.streams.keys.map(\.device)).count == 1)
        let intervals = sink.values(.rrInterval)
        #expect(intervals.count == 11_390)
        let mean = intervals.reduce(0, +) / Float(intervals.count)
        #expect((600...700).contains(mean))
    }

    /// A transfer in text mode removed 19 bytes; a strict reader stops after 473 records.
    @Test func `holes in a recording are crossed`() throws {
        let found = messages(
            of: try Self.bytes("python-fitparse/strava-android-app-201.10-b1218918.fit"))
        let records = found.messages.filter { $0.globalNumber == 20 }
        #expect(records.count > 5300)
        // Beside the one or two that each hole spoils, times go on a second or a few at a time.
        let times = records.compactMap(\.time).map(Int64.init)
        let jumps = zip(times, times.dropFirst()).filter { !(0...60).contains($1 - $0) }
        #expect(jumps.count < 60, "\(records.count) records, \(jumps.count) jumps")
        #expect(found.issues.contains { $0.code == .damaged && $0.position.byte == 7471 })
    }

    @Test(arguments: [
        "kaiord/HealthHrvOvernight.fit", "kaiord/HealthMonitoringStressDay.fit",
        "python-fitparse/compressed-speed-distance.fit",
        "python-fitparse/garmin-fenix-5-walk.fit", "python-fitparse/activity-settings.fit",
        "deepsealabs/TestDive.fit", "kaiord/HealthSleepOvernight.fit",
    ])
    func `small recordings pass the reader contract`(name: String) throws {
        checkReader(try Self.bytes(name), exhaustive: 512) { FITReader() }
    }

    @Test(arguments: all)
    func `every recording gives the same in any cut`(name: String) throws {
        let bytes = Array(try Self.bytes(name).prefix(100_000))
        let whole = readFIT(bytes)
        var random = SeededRandom(seed: 7)
        for _ in 0..<3 {
            let cuts = (0..<40).map { _ in Int.random(in: 0...bytes.count, using: &random) }
            let pieces = readFIT(bytes, cuts: cuts.sorted())
            #expect(pieces.streams == whole.streams)
            #expect(pieces.issues == whole.issues)
        }
        #expect(whole.issues.allSatisfy { (0...Int64(bytes.count)).contains($0.position.byte) })
    }

    @Test(arguments: all)
    func `the fast decoder equals the slow one`(name: String) throws {
        // Of the long ones the beginning is enough, and their cut end is a case of its own.
        compare(Array(try Self.bytes(name).prefix(300_000)), name)
    }

    @Test(arguments: [
        "kaiord/HealthMonitoringStressDay.fit", "python-fitparse/garmin-fenix-5-run.fit",
        "python-fitparse/activity-settings.fit", "deepsealabs/TestDive2.fit",
        "python-fitparse/compressed-speed-distance.fit",
        "fitdecode/invalid/elemnt-bolt-no-application-id-inside-developer-data-id.fit",
    ])
    func `the fast decoder equals the slow one on mutants`(name: String) throws {
        let sound = try Self.bytes(name)
        for seed in UInt64(1)...60 {
            var random = SeededRandom(seed: seed)
            var mutant = sound
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                mutate(&mutant, &random)
            }
            compare(mutant, "\(name), seed \(seed)")
        }
    }

    private func mutate(_ bytes: inout [UInt8], _ random: inout SeededRandom) {
        guard !bytes.isEmpty else { return }
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.remove(at: place)
        case 2: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
        default: bytes.removeSubrange(place..<min(bytes.count, place + 40))
        }
    }

    private func compare(_ bytes: [UInt8], _ what: String) {
        let slow = ReferenceFITDecoder(bytes)
        let fast = messages(of: bytes).messages.filter { $0.byte < Int64(slow.end) }
        #expect(fast == slow.messages, "\(what): the decoders differ")
    }
}
