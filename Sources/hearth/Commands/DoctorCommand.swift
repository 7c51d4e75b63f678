// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CHearthSystem
import Foundation
import HearthIntake
import HearthPipeline
import HearthVault

struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Say which protections are in force on this system.",
        discussion: """
            Files are parsed in a worker process that may do nothing but read one open file and \
            write to one pipe. A worker is started and asked which layers of that are in force. \
            Exit code 1: a layer is missing.
            """)

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var vault: VaultOptions

    func run() throws {
        let checkup = Checkup(store: vault.location.store)
        print(json ? try checkup.json : checkup.text)
        if !checkup.isSound { throw ExitStatus.failed }
    }
}

/// What `hearth doctor` finds.
private struct Checkup: Encodable {
    struct Layer: Encodable {
        var name: String
        var inForce: Bool
        var protects: String
    }

    var schema = "hearth.doctor/1"
    /// The worker was found and answered.
    var worker: Bool
    var layers: [Layer]
    var landlockVersion: Int
    /// Of the process with the keys: crashes print and leave nothing.
    var crashHygiene: Bool
    var libarchive: String
    var sqlite: String
    /// Of the vault's folder; absent if there is none.
    var fileSystem: String?
    var isSound: Bool

    init(store: String) {
        let report = WorkerProgram.report()
        worker = report != nil
        let bits = report?.layers ?? 0
        layers = Self.all.map { bit, name, protects in
            Layer(name: name, inForce: bits & UInt32(bit) != 0, protects: protects)
        }
        landlockVersion = Int(report?.landlock ?? 0)
        crashHygiene = hearth_crash_hygiene_missing() == 0
        libarchive = report?.archiveLibrary ?? LibraryVersions.archive
        sqlite = report?.databaseLibrary ?? LibraryVersions.sqlite
        fileSystem = Self.fileSystem(of: store)
        isSound = worker && crashHygiene && layers.allSatisfy(\.inForce)
    }

    private static let all: [(Int32, String, String)] = [
        (Int32(HEARTH_SANDBOX_HYGIENE), "crash-hygiene", "a crash prints and leaves nothing"),
        (Int32(HEARTH_SANDBOX_LIMITS), "limits", "memory, time, files, processes"),
        (Int32(HEARTH_SANDBOX_NO_NEW_PRIVS), "no-new-privileges", "no program gains rights"),
        (Int32(HEARTH_SANDBOX_MDWE), "no-new-code", "no memory becomes executable"),
        (Int32(HEARTH_SANDBOX_LANDLOCK), "landlock", "no path, port or signal"),
        (Int32(HEARTH_SANDBOX_SECCOMP), "seccomp", "no system call but those of parsing"),
        (
            Int32(HEARTH_SANDBOX_SELF_TEST), "self-test",
            "opening a file and a socket was tried and refused"
        ),
    ]

    private static func fileSystem(of path: String) -> String? {
        var type = [CChar](repeating: 0, count: 64)
        var mode = [CChar](repeating: 0, count: 64)
        let status = unsafe hearth_file_system(path, &type, type.count, &mode, mode.count)
        guard status == 0 else { return nil }
        return text(type) + (mode[0] == 0 ? "" : " (data=\(text(mode)))")
    }

    private static func text(_ characters: [CChar]) -> String {
        String(
            decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }

    var text: String {
        var lines = ["worker        \(worker ? "found, and it starts" : "not found beside hearth")"]
        for layer in layers {
            let name = layer.name.padding(toLength: 18, withPad: " ", startingAt: 0)
            let version =
                layer.name == "landlock" && layer.inForce ? " (version \(landlockVersion))" : ""
            lines.append(
                "  \(layer.inForce ? "yes" : "NO ") \(name) \(layer.protects)\(version)")
        }
        lines.append("this process  crash hygiene \(crashHygiene ? "in force" : "NOT in force")")
        lines.append("libraries     \(libarchive), SQLite \(sqlite)")
        lines.append("vault on      \(fileSystem ?? "no vault here yet")")
        lines.append(isSound ? "everything is in force" : "something is missing")
        return lines.joined(separator: "\n")
    }
}
