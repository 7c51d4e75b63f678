// SPDX-License-Identifier: Apache-2.0
internal import CHearthSystem
internal import Foundation
public import HearthVault

/// A backup on the disk: a folder of numbered files, or one file with everything.
///
/// Packs never change, so each run adds one file with the packs that are new, and the numbers of
/// those that are gone. A file is complete or not there.
public struct BackupFolder {
    /// What a run wrote.
    public struct Run: Sendable {
        public var packs = 0
        public var removed = 0
        public var bytes = 0
        /// The file it wrote.
        public var path = ""
    }

    /// The end of the name of a backup that is one file.
    public static let fileSuffix = ".hearthbackup"
    private static let batch = 64

    private let path: String
    private let isFile: Bool

    public init(path: String) {
        self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        var isDirectory: ObjCBool = false
        let exists = unsafe FileManager.default.fileExists(
            atPath: path, isDirectory: &isDirectory)
        isFile = exists ? !isDirectory.boolValue : path.hasSuffix(Self.fileSuffix)
    }

    /// Where the key bundle goes if nothing else is said: beside the backup, not in it.
    public var keysPath: String {
        let stem = isFile ? String(path.dropLast(Self.fileSuffix.count)) : path
        return stem + ".hearthkeys"
    }

    // MARK: Reading

    /// The whole backup.
    ///
    /// - Throws: `damaged`, `unsupportedVersion`, `io`; unless `toleratesDamage`, also `damaged`
    ///   if any byte is not as it was written.
    public func open(toleratesDamage: Bool = false) throws(VaultError) -> BackupArchive {
        var segments: [BackupSegment] = []
        for file in try files() {
            let segment = try BackupSegment(try Self.input(file))
            if !toleratesDamage, try !segment.isIntact() {
                throw VaultError(.damaged, "\(Self.name(file)) was changed since it was written")
            }
            segments.append(segment)
        }
        return try BackupArchive(segments)
    }

    private func files() throws(VaultError) -> [String] {
        guard !isFile else {
            return FileManager.default.fileExists(atPath: path) ? [path] : []
        }
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        do {
            return try FileManager.default.contentsOfDirectory(atPath: path)
                .filter { $0.hasPrefix("packs-") && $0.hasSuffix(Self.fileSuffix) }
                .sorted().map { "\(path)/\($0)" }
        } catch { throw VaultError(.io, "the backup's folder cannot be read") }
    }

    private static func name(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }

    private static func input(_ path: String) throws(VaultError) -> BackupInput {
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw VaultError(.io, "\(name(path)) cannot be opened")
        }
        let label = name(path)
        let size: UInt64
        do { size = try handle.seekToEnd() } catch {
            throw VaultError(.io, "\(label) cannot be read")
        }
        return BackupInput(size: Int(size)) { (offset, count) throws(VaultError) in
            do {
                try handle.seek(toOffset: UInt64(offset))
                return [UInt8](try handle.read(upToCount: count) ?? Data())
            } catch { throw VaultError(.io, "\(label) cannot be read") }
        }
    }

    // MARK: Writing

    /// Adds what the store holds and the backup does not.
    ///
    /// - Parameter time: now, in nanoseconds since the Unix epoch.
    /// - Throws: `damaged` if the folder holds the backup of another vault or a damaged one,
    ///   `vaultExists` if a file is there already, `diskFull`, `io`.
    public func add(_ store: SealedStore, time: Int64) throws(VaultError) -> Run {
        let known = try files()
        guard !isFile || known.isEmpty else {
            throw VaultError(.vaultExists, "\(Self.name(path)) is there already")
        }
        var (number, previous) = (UInt64(1), [UInt8](repeating: 0, count: 32))
        var present: Set<UInt64> = []
        if !known.isEmpty {
            let archive = try open(toleratesDamage: true)
            guard let last = archive.segments.last, last.vaultID == store.vaultID else {
                throw VaultError(.damaged, "the folder holds the backup of another vault")
            }
            (number, previous) = (last.number + 1, last.check)
            present = archive.present
        }
        let stored = try store.packIDs()
        var run = Run()
        var writer = BackupSegmentWriter(
            vaultID: store.vaultID, number: number, previous: previous, time: time)
        let gone = present.subtracting(stored).sorted()
        for id in gone { writer.remove(id) }
        run.removed = gone.count
        let file = try NewFile(target(number))
        let added = stored.filter { !present.contains($0) }
        for start in stride(from: 0, to: added.count, by: Self.batch) {
            let ids = Array(added[start..<min(start + Self.batch, added.count)])
            for (id, sealed) in zip(ids, try store.packs(ids)) {
                guard let sealed else {
                    throw VaultError(.damaged, "a pack of the store cannot be read")
                }
                try writer.add(id, sealed)
                run.packs += 1
            }
            run.bytes += try file.write(writer.take())
        }
        run.bytes += try file.write(writer.finish(roots: try store.roots()))
        try file.finish()
        run.path = file.path
        return run
    }

    private func target(_ number: UInt64) throws(VaultError) -> String {
        guard !isFile else { return path }
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch { throw VaultError(.io, "the backup's folder cannot be made") }
        let digits = "\(number)"
        let zeros = String(repeating: "0", count: max(0, 6 - digits.count))
        return "\(path)/packs-\(zeros)\(digits)\(Self.fileSuffix)"
    }
}

/// A file that is written under another name and renamed when it is complete and on the disk.
public final class NewFile {
    public let path: String
    private let draft: String
    private let handle: FileHandle

    /// - Throws: `readOnly` if the file cannot be made.
    public init(_ path: String) throws(VaultError) {
        self.path = path
        draft = path + ".new"
        try? FileManager.default.removeItem(atPath: draft)
        let isMade = FileManager.default.createFile(
            atPath: draft, contents: nil, attributes: [.posixPermissions: 0o600])
        guard isMade, let handle = FileHandle(forWritingAtPath: draft) else {
            throw VaultError(.readOnly, "\(path) cannot be written")
        }
        self.handle = handle
    }

    /// Writes bytes and says how many there were.
    public func write(_ bytes: [UInt8]) throws(VaultError) -> Int {
        do { try handle.write(contentsOf: Data(bytes)) } catch { throw failed() }
        return bytes.count
    }

    /// Makes the file durable and gives it its name; one of that name is replaced.
    public func finish() throws(VaultError) {
        do {
            try handle.synchronize()
            try handle.close()
        } catch { throw failed() }
        guard unsafe rename(draft, path) == 0 else { throw failed() }
        // The name is durable when the folder is.
        let cut = path.lastIndex(of: "/")
        let folder = cut.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let descriptor = unsafe open(folder, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failed() }
        defer { close(descriptor) }
        guard hearth_sync_file(descriptor) == 0 else { throw failed() }
    }

    private func failed() -> VaultError {
        try? FileManager.default.removeItem(atPath: draft)
        return VaultError(.diskFull, "\(path) cannot be written; is the disk full?")
    }
}
