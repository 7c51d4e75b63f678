// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthCrypto
import HearthPipeline
import HearthVault

/// hearth-bench vault FOLDER [ROWS]: writes rows of time and value into a new vault, reads a night and
/// everything back, and verifies, backs up and restores it. The same rows as `peers/store_rows.h` has.
func benchmarkVault(_ arguments: [String]) -> Int32 {
    guard let folder = arguments.first, arguments.count <= 2 else {
        print("usage: hearth-bench vault FOLDER [ROWS]")
        return 64
    }
    do {
        try VaultBenchmark(folder: folder, rows: arguments.dropFirst().first.flatMap(Int.init))
            .run()
        return 0
    } catch {
        print("failed: \(error)")
        return 1
    }
}

/// One quantity every three seconds for a year.
struct VaultBenchmark {
    /// 2024-01-01T00:00:00Z, and the distance of two rows.
    private static let start: Int64 = 1_704_067_200_000_000_000
    private static let step: Int64 = 3_000_000_000
    private static let block = 65_536

    let folder: String
    let rows: Int
    private let location: VaultLocation

    init(folder: String, rows: Int?) {
        self.folder = folder
        self.rows = rows ?? 10_000_000
        location = VaultLocation(store: folder + "/store", state: folder + "/state")
    }

    /// Heart rates that wander; a linear congruential generator, the same as the peers'.
    private func forEachBlock(_ body: (SampleBlock) throws -> Void) rethrows {
        var state: UInt32 = 1
        var rate: Int32 = 60
        let device = SourceDevice(vendor: "Bench", model: "One", unit: 1)
        for first in stride(from: 0, to: rows, by: Self.block) {
            var times: [Int64] = []
            var values: [Float] = []
            for row in first..<min(first + Self.block, rows) {
                state = state &* 1_664_525 &+ 1_013_904_223
                rate += Int32(state >> 30) - 1 - (Int32(state >> 28) & 1)
                if rate < 45 { rate = 45 + Int32(state >> 24 & 7) }
                if rate > 120 { rate = 120 - Int32(state >> 24 & 7) }
                times.append(Self.start + Int64(row) * Self.step)
                values.append(Float(rate))
            }
            try body(
                SampleBlock(
                    device: device, quantity: .heartRate, origin: Origin(file: .fit),
                    times: .irregular(times), columns: [.float32(values)]))
        }
    }

    private func timed<R>(_ what: String, bytes: Int? = nil, _ body: () throws -> R) rethrows -> R {
        let (begin, used) = (ContinuousClock.now, ThreadTime.ofProcess())
        let result = try body()
        let time = ContinuousClock.now - begin
        let seconds =
            Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18
        var line = "hearth \(what): \(String(format: "%.4f", seconds)) s"
        line += String(format: ", CPU %.4f s", ThreadTime.ofProcess() - used)
        if let bytes { line += String(format: ", %.0f MB/s", Double(bytes) / 1e6 / seconds) }
        print(line)
        return result
    }

    private func secret() throws -> SecretBytes {
        try SecretBytes(copying: Array("benchmark passphrase".utf8).span)
    }

    private func size(_ path: String) -> Int {
        let url = URL(filePath: path)
        return (try? url.resourceValues(forKeys: [.fileSizeKey]).fileSize) ?? 0
    }

    func run() throws {
        try HearthCrypto.start()
        try? FileManager.default.removeItem(atPath: folder)
        var vault = try Vault.create(at: location, passphrase: secret(), kdf: .minimum)
        let person = try vault.addPerson(label: "bench").id
        try timed("write \(rows) rows") {
            let session = try vault.beginIngest(for: person)
            try forEachBlock { try session.append($0) }
            _ = try session.commit()
        }
        vault.close()
        vault = try Vault.open(at: location, with: secret())
        let end = Self.start + Int64(rows) * Self.step
        let night = SampleQuery(
            person: person, from: Timestamp(nanoseconds: end - 8 * 3600 * 1_000_000_000),
            to: Timestamp(nanoseconds: end))
        try read(vault, night, "last night")
        try read(vault, SampleQuery(person: person), "a year")
        let store =
            size(location.store + "/store.db") + size(location.store + "/store.db-wal")
            + size(location.store + "/keys.a") + size(location.store + "/keys.b")
        print(
            "hearth bytes a row: \(String(format: "%.3f", Double(store) / Double(max(1, rows))))")
        let report = try timed("verify, one thread", bytes: store) { try vault.verify() }
        _ = try timed("verify, all processors", bytes: store) {
            try vault.verify(run: ParallelChecks.run)
        }
        print("problems: \(report.problems.count), packs \(report.packs), \(report.bytes) bytes")
        try backUp(&vault, store)
    }

    private func read(_ vault: Vault, _ query: SampleQuery, _ what: String) throws {
        var (count, sum) = (0, 0.0)
        try timed("read \(what)") {
            try vault.read(query) { _, block in
                count += block.count
                if case .float32(let values) = block.columns[0] {
                    for value in values { sum += Double(value) }
                }
            }
        }
        print("rows \(count) sum \(sum)")
    }

    private func backUp(_ vault: inout Vault, _ bytes: Int) throws {
        let copy = BackupFolder(path: folder + "/copy")
        let bundle = try vault.makeKeyBundle()
        _ = try timed("back up", bytes: bytes) {
            try copy.add(vault.sealed, time: Self.start)
        }
        _ = try timed("back up again, nothing new") {
            try copy.add(vault.sealed, time: Self.start)
        }
        print("hearth key bundle: \(bundle.encoded.count) bytes")
        vault.close()
        let target = VaultLocation(store: folder + "/restored", state: folder + "/restored-state")
        let archive = try copy.open()
        try timed("restore", bytes: bytes) {
            _ = try VaultRestore(to: target, from: [archive], .init()).run(
                keyImages: bundle.keyImages, with: Credential(secret(), as: .passphrase),
                check: ParallelChecks.run)
        }
    }
}
