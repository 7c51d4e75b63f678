// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthCrypto
import HearthTestSupport
import Testing

@testable import HearthVault

/// What an attacker with write access to the store can do, and accidents.
@Suite struct TamperTests {
    struct Case {
        var fixture: VaultFixture
        var person: PersonID
        var contents: Contents
        /// Numbers of the raw packs, first day first.
        var raw: [UInt64]
    }

    /// A closed vault with some days of data, written in several commits.
    static func filled() throws -> Case {
        let fixture = try VaultFixture()
        let person = try fixture.vault.addPerson(label: "Ada Marker").id
        try fixture.vault.ingest([Made.heartRate(days: 0..<6)], for: person)
        try fixture.vault.ingest([Made.steps(days: 0..<6)], for: person)
        let month = MonthKey(person: person, month: MonthKey.month(ofDay: Made.firstDay))
        let raw = try fixture.vault.monthIndex(month).cells.flatMap(\.packs).map(\.ref.id)
        let contents = try fixture.vault.contents(of: person)
        fixture.vault.close()
        return Case(fixture: fixture, person: person, contents: contents, raw: raw)
    }

    /// Changes rows behind the vault's back.
    static func sql(_ location: VaultLocation, _ statements: [String]) throws {
        let database = try PackDatabase.openUnchecked(location.store + "/store.db")
        try database.runUnchecked(statements)
        try database.close()
    }

    /// Whether everything can be read: nil, or the code of the refusal; never other data.
    static func outcome(_ location: VaultLocation, _ person: PersonID, _ expected: Contents) throws
        -> VaultErrorCode?
    {
        do {
            let vault = try VaultFixture.open(location)
            defer { vault.close() }
            let found = try vault.contents(of: person)
            #expect(found == expected, "the store showed other data")
            return nil
        } catch let error as VaultError { return error.code }
    }

    @Test func `the control: an untouched store shows what was stored`() throws {
        let made = try Self.filled()
        #expect(try Self.outcome(made.fixture.location, made.person, made.contents) == nil)
    }

    @Test func `a swapped, dropped, cut or copied pack is refused`() throws {
        let made = try Self.filled()
        let (a, b) = (made.raw[0], made.raw[1])
        let attacks: [String: [String]] = [
            "swap": [
                "UPDATE pack SET id = 1 WHERE id = \(a)",
                "UPDATE pack SET id = \(a) WHERE id = \(b)",
                "UPDATE pack SET id = \(b) WHERE id = 1",
            ],
            "drop": ["DELETE FROM pack WHERE id = \(a)"],
            "duplicate": [
                "UPDATE pack SET ct = (SELECT ct FROM pack WHERE id = \(a)) WHERE id = \(b)"
            ],
            "truncate": ["UPDATE pack SET ct = substr(ct, 1, 4095) WHERE id = \(a)"],
            "empty": ["UPDATE pack SET ct = x'' WHERE id = \(a)"],
            "text": ["UPDATE pack SET ct = 'abc' WHERE id = \(a)"],
        ]
        for (name, statements) in attacks {
            let copy = try made.fixture.copy(name)
            try Self.sql(copy, statements)
            #expect(try Self.outcome(copy, made.person, made.contents) == .damaged, "\(name)")
            let vault = try VaultFixture.open(copy)
            #expect(try !vault.verify().problems.isEmpty, "\(name)")
            // The other days stay readable.
            let day = SampleQuery(
                person: made.person, from: Timestamp(nanoseconds: Made.time(day: 3, second: 0)))
            #expect(try Contents(vault, day).count > 0, "\(name)")
            vault.close()
            VaultFixture.remove(copy)
        }
    }

    @Test func `a pack of an earlier generation is refused`() throws {
        let fixture = try VaultFixture()
        let person = try fixture.vault.addPerson(label: "Ada").id
        try fixture.vault.ingest([Made.heartRate(days: 0..<1)], for: person)
        let month = MonthKey(person: person, month: MonthKey.month(ofDay: Made.firstDay))
        let old = try fixture.vault.monthIndex(month).cells[0].packs[0].ref.id
        let sealed = try #require(try fixture.vault.database.packs([old])[0])
        try fixture.vault.ingest([Made.heartRate(days: 0..<1, device: Made.ring)], for: person)
        let new = try fixture.vault.monthIndex(month).cells[0].packs[0].ref.id
        #expect(old != new)
        let contents = try fixture.vault.contents(of: person)
        fixture.vault.close()
        try Self.sql(
            fixture.location, ["UPDATE pack SET ct = x'\(hex(sealed))' WHERE id = \(new)"])
        #expect(try Self.outcome(fixture.location, person, contents) == .damaged)
    }

