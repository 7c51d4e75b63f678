// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthTestSupport

/// R25: after the vault is closed no key and no passphrase is left in memory.
public enum MemoryHygiene: Experiment {
    public static let number = "R25"
    public static let title = "memory after close"
    public static let promise =
        "After a vault is closed, the memory of the process holds no passphrase, master key or data key."

    public static func run(on bench: Bench) throws -> Outcome {
        var random = SeededRandom(seed: bench.seed)
        var outcome = Outcome()
        let vault = try HygieneVault(on: bench, random: &random)
        guard let keys = try vault.keys() else {
            outcome.leftOut = "there is no Python for the second reader, which tells the keys"
            return outcome
        }
        guard FileManager.default.fileExists(atPath: "/proc/self/mem") else {
            outcome.leftOut = "this system does not show the memory of a process"
            return outcome
        }
        outcome.show("keys looked for", keys.count)
        var seenOpen = Set<String>()
        for _ in 0..<(bench.scale == .short ? 2 : 50) {
            outcome.attempts += 1
            let (open, closed) = try look(vault, keys)
            seenOpen.formUnion(open)
            for name in closed { outcome.fail("after close the memory holds \(name)") }
        }
        outcome.show("found while open", seenOpen.sorted().prefix(8).joined(separator: ", "))
        let data = seenOpen.contains { $0.hasPrefix("data-") }
        outcome.control(
            "the same search while the vault is open",
            isCaught: seenOpen.contains("master") && data,
            "\(seenOpen.count) of the keys found")
        return outcome
    }

    /// What the memory of a process that holds the vault has while it is open, and after.
    private static func look(
        _ vault: HygieneVault, _ keys: [String: Data]
    ) throws -> (open: Set<String>, closed: Set<String>) {
        let process = Process()
        process.executableURL = URL(filePath: vault.bench.program).deletingLastPathComponent()
            .appending(path: "hearth-faults")
        process.arguments = ["hold", vault.store, vault.state]
        process.environment = vault.environment
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        defer { process.terminate() }
        func say(_ text: String) throws {
            try input.fileHandleForWriting.write(contentsOf: Data("\(text)\n".utf8))
        }
        try say(vault.passphrase)
        var needles = keys
        needles["the passphrase"] = Data(vault.passphrase.utf8)
        var found: [Set<String>] = []
        for expected in ["open", "closed"] {
            let heard = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
            guard heard == "\(expected)\n" else {
                throw LaboratoryError("the holder said \(heard) in place of \(expected)")
            }
            found.append(try scan(process.processIdentifier, needles))
            try say("go on")
        }
        process.waitUntilExit()
        return (found[0], found[1])
    }

    /// A table of the kernel, which gives a page at a time and has no size.
    private static func table(_ path: String) throws -> String {
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw LaboratoryError("\(path) cannot be read")
        }
        var whole = Data()
        while let part = try file.read(upToCount: 4096), !part.isEmpty { whole += part }
        return String(decoding: whole, as: UTF8.self)
    }

    /// Which needles occur in the writable memory of a process.
    static func scan(_ process: Int32, _ needles: [String: Data]) throws -> Set<String> {
        let maps = try table("/proc/\(process)/maps")
        let memory = open("/proc/\(process)/mem", O_RDONLY)
        guard memory >= 0 else { throw LaboratoryError("the memory cannot be read") }
        defer { close(memory) }
        var found: Set<String> = []
        for line in maps.split(separator: "\n") {
            let fields = line.split(separator: " ")
            let ends = fields[0].split(separator: "-").compactMap { UInt64($0, radix: 16) }
            guard ends.count == 2, fields[1].hasPrefix("rw"), ends[1] - ends[0] < 1 << 30 else {
                continue
            }
            var bytes = Data(count: Int(ends[1] - ends[0]))
            let count = bytes.withUnsafeMutableBytes {
                pread(memory, $0.baseAddress, $0.count, off_t(truncatingIfNeeded: ends[0]))
            }
            guard count > 0 else { continue }
            bytes = bytes.prefix(count)
            for (name, needle) in needles where bytes.range(of: needle) != nil {
                found.insert(name)
            }
        }
        return found
    }
}

/// An experiment could not be carried out.
struct LaboratoryError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
