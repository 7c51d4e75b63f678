// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthCrypto
import HearthTestSupport
import Testing

@testable import HearthVault

/// Files sealed to a closed vault: nobody reads them before it is opened, and nothing false gets in.
@Suite struct InboxTests {
    static func bytes(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
        var random = SeededRandom(seed: seed)
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
    }

    static func add(
        _ content: [UInt8], _ name: String = "day.fit", person: String = "",
        to location:
            VaultLocation
    ) throws {
        var rest = content[...]
        try InboxSender(at: location).add(name: name, person: person, size: content.count) {
            // Pieces of any size, as a file may give them.
            let piece = rest.prefix(min($0, 10_007))
            rest = rest.dropFirst(piece.count)
            return Array(piece)
        }
    }

    static func open(_ vault: Vault, _ file: String) throws -> (ArrivalHeader?, [UInt8]) {
        var header: ArrivalHeader?
        var content: [UInt8] = []
        try vault.openArrival(file) {
            header = $0
        } _: {
            content += $0
        }
        return (header, content)
    }

    @Test func `what was sealed while the vault was in use or closed is opened by it`() throws {
        let fixture = try VaultFixture()
        var contents: [[UInt8]] = []
        for (number, count) in [0, 1, 65_000, 65_520, 65_536, 200_001, 1_200_000].enumerated() {
            // The vault is open for the first ones.
            if number == 2 { fixture.vault.close() }
            let content = Self.bytes(count, seed: UInt64(number))
            try Self.add(content, "folder/file-\(number)", person: "Ada", to: fixture.location)
            contents.append(content)
        }
        #expect(Vault.inboxCount(at: fixture.location) == (7, 0))
        try fixture.reopen()
        var found: [[UInt8]] = []
        for file in fixture.vault.inboxFiles {
            let (header, content) = try Self.open(fixture.vault, file)
            let number = try #require(header?.name.last?.wholeNumberValue)
            #expect(
                header
                    == ArrivalHeader(
                        name: "file-\(number)", person: "Ada", size: contents[number].count))
            #expect(content == contents[number])
            found.append(content)
        }
        #expect(Set(found) == Set(contents))
    }

    @Test func `neither name nor content nor exact size shows`() throws {
        let fixture = try VaultFixture()
        var marker = Array("the marker of the content".utf8)
        marker += [UInt8](repeating: 0x41, count: 100_000)
        var sizes: Set<Int> = []
        for extra in 0..<20 {
            try Self.add(
                marker + [UInt8](repeating: 0, count: 1000 * extra), "secret-name.fit",
                person: "Marker", to: fixture.location)
        }
        let folder = fixture.location.store + "/inbox"
        for name in fixture.vault.inboxFiles {
            let bytes = [UInt8](try Data(contentsOf: URL(filePath: folder + "/" + name)))
            sizes.insert(bytes.count)
            for text in ["the marker", "secret-name", "Marker", "AAAAAAAA"] {
                #expect(bytes.firstRange(of: Array(text.utf8)) == nil)
            }
            #expect(!name.contains("secret"))
            let mode = try FileManager.default.attributesOfItem(atPath: folder + "/" + name)
            #expect((mode[.posixPermissions] as? Int ?? 0o777) & 0o077 == 0)
        }
        #expect(sizes.count == 1)
        // 40 sizes up to 64 MiB stand for all.
        let padded = Set((1...1024).map(SealedArrival.paddedChunks))
        #expect(padded.count <= 64)
        #expect((1...1024).allSatisfy { SealedArrival.paddedChunks($0) >= $0 })
        #expect((8...1024).allSatisfy { SealedArrival.paddedChunks($0) * 8 <= $0 * 9 + 8 })
    }

    @Test func `a changed, cut, lengthened or foreign arrival is refused`() throws {
        let fixture = try VaultFixture()
        let stranger = try VaultFixture()
        let content = Self.bytes(300_000)
        try Self.add(content, to: fixture.location)
        let file = try #require(fixture.vault.inboxFiles.first)
        let path = URL(filePath: fixture.location.store + "/inbox/" + file)
        let good = [UInt8](try Data(contentsOf: path))
        let chunk = SealedArrival.sealedChunkBytes
        var attacks: [String: [UInt8]] = [
            "empty": [], "the header alone": Array(good.prefix(56)),
            "a byte less": Array(good.dropLast()), "a byte more": good + [0],
            "the last chunk dropped": Array(good.dropLast(chunk)),
            "a chunk twice": good + good.suffix(chunk),
            "chunks swapped": Array(good.prefix(56)) + good[56 + chunk..<56 + 2 * chunk]
                + good[56..<56 + chunk] + good[(56 + 2 * chunk)...],
            "zeros": [UInt8](repeating: 0, count: 56 + chunk),
            "zero as ephemeral key": Array(good.prefix(24)) + [UInt8](repeating: 0, count: 32)
                + good[56...],
        ]
        var random = SeededRandom(seed: 7)
        for _ in 0..<60 {
            var bad = good
            let bit = Int.random(in: 0..<(8 * bad.count), using: &random)
            bad[bit / 8] ^= 1 << UInt8(bit % 8)
            attacks["bit \(bit)"] = bad
        }
        try Self.add(content, to: stranger.location)
        let foreign = try #require(stranger.vault.inboxFiles.first)
        attacks["of another vault"] = [UInt8](
            try Data(contentsOf: URL(filePath: stranger.location.store + "/inbox/" + foreign)))
        for (name, bytes) in attacks {
            try Data(bytes).write(to: path)
            #expect(
                RotationTests.code { _ = try Self.open(fixture.vault, file) } == .damaged, "\(name)"
            )
        }
        try Data(good).write(to: path)
        #expect(try Self.open(fixture.vault, file).1 == content)
        // A link, a folder and a pipe are no files, and opening them does not wait.
        for (name, make) in [
            ("link.sealed", { symlink("/dev/zero", $0) }), ("folder.sealed", { mkdir($0, 0o700) }),
            ("pipe.sealed", { mkfifo($0, 0o600) }),
        ] as [(String, (String) -> Int32)] {
            #expect(make(fixture.location.store + "/inbox/" + name) == 0)
            #expect(RotationTests.code { _ = try Self.open(fixture.vault, name) } == .damaged)
            try fixture.vault.setArrivalAside(name)
        }
        #expect(Vault.inboxCount(at: fixture.location) == (1, 3))
    }

    @Test func `a label or name that no sender of ours writes is damage`() throws {
        let fixture = try VaultFixture()
        let sender = try InboxSender(at: fixture.location)
        for (name, person) in [("a", 201), ("b", 200), (String(repeating: "c", count: 256), 1)] {
            let label = String(repeating: "x", count: person)
            try sender.put(SealedArrival.preamble(name: name, person: label, size: 0), 0) { _ in []
            }
        }
        let codes = fixture.vault.inboxFiles.map { file in
            RotationTests.code { _ = try Self.open(fixture.vault, file) }
        }
        #expect(codes.count { $0 == .damaged } == 2 && codes.count { $0 == nil } == 1)
    }

    @Test func `a sender that breaks off leaves nothing that waits`() throws {
        let fixture = try VaultFixture()
        #expect(throws: VaultError.self) {
            try InboxSender(at: fixture.location).add(name: "a", person: "", size: 100) { _ in [] }
        }
        let names = try FileManager.default.contentsOfDirectory(
            atPath: fixture.location.store + "/inbox")
        #expect(names == ["lock"])
        #expect(throws: VaultError.self) {
            try InboxSender(at: fixture.location).add(
                name: "a", person: "", size: 2 << 30
            ) { _ in [] }
        }
        // What a killed sender leaves is removed, but not while one is at work.
        let draft = fixture.location.store + "/inbox/.part-abc"
        try Data([1]).write(to: URL(filePath: draft))
        let sender = try InboxSender(at: fixture.location)
        try fixture.vault.tidyInbox()
        #expect(FileManager.default.fileExists(atPath: draft))
        withExtendedLifetime(sender) {}
        _ = consume sender
        try fixture.vault.tidyInbox()
        #expect(!FileManager.default.fileExists(atPath: draft))
    }

    @Test func `an inbox that is a link is not followed`() throws {
        let fixture = try VaultFixture()
        let elsewhere = fixture.root + "/elsewhere"
        try FileManager.default.createDirectory(
            atPath: elsewhere, withIntermediateDirectories: true)
        try Data([1]).write(to: URL(filePath: elsewhere + "/a.sealed"))
        #expect(symlink(elsewhere, fixture.location.store + "/inbox") == 0)
        #expect(fixture.vault.inboxFiles.isEmpty)
        #expect(
            RotationTests.code { _ = try InboxSender(at: fixture.location) } == .damaged)
        let next = try RotationTests.credential("next")
        _ = try fixture.vault.rotateKeys(to: next, kdf: .minimum)
        #expect(try FileManager.default.contentsOfDirectory(atPath: elsewhere) == ["a.sealed"])
    }

    @Test func `a removed arrival is overwritten first`() throws {
        let fixture = try VaultFixture()
        try Self.add(Self.bytes(1000), to: fixture.location)
        let file = try #require(fixture.vault.inboxFiles.first)
        let path = fixture.location.store + "/inbox/" + file
        // A second name keeps the file to look at.
        let kept = fixture.root + "/kept"
        #expect(link(path, kept) == 0)
        let before = try Data(contentsOf: URL(filePath: kept))
        try fixture.vault.removeArrival(file)
        let after = try Data(contentsOf: URL(filePath: kept))
        #expect(after.count == before.count)
        #expect(zip(after, before).filter { $0 == $1 }.count < before.count / 100)
        #expect(fixture.vault.inboxFiles.isEmpty)
    }

    @Test func `keys are not rotated while files wait, and then the inbox has a new key`() throws {
        let fixture = try VaultFixture()
        try Self.add(Self.bytes(1000), to: fixture.location)
        let next = try RotationTests.credential("next")
        #expect(
            RotationTests.code { _ = try fixture.vault.rotateKeys(to: next, kdf: .minimum) }
                == .refused)
        let file = try #require(fixture.vault.inboxFiles.first)
        let path = URL(filePath: fixture.location.store + "/inbox/" + file)
        let sealed = try Data(contentsOf: path)
        try fixture.vault.removeArrival(file)
        _ = try fixture.vault.rotateKeys(to: next, kdf: .minimum)
        fixture.vault = try Vault.open(at: fixture.location, with: next)
        // An arrival of before, taken from old blocks of the disk, stays closed.
        try sealed.write(to: path)
        #expect(RotationTests.code { _ = try Self.open(fixture.vault, file) } == .damaged)
        try fixture.vault.setArrivalAside(file)
        try Self.add(Self.bytes(1000), to: fixture.location)
        let new = try #require(fixture.vault.inboxFiles.first)
        #expect(try Self.open(fixture.vault, new).1 == Self.bytes(1000))
    }

    @Test func `a vault from before the inbox says what to do`() throws {
        let golden = try GoldenStore("1.0")
        #expect(
            RotationTests.code { _ = try InboxSender(at: golden.location) } == .refused)
        let vault = try VaultFixture.open(golden.location)
        try vault.appendAudit(command: "a", outcome: "b")
        vault.close()
        try Self.add(Self.bytes(10), to: golden.location)
    }

    @Test func `key files that disagree about the inbox's key are not believed`() throws {
        let fixture = try VaultFixture()
        fixture.vault.close()
        let path = URL(filePath: fixture.location.store + "/keys.a")
        var bytes = [UInt8](try Data(contentsOf: path))
        bytes[50] ^= 1
        try Data(bytes).write(to: path)
        #expect(
            RotationTests.code { _ = try InboxSender(at: fixture.location) } == .damaged)
        // Opening repairs the copy.
        try fixture.reopen()
        try Self.add(Self.bytes(10), to: fixture.location)
    }
}
