// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Files read and written whole, without what Foundation does beside.
enum WholeFile {
    static func read(_ path: String) throws -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw CocoaError(.fileReadNoSuchFile) }
        defer { close(descriptor) }
        var status = stat()
        fstat(descriptor, &status)
        let size = Int(status.st_size)
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
            while filled < size {
                let done = pread(
                    descriptor, buffer.baseAddress! + filled, size - filled, off_t(filled))
                guard done > 0 else { break }
                filled += done
            }
        }
        guard bytes.count == size else { throw CocoaError(.fileReadUnknown) }
        return bytes
    }

    static func write(_ bytes: [UInt8], to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw CocoaError(.fileWriteUnknown) }
        defer { close(descriptor) }
        var done = 0
        while done < bytes.count {
            let written = bytes.withUnsafeBytes {
                pwrite(descriptor, $0.baseAddress! + done, bytes.count - done, off_t(done))
            }
            guard written > 0 else { throw CocoaError(.fileWriteUnknown) }
            done += written
        }
        ftruncate(descriptor, off_t(bytes.count))
    }
}

/// The files of a vault that nobody has open, in memory: to be laid out, damaged and opened again
/// and again. The lock and the ballast hold nothing and are left out.
struct StoreImage: Sendable {
    /// By path below the folder that has `store` and `state` in it.
    var files: [String: [UInt8]] = [:]

    static let database = "store/store.db"
    static let log = "store/store.db-wal"
    static let keys = ["store/keys.a", "store/keys.b"]
    /// What SQLite makes and takes away again.
    static let passing = ["store/store.db-wal", "store/store.db-shm", "store/store.db-journal"]

    /// Path of the anchor, which has the vault's number in it.
    var anchor: String? { files.keys.first { $0.hasSuffix("/anchor") } }

    init(of folder: String) throws {
        for part in ["store", "state"] {
            let names = FileManager.default.enumerator(atPath: "\(folder)/\(part)")
            while let name = names?.nextObject() as? String {
                let path = "\(part)/\(name)"
                var isFolder: ObjCBool = false
                _ = FileManager.default.fileExists(
                    atPath: "\(folder)/\(path)", isDirectory: &isFolder)
                let skipped = ["lock", "ballast", "store.db-shm"].contains(name)
                guard !isFolder.boolValue, !skipped else { continue }
                files[path] = try WholeFile.read("\(folder)/\(path)")
            }
        }
    }

    /// Writes the files and removes what else lies there.
    func lay(in folder: String) throws {
        let manager = FileManager.default
        for part in ["store", "state"] {
            try? manager.createDirectory(
                atPath: "\(folder)/\(part)", withIntermediateDirectories: true)
        }
        for path in Self.passing { unlink("\(folder)/\(path)") }
        for (path, bytes) in files {
            let place = "\(folder)/\(path)"
            do { try WholeFile.write(bytes, to: place) } catch {
                try manager.createDirectory(
                    atPath: URL(filePath: place).deletingLastPathComponent().path,
                    withIntermediateDirectories: true)
                try WholeFile.write(bytes, to: place)
            }
        }
    }

    var bytes: Int { files.values.reduce(0) { $0 + $1.count } }

    func with(_ path: String, _ change: (inout [UInt8]) -> Void) -> StoreImage {
        var copy = self
        change(&copy.files[path, default: []])
        return copy
    }
}

/// A folder that lives in memory where the system has such a place, removed with its owner.
final class Scratch {
    let folder: String

    init(_ bench: Bench, inMemory: Bool = true) throws {
        let memory = "/dev/shm"
        let root =
            inMemory && FileManager.default.isWritableFile(atPath: memory) ? memory : bench.folder
        folder = "\(root)/hearth-faults-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// An empty folder below.
    func place(_ name: String) throws -> String {
        let path = "\(folder)/\(name)"
        try? FileManager.default.removeItem(atPath: path)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }
}

/// Counts how often byte strings occur in others.
enum Occurrences {
    /// Places of `haystack` that hold `needle`.
    static func count(of needle: ArraySlice<UInt8>, in haystack: [UInt8]) -> Int {
        guard !needle.isEmpty else { return 0 }
        return haystack.withUnsafeBytes { hay in
            needle.withUnsafeBytes { probe in
                guard let start = hay.baseAddress, let wanted = probe.baseAddress else { return 0 }
                var (found, at) = (0, 0)
                while at + probe.count <= hay.count,
                    let hit = memchr(
                        start + at, Int32(probe[0]), hay.count - at - probe.count + 1)
                {
                    if memcmp(hit, wanted, probe.count) == 0 { found += 1 }
                    at = UnsafeRawPointer(hit) - start + 1
                }
                return found
            }
        }
    }

    static func count(of text: String, in haystack: [UInt8]) -> Int {
        count(of: Array(text.utf8)[...], in: haystack)
    }
}
