// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthTestSupport
import HearthVault

/// Lets one call of a story fail, a different one each time, and looks what became of the vault.
struct InjectAct {
    /// Which call fails, and how.
    struct Case {
        var call: Int
        var kind: FaultKind
        var stays: Bool
        var callClass: CallClass

        var name: String {
            "call \(call) (\(callClass)) \(kind)\(stays ? " for good" : "")"
        }
    }

    /// What a story begins with.
    enum Beginning: Int, CaseIterable { case closed, crashed, nothing }

    private let calls: ShimCalls
    private let place: PlaceFile
    private let options: SystemActs.Options
    private let seed: UInt64
    private let root: String
    private let beginning: Beginning
    private let acts: [VaultAct]
    private var files: FileSet?
    private var base = ExpectedContents()
    private var report = ChildReport()
    /// The act under way, for the one who reads a failure.
    private let step = Step()
    private final class Step { var name = "opening" }

    init(_ options: SystemActs.Options) throws {
        self.options = options
        calls = try ShimCalls()
        place = try PlaceFile(options)
        seed = try options.seed()
        root = try options.text("root") + "-\(try options.number("worker"))"
        beginning =
            Beginning(rawValue: Int(seed % UInt64(Beginning.allCases.count))) ?? .closed
        var random = SeededRandom(seed: seed)
        let story = VaultAct.story(seed: seed, length: 6)
        let tail: [VaultAct] = [
            .read, VaultAct.next("Ada", 500, &random), VaultAct.anErase("Ada", &random),
            .changePassphrase, .tag(person: "Ada", day: 41), .results(person: "Ada", day: 61),
            .rotate,
        ]
        let places = Array(tail.indices).shuffled(using: &random)
        acts =
            beginning == .nothing
            ? Array(story.prefix(3)) : places.prefix(3).map { tail[$0] } + [.reopen, .read]
    }

    private var location: VaultLocation {
        VaultLocation(store: root + "/store", state: root + "/state")
    }

    mutating func run() throws -> ChildReport {
        try prepare()
        let all = try cases()
        report.count("calls", all.last?.call ?? 0)
        var random = SeededRandom(seed: seed)
        let isControl = options.values["control"] != nil
        let wanted = try options.number("cases")
        let only = options.values["only"].flatMap { Int($0) }
        let chosen = all.filter { only == nil || $0.call == only }.shuffled(using: &random)
            .prefix(wanted)
        for (number, one) in chosen.enumerated()
        where number % (try options.number("workers")) == (try options.number("worker")) {
            place.note("seed \(seed), \(one.name)")
            alarm(120)
            try run(one, isControl: isControl)
        }
        alarm(0)
        calls.remove(root)
        return report
    }

    private mutating func prepare() throws {
        calls.remove(root)
        mkdir(root, 0o700)
        guard beginning != .nothing else { return }
        let acting = try ActingVault(creatingAt: location)
        for act in VaultAct.story(seed: seed, length: 6) { try acting.perform(act) }
        base = acting.expected
        // What a killed process leaves has a log that is not yet in the database.
        if beginning == .crashed { files = try FileSet(root) }
        acting.close()
        if beginning == .closed { files = try FileSet(root) }
    }

    private func restore() throws {
        if let files { return try files.restore(to: root, calls) }
        calls.remove(root)
        mkdir(root, 0o700)
    }

    /// Every call of the story with every way in which it can fail.
    private func cases() throws -> [Case] {
        try restore()
        calls.root(root)
        calls.arm(0, 0, 0)
        var done: ExpectedContents? = files == nil ? nil : base
        var begun: ExpectedContents?
        try perform(&done, &begun)
        calls.disarm()
        calls.root("")
        let kinds: [FaultKind] =
            options.values["control"] == nil
            ? FaultKind.allCases.filter { $0 != .silent } : [.silent]
        var cases: [Case] = []
        for call in 1...max(1, calls.calls()) {
            guard let callClass = CallClass(rawValue: calls.callClass(call)) else { continue }
            for kind in kinds {
                guard kind == .silent ? callClass == .sync : kind.applies(to: callClass) else {
                    continue
                }
                cases.append(Case(call: call, kind: kind, stays: false, callClass: callClass))
                if kind.canStay {
                    cases.append(Case(call: call, kind: kind, stays: true, callClass: callClass))
                }
            }
        }
        return cases
    }

