// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthTestSupport
import Testing

/// Keys that are rotated while something goes wrong.
@Suite struct KeyFaultTests {
    static let kills =
        ProcessInfo.processInfo.environment["HEARTH_KILLS"].flatMap { Int($0) } ?? 8

    let tool: CommandLineTool

    init() throws { tool = try CommandLineTool() }

    @Test(.timeLimit(.minutes(30)))
    func `a rotation that is killed leaves a vault that opens with one secret`() throws {
        _ = try tool.makeVault()
        let file = try tool.write(csv(day: "2026-01-05", rates: 50..<150), to: "a.csv")
        #expect(try tool.run("ingest", file).code == 0)
        let seed: UInt64 = 31
        var random = SeededRandom(seed: seed)
        var current = tool.passphraseFile.path
        var seconds = 0.0
        var (kept, changed) = (0, 0)
        for round in 0...Self.kills {
            let next = try tool.write("passphrase number \(round)\n", to: "next-\(round)")
            let begin = Date()
            let (process, output, talk) = try tool.start([
                "key", "rotate", "--passphrase-file", current, "--new-passphrase-file", next,
                "--kdf", "minimum", "--no-recovery-code",
            ])
            // The first round is not killed: it tells how long a rotation takes.
            if round > 0 {
                Thread.sleep(
                    forTimeInterval: Double.random(in: 0.1..<1.1, using: &random) * seconds)
                kill(process.processIdentifier, SIGKILL)
            }
            _ = output.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            try FileManager.default.removeItem(at: talk)
            if round == 0 { seconds = Date().timeIntervalSince(begin) }
            let what = "round \(round), seed \(seed)"
            let new = try tool.runBare(["verify", "--passphrase-file", next])
            let old = try tool.runBare(["verify", "--passphrase-file", current])
            #expect(Set([new.code, old.code]) == [0, 12], "\(what): \(new.talk) \(old.talk)")
            let sound = new.code == 0 ? new : old
            #expect(sound.output.contains("100 samples"), "\(what): \(sound.output)")
            if new.code == 0 {
                current = next
                changed += 1
            } else {
                kept += 1
            }
            let names = try FileManager.default.contentsOfDirectory(atPath: tool.store.path)
            #expect(!names.contains { $0.hasPrefix("keys.next") }, "\(what)")
        }
        print("killed \(Self.kills) times: \(kept) with the old keys, \(changed) with the new ones")
    }

    @Test(.enabled(if: CommandLineTool.canMount, "needs unprivileged mount name spaces"))
    func `on a full disk nothing is rotated and nothing is sealed in part`() throws {
        let day = try tool.write(csv(day: "2026-01-05", rates: 50..<150), to: "small.csv")
        let new = try tool.write("an entirely new passphrase\n", to: "new")
        let text = try tool.runUnshared(Self.fullDisk, ["SMALL": day, "NEW": new])
        #expect(text.contains("100 samples added"), "\(text)")
        #expect(text.contains("rotate: 1"), "\(text)")
        #expect(text.contains("inbox: 1"), "\(text)")
        #expect(text.contains("0 files wait"), "\(text)")
        #expect(text.contains("old: 0"), "\(text)")
        #expect(text.contains("again: 0"), "\(text)")
        #expect(text.contains("everything is sound"), "\(text)")
        #expect(text.contains("left: 0"), "\(text)")
    }

    static let fullDisk = """
        disk=$PWD/disk; mkdir -p $disk
        mount -t tmpfs -o size=40m none $disk
        export HEARTH_VAULT=$disk/store HEARTH_STATE=$disk/state
        "$TOOL" init --kdf minimum --passphrase-file "$PASS" >/dev/null
        "$TOOL" ingest "$SMALL" --passphrase-file "$PASS"
        mkdir -p $disk/store/inbox
        dd if=/dev/zero of=$disk/fill bs=4k 2>/dev/null
        "$TOOL" key rotate --passphrase-file "$PASS" --new-passphrase-file "$NEW" --kdf minimum
        echo "rotate: $?"
        "$TOOL" inbox add "$SMALL"; echo "inbox: $?"
        "$TOOL" inbox list
        echo "left: $(ls $disk/store | grep -c keys.next)"
        "$TOOL" status --passphrase-file "$PASS" >/dev/null; echo "old: $?"
        rm $disk/fill
        "$TOOL" key rotate --passphrase-file "$PASS" --new-passphrase-file "$NEW" --kdf minimum
        echo "again: $?"
        "$TOOL" verify --passphrase-file "$NEW"
        """
}
