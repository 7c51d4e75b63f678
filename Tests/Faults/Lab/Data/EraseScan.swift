// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthTestSupport
import HearthVault

/// R11: what an erase leaves in the files.
public enum EraseScan: Experiment {
    public static let number = "R11"
    public static let title = "erase, all files"
    public static let promise =
        "of what was erased no sealed byte, wrapped key, key number or word is in any file"

    public static func run(on bench: Bench) throws -> Outcome {
        let scratch = try Scratch(bench)
        let threads = Workers.count
        let attempts = bench.scale == .full ? 2000 : 50
        let places = try (0..<threads).map { try scratch.place("worker\($0)") }
        let tallies = try Workers.run(threads) { worker in
            try rounds(
                attempts / threads + (worker < attempts % threads ? 1 : 0), in: places[worker],
                seed: bench.seed &+ UInt64(worker) &* 15_485_863)
        }
        let tally = tallies.reduce(into: ScanTally()) { $0.add($1) }
        var outcome = Outcome(attempts: tally.erases)
        outcome.show("samples erased", tally.samples)
        outcome.show("packs that went", tally.packs)
        outcome.show("key slots overwritten", tally.slots)
        outcome.show("byte strings looked for", tally.probes)
        outcome.show("bytes looked through", tally.bytes)
        outcome.show(
            "row numbers of packs that went, as separators in inner pages (random, not secret)",
            tally.separators)
        for failure in tally.failures { outcome.fail(failure) }
        try control(&outcome, scratch, bench.seed)
        return outcome
    }

    private static func rounds(
        _ count: Int, in folder: String, seed: UInt64
    ) throws -> ScanTally {
        var random = SeededRandom(seed: seed)
        let derived = DerivedKeys()
        var tally = ScanTally()
        for round in 0..<count {
            if round.isMultiple(of: 25) {
                try? FileManager.default.removeItem(atPath: folder)
                try FileManager.default.createDirectory(
                    atPath: folder, withIntermediateDirectories: true)
                let vault = try LabVault.create(in: folder, slots: 64)
                try LabVault.fill(vault, days: 8, seed: seed &+ UInt64(round))
                vault.close()
            }
            let vault = try LabVault.open(in: folder, derived)
            try addSamples(to: vault, &random)
            vault.close()
            try erase(in: folder, derived, &tally, &random, "seed \(seed), round \(round)")
        }
        return tally
    }

    private static func addSamples(to vault: Vault, _ random: inout SeededRandom) throws {
        for label in ["Marker Ada", "Marker Bob"] {
            let person = try vault.person(labelled: label) ?? vault.addPerson(label: label)
            // Days that no erase has reached yet, mostly: tombstones keep the others out.
            let first = Int64.random(in: 0..<2000, using: &random)
            let device = Bool.random(using: &random) ? LabVault.watch : LabVault.ring
            try LabVault.ingest(
                (first..<(first + 3)).flatMap { day in
                    LabVault.quantities.map {
                        LabVault.block($0, day: day, count: 24, device: device, &random)
                    }
                }, into: vault, for: person.id)
        }
    }

    /// A scope of random kind with something in it.
    static func scope(_ vault: Vault, _ random: inout SeededRandom) throws -> ErasureScope? {
        guard let person = vault.people.randomElement(using: &random) else { return nil }
        var scope = ErasureScope(person: person.id)
        let streams = try vault.streams(of: person.id)
        guard let stream = streams.randomElement(using: &random) else { return scope }
        let length = Int64.random(in: 1...(4 * 86_400), using: &random) * 1_000_000_000
        let span = max(1, stream.last.nanoseconds - stream.first.nanoseconds)
        let start = stream.first.nanoseconds + Int64.random(in: 0..<span, using: &random)
        let kind = Int.random(in: 0..<16, using: &random)
        if kind == 0 { return scope }
        if kind % 2 == 1 { scope.quantities = [stream.stream.quantity] }
        if kind % 4 == 3 { scope.devices = [stream.device.id] }
        if kind > 3 {
            scope.from = Timestamp(nanoseconds: start - start % LabVault.dayNanoseconds)
            scope.to = Timestamp(nanoseconds: start + length)
        }
        return scope
    }

