// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// What the worker must never do, tried from inside its sandbox.
@Suite struct SandboxTests {
    private func check(_ arguments: String...) throws -> (denied: Int, allowed: Int, text: String) {
        let process = Process()
        process.executableURL = CommandLineTool.products.appending(path: "hearth-sandbox-check")
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(
            decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let lines = text.split(separator: "\n")
        return (
            lines.count { $0.hasPrefix("denied ") }, lines.count { $0.hasPrefix("ALLOWED ") }, text
        )
    }

    @Test func `every forbidden act is denied`() throws {
        let (denied, allowed, text) = try check()
        #expect(allowed == 0, "\(text)")
        #expect(denied >= 80)
    }

    @Test func `each of the two strong layers denies much without the other`() throws {
        let withoutFilter = try check("--without-seccomp")
        #expect(withoutFilter.denied >= 40, "\(withoutFilter.text)")
        let withoutLandlock = try check("--without-landlock")
        #expect(withoutLandlock.allowed == 0, "\(withoutLandlock.text)")
    }

    @Test func `without the sandbox most of these acts work, so the test tests something`() throws {
        let (_, allowed, text) = try check("--none")
        #expect(allowed >= 45, "\(text)")
    }

    @Test func `doctor names the layers that are in force`() throws {
        let tool = try CommandLineTool()
        let outcome = try tool.runBare(["doctor", "--json"])
        let object = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
        let report = try #require(object as? [String: Any])
        #expect(report["schema"] as? String == "hearth.doctor/2")
        #expect(report["worker"] as? Bool == true)
        #expect((report["layers"] as? [[String: Any]])?.count == 7)
        #expect(outcome.code == (report["isSound"] as? Bool == true ? 0 : 1))
    }

    @Test func `ingest says when it cannot isolate`() throws {
        let tool = try CommandLineTool()
        _ = try tool.run("init", "--kdf", "minimum")
        let path = try tool.write(
            "time,quantity,value\n2026-01-05T00:00:00Z,heart-rate,60\n", to: "a.csv")
        let off = try tool.run("ingest", "--isolation", "off", path)
        #expect(off.code == 0)
        #expect(off.talk.contains("isolation is off"))
        #expect(try tool.run("ingest", "--isolation", "required", path).code == 0)
        #expect(try tool.run("ingest", "--isolation", "sometimes", path).code == 64)
    }
}
