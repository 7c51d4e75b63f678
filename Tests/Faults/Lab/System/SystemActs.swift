// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthCrypto
import HearthTestSupport
import HearthVault

/// The parts of experiments that run in processes of their own:
/// `hearth-faults act NAME key=value…`.
public enum SystemActs {
    struct Options {
        var values: [String: String] = [:]

        init(_ arguments: ArraySlice<String>) {
            for argument in arguments {
                guard let cut = argument.firstIndex(of: "=") else { continue }
                values[String(argument[..<cut])] = String(argument[argument.index(after: cut)...])
            }
        }

        struct Missing: Error { var name: String }

        func text(_ name: String) throws -> String {
            guard let value = values[name] else { throw Missing(name: name) }
            return value
        }
        func number(_ name: String) throws -> Int {
            guard let value = Int(try text(name)) else { throw Missing(name: name) }
            return value
        }
        func seed() throws -> UInt64 { UInt64(try number("seed")) }
    }

    public static func run(_ arguments: [String]) throws {
        try HearthCrypto.start()
        let options = Options(arguments.dropFirst())
        var report = ChildReport()
        switch arguments.first {
        case "record": try RecordAct.run(options)
        case "judge":
            var act = try JudgeAct(options)
            report = try act.run()
        case "inject":
            var act = try InjectAct(options)
            report = try act.run()
        case "work": try WorkAct.run(options)
        case "kill":
            var act = try KillAct(options)
            report = try act.run()
        case "fill":
            var act = try FillAct(options)
            report = try act.run()
        case "hygiene": report = HygieneAct.run()
        case "soak": report = try SoakAct.run(options)
        default: throw Options.Missing(name: "act")
        }
        try JSONEncoder().encode(report).write(
            to: URL(fileURLWithPath: try options.text("report")))
    }
}

/// Where a child is, for the case that it dies.
struct PlaceFile {
    private let file: Int32

    init(_ options: SystemActs.Options) throws {
        file = open(try options.text("place"), O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    }

    func note(_ text: String) {
        let padded = text.padding(toLength: 120, withPad: " ", startingAt: 0)
        _ = Array(padded.utf8).withUnsafeBytes { pwrite(file, $0.baseAddress, $0.count, 0) }
    }
}

/// Does a story to a new vault, with marks of what was acknowledged.
enum RecordAct {
    static func run(_ options: SystemActs.Options) throws {
        let calls = try ShimCalls()
        let root = try options.text("root")
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        let acts = VaultAct.story(
            seed: try options.seed(), length: try options.number("length"))
        calls.root(root)
        calls.record(try options.text("log"))
        let marks = Foundation.open(root + "/marks", O_WRONLY | O_CREAT | O_APPEND, 0o600)
        func mark(_ mark: CrashLog.Mark) {
            _ = Array(mark.line.utf8).withUnsafeBytes {
                write(marks, $0.baseAddress, $0.count)
            }
        }
        var line = CrashLog.Mark(
            index: 0, isDone: false, name: "create", digest: ExpectedContents().digest,
            passphrase: 0, audit: 0)
        mark(line)
        let acting = try ActingVault(
            creatingAt: VaultLocation(store: root + "/store", state: root + "/state"))
        line.isDone = true
        mark(line)
        for (index, act) in acts.enumerated() {
            var after = acting.expected
            after.apply(act)
            line = CrashLog.Mark(
                index: index + 1, isDone: false, name: act.name, digest: after.digest,
                passphrase: after.passphrase, audit: line.audit)
            mark(line)
            try acting.perform(act)
            try acting.perform(.read)
            line.isDone = true
            line.audit = try acting.vault.auditTrail().count
            mark(line)
        }
        acting.close()
        calls.record("")
        calls.root("")
    }
}
