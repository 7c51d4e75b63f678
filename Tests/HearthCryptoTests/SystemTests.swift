// SPDX-License-Identifier: Apache-2.0

import CHearthSystem
import Foundation
import HearthCrypto
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

@Suite struct PassphraseInputTests {
    @Test func `one line is read and nothing behind it`() throws {
        let pipe = try Piped("first line\r\nsecond\n\nlast")
        #expect(try PassphraseInput.readLine(descriptor: pipe.end).revealed() == utf8("first line"))
        #expect(try PassphraseInput.readLine(descriptor: pipe.end).revealed() == utf8("second"))
        #expect(refusal(pipe.end) == .noPassphrase)
        #expect(try PassphraseInput.readLine(descriptor: pipe.end).revealed() == utf8("last"))
        #expect(refusal(pipe.end) == .noPassphrase)
    }

    @Test func `bytes that are not text are kept as they are`() throws {
        let pipe = try Piped("pä ss\u{0}\t ß ")
        let line = try PassphraseInput.readLine(descriptor: pipe.end)
        #expect(line.revealed() == utf8("pä ss\u{0}\t ß "))
    }

    @Test func `the longest line is read, one byte more is refused and skipped`() throws {
        let longest = String(repeating: "x", count: PassphraseInput.maximumBytes)
        let pipe = try Piped(longest + "\n" + longest + "y\nnext")
        #expect(try PassphraseInput.readLine(descriptor: pipe.end).revealed() == utf8(longest))
        #expect(refusal(pipe.end) == .passphraseTooLong)
        #expect(try PassphraseInput.readLine(descriptor: pipe.end).revealed() == utf8("next"))
    }

    @Test func `a closed descriptor is an error`() {
        #expect(refusal(-1) == .noPassphrase)
    }

    @Test func `a refused line leaves zeros in the buffer`() throws {
        let pipe = try Piped("abcdefgh")
        var buffer = [UInt8](repeating: 9, count: 4)
        #expect(hearth_read_line(pipe.end, &buffer, buffer.count) == -1)
        #expect(errno == ERANGE)
        #expect(buffer == [0, 0, 0, 0])
    }

    private func refusal(_ descriptor: Int32) -> CryptoErrorCode? {
        code { () throws(CryptoError) in
            _ = try PassphraseInput.readLine(descriptor: descriptor)
        }
    }

    private func utf8(_ text: String) -> [UInt8] { Array(text.utf8) }
}

/// The read end of a pipe that holds a text.
final class Piped {
    let end: Int32

    init(_ text: String) throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        end = ends[0]
        try #require(write(ends[1], text, text.utf8.count) == text.utf8.count)
        close(ends[1])
    }

    deinit { close(end) }
}

@Suite struct SystemFileTests {
    @Test func `a lock is held by one open file only`() throws {
        let file = try TemporaryFile()
        let first = open(file.path, O_RDWR)
        let second = open(file.path, O_RDWR)
        defer { close(second) }
        #expect(hearth_flock_try(first) == 0)
        #expect(hearth_flock_try(second) == 1)
        close(first)
        #expect(hearth_flock_try(second) == 0)
        #expect(hearth_flock_try(-1) == -1)
    }

    @Test func `preallocated blocks are there, and contents stay`() throws {
        let file = try TemporaryFile()
        let descriptor = open(file.path, O_RDWR)
        defer { close(descriptor) }
        #expect(write(descriptor, "abc", 3) == 3)
        #expect(hearth_preallocate(descriptor, 1 << 20) == 0)
        #expect(hearth_preallocate(descriptor, 1 << 10) == 0)
        var status = stat()
        #expect(fstat(descriptor, &status) == 0)
        #expect(status.st_size == 1 << 20)
        #expect(Int64(status.st_blocks) * 512 >= 1 << 20)
        var bytes = [UInt8](repeating: 0, count: 4)
        #expect(pread(descriptor, &bytes, 4, 0) == 4)
        #expect(bytes == [0x61, 0x62, 0x63, 0])
        #expect(hearth_preallocate(descriptor, Int64.max) == -1)
    }

    @Test func `files and folders are made durable, closed descriptors are not`() throws {
        let file = try TemporaryFile()
        let descriptor = open(file.path, O_RDWR)
        #expect(hearth_sync_data(descriptor) == 0)
        #expect(hearth_sync_file(descriptor) == 0)
        close(descriptor)
        let folder = open(NSTemporaryDirectory(), O_RDONLY)
        #expect(hearth_sync_file(folder) == 0)
        close(folder)
        #expect(hearth_sync_data(-1) == -1)
        #expect(hearth_sync_file(-1) == -1)
    }

    @Test func `file systems are named`() {
        #expect(fileSystem(NSTemporaryDirectory())?.isEmpty == false)
        #expect(fileSystem("/no/such/folder") == nil)
        #if os(Linux)
            #expect(fileSystem("/proc") == "proc")
        #endif
    }

    private func fileSystem(_ path: String) -> String? {
        var type = [CChar](repeating: 1, count: 32)
        var mode = [CChar](repeating: 1, count: 32)
        let result = hearth_file_system(path, &type, type.count, &mode, mode.count)
        guard result == 0 else { return nil }
        return String(decoding: type.prefix { $0 != 0 }.map { UInt8($0) }, as: UTF8.self)
    }
}

/// An empty file that goes away with its owner.
final class TemporaryFile {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "/hearth-test-\(SecureRandom.uint64())"
        try #require(FileManager.default.createFile(atPath: path, contents: nil))
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
