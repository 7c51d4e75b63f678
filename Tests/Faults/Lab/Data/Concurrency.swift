// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthTestSupport
import Synchronization

/// R8: many processes with one vault.
public enum Concurrency: Experiment {
    public static let number = "R8"
    public static let title = "many processes"
    public static let promise =
        "processes at once take turns: nothing acknowledged is lost, nothing erased is seen"

    private static let processes = 16

    public static func run(on bench: Bench) throws -> Outcome {
        let scratch = try Scratch(bench)
        let store = try SharedStore(in: try scratch.place("shared"), program: bench.program)
        let start = ContinuousClock.now
        let end = start + (bench.scale == .full ? .seconds(3600) : .seconds(30))
        let watch = LockWatch(store: "\(store.folder)/store", until: end)
        let histories = try Workers.run(processes + 1) { number throws -> [Event] in
            if number == processes {
                watch.look()
                return []
            }
            return try history(store, number, until: end, seed: bench.seed)
        }
        var events = histories.flatMap { $0 }
        // The last word, when all is quiet.
        let final = try store.read(wait: 60)
        events.append(final)
        var outcome = Outcome(attempts: events.count)
        for failure in History.failures(of: events) { outcome.fail(failure) }
        for event in events where event.problem != nil { outcome.fail(event.problem ?? "") }
        let verify = try store.run(["verify", "--wait", "60"])
        if verify.code != 0 { outcome.fail("verify ends with \(verify.code)") }
        watch.tell(&outcome)
        for kind in Event.Kind.allCases {
            let all = events.filter { $0.kind == kind }
            outcome.show(
                "\(kind.rawValue): done, gave way (exit code 11)",
                "\(all.count { $0.isDone }), \(all.count { !$0.isDone && $0.problem == nil })")
        }
        outcome.show("days at the end", final.seen?.count ?? 0)
        if events.count(where: \.isDone) < 4 {
            outcome.fail("only \(events.count(where: \.isDone)) commands came to their end")
        }
        try control(&outcome, in: try scratch.place("plain"))
        return outcome
    }

    private static func history(
        _ store: SharedStore, _ number: Int, until end: ContinuousClock.Instant, seed: UInt64
    ) throws -> [Event] {
        var random = SeededRandom(seed: seed &+ UInt64(number) &* 2_654_435_761)
        var (events, mine, next): ([Event], [Int], Int) = ([], [], 0)
        while ContinuousClock.now < end {
            // Most wait for their turn, some give way at once, some as long as the program does
            // untold.
            let wait = [0, nil, 30, 30, 30, 30, 30, 30].randomElement(using: &random) ?? nil
            let event: Event
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<4:
                // A day that nobody else writes.
                let item = number + next * processes
                next += 1
                event = try store.ingest(item, wait: wait)
                if event.isDone { mine.append(item) }
            case 4 where !mine.isEmpty, 5 where !mine.isEmpty:
                let place = Int.random(in: 0..<mine.count, using: &random)
                event = try store.erase(mine[place], wait: wait)
                if event.isDone { mine.remove(at: place) }
            case 6: event = try store.report(wait: wait)
            default: event = try store.read(wait: wait)
            }
            events.append(event)
        }
        return events
    }

    /// A list in a file that everybody reads, adds to and writes back, without a lock.
    private static func control(_ outcome: inout Outcome, in folder: String) throws {
        let path = "\(folder)/list"
        try WholeFile.write([], to: path)
        let histories = try Workers.run(8) { number in
            try (0..<40).map { step in
                let item = number + step * 8
                let start = ContinuousClock.now
                // A file that shrinks while it is read is one more way to lose.
                let old = String(decoding: (try? WholeFile.read(path)) ?? [], as: UTF8.self)
                Thread.sleep(forTimeInterval: 0.001)
                try WholeFile.write(Array("\(old)\(item)\n".utf8), to: path)
                return Event(kind: .ingest, item: item, start: start, isDone: true)
            }
        }
        let start = ContinuousClock.now
        let text = String(decoding: try WholeFile.read(path), as: UTF8.self)
        let left = text.split(separator: "\n").compactMap { Int($0) }
        let read = Event(
            kind: .read, item: nil, start: start, isDone: true,
            seen: Dictionary(left.map { ($0, SharedStore.rows) }, uniquingKeysWith: { a, _ in a }))
        let failures = History.failures(of: histories.flatMap { $0 } + [read])
        outcome.control(
            "a file that processes write without a lock", isCaught: !failures.isEmpty,
            "\(failures.count) entries were found to be lost")
    }
}

