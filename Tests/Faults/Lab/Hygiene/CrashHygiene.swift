// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthTestSupport

/// R24: a crash, wherever it comes, leaves nothing that tells.
public enum CrashHygiene: Experiment {
    public static let number = "R24"
    public static let title = "crash hygiene"
    public static let promise =
        "A crash at any moment of a command leaves no key, passphrase or sample in what it says or in a core file."

    private static let signals = [SIGSEGV, SIGABRT, SIGILL, SIGBUS, SIGTRAP, SIGFPE]
    /// Lets the program write core files of any size into its folder, if it can.
    private static let wrapper = ["/bin/bash", "-c", "ulimit -c unlimited; exec \"$@\"", "hearth"]

    public static func run(on bench: Bench) throws -> Outcome {
        var random = SeededRandom(seed: bench.seed)
        let vault = try HygieneVault(on: bench, random: &random)
        var outcome = Outcome()
        if let children = try ChildProcesses(bench, in: bench.folder) {
            outcome.take(try children.run("hygiene", [:]))
        }
        var needles = HygieneVault.sampleNeedles
        needles["the passphrase"] = Data(vault.passphrase.utf8)
        needles["the name of the device"] = Data(vault.vendor.utf8)
        for (name, key) in try vault.keys() ?? [:] { needles["the key \(name)"] = key }
        outcome.show("byte strings looked for", needles.count)
        let commands =
            Array(vault.commands.prefix(3)) + [["export", "out/gone", "--person", vault.label]]
        let clock = ContinuousClock()
        let start = clock.now
        _ = try vault.run(["verify"])
        let usual = (clock.now - start) / .seconds(1)
        var crashed = 0
        for attempt in 0..<(bench.scale == .short ? 12 : 400) {
            let command = commands[attempt % commands.count]
            let signal = signals[attempt % signals.count]
            let delay = Double.random(in: 0..<usual * 1.5, using: &random)
            try? FileManager.default.removeItem(at: vault.folder.appending(path: "out"))
            let ending = try vault.run(command, through: wrapper, signal: signal, after: delay)
            outcome.attempts += 1
            if ending.isSignal { crashed += 1 }
            // What a command prints may hold samples: that is its answer. What it says must not.
            var places = ["stderr": ending.talk]
            for (name, core) in try cores(in: vault.folder) { places[name] = core }
            for (place, bytes) in places {
                for (what, needle) in needles where bytes.range(of: needle) != nil {
                    outcome.fail(
                        "\(command[0]), signal \(signal) after \(delay) s: \(place) holds \(what)")
                }
            }
        }
        outcome.show("ended by the signal", crashed)
        if crashed == 0 {
            outcome.fail("no attempt hit a running command: the experiment is empty")
        }
        try control(vault, &outcome)
        return outcome
    }

    /// Core files below the folder, which are removed.
    private static func cores(in folder: URL) throws -> [(String, Data)] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        return try names.filter { $0.hasPrefix("core") }.map { name in
            let file = folder.appending(path: name)
            defer { try? FileManager.default.removeItem(at: file) }
            return (name, try Data(contentsOf: file))
        }
    }

    /// A program without any of this, with the passphrase in its memory, killed in the same way.
    private static func control(_ vault: HygieneVault, _ outcome: inout Outcome) throws {
        let pattern =
            (try? String(contentsOfFile: "/proc/sys/kernel/core_pattern", encoding: .utf8)) ?? ""
        guard !pattern.hasPrefix("|"), !pattern.hasPrefix("/"), !pattern.isEmpty else {
            outcome.leftOut =
                "core files go elsewhere on this system; only standard error was looked at"
            return
        }
        let script = "word=$(cat \(vault.passphraseFile)); kill -SEGV $$"
        _ = try vault.start(wrapper.dropLast() + ["x", "/bin/bash", "-c", script])
        let found = try cores(in: vault.folder)
        let leaks = found.contains { $0.1.range(of: Data(vault.passphrase.utf8)) != nil }
        outcome.control(
            "a shell with the passphrase in a variable, killed by the same signal", isCaught: leaks,
            "\(found.count) core files, \(leaks ? "with" : "without") the passphrase")
    }
}
