// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// Backups, restores and what is left of a damaged vault.
@Suite struct BackupCommandTests {
    let tool: CommandLineTool

    init() throws {
        tool = try CommandLineTool()
        _ = try tool.makeVault()
        for (name, day) in [("a", "2026-01-05"), ("b", "2026-01-06")] {
            let file = try tool.write(csv(day: day, rates: 50..<150), to: "\(name).csv")
            #expect(try tool.run("ingest", file).code == 0)
        }
    }

    private func path(_ name: String) -> String { tool.folder.appending(path: name).path }

    /// All samples of a vault as CSV, of the tool's own if no other is named.
    private func shown(_ vault: String? = nil, _ state: String? = nil) throws -> String {
        let places = [("--vault", vault), ("--state", state)].flatMap { option, path in
            path.map { [option, $0] } ?? []
        }
        return try tool.runBare(
            [
                "show", "heart-rate", "--format", "csv", "--from", "2026-01-01", "--to",
                "2026-01-31", "--passphrase-file", tool.passphraseFile.path,
            ] + places
        ).output
    }

    @Test func `a backup is restored, and a second one adds only what is new`() throws {
        let first = try tool.run("backup", path("copy"))
        #expect(first.code == 0, "\(first.talk)")
        #expect(first.output.contains("packs-000001.hearthbackup"))
        #expect(first.talk.contains("keep the key bundle in another place"))
        let more = try tool.write(csv(day: "2026-01-07", rates: 50..<150), to: "c.csv")
        _ = try tool.run("ingest", more)
        let second = try tool.run("backup", path("copy"))
        #expect(second.output.contains("packs-000002.hearthbackup"), "\(second.talk)")
        let expected = try shown()
        #expect(expected.split(separator: "\n").count == 301)
        let restored = try tool.run(
            "restore", path("copy"), "--vault", path("new"), "--state", path("new-state"))
        #expect(restored.code == 0, "\(restored.talk)")
        #expect(restored.output.contains("300 samples"))
        #expect(try shown(path("new"), path("new-state")) == expected)
        let verified = try tool.run(
            "verify", "--vault", path("new"), "--state", path("new-state"))
        #expect(verified.output.contains("everything is sound"), "\(verified.talk)")
        let again = try tool.run("restore", path("copy"), "--vault", path("new"))
        #expect(again.code == 1)
        #expect(again.talk.contains("there is already a vault"))
    }

    @Test func `one file, a bundle as an age file, and the wrong passphrase for it`() throws {
        let secret = try tool.write("another secret\n", to: "bundle-secret")
        let made = try tool.run(
            "backup", path("all.hearthbackup"), "--bundle-passphrase-file", secret)
        #expect(made.code == 0, "\(made.talk)")
        #expect(made.output.contains("all.hearthkeys.age"))
        let bundle = try String(
            decoding: Data(contentsOf: URL(filePath: path("all.hearthkeys.age"))).prefix(21),
            as: UTF8.self)
        #expect(bundle == "age-encryption.org/v1")
        let wrong = try tool.run(
            "restore", path("all.hearthbackup"), "--vault", path("new"), "--state", path("s"),
            "--bundle-passphrase-file", tool.passphraseFile.path)
        #expect(wrong.code == 12)
        #expect(wrong.talk.contains("for another key or passphrase"))
        let right = try tool.run(
            "restore", path("all.hearthbackup"), "--vault", path("new"), "--state", path("s"),
            "--bundle-passphrase-file", secret)
        #expect(right.code == 0, "\(right.talk)")
        let twice = try tool.run("backup", path("all.hearthbackup"))
        #expect(twice.code == 1)
        #expect(twice.talk.contains("is there already"))
    }

