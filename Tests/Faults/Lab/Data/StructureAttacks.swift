// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthCrypto
import HearthTestSupport
import HearthVault

/// R7: whole pieces of a store that are moved, left out, doubled or put back from earlier.
public enum StructureAttacks: Experiment {
    public static let number = "R7"
    public static let title = "structure attacks"
    public static let promise =
        "a store put together otherwise is refused and never shows wrong data"

    public static func run(on bench: Bench) throws -> Outcome {
        let scratch = try Scratch(bench)
        let subject = try AttackSubject.make(in: scratch, seed: bench.seed)
        let threads = Workers.count
        let attempts = bench.scale == .full ? 20_000 : 200
        let places = try scratch.place("workers")
        let tallies = try Workers.run(threads) { worker in
            let folder = "\(places)/\(worker)"
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
            var random = SeededRandom(seed: bench.seed &+ UInt64(worker) &* 104_729)
            let derived = DerivedKeys()
            var tally = AttackTally()
            for number in stride(from: worker, to: attempts, by: threads) {
                // In turn, so that every kind occurs in a short run too.
                let kind = AttackKind.allCases[number % AttackKind.allCases.count]
                let verdict = try attempt(kind, subject, in: folder, derived, &random)
                tally.note(kind, verdict, number)
            }
            return tally
        }
        var outcome = Outcome(attempts: attempts)
        tallies.reduce(into: AttackTally()) { $0.add($1) }.tell(&outcome)
        try control(&outcome, bench.seed)
        return outcome
    }

    private static func attempt(
        _ kind: AttackKind, _ subject: AttackSubject, in folder: String, _ derived: DerivedKeys,
        _ random: inout SeededRandom
    ) throws -> AttackVerdict {
        let attack = try kind.perform(on: subject, in: folder, &random)
        let vault: Vault
        do { vault = try LabVault.open(in: folder, derived) } catch let error as VaultError {
            let isNamed = attack.codes.contains(error.code)
            return isNamed
                ? .refused(error.code.description)
                : .misnamed("\(attack.detail): \(error.code), not one of \(attack.codes)")
        }
        defer { vault.close() }
        var isRefused = false
        do {
            guard try Holdings(vault) == subject.holdings else {
                return .wrong("\(attack.detail): other data were shown")
            }
        } catch let error as VaultError {
            guard error.code == .damaged else {
                return .misnamed("\(attack.detail): \(error.code) when read")
            }
            isRefused = true
        }
        // Whatever was refused in part, the full check has a sentence for it.
        guard try !vault.verify().problems.isEmpty else {
            return .wrong("\(attack.detail): the full check found nothing")
        }
        return isRefused ? .refused("damaged, when read") : .refused("found by the full check")
    }

    /// Sealed blobs without an index: what is authentic may lie anywhere.
    private static func control(_ outcome: inout Outcome, _ seed: UInt64) throws {
        try HearthCrypto.start()
        let key = try SecretBytes.random(SealedBox.keyBytes)
        let database = TestDatabase()
        database.run("CREATE TABLE blob(id INTEGER PRIMARY KEY, ct BLOB)")
        for row in 0..<20 {
            let nonce = SealedBox.randomNonce()
            let plain = Array("value of row \(row)".utf8)
            let sealed = try SealedBox.seal(plain.span, key: key, nonce: nonce, aad: [])
            database.run("INSERT INTO blob VALUES(\(row), ?)", nonce + sealed)
        }
        let attacks = [
            "UPDATE blob SET ct = (SELECT ct FROM blob WHERE id = 3) WHERE id = 4",
            "DELETE FROM blob WHERE id = 5",
            "INSERT INTO blob SELECT id + 100, ct FROM blob WHERE id = 6",
            "CREATE TRIGGER t AFTER DELETE ON blob BEGIN SELECT 1; END",
        ]
        var unnoticed = 0
        for attack in attacks {
            database.run(attack)
            let opens = (database.rows("SELECT id, ct FROM blob") ?? []).allSatisfy { row in
                (try? SealedBox.open(
                    row.bytes.span.extracting(droppingFirst: 24), key: key,
                    nonce: Array(row.bytes[..<24]), aad: [])) != nil
            }
            if opens { unnoticed += 1 }
        }
        outcome.control(
            "sealed blobs in a table without an index", isCaught: unnoticed == attacks.count,
            "\(unnoticed) of \(attacks.count) attacks went unnoticed")
    }
}

/// What came of one attack.
enum AttackVerdict: Sendable {
    case refused(String)
    case misnamed(String)
    case wrong(String)
}

struct AttackTally: Sendable {
    private var refused: [String: Int] = [:]
    private var kinds: [String: Int] = [:]
    private var failures: [String] = []

