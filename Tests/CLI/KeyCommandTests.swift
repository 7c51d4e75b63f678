// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthTestSupport
import Testing

/// What opens the vault, from the command line; a second reader follows.
@Suite struct KeyCommandTests {
    let tool: CommandLineTool

    init() throws {
        tool = try CommandLineTool()
        _ = try tool.makeVault()
    }

    private func path(_ name: String) -> String { tool.folder.appending(path: name).path }

    private func makeKeyFile(_ name: String) throws -> String {
        let made = try tool.runBare(["key", "new-file", path(name)])
        #expect(made.code == 0, "\(made.talk)")
        return path(name)
    }

    @Test func `a key file has 32 bytes for its owner alone and is never overwritten`() throws {
        let file = try makeKeyFile("stick")
        let bytes = try Data(contentsOf: URL(filePath: file))
        #expect(bytes.count == 32)
        let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let again = try tool.runBare(["key", "new-file", file])
        #expect(again.code == 1)
        #expect(again.talk.contains("is there a file already?"))
        #expect(try Data(contentsOf: URL(filePath: file)) == bytes)
    }

    @Test func `a key file opens the vault, alone or with a passphrase, until it is removed`()
        throws
    {
        let (alone, paired) = (try makeKeyFile("alone"), try makeKeyFile("paired"))
        let second = try tool.write("a second passphrase\n", to: "second")
        #expect(try tool.run("key", "add", "--add-key-file", alone).code == 0)
        let both = try tool.run(
            "key", "add", "--passphrase", "--add-key-file", paired, "--new-passphrase-file", second,
            "--kdf", "minimum")
        #expect(both.code == 0, "\(both.talk)")
        #expect(both.talk.contains("slot 3 opens by passphrase and key file together"))
        let list = try tool.runBare(["key", "list", "--key-file", alone])
        #expect(list.code == 0, "\(list.talk)")
        #expect(
            list.output == """
                slot 0: passphrase (Argon2id, 64 MiB, 3 passes, as chosen)
                slot 1: recovery code (Argon2id, 64 MiB, 3 passes)
                slot 2: key file, used just now
                slot 3: passphrase and key file together (Argon2id, 64 MiB, 3 passes, as chosen)

                """)
        let pair = ["--key-file", paired, "--passphrase-file", second]
        #expect(try tool.runBare(["status"] + pair).code == 0)
        #expect(try tool.runBare(["status", "--passphrase-file", second]).code == 12)
        if CommandLineTool.hasPython {
            for secret in [["--key-file", alone], pair] {
                let read = try secondReader(secret)
                #expect(read.code == 0, "\(read.talk)")
            }
            #expect(try secondReader(["--passphrase-file", second]).code == 12)
        }
        #expect(try tool.run("key", "remove", "2").code == 0)
        #expect(
            try tool.runBare(["status", "--key-file", alone, "--passphrase-file", second]).code
                == 12)
        #expect(try tool.runBare(["status"] + pair).code == 0)
        let gone = try tool.run("key", "remove", "2")
        #expect(gone.code == 1)
        #expect(gone.talk.contains("key slot 2 is not in use"))
    }

    @Test func `a file of another length is no key file`() throws {
        let short = try tool.write("short", to: "short")
        let outcome = try tool.runBare(["status", "--key-file", short])
        #expect(outcome.code == 65)
        #expect(outcome.talk.contains("a key file has exactly 32 bytes"))
        #expect(try tool.runBare(["status", "--key-file", path("none")]).code == 65)
    }

    @Test func `the last way to open the vault stays`() throws {
        #expect(try tool.run("key", "remove", "1").code == 0)
        let refused = try tool.run("key", "remove", "0")
        #expect(refused.code == 1)
        #expect(refused.talk.contains("this is the last way to open the vault"))
        #expect(try tool.run("status").code == 0)
        #expect(try tool.run("key", "add").code == 64)
        let code = try tool.run("key", "add", "--add-recovery-code")
        #expect(code.output.split(separator: " ").count == 9)
    }

    private func secondReader(_ secret: [String]) throws -> CommandLineTool.Outcome {
        try tool.runBare(
            [
                SecondReaderTests.script.path, tool.store.path, "--state",
                tool.folder.appending(path: "state").path,
            ] + secret, program: CommandLineTool.python)
    }

    @Test func `after a rotation only the new secret opens, and both readers see the same`() throws
    {
        let file = try tool.write(csv(day: "2026-01-05", rates: 50..<150), to: "a.csv")
        #expect(try tool.run("ingest", file).code == 0)
        let shown = try tool.run("show", "heart-rate", "--format", "csv").output
        let same = try tool.run("key", "rotate", "--new-passphrase-file", tool.passphraseFile.path)
        #expect(same.code == 1)
        #expect(same.talk.contains("the new secret opens the vault today"))
        let new = try tool.write("an entirely new passphrase\n", to: "new")
        let former = try Data(contentsOf: tool.store.appending(path: "keys.a"))
        let rotated = try tool.run(
            "key", "rotate", "--new-passphrase-file", new, "--kdf", "minimum")
        #expect(rotated.code == 0, "\(rotated.talk)")
        let code = try tool.write(rotated.output, to: "code")
        #expect(try tool.run("status").code == 12)
        let now = ["--passphrase-file", new]
        #expect(
            try tool.runBare(["show", "heart-rate", "--format", "csv"] + now).output == shown)
        #expect(
            try tool.runBare(["verify", "--recovery-code", "--passphrase-file", code]).output
                .contains("everything is sound"))
        #expect(try tool.runBare(["ingest", file] + now).output.contains("known"))
        if CommandLineTool.hasPython {
            let read = try secondReader(now)
            #expect(read.code == 0, "\(read.talk)")
            #expect(read.output.split(separator: "\n").count == 100)
            #expect(try secondReader(["--passphrase-file", tool.passphraseFile.path]).code == 12)
        }
        // As if it had been broken off before the key files were overwritten.
        try FileManager.default.copyItem(
            at: tool.store.appending(path: "keys.a"), to: tool.store.appending(path: "keys.next"))
        for name in ["keys.a", "keys.b"] {
            try former.write(to: tool.store.appending(path: name))
        }
        if CommandLineTool.hasPython {
            #expect(try secondReader(now).output.split(separator: "\n").count == 100)
        }
        let early = try tool.run("status")
        #expect(early.code == 12)
        #expect(early.talk.contains("the keys were rotated: open the vault with the new secret"))
        #expect(try tool.runBare(["verify"] + now).output.contains("everything is sound"))
        let stick = try makeKeyFile("stick")
        let toStick = try tool.runBare(
            ["key", "rotate", "--new-key-file", stick, "--no-recovery-code"] + now)
        #expect(toStick.code == 0, "\(toStick.talk)")
        #expect(toStick.output.isEmpty)
        #expect(
            try tool.runBare(["key", "list", "--key-file", stick]).output
                == "slot 0: key file, used just now\n")
    }

    @Test func `the inbox takes files without a secret and the next ingest merges them`() throws {
        let first = try tool.write(csv(day: "2026-01-05", rates: 50..<60), to: "in/first.csv")
        let second = try tool.write(csv(day: "2026-01-06", rates: 60..<80), to: "in/second.csv")
        let third = try tool.write(csv(day: "2026-01-07", rates: 60..<65), to: "third.csv")
        let junk = try tool.write("no recording at all", to: "junk.bin")
        let added = try tool.runBare(["inbox", "add", path("in")])
        #expect(added.code == 0, "\(added.talk)")
        #expect(added.output == "2 files sealed into the inbox\n")
        #expect(try tool.runBare(["inbox", "add", first, "--person", "Ada"]).code == 0)
        let missing = try tool.runBare(["inbox", "add", junk, path("none")])
        #expect(missing.code == 3)
        #expect(missing.talk.contains("no such file"))
        #expect(try tool.runBare(["inbox", "list"]).output == "4 files wait, 0 were left aside\n")
        #expect(try tool.run("status").output.contains("4 files wait"))
        if CommandLineTool.hasPython {
            let read = try secondReader(["--inbox", "--passphrase-file", tool.passphraseFile.path])
            #expect(read.code == 0, "\(read.talk)")
            for name in ["first.csv", "second.csv", "junk.bin"] {
                #expect(read.output.contains("\"name\":\"\(name)\""), "\(read.output)")
            }
        }
        // One is damaged by somebody.
        let inbox = tool.store.appending(path: "inbox")
        try Data("HEARTHI1 and nothing".utf8).write(to: inbox.appending(path: "0.sealed"))
        let merged = try tool.run("ingest", third)
        #expect(merged.code == 3, "\(merged.talk)")
        #expect(merged.talk.contains("inbox/0.sealed: left aside: its length is none"))
        #expect(merged.talk.contains("left aside: "))
        #expect(merged.output.contains("45 samples added"), "\(merged.output)")
        #expect(try tool.runBare(["inbox", "list"]).output == "0 files wait, 2 were left aside\n")
        let of = try tool.run("show", "heart-rate", "--format", "csv", "--person", "Ada")
        #expect(of.output.split(separator: "\n").count == 11)
        // The same again changes nothing.
        #expect(try tool.runBare(["inbox", "add", second]).code == 0)
        let again = try tool.run("inbox", "merge")
        #expect(again.code == 0, "\(again.talk)")
        #expect(again.output.contains("known        second.csv"), "\(again.output)")
        // No content of a file ever was on the disk in the clear.
        for name in try FileManager.default.subpathsOfDirectory(atPath: tool.store.path) {
            let file = tool.store.appending(path: name)
            guard let bytes = try? Data(contentsOf: file), name != "ballast" else { continue }
            #expect(bytes.range(of: Data("heart-rate".utf8)) == nil, "\(name)")
        }
    }

    @Test func `a session opens the vault without a secret until it is ended`() throws {
        let begun = try tool.run("unlock", "--minutes", "1")
        if begun.code == 1, begun.talk.contains("no kernel keyring") {
            #expect(begun.talk.contains("this system gives no kernel keyring"))
            return
        }
        #expect(begun.code == 0, "\(begun.talk)")
        let free = try tool.runBare(["key", "list"])
        #expect(free.code == 0, "\(free.talk)")
        #expect(!free.output.contains("used just now"))
        let ended = try tool.runBare(["lock"])
        #expect(ended.code == 0, "\(ended.talk)")
        let shut = try tool.runBare(["key", "list"])
        #expect(shut.code == 1)
        #expect(shut.talk.contains("no terminal"))
        #expect(try tool.runBare(["lock"]).talk.contains("there was no session"))
        #expect(try tool.run("unlock", "--minutes", "61").code == 64)
        // A new secret ends a session.
        #expect(try tool.run("unlock", "--minutes", "1").code == 0)
        let new = try tool.write("another passphrase\n", to: "new")
        #expect(
            try tool.run(
                "key", "passphrase", "--new-passphrase-file", new, "--kdf", "minimum"
            ).code == 0)
        #expect(try tool.runBare(["key", "list"]).code == 1)
    }
}
