// SPDX-License-Identifier: Apache-2.0
import CHearthSystem
import Foundation
import HearthCrypto
import HearthIntake
import HearthPipeline
import HearthVault

/// What `hearth doctor` finds.
struct Checkup: Encodable {
    struct Layer: Encodable {
        var name: String
        var inForce: Bool
        var protects: String
    }

    struct Storage: Encodable {
        /// The vault's folder, or the nearest one above it that is there.
        var path: String
        /// Such as `ext4 (data=ordered)`.
        var fileSystem: String
        /// The most that an erase reaches here: `E2` or `E3`.
        var erasureLevel: String
        /// Why not more; absent if more is reached.
        var reason: String?
        /// `yes`, `no`, or `unknown` where the device below is not to be seen.
        var encryptedBelow: String
    }

    struct Memory: Encodable {
        var swap: [SwapArea]
        var corePattern: String?
        /// Bytes that may be locked; absent if there is no limit.
        var lockLimit: UInt64?
    }

    struct Library: Encodable {
        var name: String
        var version: String
        /// Known faults of this version that concern Hearth, and what is done about them.
        var notes: [String]
    }

    var schema = "hearth.doctor/2"
    /// The worker was found and answered.
    var worker: Bool
    var layers: [Layer]
    var landlockVersion: Int
    /// Of the process with the keys: crashes print and leave nothing.
    var crashHygiene: Bool
    var libraries: [Library]
    var storage: Storage
    var hasVault: Bool
    var memory: Memory
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
        libraries = LibraryNotes.all(
            sodium: HearthCrypto.libraryVersion,
            sqlite: report?.databaseLibrary ?? LibraryVersions.sqlite,
            archive: report?.archiveLibrary ?? LibraryVersions.archive)
        hasVault = FileManager.default.fileExists(atPath: store)
        storage = Self.storage(of: store)
        memory = Memory(
            swap: SystemTables.swap, corePattern: SystemTables.corePattern,
            lockLimit: SystemTables.lockLimit)
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

    private static func storage(of store: String) -> Storage {
        var url = URL(filePath: store).standardizedFileURL
        while !FileManager.default.fileExists(atPath: url.path), url.pathComponents.count > 1 {
            url.deleteLastPathComponent()
        }
        let claim = FileSystemClaim(at: url.path)
        return Storage(
            path: url.path, fileSystem: claim.description,
            erasureLevel: (claim.isInPlace ? ErasureLevel.noBlock : .noFile).rawValue,
            reason: claim.reason, encryptedBelow: SystemTables.encryption(below: url.path))
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
        for library in libraries {
            lines.append("library       \(library.name) \(library.version)")
            lines += library.notes.map { "                \($0)" }
        }
        lines += storageLines + memoryLines
        lines.append(isSound ? "everything is in force" : "something is missing")
        return lines.joined(separator: "\n")
    }

    private var storageLines: [String] {
        var lines = ["vault on      \(storage.fileSystem)\(hasVault ? "" : "; no vault here yet")"]
        let reach =
            storage.erasureLevel == ErasureLevel.noBlock.rawValue
            ? "E3: keys are overwritten where they lie"
            : "E2 at most: \(storage.reason ?? "")"
        lines.append("  an erase reaches \(reach)")
        switch storage.encryptedBelow {
        case "yes": lines.append("  the disk below is encrypted")
        case "no":
            lines.append("  the disk below is not encrypted: what is outside the vault lies open")
        default: lines.append("  whether the disk below is encrypted cannot be seen from here")
        }
        return lines
    }

    private var memoryLines: [String] {
        var lines: [String] = []
        if memory.swap.isEmpty { lines.append("swap          none") }
        for area in memory.swap {
            let state = area.isEncrypted ? "encrypted" : "NOT encrypted"
            lines.append("swap          \(area.name): \(area.inMemory ? "in memory" : state)")
        }
        if let pattern = memory.corePattern {
            let target = pattern.hasPrefix("|") ? "handed to a program" : "written as files"
            lines.append("core files    \(target) by this system; Hearth makes none")
        }
        lines.append(
            "locked memory \(memory.lockLimit.map { "\($0 >> 10) KiB at most" } ?? "no limit")")
        return lines
    }
}

/// Known faults of library versions, as far as they concern what Hearth calls.
enum LibraryNotes {
    static func all(sodium: String, sqlite: String, archive: String) -> [Checkup.Library] {
        [
            Checkup.Library(name: "libsodium", version: sodium, notes: ofSodium(sodium)),
            Checkup.Library(name: "SQLite", version: sqlite, notes: ofSQLite(sqlite)),
            Checkup.Library(
                name: "libarchive",
                version: archive.replacingOccurrences(of: "libarchive ", with: ""), notes: []),
        ]
    }

    /// Numbers of a version, for comparing.
    static func numbers(_ version: String) -> [Int] {
        version.split(separator: ".").map { Int($0.prefix { $0.isNumber }) ?? 0 }
    }

    private static func isBefore(_ version: String, _ other: [Int]) -> Bool {
        numbers(version).lexicographicallyPrecedes(other)
    }

    private static func ofSodium(_ version: String) -> [String] {
        guard isBefore(version, [1, 0, 21]) else { return [] }
        return [
            "CVE-2025-69277 (a point check that Hearth does not call) unless your system mended it"
        ]
    }

    private static func ofSQLite(_ version: String) -> [String] {
        var notes: [String] = []
        if isBefore(version, [3, 50, 2]) {
            notes.append(
                "CVE-2025-6965 (needs foreign SQL, of which there is none) unless your system mended it"
            )
        }
        if isBefore(version, [3, 51, 3]) {
            notes.append("the WAL-reset fault (needs two connections; Hearth has one at a time)")
        }
        return notes
    }
}
