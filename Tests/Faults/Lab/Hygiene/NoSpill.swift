// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthTestSupport

/// R26: no command writes outside of its folders, reaches for a network, or shows a secret.
public enum NoSpill: Experiment {
    public static let number = "R26"
    public static let title = "no spill"
    public static let promise =
        "No command writes outside store, state and output, makes a socket, or has a secret in its arguments or environment."

    private static let strace = "/usr/bin/strace"
    /// Whose answer depends on the system: protections that it has, a keyring of the kernel.
    private static let mayFail: Set = ["doctor", "unlock --minutes", "lock"]

    public static func run(on bench: Bench) throws -> Outcome {
        var random = SeededRandom(seed: bench.seed)
        var outcome = Outcome()
        guard FileManager.default.isExecutableFile(atPath: strace) else {
            outcome.leftOut = "there is no strace here"
            return outcome
        }
        let vault = try HygieneVault(on: bench, random: &random)
        var refused = 0
        for command in vault.everyCommand {
            outcome.attempts += 1
            let name = command.words.prefix(2).joined(separator: " ")
            let secret = command.opens ? ["--passphrase-file", vault.passphraseFile] : []
            let (trace, ending) = try watch(
                vault, [bench.program] + command.words + secret, input: command.input)
            if ending.isSignal || !(ending.status == 0 || Self.mayFail.contains(name)) {
                outcome.fail(
                    "\(name) ended with \(ending.status), so it shows nothing: "
                        + String(decoding: ending.talk, as: UTF8.self))
            }
            for finding in trace.findings { outcome.fail("\(name): \(finding)") }
            refused += trace.refusedSockets
        }
        outcome.show("commands", outcome.attempts)
        outcome.show("sockets that the worker tried for its self-test and was refused", refused)
        try controls(vault, &outcome)
        return outcome
    }

    private static func watch(
        _ vault: HygieneVault, _ command: [String], input: String? = nil
    ) throws -> (SystemCallTrace, HygieneVault.Ending) {
        let log = vault.folder.appending(path: "trace")
        let ending = try vault.start(
            [
                strace, "-f", "-v", "-y", "-s", "100000", "-e", "trace=%file,%network,%process",
                "-o",
                log.path,
            ] + command, input: input)
        let text = String(decoding: try Data(contentsOf: log), as: UTF8.self)
        try FileManager.default.removeItem(at: log)
        return (
            SystemCallTrace(
                text,
                folders: [vault.store, vault.state, vault.folder.appending(path: "out").path],
                working: vault.folder.path, secrets: [vault.passphrase, vault.secondPassphrase]),
            ending
        )
    }

    /// Each of the forbidden things done by a small program, in front of the same eyes.
    private static func controls(_ vault: HygieneVault, _ outcome: inout Outcome) throws {
        let python = "/usr/bin/python3"
        guard FileManager.default.isExecutableFile(atPath: python) else {
            outcome.leftOut = "there is no Python for the controls"
            return
        }
        let elsewhere = vault.folder.appending(path: "elsewhere").path
        let controls = [
            ("a socket", "import socket; socket.socket()", "socket"),
            ("a file outside", "open(r'\(elsewhere)', 'w')", "elsewhere"),
            ("a secret among the arguments", "'\(vault.passphrase)'", "secret"),
        ]
        for (name, script, word) in controls {
            let (trace, _) = try watch(vault, [python, "-c", script])
            let found = trace.findings.first { $0.contains(word) }
            outcome.control(name, isCaught: found != nil, found.map { String($0.prefix(80)) } ?? "")
        }
    }
}

/// What a run under strace did that no command may do.
struct SystemCallTrace {
    private(set) var findings: [String] = []
    /// Sockets that the kernel refused to the worker, which tries to make one to be sure it cannot.
    private(set) var refusedSockets = 0

    private static let networking: Set = [
        "socket", "socketpair", "connect", "bind", "listen", "accept", "accept4", "sendto",
        "recvfrom", "sendmsg", "recvmsg",
    ]
    private static let making: Set = [
        "creat", "mkdir", "mkdirat", "mknod", "mknodat", "symlink", "symlinkat", "link", "linkat",
        "rename", "renameat", "renameat2", "unlink", "unlinkat", "rmdir", "truncate", "chmod",
        "fchmodat", "chown", "fchownat", "utimensat",
    ]
    /// Written to by opening them, and no place to keep anything.
    private static let devices: Set = ["/dev/null", "/dev/tty", "/dev/zero"]

    init(_ text: String, folders: [String], working: String, secrets: [String]) {
        var workers: Set<Substring> = []
        for line in text.split(separator: "\n") {
            let process = line.prefix { $0.isNumber }
            let call = line.dropFirst(process.count).drop { $0 == " " }
            let name = String(call.prefix { $0.isLetter || $0.isNumber || $0 == "_" })
            if name == "execve" {
                if call.contains("/hearth-worker\"") { workers.insert(process) }
                for secret in secrets where call.contains(secret) {
                    findings.append("a secret among the arguments or in the environment")
                }
            } else if Self.networking.contains(name) {
                if workers.contains(process), call.contains("= -1 E") {
                    refusedSockets += 1
                } else {
                    findings.append("\(call.prefix(100))")
                }
            } else if !call.contains(" = -1 ") {
                let isWriting = ["O_WRONLY", "O_RDWR", "O_CREAT", "O_TMPFILE"].contains {
                    call.contains($0)
                }
                guard Self.making.contains(name) || (name.hasPrefix("open") && isWriting) else {
                    continue
                }
                for path in Self.paths(call) {
                    let whole = path.hasPrefix("/") ? path : "\(working)/\(path)"
                    let isInside = folders.contains {
                        whole == $0 || whole.hasPrefix($0 + "/")
                            || whole.hasPrefix($0 + ".creating-")
                    }
                    if !isInside, !Self.devices.contains(whole) {
                        findings.append("\(name) of \(whole)")
                    }
                }
            }
        }
    }

    /// What stands in quotes.
    private static func paths(_ call: Substring) -> [String] {
        let parts = call.split(separator: "\"", omittingEmptySubsequences: false)
        return stride(from: 1, to: parts.count, by: 2).map { String(parts[$0]) }
    }
}
