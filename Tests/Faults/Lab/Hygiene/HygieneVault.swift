// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthTestSupport

/// A vault of the whole program, with everything in it easy to find again.
struct HygieneVault {
    /// How a program ended.
    struct Ending {
        var status: Int32
        var isSignal: Bool
        var output: Data
        var talk: Data
    }

    let bench: Bench
    let folder: URL
    let passphrase: String
    /// What it is after the keys were changed.
    let secondPassphrase: String
    let label: String
    let vendor: String

    var passphraseFile: String { folder.appending(path: "passphrase").path }
    var store: String { folder.appending(path: "store").path }
    var state: String { folder.appending(path: "state").path }

    /// Makes the vault and some files, of which one is read in.
    init(on bench: Bench, random: inout SeededRandom) throws {
        self.bench = bench
        folder = URL(filePath: bench.folder).appending(path: "hygiene")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        passphrase = Self.word("pass", &random)
        secondPassphrase = Self.word("next", &random)
        label = Self.word("Label", &random)
        vendor = Self.word("Vendor", &random)
        for (name, text) in [
            ("passphrase", passphrase), ("second-passphrase", secondPassphrase), ("value", "65.5"),
            ("live.ndjson", Self.live),
        ] {
            try Data("\(text)\n".utf8).write(to: folder.appending(path: name))
        }
        for (name, day) in [("a.csv", 5), ("b.csv", 6), ("c.csv", 7)] {
            try Data(recording(day: day).utf8).write(to: folder.appending(path: name))
        }
        _ = try run(["init", "--kdf", "minimum"])
        _ = try run(["ingest", "a.csv", "--person", label])
    }

    private static func word(_ start: String, _ random: inout SeededRandom) -> String {
        start
            + (0..<16).map { _ in String(Int.random(in: 0..<36, using: &random), radix: 36) }
            .joined()
    }

    /// Heart rates whose digits occur nowhere else.
    private func recording(day: Int) -> String {
        var text = "time,quantity,value,vendor,model\n"
        for minute in 0..<1440 {
            let (hour, rest) = (minute / 60, minute % 60)
            let time = "\(hour < 10 ? "0" : "")\(hour):\(rest < 10 ? "0" : "")\(rest):00Z"
            text += "2026-01-0\(day)T\(time),heart-rate,\(Self.rates[minute % 4]),\(vendor),M\n"
        }
        return text
    }

    /// What a strap sends in a minute.
    private static var live: String {
        (10..<60).map {
            #"{"time":"2026-01-08T10:00:\#($0)Z","quantity":"heart-rate","value":\#(rates[$0 % 4])}"#
        }.joined(separator: "\n")
    }

    static let rates: [Float] = [61.734375, 62.609375, 63.859375, 64.984375]

    /// Samples as they lie in memory and in files.
    static var sampleNeedles: [String: Data] {
        var found: [String: Data] = [:]
        for place in rates.indices.dropLast() {
            var pair = Data()
            for rate in rates[place...(place + 1)] {
                let bits = rate.bitPattern
                pair.append(contentsOf: (0..<4).map { UInt8(truncatingIfNeeded: bits >> ($0 * 8)) })
            }
            found["samples \(place) and \(place + 1)"] = pair
        }
        for rate in rates { found["the text of a sample"] = Data("\(rate)".utf8) }
        return found
    }

    var environment: [String: String] {
        [
            "HEARTH_VAULT": store, "HEARTH_STATE": state, "HOME": folder.path,
            "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8",
            "LD_LIBRARY_PATH": ProcessInfo.processInfo.environment["LD_LIBRARY_PATH"] ?? "",
        ]
    }

    /// Commands with what they need beside the vault; run in this order each of them succeeds.
    var commands: [[String]] {
        [
            ["ingest", "b.csv", "--person", label],
            ["report", "--person", label, "--day", "2026-01-06"],
            ["show", "heart-rate", "--person", label, "--from", "2026-01-06"],
            ["sources", "--person", label], ["status"], ["verify"], ["key", "list"],
            ["tag", "add", "working-day", "--day", "2026-01-06", "--person", label],
            ["audit", "show"], ["audit", "head", "--out", "out/head.json"],
            ["explain", "readiness", "--person", label, "--day", "2026-01-06"],
            ["export", "out/export", "--person", label],
            ["access", "--out", "out/access", "--person", label],
            [
                "erase", "--person", label, "--from", "2026-01-05", "--to", "2026-01-05", "--yes",
                "--receipt", "out/receipt.json",
            ],
            ["receipt", "list"],
        ]
    }