    private func perform(
        _ done: inout ExpectedContents?, _ begun: inout ExpectedContents?
    ) throws {
        let acting: ActingVault
        if let known = done {
            acting = try ActingVault(openingAt: location, expecting: known)
        } else {
            acting = try ActingVault(creatingAt: location)
            done = acting.expected
        }
        defer { acting.close() }
        for act in acts {
            begun = acting.expected
            begun?.apply(act)
            step.name = act.name
            try acting.perform(act)
            done = acting.expected
            begun = nil
        }
    }

    private mutating func run(_ planned: Case, isControl: Bool) throws {
        var one = planned
        try restore()
        step.name = "opening"
        calls.root(root)
        calls.forget()
        calls.arm(one.call, one.kind.rawValue, one.stays ? 1 : 0)
        var done: ExpectedContents? = files == nil ? nil : base
        var begun: ExpectedContents?
        var told: String?
        var problem: String?
        do { try perform(&done, &begun) } catch let error as VaultError {
            told = error.code.description
            one.callClass = CallClass(rawValue: calls.hitClass()) ?? one.callClass
            problem = Self.wrongCode(error, one)
        } catch let wrong as ActingVault.Wrong {
            told = "not finished"
            if !wrong.isTold { problem = wrong.description }
        } catch { problem = "an error of another kind: \(error)" }
        let wasHit = calls.hits() > 0
        calls.disarm()
        calls.root("")
        report.attempts += 1
        report.count(wasHit ? "told as \(told ?? "success")" : "not reached")
        problem = problem ?? outcome(done, begun, isControl: isControl)
        if let problem {
            report.count("\(problem) | \(one.kind) \(one.callClass) in \(step.name)")
            report.fail("seed \(seed), \(one.name), \(beginning), \(step.name): \(problem)")
        }
    }

    /// A failure of the disk must not be told as something that it is not.
    private static func wrongCode(_ error: VaultError, _ one: Case) -> String? {
        let honest: Set<VaultErrorCode> = [.io, .diskFull, .readOnly]
        // SQLite calls a disk that cannot be read a damaged database.
        let isUnread = one.callClass == .read && one.kind == .ioError && error.code == .damaged
        if !honest.contains(error.code), !isUnread { return "told as \(error)" }
        if error.code == .diskFull, one.kind != .noSpace, one.kind != .quota {
            return "told as a full disk"
        }
        return nil
    }

    /// Opens the vault without faults, looks at it, and goes on working.
    private func outcome(
        _ done: ExpectedContents?, _ begun: ExpectedContents?, isControl: Bool
    ) -> String? {
        func mark(_ contents: ExpectedContents?) -> CrashLog.Mark? {
            contents.map {
                CrashLog.Mark(
                    index: 0, isDone: true, name: "", digest: $0.digest,
                    passphrase: $0.passphrase, audit: 0)
            }
        }
        let judge = ImageJudge(verifies: report.attempts % 3 == 0, triesOldPassphrase: false)
        let finding = judge.judge(location, at: Instant(done: mark(done), begun: mark(begun)))
        if let problem = finding.problem { return problem }
        guard report.attempts % 3 == 1 || isControl || finding.passphrase == nil else { return nil }
        do {
            var random = SeededRandom(seed: seed)
            guard let passphrase = finding.passphrase else {
                let again = try ActingVault(creatingAt: location)
                again.close()
                return nil
            }
            var contents =
                [done, begun].compactMap { $0 }
                .first { $0.digest == finding.digest } ?? ExpectedContents()
            contents.passphrase = passphrase
            let acting = try ActingVault(openingAt: location, expecting: contents)
            defer { acting.close() }
            if contents.people["Ada"] == nil { try acting.perform(.addPerson("Ada")) }
            try acting.perform(VaultAct.next("Ada", 600, &random))
            try acting.perform(.read)
        } catch { return "work does not go on: \(error)" }
        return nil
    }
}