    private static func erase(
        in folder: String, _ derived: DerivedKeys, _ tally: inout ScanTally,
        _ random: inout SeededRandom, _ name: String
    ) throws {
        let before = try StoreImage(of: folder)
        let rows = try packs(before, folder)
        let vault = try LabVault.open(in: folder, derived)
        guard let scope = try scope(vault, &random) else { return vault.close() }
        let label = vault.people.first { $0.id == scope.person }?.label ?? ""
        let record = try vault.erase(scope)
        // While the vault is open, as somebody who looks right after the erase.
        let open = try StoreImage(of: folder)
        vault.close()
        let after = try StoreImage(of: folder)
        let left = try Set(packs(after, folder).map(\.id))
        let gone = rows.filter { !left.contains($0.id) }
        let slots = changedSlots(before, after)
        tally.erases += 1
        tally.samples += record.samples
        tally.packs += gone.count
        tally.slots += record.keySlots
        if slots.count < record.keySlots {
            tally.failures.append("\(name): \(record.keySlots) keys, \(slots.count) slots changed")
        }
        if !record.scanPassed || !record.readBackPassed {
            tally.failures.append("\(name): the erase itself says that something is left")
        }
        var probes: [ArraySlice<UInt8>] = []
        for pack in gone {
            for start in [24, 1024, 4000] { probes.append(pack.bytes[start..<(start + 24)]) }
        }
        // Key number, nonce, wrapped key.
        for slot in slots { probes += [slot[0..<16], slot[16..<40], slot[40..<88]] }
        tally.probes += probes.count
        for (number, image) in [open, after].enumerated() {
            for (path, bytes) in image.files {
                if number == 0, after.files[path] == bytes { continue }
                tally.bytes += bytes.count
                let hits = probes.count { Occurrences.count(of: $0, in: bytes) > 0 }
                let words = LabVault.markers.count { Occurrences.count(of: $0, in: bytes) > 0 }
                guard hits + words > 0 else { continue }
                tally.failures.append(
                    "\(name), \(label.count) letters: \(hits) strings, \(words) words in \(path)")
            }
        }
        let database = after.files[StoreImage.database] ?? []
        for pack in gone {
            let number = withUnsafeBytes(of: pack.id.bigEndian) { Array($0) }
            // A number of 63 bits is stored as a varint of nine: eight groups of seven, one of
            // eight.
            if Occurrences.count(of: varint(number)[...], in: database) > 0 {
                tally.separators += 1
            }
        }
    }

    private static func varint(_ bytes: [UInt8]) -> [UInt8] {
        let value = bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard value >> 56 != 0 else {
            var (groups, rest) = ([UInt8(value & 0x7F)], value >> 7)
            while rest > 0 {
                groups.insert(UInt8(rest & 0x7F) | 0x80, at: 0)
                rest >>= 7
            }
            return groups
        }
        return (0..<8).map { UInt8((value >> (8 + 7 * UInt64(7 - $0))) & 0x7F) | 0x80 }
            + [UInt8(value & 0xFF)]
    }

    static func packs(
        _ image: StoreImage, _ folder: String
    ) throws -> [(id: Int64, bytes: [UInt8])] {
        let place = folder + "-rows"
        try image.lay(in: place)
        let database = TestDatabase(path: "\(place)/\(StoreImage.database)")
        return database.rows("SELECT id, ct FROM pack") ?? []
    }

    /// What stood in slots that have another content now: keys that went, and former filling.
    static func changedSlots(_ before: StoreImage, _ after: StoreImage) -> [[UInt8]] {
        let bytes = before.files[StoreImage.keys[0]] ?? []
        return (0..<max(0, (bytes.count - 36_864) / 128)).compactMap { number in
            let old = AttackSubject.slot(number, of: before)
            return old == AttackSubject.slot(number, of: after) ? nil : Array(old)
        }
    }

    /// The same data deleted as an ordinary program does it.
    private static func control(
        _ outcome: inout Outcome, _ scratch: Scratch, _ seed: UInt64
    ) throws {
        let folder = try scratch.place("control")
        let vault = try LabVault.create(in: folder, slots: 64)
        try LabVault.fill(vault, seed: seed)
        vault.close()
        let image = try StoreImage(of: folder)
        let rows = try packs(image, folder)
        let doomed = rows.prefix(rows.count / 2)
        let place = folder + "-rows"
        do {
            let database = TestDatabase(path: "\(place)/\(StoreImage.database)")
            database.run("PRAGMA secure_delete = OFF")
            for row in doomed { database.run("DELETE FROM pack WHERE id = \(row.id)") }
        }
        let left = try WholeFile.read("\(place)/\(StoreImage.database)")
        let found = doomed.count { Occurrences.count(of: $0.bytes[24..<48], in: left) > 0 }
        outcome.control(
            "plain DELETE without secure_delete", isCaught: found > 0,
            "\(found) of \(doomed.count) deleted packs are still in the file")
    }
}

struct ScanTally: Sendable {
    var erases = 0
    var samples = 0
    var packs = 0
    var slots = 0
    var probes = 0
    var bytes = 0
    var separators = 0
    var failures: [String] = []

    mutating func add(_ other: ScanTally) {
        erases += other.erases
        samples += other.samples
        packs += other.packs
        slots += other.slots
        probes += other.probes
        bytes += other.bytes
        separators += other.separators
        failures += other.failures
    }
}
