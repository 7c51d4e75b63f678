// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthTestSupport
import HearthVault

/// R6: bits of a store that change by themselves.
public enum BitFlips: Experiment {
    public static let number = "R6"
    public static let title = "bit flips"
    public static let promise = "no changed bit gives a wrong value, a crash or silence"

    public static let isExhaustive = true

    /// Random damage of several bytes, beside the single bits.
    private static let scattered: [Scale: Int] = [.short: 500, .full: 100_000]
    /// Random bits: in a short run of all files, in a full run of the log that a crash leaves.
    private static let single: [Scale: Int] = [.short: 3500, .full: 100_000]

    public static func run(on bench: Bench) throws -> Outcome {
        let scratch = try Scratch(bench)
        let subject = try FlipSubject.make(
            in: try scratch.place("subject"), days: bench.scale == .full ? 7 : 2, seed: bench.seed)
        var outcome = Outcome()
        let places = try scratch.place("workers")
        let threads = Workers.count
        let tallies = try Workers.run(threads) { worker in
            let folder = "\(places)/\(worker)"
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
            var runner = try FlipRunner(subject: subject, folder: folder)
            var random = SeededRandom(
                seed: bench.seed &+ UInt64(worker + bench.share.number * threads) &* 7919)
            // A full run tries each bit of the closed store, or its share of them.
            var bits = 0..<subject.bits
            if bench.scale == .full {
                let (number, count) = (bench.share.number, bench.share.count)
                let first = subject.closedBits * (number - 1) / count
                let end = subject.closedBits * number / count
                for place in stride(from: first + worker, to: end, by: threads) {
                    try runner.attempt([subject.flip(subject.closedBit(place))])
                }
                bits = subject.closedBits..<subject.bits
            }
            let part = threads * bench.share.count
            for _ in 0..<(single[bench.scale, default: 0] / part) {
                try runner.attempt([subject.flip(Int.random(in: bits, using: &random))])
            }
            for _ in 0..<(scattered[bench.scale, default: 0] / part) {
                try runner.attempt(subject.scattered(&random))
            }
            return runner.tally
        }
        let tally = tallies.reduce(into: FlipTally()) { $0.add($1) }
        tally.tell(&outcome, subject, isFull: bench.scale == .full)
        try control(&outcome, bench, scratch)
        var random = SeededRandom(seed: bench.seed)
        let missed = SampleHashes.unnoticed(800, &random)
        outcome.control(
            "blocks of samples with one other bit of a time, a duration, a mask or a value",
            isCaught: missed == 0, "\(missed) of 800 had the same hash")
        return outcome
    }

    /// An ordinary database, whose own check passes over most changed values.
    private static func control(
        _ outcome: inout Outcome, _ bench: Bench, _ scratch: Scratch
    ) throws {
        let folder = try scratch.place("plain")
        let path = "\(folder)/plain.db"
        var random = SeededRandom(seed: bench.seed)
        do {
            let database = TestDatabase(path: path)
            database.run("CREATE TABLE sample(time INTEGER PRIMARY KEY, value BLOB)")
            database.run("BEGIN")
            for row in 0..<2000 {
                let value = (0..<24).map { _ in UInt8.random(in: 0...255, using: &random) }
                database.run("INSERT INTO sample VALUES(\(row), ?)", value)
            }
            database.run("COMMIT")
        }
        let image = try WholeFile.read(path)
        let content = plainContent(path)
        var (changed, missed) = (0, 0)
        for _ in 0..<300 {
            var copy = image
            copy[Int.random(in: 0..<copy.count, using: &random)] ^=
                1 << UInt8.random(in: 0..<8, using: &random)
            try WholeFile.write(copy, to: path)
            guard plainContent(path) != content else { continue }
            changed += 1
            let check = TestDatabase(path: path).rows(
                "SELECT 0, integrity_check FROM pragma_integrity_check")
            if check.map({ $0.map(\.bytes) }) == [Array("ok".utf8)] { missed += 1 }
        }
        outcome.control(
            "a plain SQLite database with PRAGMA integrity_check", isCaught: missed > 0,
            "\(missed) of \(changed) changed contents went unnoticed")
    }

    private static func plainContent(_ path: String) -> [[UInt8]]? {
        TestDatabase(path: path).rows("SELECT time, value FROM sample ORDER BY time")?.map {
            Array("\($0.id) ".utf8) + $0.bytes
        }
    }
}

/// A change of bytes of one file.
struct Flip: Sendable, Equatable {
    var image: Int
    var path: String
    var offset: Int
    var mask: UInt8
}

