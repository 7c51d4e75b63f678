// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthTestSupport
import Testing

@testable import HearthVault

/// Times on data of the size of a large phone export. Run with HEARTH_VAULT_SPEED=1.
@Suite(.serialized, .enabled(if: ProcessInfo.processInfo.environment["HEARTH_VAULT_SPEED"] != nil))
struct VaultSpeedTests {
    static func seconds(_ what: String, _ body: () throws -> Void) rethrows {
        let start = ContinuousClock.now
        try body()
        let time = ContinuousClock.now - start
        print("vault speed: \(what): \(time), peak memory \(peakMegabytes()) MB")
    }

    static func peakMegabytes() -> Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM") } ?? ""
        return (Int(line.filter(\.isNumber)) ?? 0) / 1024
    }

    /// Samples a day and the quantity: 1,860 a day, 2 million in 1,076 days.
    static let daily: [(Quantity, Int, Bool)] = [
        (.heartRate, 700, false), (.hrvSDNN, 6, false), (.restingHeartRate, 1, true),
        (.steps, 300, true), (.distance, 250, true), (.activeEnergy, 380, true),
        (.oxygenSaturation, 30, false), (.respiratoryRate, 80, false), (.sleepStage, 40, true),
        (.skinTemperature, 1, true), (.bodyMass, 1, false), (.light, 70, false),
    ]

    static func feed(_ days: Int64, _ body: (SampleBlock) throws -> Void) rethrows {
        var random = SeededRandom(seed: 4)
        for (quantity, perDay, hasDurations) in daily {
            var times: [Int64] = []
            var durations: [Int64] = []
            var values: [Float] = []
            func flush() throws {
                guard !times.isEmpty else { return }
                try body(
                    SampleBlock(
                        device: Made.watch, quantity: quantity, origin: Origin(file: .appleHealth),
                        times: .irregular(times), durations: durations,
                        columns: [.float32(values)]))
                times.removeAll(keepingCapacity: true)
                durations.removeAll(keepingCapacity: true)
                values.removeAll(keepingCapacity: true)
            }
            for day in 0..<days {
                let gap = 86_000 / Int64(perDay)
                for index in 0..<Int64(perDay) {
                    let second = index * gap + Int64.random(in: 0..<max(1, gap), using: &random)
                    times.append(Made.time(day: day - 1000, second: second))
                    if hasDurations { durations.append(60_000_000_000) }
                    values.append(Float(Double(Int.random(in: 4000...9999, using: &random)) / 100))
                    if times.count == 4096 { try flush() }
                }
            }
            try flush()
        }
    }

    @Test func `a large export`() throws {
        let fixture = try VaultFixture(slots: KeyLayout.initialSlots)
        let person = try fixture.vault.addPerson(label: "Ada").id
        var blocks: [SampleBlock] = []
        Self.feed(1076) { blocks.append($0) }
        print("vault speed: \(blocks.reduce(0) { $0 + $1.count }) samples made")
        try Self.seconds("ingest") {
            print(try fixture.vault.ingest(blocks, for: person))
        }
        try Self.seconds("ingest again") {
            print(try fixture.vault.ingest(blocks, for: person))
        }
        try Self.seconds("open") { try fixture.reopen() }
        try Self.seconds("streams") { _ = try fixture.vault.streams(of: person) }
        try Self.seconds("read all") {
            var count = 0
            try fixture.vault.read(SampleQuery(person: person)) { count += $1.count }
            print("vault speed: \(count) samples read")
        }
        try Self.seconds("365 windows read") {
            for day in 0..<Int64(365) {
                try fixture.vault.read(
                    SampleQuery(
                        person: person,
                        from: Timestamp(nanoseconds: Made.time(day: day - 700, second: -43_200)),
                        to: Timestamp(nanoseconds: Made.time(day: day - 699, second: 0)))
                ) { _, _ in }
            }
        }
        try Self.seconds("365 digests") {
            for day in 0..<Int64(365) {
                _ = try fixture.vault.inputDigest(
                    of: person,
                    from: Timestamp(nanoseconds: Made.time(day: day - 700, second: -43_200)),
                    to: Timestamp(nanoseconds: Made.time(day: day - 699, second: 0)))
            }
        }
        try Self.seconds("one more day") {
            try fixture.vault.ingest([Made.heartRate(days: 200..<201)], for: person)
        }
        try Self.seconds("365 results") {
            try fixture.vault.storeResults(
                (0..<365).map {
                    StoredResult(
                        day: LocalDate(dayNumber: Made.firstDay - 700 + $0), model: "day/1",
                        inputDigest: [UInt8](repeating: 0, count: 16),
                        payload: Array(String(repeating: "\"key\": 12.5, ", count: 150).utf8))
                }, of: person)
        }
        try Self.seconds("verify") { print(try fixture.vault.verify()) }
        try Self.seconds("erase a day") {
            let record = try fixture.vault.erase(
                ErasureScope(
                    person: person, from: Timestamp(nanoseconds: Made.time(day: -5, second: 0)),
                    to: Timestamp(nanoseconds: Made.time(day: -4, second: 0))))
            print(record.samples, record.keySlots, record.scanPassed)
        }
        try Self.seconds("erase a quantity") {
            let record = try fixture.vault.erase(
                ErasureScope(person: person, quantities: [.steps]))
            print(record.samples, record.keySlots, record.scanPassed)
        }
        try Self.seconds("erase the person") {
            let record = try fixture.vault.erase(ErasureScope(person: person))
            print(record.samples, record.keySlots, record.scanPassed)
        }
    }

    @Test func `a day of acceleration`() throws {
        let fixture = try VaultFixture(slots: KeyLayout.initialSlots)
        let person = try fixture.vault.addPerson(label: "Ada").id
        let session = try fixture.vault.beginIngest(for: person)
        try Self.seconds("100 Hz, 24 h, 3 axes") {
            for hour in 0..<Int64(24) {
                var block = Made.acceleration(day: 0, seconds: 3600)
                block.times = .regular(
                    start: Timestamp(nanoseconds: Made.time(day: 0, second: hour * 3600)),
                    period: Period(hertz: 100), count: 360_000)
                try session.append(block)
            }
            print(try session.commit())
        }
        try Self.seconds("read it") {
            try fixture.vault.read(SampleQuery(person: person)) { _, _ in }
        }
    }
}