    @Test func `added rows, tables, triggers and views are noticed`() throws {
        let made = try Self.filled()
        let attacks: [String: [String]] = [
            "table": ["CREATE TABLE extra(a)"],
            "view": ["CREATE VIEW v AS SELECT 1"],
            "index": ["CREATE INDEX i ON pack(ct)"],
            "trigger": ["CREATE TRIGGER t AFTER DELETE ON pack BEGIN SELECT 1; END"],
        ]
        for (name, statements) in attacks {
            let copy = try made.fixture.copy(name)
            try Self.sql(copy, statements)
            #expect(try Self.outcome(copy, made.person, made.contents) == .damaged, "\(name)")
            VaultFixture.remove(copy)
        }
        try Self.sql(made.fixture.location, ["INSERT INTO pack VALUES(77, randomblob(4096))"])
        let vault = try VaultFixture.open(made.fixture.location)
        #expect(try vault.verify().problems.contains { $0.contains("not in the index") })
        vault.close()
    }

    @Test func `a schema that is no text is damage, never a crash`() throws {
        let made = try Self.filled()
        for name in ["sql", "name"] {
            let copy = try made.fixture.copy(name)
            try Self.sql(
                copy,
                [
                    "PRAGMA writable_schema = ON",
                    "UPDATE sqlite_master SET \(name) = CAST(\(name) || ' -- ' AS BLOB) || x'ff'"
                        + " WHERE name = 'pack'",
                ])
            #expect(try Self.outcome(copy, made.person, made.contents) == .damaged, "\(name)")
            VaultFixture.remove(copy)
        }
    }

    @Test func `an old or missing root is refused`() throws {
        let made = try Self.filled()
        let vault = try VaultFixture.open(made.fixture.location)
        let old = try vault.database.roots()
        try vault.appendAudit(command: "a", outcome: "b")
        try vault.appendAudit(command: "a", outcome: "b")
        let row = vault.generation & 1
        vault.close()
        let attacks: [(String, [String], VaultErrorCode)] = [
            (
                "both old",
                (0...1).map { "UPDATE root SET ct = x'\(hex(old[$0]!))' WHERE id = \($0)" },
                .rolledBack
            ),
            (
                "newest old", ["UPDATE root SET ct = x'\(hex(old[Int(row)]!))' WHERE id = \(row)"],
                .rolledBack
            ),
            ("newest gone", ["DELETE FROM root WHERE id = \(row)"], .rolledBack),
            ("both gone", ["DELETE FROM root"], .damaged),
            (
                "swapped",
                [
                    "CREATE TEMP TABLE x AS SELECT * FROM root", "DELETE FROM root",
                    "INSERT INTO root SELECT 1 - id, ct FROM x",
                ], .damaged
            ),
        ]
        for (name, statements, code) in attacks {
            let copy = try made.fixture.copy(name.replacingOccurrences(of: " ", with: "-"))
            try Self.sql(copy, statements)
            #expect(try Self.outcome(copy, made.person, made.contents) == code, "\(name)")
            VaultFixture.remove(copy)
        }
    }

    @Test func `a rolled back store is refused while the anchor remembers`() throws {
        let made = try Self.filled()
        let old = try made.fixture.copy("old")
        let vault = try VaultFixture.open(made.fixture.location)
        try vault.ingest([Made.heartRate(days: 8..<9)], for: made.person)
        let contents = try vault.contents(of: made.person)
        vault.close()
        let mixed = VaultLocation(store: old.store, state: made.fixture.location.state)
        #expect(try Self.outcome(mixed, made.person, contents) == .rolledBack)
        // An old anchor with a newer store is refused too: the store did not come from it.
        let newer = VaultLocation(store: made.fixture.location.store, state: old.state)
        let again = try VaultFixture.open(made.fixture.location)
        try again.appendAudit(command: "a", outcome: "b")
        again.close()
        #expect(try Self.outcome(newer, made.person, contents) == .rolledBack)
        // Without an anchor the store is taken as it is.
        let fresh = VaultLocation(store: old.store, state: made.fixture.root + "/new-state")
        #expect(try Self.outcome(fresh, made.person, made.contents) == nil)
    }