/// One command of one process, from before its start to after its end.
struct Event: Sendable {
    enum Kind: String, CaseIterable, Sendable { case ingest, erase, read, report }
    var kind: Kind
    /// The day that it stores or erases.
    var item: Int?
    var start: ContinuousClock.Instant
    var end = ContinuousClock.now
    /// It was acknowledged; otherwise it gave way or failed.
    var isDone: Bool
    /// Days that a read saw, and with how many samples.
    var seen: [Int: Int]?
    /// What must not be.
    var problem: String?
}

/// Whether some order of the commands, each between its start and end, explains what was seen.
///
/// Each day is stored once and erased once at most, so that it is enough to look at each day alone.
enum History {
    static func failures(of events: [Event]) -> [String] {
        var stored: [Int: Event] = [:]
        var erased: [Int: Event] = [:]
        for event in events where event.isDone {
            guard let item = event.item else { continue }
            if event.kind == .ingest { stored[item] = event }
            if event.kind == .erase { erased[item] = event }
        }
        let reads = events.filter { $0.kind == .read && $0.isDone }.sorted { $0.start < $1.start }
        var failures: [String] = []
        for (item, ingest) in stored {
            failures += check(item, ingest, erased[item], reads)
        }
        for read in reads {
            for (item, count) in read.seen ?? [:] {
                if stored[item] == nil {
                    failures.append("day \(item) was seen, never acknowledged")
                }
                if count != SharedStore.rows {
                    failures.append("day \(item) was seen with \(count) samples")
                }
            }
        }
        return failures
    }

    private static func check(
        _ item: Int, _ ingest: Event, _ erase: Event?, _ reads: [Event]
    ) -> [String] {
        var failures: [String] = []
        /// When it was first known to be there, and to be gone.
        var thereSince = ingest.end
        var goneSince = erase?.end
        // By their ends: what a read saw binds those that start later.
        for read in reads.sorted(by: { $0.end < $1.end }) {
            let isSeen = read.seen?[item] != nil
            if isSeen, read.end < ingest.start { failures.append("day \(item) was seen too early") }
            if isSeen, let gone = goneSince, gone < read.start {
                failures.append("day \(item) was seen after it was erased")
            }
            let mayBeGone = erase.map { $0.start < read.end } ?? false
            if !isSeen, thereSince < read.start, !mayBeGone {
                failures.append("day \(item) was not seen after it was acknowledged")
            }
            if isSeen { thereSince = min(thereSince, read.end) }
            if !isSeen, thereSince < read.start, mayBeGone {
                goneSince = min(goneSince ?? read.end, read.end)
            }
        }
        return failures
    }
}

/// A vault that processes of the program share.
struct SharedStore: Sendable {
    /// Samples a day.
    static let rows = 10
    let folder: String
    private let program: String

    init(in folder: String, program: String) throws {
        (self.folder, self.program) = (folder, program)
        try WholeFile.write(Array("correct horse battery staple\n".utf8), to: "\(folder)/pass")
        let made = try run(["init", "--kdf", "minimum"])
        guard made.code == 0, try ingest(-1, wait: nil).isDone else {
            throw CocoaError(.executableLoad)
        }
    }

    func run(_ arguments: [String]) throws -> Program.Ending {
        let inherited = ProcessInfo.processInfo.environment
        return try Program.run(
            program, arguments + ["--passphrase-file", "\(folder)/pass"], in: folder,
            environment: [
                "HEARTH_VAULT": "\(folder)/store", "HEARTH_STATE": "\(folder)/state",
                "HOME": folder, "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "NO_COLOR": "1",
                "LD_LIBRARY_PATH": inherited["LD_LIBRARY_PATH"] ?? "",
                "SWIFT_BACKTRACE": "enable=no",
            ])
    }

    private func event(
        _ kind: Event.Kind, _ item: Int?, _ arguments: [String], _ wait: Int?
    ) throws -> Event {
        let start = ContinuousClock.now
        let ending = try run(arguments + (wait.map { ["--wait", "\($0)"] } ?? []))
        let isKnown = ending.code == 0 || ending.code == 11
        return Event(
            kind: kind, item: item, start: start, isDone: ending.code == 0,
            problem: isKnown
                ? nil : "\(kind.rawValue) ends with \(ending.code): \(ending.talk.suffix(200))")
    }

