// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthCrypto
import HearthRights

/// Writes files that hold health data: readable by their owner alone, complete or not there.
enum OutputFile {
    static func write(_ data: Data, to path: String) throws {
        do {
            try data.write(to: URL(filePath: path), options: .atomic)
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o600], ofItemAtPath: path)
        } catch {
            throw RightsError(.cannotWrite, "\(path) cannot be written")
        }
    }

    /// Tries that a file can be made where `path` names one, before something that cannot be undone.
    static func tryWriting(beside path: String) throws {
        let probe = "\(path).try-\(UUID().uuidString.prefix(8))"
        defer { try? FileManager.default.removeItem(atPath: probe) }
        let there = try? FileManager.default.attributesOfItem(atPath: path)
        let isFolder = there?[.type] as? FileAttributeType == .typeDirectory
        guard !isFolder, (try? write(Data([0]), to: probe)) != nil else {
            throw RightsError(.cannotWrite, "\(path) cannot be written")
        }
    }
}

/// A new or empty folder that an export is written to.
final class FolderSink: ExportSink {
    private let root: URL
    private var handle: FileHandle?
    private var name = ""

    /// - Parameter parent: the folder that has to be empty, if it is another.
    /// - Throws: if the folder cannot be made or holds something.
    init(path: String, parent: String? = nil) throws {
        root = URL(filePath: path)
        let files = FileManager.default
        let whole = parent ?? path
        if let content = try? files.contentsOfDirectory(atPath: whole), !content.isEmpty {
            throw RightsError(
                .cannotWrite, "\(whole) is not empty; expected a new or empty folder")
        }
        do {
            try files.createDirectory(
                at: root, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw RightsError(.cannotWrite, "the folder \(path) cannot be made")
        }
    }

    func begin(_ name: String) throws(RightsError) {
        self.name = name
        let url = root.appending(path: name)
        let path = url.path
        let parent = url.deletingLastPathComponent()
        try? FileManager.default.createDirectory(
            at: parent, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let made = FileManager.default.createFile(
            atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
        handle = FileHandle(forWritingAtPath: path)
        if !made || handle == nil { throw failed() }
    }

    func write(_ bytes: Span<UInt8>) throws(RightsError) {
        let data = unsafe bytes.withUnsafeBufferPointer { unsafe Data(buffer: $0) }
        do { try handle?.write(contentsOf: data) } catch { throw failed() }
    }

    func end() throws(RightsError) {
        do { try handle?.close() } catch { throw failed() }
        handle = nil
    }

    /// Makes an empty file that its owner alone can read, for a writer of its own; returns its path.
    func reserve(_ name: String) throws(RightsError) -> String {
        try begin(name)
        try end()
        return root.appending(path: name).path
    }

    /// The size and checksum of a file that another wrote.
    func described(
        _ name: String, _ format: ExportFormat, rows: Int
    ) throws(RightsError) -> ExportedFile {
        self.name = name
        let hasher = SHA256Hasher()
        var count = 0
        do {
            let file = try FileHandle(forReadingFrom: root.appending(path: name))
            while let data = try file.read(upToCount: 1 << 20), !data.isEmpty {
                hasher.update([UInt8](data).span)
                count += data.count
            }
            try file.close()
        } catch { throw failed() }
        let digits = hasher.finish().map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        return ExportedFile(
            name: name, format: format, bytes: count, sha256: digits.joined(), rows: rows)
    }

    private func failed() -> RightsError {
        RightsError(.cannotWrite, "\(name) cannot be written; is the disk full?")
    }
}
