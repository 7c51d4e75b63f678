// SPDX-License-Identifier: Apache-2.0

import Foundation
import HearthCrypto
import Testing

/// Files that we write, and the program `age` where it is installed.
@Suite struct AgeTests {
    static let age = "/usr/bin/age"
    static let hasAge = FileManager.default.isExecutableFile(atPath: age)

    static func content(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
        var state = seed
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 33)
        }
    }

    /// A file written in pieces of `piece` bytes.
    static func written(
        _ writer: consuming AgeWriter, _ content: [UInt8], piece: Int = 10_007
    ) throws -> [UInt8] {
        var writer = writer
        var file: [UInt8] = []
        for start in stride(from: 0, to: content.count, by: piece) {
            let end = min(start + piece, content.count)
            try writer.write(content.span.extracting(start..<end), into: &file)
        }
        try writer.finish(into: &file)
        return file
    }

    static func opened(_ reader: consuming AgeReader, _ file: [UInt8]) throws -> [UInt8] {
        var reader = reader
        var content: [UInt8] = []
        try reader.read(file.span, into: &content)
        try reader.finish(into: &content)
        return content
    }

    @Test(arguments: [0, 1, 65_535, 65_536, 65_537, 131_072, 200_000])
    func `what is written for a recipient opens with the identity`(count: Int) throws {
        let identity = try AgeIdentity.generate()
        let text = try identity.text()
        let content = Self.content(count)
        let other = try AgeIdentity.generate().recipient
        let file = try Self.written(
            try AgeWriter(recipients: [other, identity.recipient]), content)
        #expect(try Self.opened(AgeReader(identity: AgeIdentity(text: text)), file) == content)
        let stranger = try AgeIdentity.generate()
        #expect(throws: AgeError.self) {
            try Self.opened(AgeReader(identity: AgeIdentity(text: stranger.text())), file)
        }
    }

    @Test func `a passphrase opens what was written for it, and no other does`() throws {
        let content = Self.content(1000)
        let file = try Self.written(
            try AgeWriter(passphrase: secret("long enough"), workFactor: 10), content)
        #expect(try Self.opened(AgeReader(passphrase: secret("long enough")), file) == content)
        let failure = #expect(throws: AgeError.self) {
            try Self.opened(AgeReader(passphrase: secret("long enougH")), file)
        }
        #expect(failure?.code == .noMatch)
    }

    @Test func `a file that asks for more work than allowed is refused before the work`() throws {
        let file = try Self.written(
            try AgeWriter(passphrase: secret("p"), workFactor: 12), [1, 2, 3])
        let start = ContinuousClock.now
        let failure = #expect(throws: AgeError.self) {
            try Self.opened(AgeReader(passphrase: secret("p"), maximumWork: 11), file)
        }
        #expect(failure?.code == .tooMuchWork)
        #expect(ContinuousClock.now - start < .seconds(1))
    }

    @Test func `every change of a byte and every cut is refused`() throws {
        let identity = try AgeIdentity.generate()
        let file = try Self.written(try AgeWriter(recipients: [identity.recipient]), [7, 8, 9])
        for place in file.indices {
            var changed = file
            changed[place] ^= 1
            #expect(throws: AgeError.self, "byte \(place)") {
                try Self.opened(AgeReader(identity: AgeIdentity(text: identity.text())), changed)
            }
            #expect(throws: AgeError.self, "cut at \(place)") {
                try Self.opened(
                    AgeReader(identity: AgeIdentity(text: identity.text())),
                    Array(file.prefix(place)))
            }
        }
    }

    @Test func `keys are the texts that the format's own vectors use`() throws {
        // The recipient that age-keygen -y of age 1.1.1 prints for this identity.
        let identity = try AgeIdentity(
            text: secret(
                "AGE-SECRET-" + "KEY-1EGTZVFFV20835NWYV6270LXYVK2VKNX2MMDKWYKLMGR48UAWX40Q2P2LM0"))
        let text = identity.recipient.text
        #expect(text == "age1xmwwc06ly3ee5rytxm9mflaz2u56jjj36s0mypdrwsvlul66mv4q47ryef")
        #expect(try AgeRecipient(text) == identity.recipient)
        for wrong in ["", "age1", text.uppercased(), text + "q", "age1" + text.dropFirst(5)] {
            #expect(throws: AgeError.self) { try AgeRecipient(wrong) }
        }
    }

    // MARK: The program age

    /// Runs a program with bytes on its input.
    static func run(_ program: String, _ arguments: [String], _ input: [UInt8] = []) throws -> (
        code: Int32, output: [UInt8]
    ) {
        let folder = FileManager.default.temporaryDirectory
        let (from, to) = (
            folder.appending(path: UUID().uuidString), folder.appending(path: UUID().uuidString)
        )
        defer {
            try? FileManager.default.removeItem(at: from)
            try? FileManager.default.removeItem(at: to)
        }
        try Data(input).write(to: from)
        try Data().write(to: to)
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.standardInput = try FileHandle(forReadingFrom: from)
        process.standardOutput = try FileHandle(forWritingTo: to)
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return (process.terminationStatus, [UInt8](try Data(contentsOf: to)))
    }

    @Test(.enabled(if: hasAge, "the program age is not installed"))
    func `the program age opens what we write for its key`() throws {
        let key = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: key) }
        #expect(try Self.run("/usr/bin/age-keygen", ["-o", key.path]).code == 0)
        let printed = try Self.run("/usr/bin/age-keygen", ["-y", key.path]).output
        let recipient = try AgeRecipient(
            String(decoding: printed, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        )
        for count in [0, 5, 65_536, 150_000] {
            let content = Self.content(count)
            let file = try Self.written(try AgeWriter(recipients: [recipient]), content)
            let back = try Self.run(Self.age, ["-d", "-i", key.path], file)
            #expect(back.code == 0)
            #expect(back.output == content)
        }
    }

    @Test(.enabled(if: hasAge, "the program age is not installed"))
    func `we open what the program age writes, plain and as text`() throws {
        let identity = try AgeIdentity.generate()
        for flags in [[], ["-a"]] {
            for count in [0, 100, 65_536, 150_000] {
                let content = Self.content(count, seed: 3)
                let file = try Self.run(Self.age, flags + ["-r", identity.recipient.text], content)
                #expect(file.code == 0)
                let text = try identity.text()
                #expect(
                    try Self.opened(AgeReader(identity: AgeIdentity(text: text)), file.output)
                        == content)
            }
        }
    }

    /// age asks for passphrases on a terminal only, so script(1) gives it one.
    @Test(
        .enabled(
            if: hasAge && FileManager.default.isExecutableFile(atPath: "/usr/bin/script"),
            "the programs age or script are not installed"))
    func `the program age opens what we write for a passphrase`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let content = Self.content(1000)
        let file = try Self.written(
            try AgeWriter(passphrase: secret("correct horse"), workFactor: 12), content)
        try Data(file).write(to: folder.appending(path: "a.age"))
        let command = "\(Self.age) -d -o \(folder.path)/out \(folder.path)/a.age"
        _ = try Self.run(
            "/usr/bin/script", ["-qec", command, "/dev/null"], Array("correct horse\n".utf8))
        #expect(try [UInt8](Data(contentsOf: folder.appending(path: "out"))) == content)
    }
}