    private static func date(_ item: Int) -> String {
        // From 1990 on: an hour of machine time is not enough to reach today.
        let date = Date(timeIntervalSince1970: 631_152_000 + Double(item + 1) * 86_400)
        return String(date.formatted(.iso8601).prefix(10))
    }

    func ingest(_ item: Int, wait: Int?) throws -> Event {
        let rows = (0..<Self.rows).map {
            "\(Self.date(item))T12:0\($0):00Z,heart-rate,\(50 + (item &+ $0 &+ 60) % 90)\n"
        }
        let path = "\(folder)/day\(item).csv"
        try WholeFile.write(Array(("time,quantity,value\n" + rows.joined()).utf8), to: path)
        defer { unlink(path) }
        return try event(.ingest, item, ["ingest", path], wait)
    }

    func erase(_ item: Int, wait: Int?) throws -> Event {
        let receipt = "\(folder)/receipt\(item).json"
        defer { unlink(receipt) }
        let day = Self.date(item)
        return try event(
            .erase, item,
            ["erase", "--from", day, "--to", day, "--yes", "--receipt", receipt], wait)
    }

    func report(wait: Int?) throws -> Event { try event(.report, nil, ["report"], wait) }

    /// What an export holds.
    func read(wait: Int?) throws -> Event {
        let out = "\(folder)/out-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: out) }
        var event = try event(.read, nil, ["export", out, "--format", "csv"], wait)
        guard event.isDone else { return event }
        var seen: [Int: Int] = [:]
        let path = "\(out)/observed/samples/heart-rate.csv"
        let text = String(decoding: try WholeFile.read(path), as: UTF8.self)
        for row in text.split(separator: "\n").dropFirst() {
            guard let date = try? Date("\(row.prefix(10))T00:00:00Z", strategy: .iso8601) else {
                continue
            }
            seen[Int((date.timeIntervalSince1970 - 631_152_000) / 86_400) - 1, default: 0] += 1
        }
        // The first day is the vault's own and no item.
        if seen.removeValue(forKey: -1) != Self.rows {
            event.problem = "the first day is not whole"
        }
        event.seen = seen
        return event
    }
}

/// Looks at `/proc/locks` again and again: who holds the store's locks.
final class LockWatch: Sendable {
    private struct Seen {
        var looks = 0
        var held = 0
        var most: [String: Int] = [:]
    }
    private let store: String
    private let end: ContinuousClock.Instant
    private let seen = Mutex(Seen())

    init(store: String, until end: ContinuousClock.Instant) {
        (self.store, self.end) = (store, end)
    }

    func look() {
        while ContinuousClock.now < end {
            if let text = try? String(contentsOfFile: "/proc/locks", encoding: .utf8) {
                note(text)
            }
            Thread.sleep(forTimeInterval: 0.005)
        }
    }

    private func note(_ text: String) {
        var holders: [String: Set<String>] = [:]
        for name in ["lock", "store.db"] {
            var status = stat()
            guard stat("\(store)/\(name)", &status) == 0 else { continue }
            let suffix = ":\(status.st_ino)"
            for line in text.split(separator: "\n") where !line.contains("->") {
                let fields = line.split(separator: " ")
                // 1: FLOCK ADVISORY WRITE pid major:minor:inode start end
                guard fields.count > 5, fields[3] == "WRITE", fields[5].hasSuffix(suffix) else {
                    continue
                }
                holders[name, default: []].insert(String(fields[4]))
            }
        }
        seen.withLock { seen in
            seen.looks += 1
            if !holders.isEmpty { seen.held += 1 }
            for (name, pids) in holders { seen.most[name] = max(seen.most[name] ?? 0, pids.count) }
        }
    }

    func tell(_ outcome: inout Outcome) {
        let seen = seen.withLock { $0 }
        outcome.show("looks at /proc/locks, with a holder", "\(seen.looks), \(seen.held)")
        for (name, most) in seen.most.sorted(by: { $0.key < $1.key }) {
            outcome.show("most processes that held \(name) at once", most)
            if most > 1 { outcome.fail("\(most) processes held \(name) at once") }
        }
        if seen.held == 0 { outcome.fail("no lock was ever seen in /proc/locks") }
    }
}
