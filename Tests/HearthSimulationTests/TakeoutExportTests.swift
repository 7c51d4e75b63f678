// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthSimulation
import Testing

@Suite struct TakeoutExportTests {
    private static let root = "Takeout/Fitbit/"
    private let days = Fixtures.sample.settings.fitbitDays

    private func json(_ prefix: String) throws -> [[String: Any]] {
        try Fixtures.files(Self.root + "Global Export Data/" + prefix).flatMap {
            try #require(
                JSONSerialization.jsonObject(with: Data($0.bytes)) as? [[String: Any]])
        }
    }

    /// The rows of every table below `prefix`, split at commas, without the headers.
    private func rows(_ prefix: String) throws -> [[Substring]] {
        try Fixtures.files(Self.root + prefix).flatMap { file in
            let lines = String(decoding: file.bytes, as: UTF8.self).split(separator: "\n")
            let table = lines.map { $0.split(separator: ",", omittingEmptySubsequences: false) }
            let width = try #require(table.first?.count)
            #expect(table.allSatisfy { $0.count == width }, "\(file.path)")
            return table.dropFirst()
        }
    }

    @Test func `both trees hold the same heart rates and steps`() throws {
        let heart = try json("heart_rate-").compactMap { $0["value"] as? [String: Int] }
        let google = try rows("Physical Activity_GoogleData/heart_rate_")
        #expect(heart.count > 4000)
        #expect(heart.map { $0["bpm"] } == google.map { Int($0[1]) })
        let steps = try json("steps-").compactMap { ($0["value"] as? String).flatMap(Int.init) }
        let googleSteps = try rows("Physical Activity_GoogleData/steps_").compactMap { Int($0[1]) }
        #expect(steps == googleSteps)
        let truth = Fixtures.sampleTruth.days[days].reduce(0) { $0 + $1.steps }
        #expect(steps.reduce(0, +) == truth)
    }

    @Test func `sleep levels with short wakes painted in are the truth`() throws {
        let nights = days.compactMap(Fixtures.sample.night).filter(\.isRecorded)
        let logs = try json("sleep-")
        #expect(logs.count == nights.count)
        for (log, night) in zip(logs, nights) {
            let levels = try #require(log["levels"] as? [String: Any])
            let data = try #require(levels["data"] as? [[String: Any]])
            let short = try #require(levels["shortData"] as? [[String: Any]])
            func seconds(_ rows: [[String: Any]], _ level: String? = nil) -> Int {
                rows.filter { level == nil || $0["level"] as? String == level }
                    .reduce(0) { $0 + ($1["seconds"] as? Int ?? 0) }
            }
            #expect(seconds(data) == night.stages.count * 60)
            let wake = seconds(data, "wake") + seconds(short, "wake")
            #expect(wake == night.minutes(of: .wake) * 60)
            #expect(log["minutesAsleep"] as? Int == night.totalSleepMinutes)
        }
    }

    @Test func `only the sleep table tells offsets, before and after the clocks change`() throws {
        let offsets = Set(try rows("Health Fitness Data_GoogleData/UserSleeps_").map { $0[11] })
        #expect(offsets == ["+01:00", "+02:00"])
    }

    @Test func `some oxygen rows hold the mark for no value`() throws {
        let values = try rows("Oxygen Saturation (SpO2)/Minute").compactMap { Double($0[1]) }
        let invalid = values.count { $0 == 50 }
        #expect(invalid * 20 > values.count && invalid * 4 < values.count)
        #expect(values.allSatisfy { $0 == 50 || (88...100).contains($0) })
    }

    @Test func `the tables of the night agree with the truth`() throws {
        let nights = days.compactMap(Fixtures.sample.night).filter(\.isRecorded)
        let values = try rows("Heart Rate Variability/Heart Rate").compactMap { Double($0[1]) }
        let truth = nights.flatMap { $0.vitals.rmssd.map(\.value) }
        #expect(values.count == truth.count)
        #expect(zip(values, truth).allSatisfy { ($0 - $1).magnitude < 0.001 })
        let breaths = try rows("Heart Rate Variability/Daily Resp")
        #expect(breaths.count == nights.count)
        #expect(try rows("Temperature/").count == nights.count)
    }
}
