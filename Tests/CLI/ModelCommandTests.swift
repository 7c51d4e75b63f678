// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthTestSupport
import Testing

/// What the program says of the models it ships and of bundles in files.
@Suite struct ModelCommandTests {
    let tool: CommandLineTool

    init() throws { tool = try CommandLineTool() }

    /// The bundle file that is part of the program.
    static var bundle: URL {
        get throws {
            CommandLineTool.project.appending(
                path: "Sources/CHearthBundles/Bundles/sleep.hearthmodel")
        }
    }

    @Test func `list names the models of the program, which need no vault`() throws {
        let outcome = try tool.runBare(["model", "list"])
        #expect(outcome.code == 0, "\(outcome.talk)")
        #expect(outcome.output.contains(try Self.bundle.lastPathComponent))
        #expect(outcome.output.contains("sound"))
        #expect(outcome.talk.isEmpty)
        let json = try JSONValue(parsing: tool.runBare(["model", "list", "--json"]).output)
        #expect(json["schema"] == .text("hearth.models/1"))
        guard case .list(let models) = json["models"] else {
            Issue.record("no models")
            return
        }
        #expect(!models.isEmpty && models.allSatisfy { $0["sound"] == .bool(true) })
    }

    @Test func `show prints intended use, data, measured error and limits`() throws {
        let outcome = try tool.runBare(["model", "show"])
        #expect(outcome.code == 0, "\(outcome.talk)")
        for title in ["Intended use", "Data", "Measured error", "Limits", "SHA-256"] {
            #expect(outcome.output.contains(title), "\(title)")
        }
        let json = try JSONValue(parsing: tool.runBare(["model", "show", "--json"]).output)
        guard case .list(let models) = json["models"], let first = models.first else {
            Issue.record("no models")
            return
        }
        for name in ["intendedUse", "data", "measuredError", "limits"] {
            guard case .list(let texts) = first[name] else {
                Issue.record("no \(name)")
                continue
            }
            #expect(!texts.isEmpty)
        }
    }

    @Test func `verify passes every check of a sound file`() throws {
        let path = try Self.bundle.path
        let outcome = try tool.runBare(["model", "verify", path])
        #expect(outcome.code == 0, "\(outcome.talk)")
        for check in [
            "container", "envelope", "signature", "manifest", "entries", "engine", "features",
            "expiry", "contents",
        ] {
            #expect(outcome.output.contains(check), "\(check)")
        }
        #expect(!outcome.output.contains("failed"))
        #expect(try tool.runBare(["model", "verify"]).code == 0)
    }

    @Test func `a changed file is refused with the reason, and nothing of it is shown`() throws {
        var bytes = try Data(contentsOf: Self.bundle)
        bytes[bytes.count - 1] ^= 1
        let file = tool.folder.appending(path: "changed.hearthmodel")
        try bytes.write(to: file)
        let verified = try tool.runBare(["model", "verify", file.path])
        #expect(verified.code == 1)
        #expect(verified.output.contains("refused"))
        #expect(verified.talk.contains("the check of the entries failed: "))
        #expect(verified.talk.contains("hearth: hint: nothing of this file was used"))
        let shown = try tool.runBare(["model", "show", file.path])
        #expect(shown.code == 1)
        #expect(shown.output.isEmpty)
        let told = try tool.runBare(["model", "verify", file.path, "--json"])
        #expect(told.code == 1)
        let json = try JSONValue(parsing: told.output)
        guard case .list(let bundles) = json["bundles"] else {
            Issue.record("no bundles")
            return
        }
        #expect(bundles.first?["sound"] == .bool(false))
    }

    @Test func `a bundle of a key the program does not know is refused`() throws {
        let file = CommandLineTool.project.appending(
            path: "Tests/HearthInferenceTests/Fixtures/bundle/signed.hearthmodel")
        let outcome = try tool.runBare(["model", "verify", file.path])
        #expect(outcome.code == 1)
        #expect(outcome.talk.contains("the check of the signature failed: "))
    }

    @Test func `a file that is no bundle, or not there, is told apart`() throws {
        let text = try tool.write("no bundle", to: "a.hearthmodel")
        let outcome = try tool.runBare(["model", "verify", text])
        #expect(outcome.code == 1)
        #expect(outcome.talk.contains("the check of the container failed: "))
        let missing = try tool.runBare(["model", "show", "none"])
        #expect(missing.code == 65)
    }
}