    @Test func `an anchor one generation behind is accepted if the root follows it`() throws {
        let fixture = try VaultFixture()
        var copy: VaultLocation?
        fixture.vault.onStep = { step in
            if step == .committed { copy = try? fixture.copy("crash") }
        }
        let person = try fixture.vault.addPerson(label: "Ada")
        let vault = try VaultFixture.open(try #require(copy))
        #expect(vault.people == [person])
        vault.close()
    }

    @Test func `old key files are refused`() throws {
        let made = try Self.filled()
        let old = try VaultFixture.files(made.fixture.location)
        let vault = try VaultFixture.open(made.fixture.location)
        try vault.ingest([Made.heartRate(days: 8..<12)], for: made.person)
        let contents = try vault.contents(of: made.person)
        vault.close()
        func write(_ location: VaultLocation, _ name: String, _ bytes: [UInt8]) throws {
            try Data(bytes).write(to: URL(fileURLWithPath: location.store + "/" + name))
        }
        // One old copy is repaired from the other.
        for name in KeyFile.names {
            let copy = try made.fixture.copy("one-\(name)")
            try write(copy, name, old[name]!)
            #expect(try Self.outcome(copy, made.person, contents) == nil, "\(name)")
            let files = try VaultFixture.files(copy)
            #expect(files["keys.a"] == files["keys.b"])
            VaultFixture.remove(copy)
        }
        let both = try made.fixture.copy("both")
        for name in KeyFile.names { try write(both, name, old[name]!) }
        #expect(try Self.outcome(both, made.person, contents) == .rolledBack)
        // One copy gone altogether is made anew.
        let gone = try made.fixture.copy("gone")
        try FileManager.default.removeItem(atPath: gone.store + "/keys.a")
        #expect(try Self.outcome(gone, made.person, contents) == nil)
        // Both cut short.
        let short = try made.fixture.copy("short")
        for name in KeyFile.names { try write(short, name, Array(old[name]!.prefix(5000))) }
        #expect(try Self.outcome(short, made.person, contents) == .damaged)
    }

    @Test func `a hostile key slot is refused without work`() throws {
        let made = try Self.filled()
        for (offset, width) in [(8, 8), (16, 8)] {
            let copy = try made.fixture.copy("kdf-\(offset)")
            for name in KeyFile.names {
                var bytes = try VaultFixture.files(copy)[name]!
                for byte in 0..<width - 1 { bytes[4096 + offset + byte] = 0xFF }
                try Data(bytes).write(to: URL(fileURLWithPath: copy.store + "/" + name))
            }
            let code = try Self.outcome(copy, made.person, made.contents)
            #expect(code == .wrongPassphrase)
        }
    }

    @Test func `no bit flipped anywhere changes what is read`() throws {
        let made = try Self.filled()
        let files = try VaultFixture.files(made.fixture.location)
        let anchor = try #require(
            FileManager.default.subpathsOfDirectory(atPath: made.fixture.location.state)
                .first { $0.hasSuffix("anchor") })
        var random = SeededRandom(seed: 20_240_301)
        var refused = 0
        let copy = try made.fixture.copy("flip")
        // Every opening costs a key derivation, so several flips that are far apart are rare; one
        // at a time names what was missed.
        for round in 0..<60 {
            let name = ["keys.a", "keys.b", "store.db", "store.db", "anchor"][round % 5]
            let path = name == "anchor" ? copy.state + "/" + anchor : copy.store + "/" + name
            let good =
                name == "anchor"
                ? [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) : files[name]!
            var bad = good
            let bit = Int.random(in: 0..<(bad.count * 8), using: &random)
            bad[bit / 8] ^= 1 << UInt8(bit % 8)
            try Data(bad).write(to: URL(fileURLWithPath: path))
            if try Self.outcome(copy, made.person, made.contents) != nil { refused += 1 }
            try Data(good).write(to: URL(fileURLWithPath: path))
            for name in KeyFile.names {
                try Data(files[name]!).write(to: URL(fileURLWithPath: copy.store + "/" + name))
            }
        }
        #expect(refused > 10)
        #expect(try Self.outcome(copy, made.person, made.contents) == nil)
    }