    /// Runs the program to its end, or until `signal` is sent after `delay` seconds.
    func run(
        _ arguments: [String], through wrapper: [String] = [], signal: Int32? = nil,
        after delay: Double = 0
    ) throws -> Ending {
        try FileManager.default.createDirectory(
            at: folder.appending(path: "out"), withIntermediateDirectories: true)
        let command =
            wrapper + [bench.program] + arguments + ["--passphrase-file", passphraseFile]
        return try start(command, signal: signal, after: delay)
    }

    /// Starts any program in the folder; what it says goes to files, which cannot block it.
    func start(
        _ command: [String], signal: Int32? = nil, after delay: Double = 0, input: String? = nil
    ) throws -> Ending {
        let process = Process()
        process.executableURL = URL(filePath: command[0])
        process.arguments = Array(command.dropFirst())
        process.environment = environment
        process.currentDirectoryURL = folder
        let names = ["stdout", "stderr"].map { folder.appending(path: $0) }
        for name in names { try Data().write(to: name) }
        process.standardOutput = try FileHandle(forWritingTo: names[0])
        process.standardError = try FileHandle(forWritingTo: names[1])
        process.standardInput =
            try input.map { try FileHandle(forReadingFrom: folder.appending(path: $0)) }
            ?? FileHandle.nullDevice
        try process.run()
        if let signal {
            usleep(UInt32(delay * 1_000_000))
            kill(process.processIdentifier, signal)
        }
        process.waitUntilExit()
        return Ending(
            status: process.terminationStatus,
            isSignal: process.terminationReason == .uncaughtSignal,
            output: try Data(contentsOf: names[0]), talk: try Data(contentsOf: names[1]))
    }

    // MARK: Keys

    /// The master key, the long-lived keys and all data keys, from the second reader, which shares
    /// no line with the vault; nil where there is no Python.
    func keys() throws -> [String: Data]? {
        let python = "/usr/bin/python3"
        guard FileManager.default.isExecutableFile(atPath: python) else { return nil }
        let project = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let reader = project.appending(path: "VaultReader").path
        let script = """
            import sys
            sys.dont_write_bytecode = True
            sys.path.insert(0, sys.argv[1])
            from pathlib import Path
            from keyfiles import KeyFile, Keys, long_lived, unlock_either
            from primitives import Secret
            store = Path(sys.argv[2])
            secret = Secret(passphrase=open(sys.argv[3], "rb").readline().rstrip())
            copies = [KeyFile(store / "keys.a"), KeyFile(store / "keys.b")]
            master = unlock_either(copies, secret)
            print("master", master.hex())
            for number in range(1, 13):
                print(f"long-lived-{number}", long_lived(master, number).hex())
            for number, key in copies[0].lasting(master).items():
                print(f"lasting-{number}", key.hex())
            keys = Keys(store, secret)
            for number in range(keys.count):
                try:
                    print(f"data-{number}", keys.data_key(number, "x")[1].hex())
                except Exception:
                    pass
            """
        let ending = try start([python, "-c", script, reader, store, passphraseFile])
        var found: [String: Data] = [:]
        for line in String(decoding: ending.output, as: UTF8.self).split(separator: "\n") {
            let parts = line.split(separator: " ")
            guard parts.count == 2, parts[1].count == 64 else { continue }
            let digits = Array(parts[1])
            found[String(parts[0])] = Data(
                stride(from: 0, to: 64, by: 2).compactMap {
                    UInt8(String(digits[$0...$0 + 1]), radix: 16)
                })
        }
        guard found["master"] != nil else {
            throw LaboratoryError(
                "the second reader tells no keys: "
                    + String(decoding: ending.talk.suffix(300), as: UTF8.self))
        }
        return found
    }
}
