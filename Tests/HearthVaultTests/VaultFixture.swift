// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthCrypto
import HearthTestSupport

@testable import HearthVault

/// A vault in a temporary folder, removed when the fixture goes.
final class VaultFixture {
    let root: String
    let location: VaultLocation
    var vault: Vault!

    init(
        in folder: String = FileManager.default.temporaryDirectory.path, slots: Int = 64
    ) throws {
        root = folder + "/hearth-\(UUID().uuidString)"
        location = VaultLocation(store: root + "/store", state: root + "/state")
        try HearthCrypto.start()
        vault = try Vault.create(
            at: location, passphrase: try Self.secret("correct horse"), kdf: .minimum,
            slots: slots)
    }

    deinit {
        vault?.close()
        try? FileManager.default.removeItem(atPath: root)
    }

    static func secret(_ text: String) throws -> SecretBytes {
        try SecretBytes(copying: Array(text.utf8).span)
    }

    /// Closes the vault and opens it again.
    func reopen(_ passphrase: String = "correct horse") throws {
        vault?.close()
        vault = nil
        vault = try Vault.open(at: location, with: try Self.secret(passphrase))
    }

    /// Copies store and state to a new place, as a crash would leave them.
    func copy(_ name: String, state: Bool = true) throws -> VaultLocation {
        let place = VaultLocation(
            store: root + "/copy-\(name)/store", state: root + "/copy-\(name)/state")
        try FileManager.default.createDirectory(
            atPath: root + "/copy-\(name)", withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: location.store, toPath: place.store)
        if state, FileManager.default.fileExists(atPath: location.state) {
            try FileManager.default.copyItem(atPath: location.state, toPath: place.state)
        }
        return place
    }

    static func open(_ location: VaultLocation) throws -> Vault {
        try Vault.open(at: location, with: try secret("correct horse"))
    }

    static func remove(_ location: VaultLocation) {
        try? FileManager.default.removeItem(
            atPath: URL(fileURLWithPath: location.store).deletingLastPathComponent().path)
    }

    /// All files of the store and their contents.
    static func files(_ location: VaultLocation) throws -> [String: [UInt8]] {
        var found: [String: [UInt8]] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: location.store)
        where name != "ballast" {
            found[name] = [UInt8](
                try Data(contentsOf: URL(fileURLWithPath: location.store + "/" + name)))
        }
        return found
    }
}

/// Made-up samples.
enum Made {
    static let dayNanoseconds: Int64 = 86_400_000_000_000
    /// 2024-03-01.
    static let firstDay: Int64 = 19_783
    static let watch = SourceDevice(vendor: "Clockwork", model: "Chronoscope 7", unit: 41)
    static let ring = SourceDevice(vendor: "Goldsmith", model: "Annulus", unit: 3)

    static func time(day: Int64, second: Int64) -> Int64 {
        (firstDay + day) * dayNanoseconds + second * 1_000_000_000
    }

    /// Heart rates every `step` seconds on days `days`.
    static func heartRate(
        days: Range<Int64>, step: Int64 = 300, device: SourceDevice = watch, seed: UInt64 = 1
    ) -> SampleBlock {
        var random = SeededRandom(seed: seed)
        var times: [Int64] = []
        for day in days {
            for second in stride(from: Int64(0), to: 86_400, by: Int64.Stride(step)) {
                times.append(time(day: day, second: second))
            }
        }
        let values = times.map { _ in Float(Int.random(in: 48...120, using: &random)) }
        return SampleBlock(
            device: device, quantity: .heartRate, origin: Origin(file: .fit),
            times: .irregular(times), columns: [.float32(values)])
    }

    static func steps(days: Range<Int64>, device: SourceDevice = watch) -> SampleBlock {
        var times: [Int64] = []
        for day in days {
            for hour in 0..<24 { times.append(time(day: day, second: Int64(hour) * 3600)) }
        }
        return SampleBlock(
            device: device, quantity: .steps, origin: Origin(file: .appleHealth),
            times: .irregular(times),
            durations: times.map { _ in 600_000_000_000 },
            columns: [.float32(times.indices.map { Float(17 * $0 % 977) + 0.1 })])
    }

    static func acceleration(
        day: Int64, seconds: Int, device: SourceDevice = watch
    ) -> SampleBlock {
        let count = seconds * 100
        func axis(_ k: Int) -> [Int16] {
            (0..<count).map { Int16(truncatingIfNeeded: ($0 &* 7919 &* k) >> 9 & 511) }
        }
        return SampleBlock(
            device: device, quantity: .acceleration, origin: Origin(file: .hearthCSV),
            times: .regular(
                start: Timestamp(nanoseconds: time(day: day, second: 0)),
                period: Period(hertz: 100),
                count: count),
            columns: [1, 3, 5].map { .int16(axis($0), Scale(factor: 1 / 256)) })
    }
}

/// What a vault holds, for comparison: stream, time, duration, values, quality of every sample.
struct Contents: Equatable {
    struct Sample: Hashable {
        var time: Int64
        var duration: Int64
        var values: [UInt32]
        var quality: UInt8
    }
    var streams: [StreamID: [Sample]] = [:]
    var count: Int { streams.values.reduce(0) { $0 + $1.count } }

    init() {}

    init(_ vault: Vault, _ query: SampleQuery) throws {
        try vault.read(query) { stream, block in
            for index in 0..<block.count {
                streams[stream, default: []].append(
                    Sample(
                        time: block.times[index].nanoseconds, duration: block.duration(at: index),
                        values: block.columns.map { $0[index].bitPattern },
                        quality: block.quality(at: index)))
            }
        }
    }
}

extension Vault {
    @discardableResult
    func ingest(_ blocks: [SampleBlock], for person: PersonID) throws -> IngestOutcome {
        let session = try beginIngest(for: person)
        for block in blocks { try session.append(block) }
        return try session.commit()
    }

    func contents(of person: PersonID) throws -> Contents {
        try Contents(self, SampleQuery(person: person))
    }
}