/// The stores that are damaged: one that was closed, and one as a crash leaves it, with a log.
struct FlipSubject: Sendable {
    var images: [StoreImage]
    var holdings: [Holdings]
    /// What plain SQLite sees in the database of each image.
    var plain: [PlainRows]
    /// Key slots that were ever written; the others are random filling.
    var usedSlots: Set<Int>
    /// The parts that are flipped, in order: all files of the first image, the log of the second.
    var parts: [(image: Int, path: String, bytes: Int)]

    var bits: Int { parts.reduce(0) { $0 + $1.bytes } * 8 }
    /// Those of the store that was closed, which come first.
    var closedBits: Int { parts.reduce(0) { $0 + ($1.image == 0 ? $1.bytes : 0) } * 8 }

    static func make(in folder: String, days: Int64, seed: UInt64) throws -> FlipSubject {
        // Enough slots that the files do not grow: which are in use shows by what changed.
        var vault = try LabVault.create(in: folder, slots: days > 2 ? 128 : 64)
        let fresh = try StoreImage(of: folder)
        try LabVault.fill(vault, days: days, seed: seed, raw: days > 2)
        vault.close()
        vault = try LabVault.open(in: folder)
        var holdings = [try Holdings(vault)]
        vault.close()
        let closed = try StoreImage(of: folder)
        vault = try LabVault.open(in: folder)
        try vault.appendAudit(command: "crash", outcome: "soon")
        holdings.append(try Holdings(vault))
        let crashed = try StoreImage(of: folder)
        vault.close()
        var parts = closed.files.sorted { $0.key < $1.key }.map { (0, $0.key, $0.value.count) }
        parts.append((1, StoreImage.log, crashed.files[StoreImage.log]?.count ?? 0))
        let images = [closed, crashed]
        let path = StoreImage.keys[0]
        let (before, after) = (fresh.files[path] ?? [], closed.files[path] ?? [])
        let used = (0..<max(0, (after.count - 36_864) / 128)).filter { slot in
            let range = (36_864 + slot * 128)..<(36_992 + slot * 128)
            return before[range] != after[range]
        }
        return FlipSubject(
            images: images, holdings: holdings,
            plain: try images.map { image in
                try image.lay(in: folder + "-plain")
                return try PlainRows(in: folder + "-plain")
            },
            usedSlots: Set(used), parts: parts.map { (image: $0.0, path: $0.1, bytes: $0.2) })
    }

    /// All bits of the closed store in another order, so that a part of them is spread over all.
    func closedBit(_ place: Int) -> Int {
        // A prime above the number of bits: every bit comes once.
        place * 2_654_435_761 % closedBits
    }

    func flip(_ bit: Int) -> Flip {
        var byte = bit / 8
        for part in parts {
            if byte < part.bytes {
                return Flip(
                    image: part.image, path: part.path, offset: byte,
                    mask: 1 << UInt8(bit % 8))
            }
            byte -= part.bytes
        }
        preconditionFailure("there are fewer bits")
    }

    /// From two to 64 bytes of one file, near each other or anywhere.
    func scattered(_ random: inout SeededRandom) -> [Flip] {
        let first = flip(Int.random(in: 0..<bits, using: &random))
        let size = images[first.image].files[first.path]?.count ?? 1
        let near = Bool.random(using: &random)
        let count = Int.random(in: 2...64, using: &random)
        var offsets: Set<Int> = [first.offset]
        for step in 1..<count {
            let offset = near ? first.offset + step : Int.random(in: 0..<size, using: &random)
            if offset < size { offsets.insert(offset) }
        }
        return offsets.sorted().map {
            Flip(
                image: first.image, path: first.path, offset: $0,
                mask: UInt8.random(in: 1...255, using: &random))
        }
    }

    /// Whether the format gives the byte of a key file a meaning (docs/vault-format.md).
    func isMeant(_ flip: Flip) -> Bool {
        if flip.offset < 4096 { return flip.offset < 148 }
        if flip.offset < 36_864 { return true }
        let (slot, place) = (flip.offset - 36_864).quotientAndRemainder(dividingBy: 128)
        return place < 108 && usedSlots.contains(slot)
    }
}

/// The rows of both tables as SQLite reads them, without any of Hearth's checks.
struct PlainRows: Equatable, Sendable {
    private struct Row: Equatable, Sendable {
        var id: Int64
        var bytes: [UInt8]
    }
    /// Of each table; nil if it cannot be read to its end.
    private var tables: [[Row]?] = []

    /// Reads the store in `folder`, which may change its files.
    init(in folder: String) throws {
        let database = TestDatabase(path: "\(folder)/\(StoreImage.database)")
        // No index of the log has to be made in a file.
        database.run("PRAGMA locking_mode = EXCLUSIVE")
        for table in ["pack", "root"] {
            let found = database.rows("SELECT id, ct FROM \(table) ORDER BY id")
            tables.append(found.map { rows in rows.map { Row(id: $0.id, bytes: $0.bytes) } })
        }
    }
}
