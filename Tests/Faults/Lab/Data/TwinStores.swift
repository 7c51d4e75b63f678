// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthTestSupport
import HearthVault

/// R16: what two stores of the same data have in common.
public enum TwinStores: Experiment {
    public static let number = "R16"
    public static let title = "twin stores"
    public static let promise =
        "sealed bytes look random, and two stores of the same data share none"

    public static func run(on bench: Bench) throws -> Outcome {
        let scratch = try Scratch(bench)
        var outcome = Outcome()
        var (highest, lowest) = (0.0, 8.0)
        for pair in 0..<(bench.scale == .full ? 100 : 1) {
            outcome.attempts += 1
            let seed = bench.seed &+ UInt64(pair)
            let twins = try (0..<2).map { try store(seed: seed, in: scratch.place("twin\($0)")) }
            for twin in twins {
                let bytes = ByteStatistics(twin.sealed)
                highest = max(highest, abs(bytes.deviation))
                lowest = min(lowest, bytes.entropy)
                if abs(bytes.deviation) > 6 {
                    outcome.fail("seed \(seed): chi² is \(bytes.deviation) deviations off")
                }
                if bytes.entropy < 7.99 { outcome.fail("seed \(seed): entropy \(bytes.entropy)") }
                for text in try words(in: twin, scratch) {
                    outcome.fail("seed \(seed): the files say \(text.prefix(60))")
                }
            }
            let shared = sharedRuns(twins[0].sealed, twins[1].sealed)
            if shared > 0 { outcome.fail("seed \(seed): \(shared) runs of 8 bytes in common") }
            if twins[0].plainParts != twins[1].plainParts {
                outcome.fail("seed \(seed): the stores differ in size or number of packs")
            }
        }
        outcome.show(
            "largest deviation of chi² (255 degrees of freedom, in standard deviations)",
            String(format: "%.2f", highest))
        outcome.show("least entropy, bits a byte", String(format: "%.5f", lowest))
        try control(&outcome, bench, scratch)
        return outcome
    }

    private struct Twin {
        var sealed: [UInt8] = []
        var image: StoreImage
        /// What may be alike: how many packs of which size.
        var plainParts: [Int: Int] = [:]
    }

    private static func store(seed: UInt64, in folder: String) throws -> Twin {
        let vault = try LabVault.create(in: folder, slots: 64)
        try LabVault.fill(vault, seed: seed)
        vault.close()
        var twin = Twin(image: try StoreImage(of: folder))
        let database = TestDatabase(path: "\(folder)/\(StoreImage.database)")
        for table in ["pack", "root"] {
            for row in database.rows("SELECT id, ct FROM \(table)") ?? [] {
                twin.sealed += row.bytes
                twin.plainParts[row.bytes.count, default: 0] += 1
            }
        }
        // The data-key slots: all but the epoch and filling of a fresh one is sealed or random.
        let keys = twin.image.files[StoreImage.keys[0]] ?? []
        for start in stride(from: 36_864, to: keys.count - 127, by: 128) {
            twin.sealed += keys[start..<(start + 88)]
        }
        return twin
    }

    /// Texts of the files, beside those that SQLite's header and the two tables bring.
    private static func words(in twin: Twin, _ scratch: Scratch) throws -> [String] {
        var found: [String] = []
        for (path, bytes) in twin.image.files {
            for marker in LabVault.markers where Occurrences.count(of: marker, in: bytes) > 0 {
                found.append("\(marker) in \(path)")
            }
            guard let strings = Program.path(of: "strings") else { continue }
            let file = "\(scratch.folder)/strings"
            try WholeFile.write(bytes, to: file)
            // Of random bytes 96 of 256 are printable: a run of 20 is in one store of 200, one of 32 in
            // one of ten million.
            let ending = try Program.run(strings, ["-n", "32", file], in: scratch.folder)
            found += ending.output.split(separator: "\n").map(String.init).filter {
                !$0.contains("CREATE TABLE pack(id") && !$0.contains("CREATE TABLE root(id")
                    && !isPointers($0)
            }
        }
        return found
    }

    /// Whether it is SQLite's array of where the cells of a page begin: two bytes each, the first of
    /// them below 0x40 in a page of 16 KiB.
    private static func isPointers(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return (0...1).contains { odd in
            stride(from: odd, to: bytes.count, by: 2).allSatisfy {
                (0x20..<0x40).contains(bytes[$0])
            }
        }
    }

    /// How many places of `b` hold eight bytes that `a` holds somewhere.
    private static func sharedRuns(_ a: [UInt8], _ b: [UInt8]) -> Int {
        let (first, second) = (windows(a), windows(b))
        var (i, j, shared) = (0, 0, 0)
        while i < first.count, j < second.count {
            if first[i] < second[j] {
                i += 1
            } else {
                if first[i] == second[j] { shared += 1 }
                j += 1
            }
        }
        return shared
    }

    private static func windows(_ bytes: [UInt8]) -> [UInt64] {
        guard bytes.count >= 8 else { return [] }
        var all: [UInt64] = []
        all.reserveCapacity(bytes.count)
        bytes.withUnsafeBytes { buffer in
            for start in 0...(buffer.count - 8) {
                all.append(buffer.loadUnaligned(fromByteOffset: start, as: UInt64.self))
            }
        }
        return all.sorted()
    }

    /// The same samples in plain files: no test passes.
    private static func control(
        _ outcome: inout Outcome, _ bench: Bench, _ scratch: Scratch
    ) throws {
        let folder = try scratch.place("plain")
        let copies = try (0..<2).map { number in
            var random = SeededRandom(seed: bench.seed)
            let path = "\(folder)/\(number).db"
            do {
                let database = TestDatabase(path: path)
                database.run("CREATE TABLE sample(time INTEGER, label TEXT, value REAL)")
                database.run("BEGIN")
                for row in 0..<2000 {
                    let value = Int.random(in: 40...160, using: &random)
                    database.run(
                        "INSERT INTO sample VALUES(\(row * 60), '\(LabVault.markers[0])', \(value))"
                    )
                }
                database.run("COMMIT")
            }
            return try WholeFile.read(path)
        }
        let bytes = ByteStatistics(copies[0])
        let shared = sharedRuns(copies[0], copies[1])
        let named = Occurrences.count(of: LabVault.markers[0], in: copies[0])
        outcome.control(
            "the same in plain SQLite files",
            isCaught: bytes.deviation > 6 && bytes.entropy < 7.99 && shared > 0 && named > 0,
            "chi² \(Int(bytes.deviation)) deviations off, entropy "
                + String(format: "%.2f", bytes.entropy)
                + ", \(shared) runs in common, a label \(named) times")
    }
}

/// How evenly the 256 values occur.
struct ByteStatistics {
    /// Bits a byte.
    var entropy = 0.0
    /// Chi² against even use, as standard deviations from its mean.
    var deviation = 0.0

    init(_ bytes: [UInt8]) {
        var counts = [Double](repeating: 0, count: 256)
        bytes.withUnsafeBufferPointer { for byte in $0 { counts[Int(byte)] += 1 } }
        let total = Double(bytes.count)
        guard total > 0 else { return }
        var square = 0.0
        for count in counts {
            square += (count - total / 256) * (count - total / 256) / (total / 256)
            if count > 0 { entropy -= count / total * log2(count / total) }
        }
        deviation = (square - 255) / (2 * 255.0).squareRoot()
    }
}
