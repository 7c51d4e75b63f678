// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthTestSupport
import HearthVault

/// Works on a vault until it is killed, and tells each act before and after it.
enum WorkAct {
    static func run(_ options: SystemActs.Options) throws {
        let root = try options.text("root")
        let location = VaultLocation(store: root + "/store", state: root + "/state")
        var random = SeededRandom(seed: try options.seed())
        let acting = try opened(location, options)
        let contents = try ExpectedContents(reading: acting.vault)
        tell("found \(contents.digest) \(acting.expected.passphrase) -")
        let known = ActingVault(acting, expecting: contents)
        let last = options.values["look"] == nil ? 60 : 0
        for number in 0..<last {
            let act = next(known.expected, try options.number("round"), number, &random)
            var after = known.expected
            after.apply(act)
            let line = "\(after.digest) \(after.passphrase) \(act.name)"
            tell("begin \(line)")
            // The control acknowledges what is not yet stored.
            if options.values["early"] != nil { tell("done \(line)") }
            try known.perform(act)
            tell("done \(line)")
        }
        known.close()
    }

    private static func opened(
        _ location: VaultLocation, _ options: SystemActs.Options
    ) throws -> ActingVault {
        guard Vault.exists(at: location) else { return try ActingVault(creatingAt: location) }
        var refusal: (any Error)?
        for text in try options.text("passphrases").split(separator: ",") {
            var expected = ExpectedContents()
            expected.passphrase = Int(text) ?? 0
            do { return try ActingVault(openingAt: location, expecting: expected) } catch {
                guard (error as? VaultError)?.code == .wrongPassphrase else { throw error }
                refusal = error
            }
        }
        throw refusal ?? SystemActs.Options.Missing(name: "passphrases")
    }

    private static func tell(_ line: String) {
        _ = Array((line + "\n").utf8).withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
    }

    /// Each round has three days of its own for what it ingests: a process does not know which
    /// spans were erased before it, and nothing comes back there.
    private static func next(
        _ held: ExpectedContents, _ round: Int, _ number: Int, _ random: inout SeededRandom
    ) -> VaultAct {
        guard held.people["Ada"] != nil else { return .addPerson("Ada") }
        switch Int.random(in: 0..<12, using: &random) {
        case 0: return .results(person: "Ada", day: 300 + number % 20)
        case 1: return .tag(person: "Ada", day: 400 + number % 20)
        case 2, 3, 4:
            return VaultAct.anErase("Ada", &random)
                .later(byDays: 3 * Int.random(in: max(0, round - 2)...round, using: &random))
        case 5: return number.isMultiple(of: 2) ? .changePassphrase : .rotate
        case 6: return .reopen
        case 7: return .read
        case 8: return held.people["Bo"] == nil ? .addPerson("Bo") : .erasePerson("Bo")
        default:
            return VaultAct.next("Ada", round * 60 + number, &random).later(byDays: 3 * round)
        }
    }
}

/// Kills one process after the other, and looks what the next one finds.
struct KillAct {
    private let options: SystemActs.Options
    private let place: PlaceFile
    private let children: ChildProcesses
    private var random: SeededRandom
    private var report = ChildReport()

    /// A vault is used for so many kills; then it has grown enough.
    private static let killsAVault = 40

    /// What a working process said.
    private struct Line {
        var word: Substring
        var digest: UInt64
        var passphrase: Int
        var name: String

        init?(_ text: Substring) {
            let fields = text.split(separator: " ", maxSplits: 3)
            guard fields.count == 4, let digest = UInt64(fields[1]),
                let passphrase = Int(fields[2])
            else { return nil }
            word = fields[0]
            self.digest = digest
            self.passphrase = passphrase
            name = String(fields[3])
        }
    }

    init(_ options: SystemActs.Options) throws {
        self.options = options
        place = try PlaceFile(options)
        children = ChildProcesses(
            shim: ProcessInfo.processInfo.environment["LD_PRELOAD"] ?? "",
            program: CommandLine.arguments[0], folder: try options.text("folder"))
        random = SeededRandom(
            seed: try options.seed() &* 31 &+ UInt64(try options.number("worker")))
    }

    mutating func run() throws -> ChildReport {
        let kills = try options.number("kills") / options.number("workers")
        var vaults = 0
        while report.counts["kills", default: 0] < kills, report.failed < 5 {
            try useUp(
                try options.text("folder") + "/vault-\(try options.number("worker"))-\(vaults)",
                kills: min(Self.killsAVault, kills - report.counts["kills", default: 0]))
            vaults += 1
        }
        return report
    }

