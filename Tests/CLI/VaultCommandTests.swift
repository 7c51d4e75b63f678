// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// The vault's commands with their text, their files and their exit codes.
@Suite struct VaultCommandTests {
    @Test func `init prints nine words of recovery code and nothing else on standard output`()
        throws
    {
        let tool = try CommandLineTool()
        let made = try tool.makeVault()
        #expect(made.code == 0)
        #expect(made.output.split(separator: " ").count == 9)
        #expect(made.talk.contains("recovery code, shown once"))
    }

    @Test func `a second init refuses to touch the vault`() throws {
        let tool = try CommandLineTool()
        _ = try tool.makeVault()
        let again = try tool.makeVault()
        #expect(again.code == 1)
        #expect(again.talk.contains("there is already a vault in"))
    }

    @Test func `without a vault the exit code is 10 and a hint says what to do`() throws {
        let tool = try CommandLineTool()
        let outcome = try tool.run("report")
        #expect(outcome.code == 10)
        #expect(outcome.talk.contains("hearth: error: there is no vault in"))
        #expect(outcome.talk.contains("hearth: hint: make one with `hearth init`"))
    }

    @Test func `a wrong passphrase exits with 12`() throws {
        let tool = try CommandLineTool()
        _ = try tool.makeVault()
        let wrong = try tool.write("wrong\n", to: "wrong")
        let outcome = try tool.runBare(["status", "--passphrase-file", wrong])
        #expect(outcome.code == 12)
        #expect(outcome.output.isEmpty)
    }

    @Test func `a folder given as passphrase file is named`() throws {
        let tool = try CommandLineTool()
        _ = try tool.makeVault()
        let outcome = try tool.runBare(["status", "--passphrase-file", tool.folder.path])
        #expect(outcome.code == 65)
        #expect(outcome.talk.contains("found a folder; expected a file"))
    }

    @Test func `while another process has the vault open the exit code is 11`() throws {
        let tool = try CommandLineTool()
        _ = try tool.makeVault()
        let input = Pipe()
        let arguments = ["ingest", "-", "--passphrase-file", tool.passphraseFile.path]
        let (holder, output, _) = try tool.start(arguments, input: input)
        // The holder opens the vault first and then waits for its input.
        try waitUntilLocked(tool.store.appending(path: "lock"))
        let outcome = try tool.run("status")
        #expect(outcome.code == 11)
        #expect(outcome.talk.contains("hint: wait until the other hearth process has ended"))
        try input.fileHandleForWriting.close()
        _ = output.fileHandleForReading.readDataToEndOfFile()
        holder.waitUntilExit()
        #expect(try tool.run("status").code == 0)
    }

    /// Waits, at most a minute, until another process holds the lock on a file.
    private func waitUntilLocked(_ file: URL) throws {
        let handle = try FileHandle(forReadingFrom: file)
        for _ in 0..<1200 {
            if flock(handle.fileDescriptor, LOCK_EX | LOCK_NB) != 0 { return }
            flock(handle.fileDescriptor, LOCK_UN)
            Thread.sleep(forTimeInterval: 0.05)
        }
        Issue.record("nobody took the lock")
    }

    @Test func `the recovery code opens the vault and sets a new passphrase`() throws {
        let tool = try CommandLineTool()
        let code = try tool.makeVault().output
        let paper = try tool.write(code, to: "paper")
        let new = try tool.write("another long passphrase\n", to: "new")
        let changed = try tool.runBare([
            "key", "passphrase", "--recovery-code", "--passphrase-file", paper,
            "--new-passphrase-file", new,
        ])
        #expect(changed.code == 0, "\(changed.talk)")
        #expect(try tool.run("status").code == 12)
        #expect(try tool.runBare(["status", "--passphrase-file", new]).code == 0)
    }

    @Test func `the passphrase can come through a descriptor`() throws {
        let tool = try CommandLineTool()
        _ = try tool.makeVault()
        let outcome = try tool.runBare(
            ["status", "--passphrase-fd", "0"], input: "correct horse battery staple\n")
        #expect(outcome.code == 0, "\(outcome.talk)")
    }

    @Test func `verify finds flipped bits`() throws {
        let tool = try CommandLineTool()
        _ = try tool.makeVault()
        let file = try tool.write(csv(day: "2026-01-05", rates: 50..<150), to: "a.csv")
        #expect(try tool.run("ingest", file).code == 0)
        #expect(try tool.run("verify").output.contains("everything is sound"))
        try tool.damageStore()
        #expect(try tool.run("verify").code == 1)
    }

    @Test func `completions are printed for each shell`() throws {
        let tool = try CommandLineTool()
        for shell in ["bash", "zsh", "fish"] {
            let outcome = try tool.runBare(["completions", shell])
            #expect(outcome.code == 0)
            #expect(outcome.output.contains("hearth"))
        }
    }

    @Test func `an unknown option exits with 64`() throws {
        let tool = try CommandLineTool()
        #expect(try tool.runBare(["report", "--colour"]).code == 64)
    }
}