    @Test func `every flip in a pack, a root or a key slot is found by its seal`() throws {
        let fixture = try VaultFixture()
        let person = try fixture.vault.addPerson(label: "Ada").id
        try fixture.vault.ingest([Made.heartRate(days: 0..<2)], for: person)
        let vault = fixture.vault!
        let month = MonthKey(person: person, month: MonthKey.month(ofDay: Made.firstDay))
        let cell = try vault.monthIndex(month).cells[0]
        let ref = cell.packs[0].ref
        let key = try vault.keyFile.dataKey(Int(cell.slot))
        let sealed = try #require(try vault.database.packs([ref.id])[0])
        let root = try #require(try vault.database.roots()[0])
        let slot = vault.keyFile.wrappedBytes(Int(cell.slot))
        var random = SeededRandom(seed: 300)
        for _ in 0..<300 {
            let bit = Int.random(in: 0..<(4096 * 8), using: &random)
            var bad = sealed
            bad[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: VaultError.self) {
                try vault.sealer.open(bad, ref, .raw, .small, under: key)
            }
            var badRoot = root
            badRoot[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(Root.open(badRoot, row: 0, vault.keys) == nil)
            var badSlot = slot
            let inSlot = bit % (108 * 8)
            badSlot[inSlot / 8] ^= 1 << UInt8(inSlot % 8)
            #expect(DataKeySlot.state(Int(cell.slot), badSlot, at: 0, vault.keys) == .empty)
        }
        // The control.
        #expect(throws: Never.self) {
            try vault.sealer.open(sealed, ref, .raw, .small, under: key)
        }
        #expect(DataKeySlot.state(Int(cell.slot), slot, at: 0, vault.keys) == .used)
        // The same bytes under another number, generation, kind, class or key are refused.
        for wrong in [
            PackRef(id: ref.id + 1, generation: ref.generation, hash: ref.hash),
            PackRef(id: ref.id, generation: ref.generation + 1, hash: ref.hash),
            PackRef(id: ref.id, generation: ref.generation, hash: .zero),
        ] {
            #expect(throws: VaultError.self) {
                try vault.sealer.open(sealed, wrong, .raw, .small, under: key)
            }
        }
        #expect(throws: VaultError.self) {
            try vault.sealer.open(sealed, ref, .month, .small, under: key)
        }
    }

    @Test func `a crash at any step of an ingest loses nothing acknowledged`() throws {
        let fixture = try VaultFixture(slots: 32)
        let person = try fixture.vault.addPerson(label: "Ada").id
        try fixture.vault.ingest([Made.heartRate(days: 0..<3)], for: person)
        let before = try fixture.vault.contents(of: person)
        var copies: [(VaultStep, VaultLocation)] = []
        fixture.vault.onStep = { step in
            if let copy = try? fixture.copy("\(copies.count)-\(step)") {
                copies.append((step, copy))
            }
        }
        // More days than the key file has slots: it grows in this commit.
        let blocks = [Made.heartRate(days: 0..<70), Made.steps(days: 0..<3)]
        try fixture.vault.ingest(blocks, for: person)
        fixture.vault.onStep = nil
        let after = try fixture.vault.contents(of: person)
        #expect(fixture.vault.keyFile.slotCount > 32)
        #expect(Set(copies.map(\.0)) == [.keyCopyWritten, .packsInserted, .committed, .anchored])
        for (step, copy) in copies {
            let vault = try VaultFixture.open(copy)
            let found = try vault.contents(of: person)
            let isCommitted = step == .committed || step == .anchored
            #expect(found == (isCommitted ? after : before), "\(step)")
            try vault.ingest(blocks, for: person)
            #expect(try vault.contents(of: person) == after, "\(step)")
            #expect(
                try vault.verify().problems == [], "\(step)")
            vault.close()
            VaultFixture.remove(copy)
        }
    }

    @Test func `no file holds anything readable`() throws {
        let made = try Self.filled()
        let vault = try VaultFixture.open(made.fixture.location)
        try vault.appendAudit(command: "marker-command", outcome: "marker-outcome")
        let rates = try #require(made.contents.streams.first { $0.key.quantity == .heartRate })
            .value
        var needles: [String: [UInt8]] = [:]
        for text in [
            "Ada Marker", "Ada", "heart-rate", "heart", "steps", "Chronoscope", "Clockwork",
            "marker-command", "marker-outcome", "hearth/",
        ] { needles[text] = Array(text.utf8) }
        needles["values"] = rates.prefix(4).flatMap { sample in
            (0..<4).map { UInt8(truncatingIfNeeded: sample.values[0] >> (8 * $0)) }
        }
        needles["time"] = (0..<8).map {
            UInt8(truncatingIfNeeded: rates[3].time >> (8 * Int64($0)))
        }
        let key = PackHash(low: made.person.rawValue, high: 0).bytes.prefix(8)
        needles["person"] = Array(key)
        for (name, content) in try VaultFixture.files(made.fixture.location) {
            for (what, bytes) in needles {
                // Three letters occur by chance in half a megabyte of random bytes.
                if bytes.count < 5 { continue }
                #expect(content.firstRange(of: bytes) == nil, "\(what) in \(name)")
            }
        }
        // The control: the needles are what the vault holds.
        #expect(vault.people.map(\.label) == ["Ada Marker"])
        vault.close()
    }

    @Test func `permissions keep others out`() throws {
        let fixture = try VaultFixture()
        for path in [
            "", "/keys.a", "/keys.b", "/lock", "/ballast", "/store.db", "/store.db-wal",
        ] {
            let attributes = try FileManager.default.attributesOfItem(
                atPath: fixture.location.store + path)
            let mode = try #require(attributes[.posixPermissions] as? Int)
            #expect(mode & 0o077 == 0, "\(path)")
        }
    }
}
