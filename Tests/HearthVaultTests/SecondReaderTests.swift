// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthCrypto
import HearthTestSupport
import Testing

@testable import HearthVault

/// Makes stores for another program that reads the format from `docs/vault-format.md` alone.
///
/// HEARTH_VAULT_KEEP names a folder; the test leaves `store`, `state` and `samples.tsv` there. The
/// passphrase is `correct horse`.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["HEARTH_VAULT_KEEP"] != nil))
struct SecondReaderTests {
    @Test func `a store with every kind of column, an erase, results and an audit log`() throws {
        let folder = try #require(ProcessInfo.processInfo.environment["HEARTH_VAULT_KEEP"])
        let fixture = try VaultFixture()
        let person = try fixture.vault.addPerson(label: "Ada").id
        try fixture.vault.ingest(
            [
                Made.heartRate(days: 0..<40, step: 60), Made.steps(days: 0..<40),
                Made.heartRate(days: 0..<3, device: Made.ring, seed: 2),
                Made.acceleration(day: 2, seconds: 900),
            ], for: person)
        var random = SeededRandom(seed: 18)
        for _ in 0..<20 {
            let count = Int.random(in: 1...300, using: &random)
            let series = SeriesCodecTests.randomSeries(&random, count: count)
            let times = series.times.map { abs($0 % 1_000_000_000_000_000_000) }
            try fixture.vault.ingest(
                [
                    SampleBlock(
                        device: Made.watch, quantity: .ppg, origin: Origin(file: .hearthCSV),
                        times: .irregular(times), durations: series.durations,
                        columns: Array(series.columns.prefix(1)), quality: series.quality)
                ], for: person)
        }
        try fixture.vault.appendAudit(command: "ingest", outcome: "done")
        _ = try fixture.vault.erase(
            ErasureScope(
                person: person, quantities: [.steps],
                from: Timestamp(nanoseconds: Made.time(day: 3, second: 30_000)),
                to: Timestamp(nanoseconds: Made.time(day: 5, second: 30_000))))
        var lines: [String] = []
        for (stream, samples) in try fixture.vault.contents(of: person).streams {
            for sample in samples {
                let values = sample.values.map(String.init).joined(separator: ",")
                lines.append(
                    [
                        String(stream.device.rawValue), String(stream.quantity.rawValue),
                        String(stream.origin.file.rawValue), String(sample.time),
                        String(sample.duration), values, String(sample.quality),
                    ].joined(separator: "\t"))
            }
        }
        fixture.vault.close()
        try? FileManager.default.removeItem(atPath: folder)
        try FileManager.default.copyItem(atPath: fixture.root, toPath: folder)
        try Data(lines.sorted().joined(separator: "\n").utf8).write(
            to: URL(fileURLWithPath: folder + "/samples.tsv"))
    }
}
