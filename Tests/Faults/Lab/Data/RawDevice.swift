// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthTestSupport
import HearthVault

/// R12: what an erase leaves on the blocks of a disk, below the file system.
public enum RawDevice: Experiment {
    public static let number = "R12"
    public static let title = "erase, raw device"
    public static let promise = "on ext4 no wrapped key of what was erased is on the disk's blocks"

    public static func run(on bench: Bench) throws -> Outcome {
        var outcome = Outcome()
        guard let disk = try Disk(in: bench.folder) else {
            outcome.leftOut = "a disk in a file (loop device) cannot be made or mounted here"
            return outcome
        }
        var keys = 0
        for round in 0..<(bench.scale == .full ? 200 : 1) {
            let seed = bench.seed &+ UInt64(round)
            let found = try erase(on: disk, journal: "ordered", seed: seed)
            outcome.attempts += 1
            keys += found.keys
            if found.keys == 0 { outcome.fail("seed \(seed): no key was destroyed") }
            if found.copies > 0 {
                outcome.fail("seed \(seed): \(found.copies) of \(found.keys) keys are on the disk")
            }
            if !found.level.hasPrefix("E3") {
                outcome.fail("seed \(seed): the program says \(found.level)")
            }
        }
        outcome.show("keys destroyed and looked for", keys)
        let table = try deletedFromTable(on: disk)
        outcome.control(
            "keys in an SQLite table, deleted with secure_delete, VACUUM",
            isCaught: table.copies > 0,
            "\(table.copies) copies of \(table.keys) keys are on the disk")
        let journaled = try erase(on: disk, journal: "journal", seed: bench.seed)
        outcome.control(
            "ext4 with data=journal is reported by the program",
            isCaught: journaled.level.hasPrefix("E2") && journaled.copies > 0,
            "\(journaled.copies) of \(journaled.keys) keys are on the disk; it says: "
                + journaled.level)
        return outcome
    }

    private static func erase(
        on disk: Disk, journal: String, seed: UInt64
    ) throws -> (keys: Int, copies: Int, level: String) {
        var random = SeededRandom(seed: seed)
        var (level, keys) = ("", 0)
        var slots: [[UInt8]] = []
        try disk.use(journal: journal) { folder in
            let vault = try LabVault.create(in: folder, slots: 64)
            try LabVault.fill(vault, seed: seed, raw: false)
            // The keys are on the disk, and with data=journal in the journal, before they go.
            sync()
            let before = try StoreImage(of: folder)
            let person = vault.people[Int.random(in: 0...1, using: &random)].id
            let first = Int64.random(in: 0..<6, using: &random)
            let record = try vault.erase(
                ErasureScope(
                    person: person,
                    from: Timestamp(nanoseconds: LabVault.time(day: first, second: 0)),
                    to: Timestamp(nanoseconds: LabVault.time(day: first + 5, second: 0))))
            (level, keys) = ("\(record.level.rawValue) on \(record.fileSystem)", record.keySlots)
            vault.close()
            slots = EraseScan.changedSlots(before, try StoreImage(of: folder))
        }
        let blocks = try disk.blocks()
        let copies = slots.count { Occurrences.count(of: $0[40..<72], in: blocks) > 0 }
        return (keys, copies, level)
    }

    private static func deletedFromTable(on disk: Disk) throws -> (keys: Int, copies: Int) {
        var random = SeededRandom(seed: 12)
        let keys = (0..<100).map { _ in
            (0..<48).map { _ in UInt8.random(in: 0...255, using: &random) }
        }
        try disk.use(journal: "ordered") { folder in
            let database = TestDatabase(path: "\(folder)/keys.db")
            database.run("PRAGMA journal_mode = WAL")
            database.run("PRAGMA secure_delete = ON")
            database.run("CREATE TABLE key(id INTEGER PRIMARY KEY, wrapped BLOB)")
            for (id, key) in keys.enumerated() {
                database.run("INSERT INTO key VALUES(\(id), ?)", key)
            }
            database.run("PRAGMA wal_checkpoint(TRUNCATE)")
            sync()
            database.run("DELETE FROM key")
            database.run("PRAGMA wal_checkpoint(TRUNCATE)")
            database.run("VACUUM")
            database.run("PRAGMA wal_checkpoint(TRUNCATE)")
        }
        let blocks = try disk.blocks()
        return (
            keys.count, keys.reduce(0) { $0 + Occurrences.count(of: $1[...], in: blocks) }
        )
    }
}

/// An ext4 file system in a file.
struct Disk {
    private let folder: String
    private var image: String { "\(folder)/disk.img" }
    private var point: String { "\(folder)/mount" }
    private let make: String
    private let mount: String
    private let unmount: String
    private static let megabytes = 64

    /// nil where such a disk cannot be made and mounted.
    init?(in folder: String) throws {
        guard geteuid() == 0, let make = Program.path(of: "mke2fs"),
            let mount = Program.path(of: "mount"), let unmount = Program.path(of: "umount")
        else { return nil }
        (self.folder, self.make, self.mount, self.unmount) = (folder, make, mount, unmount)
        try FileManager.default.createDirectory(atPath: point, withIntermediateDirectories: true)
        var isUsable = false
        do { try use(journal: "ordered") { _ in isUsable = true } } catch { return nil }
        guard isUsable else { return nil }
    }

    /// A fresh file system, mounted for as long as `body` runs.
    func use(journal: String, _ body: (String) throws -> Void) throws {
        unlink(image)
        try run("/bin/sh", ["-c", "truncate -s \(Self.megabytes)M '\(image)'"])
        try run(make, ["-q", "-F", "-t", "ext4", image])
        try run(mount, ["-o", "loop,data=\(journal)", image, point])
        let result = Result { try body(point) }
        sync()
        try run(unmount, [point])
        try result.get()
    }

    /// All blocks of the disk.
    func blocks() throws -> [UInt8] { try WholeFile.read(image) }

    private func run(_ program: String, _ arguments: [String]) throws {
        let ending = try Program.run(program, arguments, in: folder)
        guard ending.code == 0 else { throw CocoaError(.executableLoad) }
    }
}
