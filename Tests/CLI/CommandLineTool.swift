// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Runs the built `hearth` as a person would, in a vault of its own.
final class CommandLineTool {
    struct Outcome {
        var code: Int32
        var output: String
        var talk: String
    }

    /// A folder that is removed with the tool.
    let folder: URL
    let store: URL
    let passphraseFile: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory
            .appending(path: "hearth-cli-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        store = folder.appending(path: "store")
        passphraseFile = folder.appending(path: "passphrase")
        try write("correct horse battery staple\n", to: "passphrase")
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// The folder the test bundle and the command were built into.
    static let products = URL(filePath: ProcessInfo.processInfo.arguments[0])
        .resolvingSymlinksInPath().deletingLastPathComponent()

    static var hearth: URL { products.appending(path: "hearth") }

    /// The project's folder.
    static let project = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// Writes a file below the folder and returns its path.
    @discardableResult
    func write(_ text: String, to name: String) throws -> String {
        let url = folder.appending(path: name)
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
        return url.path
    }

    /// The environment of every run: no variable of the caller reaches the command.
    var environment: [String: String] {
        [
            "HEARTH_VAULT": store.path, "HEARTH_STATE": folder.appending(path: "state").path,
            "HOME": folder.path, "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "NO_COLOR": "1",
            "LD_LIBRARY_PATH": ProcessInfo.processInfo.environment["LD_LIBRARY_PATH"] ?? "",
        ]
    }

    /// Starts a program without waiting; what it says goes to a file, which cannot fill up and block.
    func start(
        _ arguments: [String], input: Pipe? = nil, program: URL = CommandLineTool.hearth
    ) throws -> (process: Process, output: Pipe, talk: URL) {
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.environment = environment
        process.currentDirectoryURL = folder
        let output = Pipe()
        let talk = folder.appending(path: "talk-\(UUID().uuidString)")
        try Data().write(to: talk)
        process.standardOutput = output
        process.standardError = try FileHandle(forWritingTo: talk)
        process.standardInput = input ?? FileHandle.nullDevice
        try process.run()
        return (process, output, talk)
    }

    /// Runs the command to its end with the right passphrase.
    func run(_ arguments: String...) throws -> Outcome {
        try runBare(arguments + ["--passphrase-file", passphraseFile.path])
    }

    /// Runs a program, `hearth` if not told otherwise, to its end with exactly these arguments.
    func runBare(
        _ arguments: [String], input: String? = nil, program: URL = CommandLineTool.hearth
    ) throws -> Outcome {
        let stdin = input.map { _ in Pipe() }
        let (process, output, talk) = try start(arguments, input: stdin, program: program)
        if let input, let stdin {
            try stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
            try stdin.fileHandleForWriting.close()
        }
        let printed = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let said = try Data(contentsOf: talk)
        try FileManager.default.removeItem(at: talk)
        return Outcome(
            code: process.terminationReason == .exit
                ? process.terminationStatus : 128 + process.terminationStatus,
            output: String(decoding: printed, as: UTF8.self),
            talk: String(decoding: said, as: UTF8.self))
    }

    /// Runs a script of the shell in mount name spaces of its own, with `TOOL`, `PASS` and more set.
    func runUnshared(_ script: String, _ variables: [String: String]) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/unshare")
        process.arguments = ["-rm", "/bin/bash", "-c", script]
        process.environment = environment.merging(variables) { $1 }.merging([
            "TOOL": Self.hearth.path, "PASS": passphraseFile.path,
        ]) { $1 }
        process.currentDirectoryURL = folder
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: text, as: UTF8.self)
    }

    static let python = URL(filePath: "/usr/bin/python3")
    static let hasPython = FileManager.default.isExecutableFile(atPath: python.path)

    /// True where an unprivileged mount name space lets a test have a disk of its own.
    static let canMount: Bool = {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/unshare")
        process.arguments = ["-rm", "mount", "-t", "tmpfs", "none", "/mnt"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    /// Flips a bit in every 4,096 bytes of the store but the first ones. A single one may hit
    /// room that SQLite does not use, where it changes nothing.
    func damageStore() throws {
        let database = store.appending(path: "store.db")
        var bytes = try Data(contentsOf: database)
        for place in stride(from: 2 * 4096 + 2000, to: bytes.count, by: 4096) { bytes[place] ^= 1 }
        try bytes.write(to: database)
    }

    /// Makes a vault that opens quickly.
    func makeVault() throws -> Outcome { try run("init", "--kdf", "minimum") }
}

/// A few lines of Hearth CSV.
func csv(day: String, rates: Range<Int>) -> String {
    var text = "time,quantity,value\n"
    for (index, rate) in rates.enumerated() {
        let minute = index % 60 < 10 ? "0\(index % 60)" : "\(index % 60)"
        let hour = index / 60 < 10 ? "0\(index / 60)" : "\(index / 60)"
        text += "\(day)T\(hour):\(minute):00Z,heart-rate,\(rate)\n"
    }
    return text
}
