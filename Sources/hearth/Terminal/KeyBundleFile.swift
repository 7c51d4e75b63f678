// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthCrypto
import HearthPipeline
import HearthVault

/// A key bundle as a file: as it is, or inside an age file.
enum KeyBundleFile {
    private static let largest = 2 << 30

    // MARK: Writing

    static func write(_ bundle: KeyBundle, to path: String, _ writer: consuming AgeWriter?) throws {
        let file = try NewFile(path)
        guard var writer = writer else {
            _ = try file.write(bundle.encoded)
            return try file.finish()
        }
        var bytes: [UInt8] = []
        try writer.write(bundle.encoded.span, into: &bytes)
        try writer.finish(into: &bytes)
        _ = try file.write(bytes)
        try file.finish()
    }

    // MARK: Reading

    /// Reads a bundle; `open` gives the reader for one that is inside an age file.
    static func read(_ path: String, _ open: () throws -> AgeReader) throws -> KeyBundle {
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw VaultError(.io, "\(path): the key bundle cannot be opened")
        }
        let data: Data
        do { data = try handle.read(upToCount: largest) ?? Data() } catch {
            throw VaultError(.io, "\(path): the key bundle cannot be read")
        }
        let bytes = [UInt8](data)
        if KeyBundle.isBundle(bytes) { return try KeyBundle(bytes) }
        var reader = try open()
        var plain: [UInt8] = []
        try reader.read(bytes.span, into: &plain)
        try reader.finish(into: &plain)
        return try KeyBundle(plain)
    }

    /// The identity in a file that `age-keygen` wrote: the first line that is no comment.
    static func identity(_ path: String) throws -> AgeIdentity {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw VaultError(.io, "\(path): the identity cannot be opened")
        }
        defer { close(descriptor) }
        // age-keygen writes two comments; a file of another kind is not read to its end.
        for _ in 0..<100 {
            let line = try PassphraseInput.readLine(descriptor: descriptor)
            if line.withBytes({ $0[0] != UInt8(ascii: "#") }) {
                return try AgeIdentity(text: line)
            }
        }
        throw AgeError(.badKey, "\(path) holds no identity")
    }
}
