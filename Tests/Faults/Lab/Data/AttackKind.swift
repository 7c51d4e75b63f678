// SPDX-License-Identifier: Apache-2.0
import HearthTestSupport
import HearthVault

/// A store as an attacker left it.
struct Attack {
    /// Codes that name the attack rightly, if the vault is refused at opening.
    var codes: Set<VaultErrorCode>
    var detail: String
}

/// Ways to put a store together otherwise.
enum AttackKind: String, CaseIterable, Sendable {
    case swapPacks, dropPack, copyPackOver, addCopyOfPack, cutPack, growPack, emptyPack, textPack
    case replayPack, addOldPack, renumberPack, foreignPack
    case swapRoots, dropRoot, dropBothRoots, oldRoot, bothOldRoots, foreignRoots, rootTwice
    case addTable, addIndex, addTrigger, addView, looserSchema
    case swapSlots, copySlot, fillSlot, replaySlots, oldKeyFiles, foreignKeyFiles, cutKeyFiles
    case oldStore, oldAnchor, foreignAnchor, cutAnchor, foreignDatabase, emptyDatabase, cutDatabase

    func perform(
        on subject: AttackSubject, in folder: String, _ random: inout SeededRandom
    ) throws -> Attack {
        switch self {
        case .swapPacks, .dropPack, .copyPackOver, .addCopyOfPack, .cutPack, .growPack, .emptyPack,
            .textPack, .replayPack, .addOldPack, .renumberPack, .foreignPack:
            return try packs(subject, folder, &random)
        case .swapRoots, .dropRoot, .dropBothRoots, .oldRoot, .bothOldRoots, .foreignRoots,
            .rootTwice:
            return try roots(subject, folder, &random)
        case .addTable, .addIndex, .addTrigger, .addView, .looserSchema:
            return try schema(subject, folder, &random)
        case .swapSlots, .copySlot, .fillSlot, .replaySlots, .oldKeyFiles, .foreignKeyFiles,
            .cutKeyFiles:
            return try keys(subject, folder, &random)
        case .oldStore, .oldAnchor, .foreignAnchor, .cutAnchor, .foreignDatabase, .emptyDatabase,
            .cutDatabase:
            return try files(subject, folder, &random)
        }
    }

    // MARK: In the database

    private func packs(
        _ subject: AttackSubject, _ folder: String, _ random: inout SeededRandom
    ) throws -> Attack {
        try subject.now.lay(in: folder)
        let database = TestDatabase(path: "\(folder)/\(StoreImage.database)")
        let all = subject.packs.map(\.id)
        let a = all.randomElement(using: &random) ?? 0
        var b = a
        while b == a { b = all.randomElement(using: &random) ?? 0 }
        let new = Int64.random(in: 1...Int64.max, using: &random)
        let current = Set(all)
        let old = subject.oldPacks.filter { !current.contains($0.id) }.randomElement(using: &random)
        switch self {
        case .swapPacks:
            database.run("UPDATE pack SET id = -1 WHERE id = \(a)")
            database.run("UPDATE pack SET id = \(a) WHERE id = \(b)")
            database.run("UPDATE pack SET id = \(b) WHERE id = -1")
        case .dropPack: database.run("DELETE FROM pack WHERE id = \(a)")
        case .copyPackOver:
            database.run("UPDATE pack SET ct=(SELECT ct FROM pack WHERE id=\(a)) WHERE id=\(b)")
        case .addCopyOfPack:
            database.run("INSERT INTO pack SELECT \(new), ct FROM pack WHERE id=\(a)")
        case .cutPack:
            let length = Int.random(in: 1...4095, using: &random)
            database.run("UPDATE pack SET ct = substr(ct, 1, \(length)) WHERE id = \(a)")
        case .growPack: database.run("UPDATE pack SET ct = ct || x'00' WHERE id = \(a)")
        case .emptyPack: database.run("UPDATE pack SET ct = x'' WHERE id = \(a)")
        case .textPack: database.run("UPDATE pack SET ct = 'abc' WHERE id = \(a)")
        case .replayPack: database.run("UPDATE pack SET ct = ? WHERE id = \(a)", old?.bytes ?? [])
        case .addOldPack:
            database.run("INSERT INTO pack VALUES(\(old?.id ?? new), ?)", old?.bytes ?? [])
        case .renumberPack: database.run("UPDATE pack SET id = \(new) WHERE id = \(a)")
        default:
            let foreign = subject.otherPacks.randomElement(using: &random)?.bytes ?? []
            database.run("UPDATE pack SET ct = ? WHERE id = \(b)", foreign)
        }
        return Attack(codes: [.damaged], detail: "packs \(a), \(b)")
    }