    @Test func `a key file restores without the passphrase`() throws {
        #expect(try tool.runBare(["key", "new-file", path("stick")]).code == 0)
        #expect(try tool.run("key", "add", "--add-key-file", path("stick")).code == 0)
        #expect(try tool.run("backup", path("copy")).code == 0)
        let restored = try tool.runBare([
            "restore", path("copy"), "--key-file", path("stick"), "--vault", path("new"),
            "--state", path("new-state"),
        ])
        #expect(restored.code == 0, "\(restored.talk)")
        #expect(try shown(path("new"), path("new-state")) == shown())
    }

    @Test func `a backup that is not there is named`() throws {
        let ending = try tool.run("restore", path("nowhere"), "--vault", path("new"))
        #expect(ending.code == 1)
        #expect(ending.talk.contains("there is nothing at \(path("nowhere"))"), "\(ending.talk)")
    }

    @Test func `packs alone need no passphrase`() throws {
        let outcome = try tool.runBare(["backup", path("packs"), "--no-keys"])
        #expect(outcome.code == 0, "\(outcome.talk)")
        let restored = try tool.run("restore", path("packs"), "--vault", path("new"))
        #expect(restored.code == 1)
        #expect(restored.talk.contains("there is no key bundle"))
    }

    @Test func `an older state is restored only on purpose`() throws {
        #expect(try tool.run("backup", path("copy")).code == 0)
        let more = try tool.write(csv(day: "2026-01-07", rates: 50..<150), to: "c.csv")
        _ = try tool.run("ingest", more)
        let refused = try tool.run("restore", path("copy"), "--vault", path("new"))
        #expect(refused.code == 1)
        #expect(refused.talk.contains("this machine has seen generation"))
        #expect(refused.talk.contains("--older"))
        let older = try tool.run("restore", path("copy"), "--vault", path("new"), "--older")
        #expect(older.code == 0, "\(older.talk)")
    }

    @Test func `what was erased does not come back with a bundle from after it`() throws {
        #expect(try tool.run("backup", path("copy")).code == 0)
        let erased = try tool.run(
            "erase", "--from", "2026-01-05", "--to", "2026-01-05", "--yes", "--receipt",
            path("receipt.json"))
        #expect(erased.code == 0, "\(erased.talk)")
        let renewed = try tool.run("backup", path("other"), "--keys", path("newkeys"))
        #expect(renewed.talk.contains("destroy key bundles from before"), "\(renewed.talk)")
        let restored = try tool.run(
            "restore", path("copy"), "--keys", path("newkeys"), "--vault", path("new"),
            "--state", path("s"))
        #expect(restored.code == 0, "\(restored.talk)")
        let text = try shown(path("new"), path("s"))
        #expect(!text.contains("2026-01-05T") && text.contains("2026-01-06T"))
    }

    @Test func `a changed backup is refused, and salvaged as far as it is sound`() throws {
        #expect(try tool.run("backup", path("copy")).code == 0)
        let file = URL(filePath: path("copy/packs-000001.hearthbackup"))
        var bytes = try Data(contentsOf: file)
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: file)
        let refused = try tool.run(
            "restore", path("copy"), "--vault", path("new"), "--state", path("s"))
        #expect(refused.code == 1)
        #expect(refused.talk.contains("was changed since it was written"))
        let salvaged = try tool.run(
            "restore", path("copy"), "--vault", path("new"), "--state", path("s"), "--salvage")
        #expect([0, 3].contains(salvaged.code), "\(salvaged.talk)")
        #expect(
            try tool.run("verify", "--vault", path("new"), "--state", path("s")).code == 0)
    }

    @Test func `a damaged vault is named, and filled in from its backup`() throws {
        #expect(try tool.run("backup", path("copy")).code == 0)
        let expected = try shown()
        try tool.damageStore()
        #expect(try tool.run("verify").code == 1)
        let both = try tool.run(
            "restore", tool.store.path, path("copy"), "--keys", path("copy.hearthkeys"),
            "--vault", path("new"), "--state", path("s"))
        #expect(both.code == 0, "\(both.talk)")
        #expect(try shown(path("new"), path("s")) == expected)
    }
}