    private mutating func useUp(_ root: String, kills: Int) throws {
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: root) }
        var done: Line?
        var begun: Line?
        for round in 0...kills {
            let seed = random.next() >> 33
            place.note("seed \(seed), round \(round), \(begun?.name ?? "nothing under way")")
            // The last round is not killed: it looks only.
            let lines = try work(root, seed, round, [begun, done], isKilled: round < kills)
            guard let lines else { return }
            for line in lines {
                switch line.word {
                case "found":
                    if let wrong = check(line, done, begun) {
                        report.fail(
                            "seed \(seed), round \(round), in \(begun?.name ?? "-"): \(wrong)"
                        )
                        return
                    }
                    (done, begun) = (line, nil)
                case "begin": begun = line
                default: (done, begun) = (line, nil)
                }
            }
            if round < kills {
                report.attempts += 1
                report.count("kills")
                report.count(begun.map { "killed in: \($0.name)" } ?? "killed between acts")
            }
        }
    }

    private func check(_ found: Line, _ done: Line?, _ begun: Line?) -> String? {
        let right = [done, begun].compactMap { $0 }
        if right.isEmpty { return nil }
        if right.contains(where: {
            $0.digest == found.digest && $0.passphrase == found.passphrase
        }) {
            return nil
        }
        // Passphrase and contents change in acts of their own.
        return "it holds neither what was acknowledged nor what was under way"
    }

    /// Starts a process, kills it some time later, and returns what it said; nil after a failure.
    private mutating func work(
        _ root: String, _ seed: UInt64, _ round: Int, _ known: [Line?], isKilled: Bool
    ) throws -> [Line]? {
        let output = Pipe()
        let passphrases = Set(known.compactMap { $0?.passphrase } + (known[1] == nil ? [0] : []))
        var wish = [
            "root": root, "seed": "\(seed)", "round": "\(round)",
            "passphrases": passphrases.sorted(by: >).map(String.init).joined(separator: ","),
        ]
        if !isKilled { wish["look"] = "1" }
        wish["early"] = options.values["early"]
        let running = try children.start("work", wish, output: output)
        defer {
            for path in [running.report, running.talk, running.place] { unlink(path) }
        }
        var seen = Data()
        if isKilled {
            // By what it has said and not by the clock, which a busy machine makes meaningless.
            let lines = Int.random(in: 0..<16, using: &random)
            while seen.count(where: { $0 == UInt8(ascii: "\n") }) < lines {
                let more = output.fileHandleForReading.availableData
                if more.isEmpty { break }
                seen += more
            }
            usleep(UInt32.random(in: 0..<12_000, using: &random))
            kill(running.process.processIdentifier, SIGKILL)
        }
        seen += output.fileHandleForReading.readDataToEndOfFile()
        running.process.waitUntilExit()
        let process = running.process
        let isFine = process.terminationReason == .exit && process.terminationStatus == 0
        let wasKilled =
            process.terminationReason == .uncaughtSignal
            && process.terminationStatus == SIGKILL
        if !isFine, !(isKilled && wasKilled) {
            let talk = FileManager.default.contents(atPath: running.talk) ?? Data()
            report.attempts += 1
            report.fail(
                "seed \(seed), round \(round): the next process ended with "
                    + "\(process.terminationStatus): \(String(decoding: talk, as: UTF8.self))")
            return nil
        }
        // The last line may be cut.
        let text = String(decoding: seen, as: UTF8.self)
        return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            .compactMap(Line.init)
    }
}

/// R1: `kill -9` at random moments of everything that changes the vault.
public enum Kills: Experiment {
    public static let number = "R1"
    public static let title = "kill -9"
    public static let promise =
        "after a kill the vault opens and holds what was acknowledged, and no half act"

    public static func run(on bench: Bench) throws -> Outcome {
        var outcome = Outcome()
        let quick = try QuickFolder(bench)
        guard let children = try ChildProcesses(bench, in: quick.path) else {
            outcome.leftOut = FaultShim.missing
            return outcome
        }
        let kills = bench.scale == .full ? 20_000 : 300
        let start = ContinuousClock.now
        let report = try children.share(
            "kill", ["seed": "\(bench.seed)", "folder": quick.path, "kills": "\(kills)"])
        outcome.take(report)
        outcome.show("kills", report.counts["kills"] ?? 0)
        for (name, count) in report.counts.sorted(by: { $0.key < $1.key })
        where name.hasPrefix("killed") { outcome.show(name, count) }
        outcome.show(rate: "kills", report.counts["kills"] ?? 0, in: .now - start)
        let control = try children.share(
            "kill",
            ["seed": "\(bench.seed)", "folder": quick.path, "kills": "80", "early": "1"])
        outcome.control(
            "acts acknowledged before they are stored", isCaught: control.failed > 0,
            "\(control.failed) found in \(control.counts["kills"] ?? 0) kills")
        return outcome
    }
}