    private func roots(
        _ subject: AttackSubject, _ folder: String, _ random: inout SeededRandom
    ) throws -> Attack {
        try subject.now.lay(in: folder)
        let database = TestDatabase(path: "\(folder)/\(StoreImage.database)")
        let row = Int.random(in: 0...1, using: &random)
        func set(_ row: Int, _ bytes: [UInt8]) {
            database.run("UPDATE root SET ct = ? WHERE id = \(row)", bytes)
        }
        switch self {
        case .swapRoots:
            set(0, subject.roots[1].bytes)
            set(1, subject.roots[0].bytes)
        case .dropRoot: database.run("DELETE FROM root WHERE id = \(row)")
        case .dropBothRoots: database.run("DELETE FROM root")
        case .oldRoot: set(row, subject.oldRoots[row].bytes)
        case .bothOldRoots: for row in 0...1 { set(row, subject.oldRoots[row].bytes) }
        case .foreignRoots: for row in 0...1 { set(row, subject.otherRoots[row].bytes) }
        default: set(row, subject.roots[1 - row].bytes)
        }
        return Attack(codes: [.damaged, .rolledBack], detail: "root \(row)")
    }

    private func schema(
        _ subject: AttackSubject, _ folder: String, _ random: inout SeededRandom
    ) throws -> Attack {
        try subject.now.lay(in: folder)
        let database = TestDatabase(path: "\(folder)/\(StoreImage.database)")
        let name = "x\(UInt32.random(in: 0...UInt32.max, using: &random))"
        let table = Bool.random(using: &random) ? "pack" : "root"
        switch self {
        case .addTable: database.run("CREATE TABLE \(name)(a)")
        case .addIndex: database.run("CREATE INDEX \(name) ON \(table)(ct)")
        case .addTrigger:
            database.run("CREATE TRIGGER \(name) AFTER DELETE ON \(table) BEGIN SELECT 1; END")
        case .addView: database.run("CREATE VIEW \(name) AS SELECT * FROM \(table)")
        default:
            database.run("CREATE TABLE \(name) AS SELECT * FROM \(table)")
            database.run("DROP TABLE \(table)")
            database.run("CREATE TABLE \(table)(id INTEGER PRIMARY KEY, ct BLOB)")
            database.run("INSERT INTO \(table) SELECT * FROM \(name)")
            database.run("DROP TABLE \(name)")
        }
        return Attack(codes: [.damaged], detail: "table \(table)")
    }

    // MARK: Files

    private func keys(
        _ subject: AttackSubject, _ folder: String, _ random: inout SeededRandom
    ) throws -> Attack {
        var image = subject.now
        let a = subject.usedSlots.randomElement(using: &random) ?? 0
        var b = a
        while b == a { b = subject.usedSlots.randomElement(using: &random) ?? 0 }
        func put(_ bytes: ArraySlice<UInt8>, at slot: Int) {
            for name in StoreImage.keys {
                image.files[name]?.replaceSubrange(
                    (36_864 + slot * 128)..<(36_992 + slot * 128), with: bytes)
            }
        }
        switch self {
        case .swapSlots:
            put(AttackSubject.slot(b, of: subject.now), at: a)
            put(AttackSubject.slot(a, of: subject.now), at: b)
        case .copySlot: put(AttackSubject.slot(a, of: subject.now), at: b)
        case .fillSlot:
            put((0..<128).map { _ in UInt8.random(in: 0...255, using: &random) }[...], at: a)
        case .replaySlots:
            for slot in subject.erasedSlots {
                put(AttackSubject.slot(slot, of: subject.before), at: slot)
            }
            try image.lay(in: folder)
            let database = TestDatabase(path: "\(folder)/\(StoreImage.database)")
            for pack in subject.oldPacks {
                database.run("INSERT OR IGNORE INTO pack VALUES(\(pack.id), ?)", pack.bytes)
            }
            return Attack(
                codes: [.damaged, .rolledBack], detail: "erased slots and packs put back")
        case .oldKeyFiles:
            for name in StoreImage.keys { image.files[name] = subject.before.files[name] }
        case .foreignKeyFiles:
            for name in StoreImage.keys { image.files[name] = subject.other.files[name] }
        default:
            let length = Int.random(in: 0..<(36_864 + a * 128 + 64), using: &random)
            for name in StoreImage.keys {
                image.files[name] = Array(image.files[name]?.prefix(length) ?? [])
            }
        }
        try image.lay(in: folder)
        return Attack(
            codes: [.damaged, .rolledBack, .wrongPassphrase, .unsupportedVersion],
            detail: "slots \(a), \(b)")
    }

    private func files(
        _ subject: AttackSubject, _ folder: String, _ random: inout SeededRandom
    ) throws -> Attack {
        var image = subject.now
        let anchor = subject.now.anchor ?? ""
        switch self {
        case .oldStore:
            image = subject.before
            image.files[anchor] = subject.now.files[anchor]
        case .oldAnchor: image.files[anchor] = subject.before.files[anchor]
        case .foreignAnchor: image.files[anchor] = subject.other.files[subject.other.anchor ?? ""]
        case .cutAnchor:
            let length = Int.random(in: 0..<104, using: &random)
            image.files[anchor] = Array(subject.now.files[anchor]?.prefix(length) ?? [])
        case .foreignDatabase:
            image.files[StoreImage.database] = subject.other.files[StoreImage.database]
        case .emptyDatabase: image.files[StoreImage.database] = []
        default:
            let bytes = subject.now.files[StoreImage.database] ?? []
            let length = Int.random(in: 1..<bytes.count, using: &random)
            image.files[StoreImage.database] = Array(bytes.prefix(length))
        }
        try image.lay(in: folder)
        return Attack(codes: [.damaged, .rolledBack], detail: rawValue)
    }
}
