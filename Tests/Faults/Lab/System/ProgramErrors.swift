// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthTestSupport

/// The whole program with one failing call: how it ends, and what is stored then.
struct ProgramErrors {
    let shim: String
    let program: String
    let folder: String

    /// How the program may end when a disk fails: done, failed, or some input skipped.
    private static let honest: Set<Int32> = [0, 1, 3]

    func run(cases: Int, seed: UInt64) throws -> ChildReport {
        var report = ChildReport()
        var random = SeededRandom(seed: seed)
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        try Data("correct horse battery staple\n".utf8).write(
            to: URL(fileURLWithPath: folder + "/passphrase"))
        guard try act(["init", "--kdf", "minimum"], nil).code == 0 else {
            report.fail("no vault could be made")
            return report
        }
        for number in 0..<cases {
            let kinds = FaultKind.allCases.filter { $0 != .silent }
            let kind = kinds[Int.random(in: 0..<kinds.count, using: &random)]
            let call = Int.random(in: 1..<110, using: &random)
            let stays = kind.canStay && Bool.random(using: &random)
            let file = try write(number)
            let fault = "\(call) \(kind.rawValue) \(stays ? 1 : 0)"
            let first = try act(["ingest", file], fault)
            let again = try act(["ingest", file], nil)
            let check = try act(["verify"], nil)
            report.attempts += 1
            report.count("program ended with \(first.code)")
            if let problem = Self.problem(first, again, check) {
                report.fail("the program, seed \(seed), fault \(fault): \(problem)")
            }
        }
        return report
    }

    private static func problem(_ first: Ending, _ again: Ending, _ check: Ending) -> String? {
        if !honest.contains(first.code) {
            return "ended with \(first.code): \(first.talk.prefix(300))"
        }
        if first.code != 0, !first.talk.contains("hearth: error: ") {
            return "ended with \(first.code) and did not say why"
        }
        if first.output.hasPrefix("read "), !again.output.hasPrefix("known ") {
            return "what was acknowledged is not there"
        }
        if again.code != 0 { return "afterwards it ends with \(again.code): \(again.talk)" }
        if check.code != 0 { return "verify afterwards: \(check.talk)\(check.output)" }
        return nil
    }

    private struct Ending {
        var code: Int32
        var output: String
        var talk: String
    }

    private func write(_ number: Int) throws -> String {
        let day = 10 + number % 20
        let rows = (0..<30).map { minute in
            let digits = minute < 10 ? "0\(minute)" : "\(minute)"
            return "2024-\(10 + number / 20 % 3)-\(day)T00:\(digits):00Z,heart-rate,\(60 + minute)"
        }
        let path = "\(folder)/file-\(number).csv"
        try Data(("time,quantity,value\n" + rows.joined(separator: "\n") + "\n").utf8)
            .write(to: URL(fileURLWithPath: path))
        return path
    }

    private func act(_ arguments: [String], _ fault: String?) throws -> Ending {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments + ["--passphrase-file", folder + "/passphrase"]
        var environment = [
            "LD_PRELOAD": shim, "HEARTH_SHIM_FAST": "1", "HOME": folder, "LANG": "C.UTF-8",
            "HEARTH_VAULT": folder + "/vault/store", "HEARTH_STATE": folder + "/vault/state",
            "PATH": "/usr/bin:/bin", "NO_COLOR": "1",
            "LD_LIBRARY_PATH": ProcessInfo.processInfo.environment["LD_LIBRARY_PATH"] ?? "",
        ]
        if let fault {
            environment["HEARTH_SHIM_ROOT"] = folder + "/vault"
            environment["HEARTH_SHIM_FAULT"] = fault
        }
        process.environment = environment
        let (output, talk) = (folder + "/output", folder + "/talk")
        for path in [output, talk] {
            _ = FileManager.default.createFile(atPath: path, contents: nil)
        }
        process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: output))
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: talk))
        process.standardInput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        func text(_ path: String) -> String {
            String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
        }
        let isExit = process.terminationReason == .exit
        return Ending(
            code: isExit ? process.terminationStatus : 128 + process.terminationStatus,
            output: text(output), talk: text(talk))
    }
}