    mutating func note(_ kind: AttackKind, _ verdict: AttackVerdict, _ number: Int) {
        kinds[kind.rawValue, default: 0] += 1
        switch verdict {
        case .refused(let how): refused[how, default: 0] += 1
        case .misnamed(let what), .wrong(let what):
            failures.append("attack \(number), \(kind.rawValue): \(what)")
        }
    }

    mutating func add(_ other: AttackTally) {
        refused.merge(other.refused, uniquingKeysWith: +)
        kinds.merge(other.kinds, uniquingKeysWith: +)
        failures += other.failures
    }

    func tell(_ outcome: inout Outcome) {
        outcome.show("kinds of attack", kinds.count)
        for (how, count) in refused.sorted(by: { $0.key < $1.key }) { outcome.show(how, count) }
        for failure in failures { outcome.fail(failure) }
        if !failures.isEmpty {
            outcome.show("attacks not refused as they should be", failures.count)
        }
    }
}

/// The stores that an attacker has copies of: the one that is attacked, it as it was before, and
/// another one with the same passphrase.
struct AttackSubject: Sendable {
    var now: StoreImage
    var before: StoreImage
    var other: StoreImage
    var holdings: Holdings
    var packs: [(id: Int64, bytes: [UInt8])]
    var oldPacks: [(id: Int64, bytes: [UInt8])]
    var roots: [(id: Int64, bytes: [UInt8])]
    var oldRoots: [(id: Int64, bytes: [UInt8])]
    var otherPacks: [(id: Int64, bytes: [UInt8])]
    var otherRoots: [(id: Int64, bytes: [UInt8])]
    /// Key slots that hold a data key now, and those that held one before and do no more.
    var usedSlots: [Int]
    var erasedSlots: [Int]

    static func make(in scratch: Scratch, seed: UInt64) throws -> AttackSubject {
        let folder = try scratch.place("subject")
        var vault = try LabVault.create(in: folder, slots: 256)
        let fresh = try StoreImage(of: folder)
        try LabVault.fill(vault, days: 6, seed: seed, erases: false)
        vault.close()
        let before = try StoreImage(of: folder)
        vault = try LabVault.open(in: folder)
        var random = SeededRandom(seed: seed &+ 1)
        let people = vault.people
        try LabVault.ingest(
            (0..<6).flatMap { day in
                LabVault.quantities.map { LabVault.block($0, day: day, count: 12, &random) }
            }, into: vault, for: people[1].id)
        _ = try vault.erase(
            ErasureScope(
                person: people[0].id,
                from: Timestamp(nanoseconds: LabVault.time(day: 0, second: 0)),
                to: Timestamp(nanoseconds: LabVault.time(day: 3, second: 0))))
        try vault.appendAudit(command: "now", outcome: "done")
        let holdings = try Holdings(vault)
        vault.close()
        let now = try StoreImage(of: folder)
        let second = try scratch.place("second")
        let stranger = try LabVault.create(in: second, slots: 256)
        try LabVault.fill(stranger, days: 6, seed: seed)
        stranger.close()
        let slots = slotUse(fresh, before, now)
        let other = try StoreImage(of: second)
        return AttackSubject(
            now: now, before: before, other: other, holdings: holdings,
            packs: try rows("pack", now, scratch), oldPacks: try rows("pack", before, scratch),
            roots: try rows("root", now, scratch), oldRoots: try rows("root", before, scratch),
            otherPacks: try rows("pack", other, scratch),
            otherRoots: try rows("root", other, scratch), usedSlots: slots.used,
            erasedSlots: slots.erased)
    }

    private static func rows(
        _ table: String, _ image: StoreImage, _ scratch: Scratch
    ) throws -> [(id: Int64, bytes: [UInt8])] {
        let folder = try scratch.place("rows")
        try image.lay(in: folder)
        let database = TestDatabase(path: "\(folder)/\(StoreImage.database)")
        return database.rows("SELECT id, ct FROM \(table) ORDER BY id") ?? []
    }

    static func slot(_ number: Int, of image: StoreImage) -> ArraySlice<UInt8> {
        let bytes = image.files[StoreImage.keys[0]] ?? []
        let start = 36_864 + number * 128
        return start + 128 <= bytes.count ? bytes[start..<(start + 128)] : []
    }

    /// A slot that changed with the making of data and not since is in use.
    private static func slotUse(
        _ fresh: StoreImage, _ before: StoreImage, _ now: StoreImage
    ) -> (used: [Int], erased: [Int]) {
        let count = ((now.files[StoreImage.keys[0]]?.count ?? 0) - 36_864) / 128
        let touched = (0..<count).filter { slot($0, of: fresh) != slot($0, of: before) }
        return (
            touched.filter { slot($0, of: before) == slot($0, of: now) },
            touched.filter { slot($0, of: before) != slot($0, of: now) }
        )
    }
}
