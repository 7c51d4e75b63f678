// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CHearthSystem
import Foundation
import HearthBiosignals
import HearthFormats
import HearthModels
import HearthPipeline
import HearthVault

struct StreamCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stream", abstract: "Watch live samples: scores and alerts as they come.",
        discussion: """
            Samples come on standard input, or from a file that grows (--follow), one a line: Hearth \
            NDJSON, Hearth CSV with its header, or a log of a heart rate strap's packets. Scores (heart \
            rate, RMSSD) and alerts (a heart rate at rest beyond a limit, a change from what was usual) \
            go to standard output, one JSON object a line with a number that never repeats. Samples \
            and alerts are kept in the vault.

            Stopped, or killed, and started again, it goes on where it stood. Send again what you are \
            not sure of: what is known is not counted twice. An alert may be printed a second time \
            with the same number; with --output FILE never. Everything is said in docs/stream.md.

              sensor | hearth stream
              hearth stream --follow strap.log --output alerts.ndjson

            Alerts state what was measured. They are no diagnosis, and hearth is not a medical device.
            """)

    @Option(
        help: ArgumentHelp("Read a file that grows, instead of standard input.", valueName: "file"))
    var follow: String?

    @Option(
        help: ArgumentHelp(
            "The form of the lines: ndjson, csv or packets (default: recognised).",
            valueName: "form"),
        transform: StreamCommand.format)
    var format: LiveFormat?

    @Option(
        help: ArgumentHelp(
            "How long to wait for samples that arrive out of order: 0, 500ms, 30s, 2m. Alerts wait as "
                + "long (default: 30s).", valueName: "time"),
        transform: StreamCommand.nanoseconds)
    var late: Int64 = 30_000_000_000

    @Option(
        help: ArgumentHelp(
            "How often samples are made durable; an alert is at once (default: 10s).",
            valueName: "time"),
        transform: StreamCommand.nanoseconds)
    var commitEvery: Int64 = 10_000_000_000

    @Option(
        help: ArgumentHelp(
            "Append the lines to a file, each exactly once, instead of printing them.",
            valueName: "file"))
    var output: String?

    @Option(
        help: ArgumentHelp(
            "First print all stored alerts with a higher number than this.", valueName: "number"))
    var after: UInt64?

    @Option(help: ArgumentHelp("Tells several streams of a person apart.", valueName: "name"))
    var name = "default"

    @Flag(help: "Print an alert before it is stored, not after; see docs/stream.md.")
    var printFirst = false

    @Flag(help: "Keep nothing: no vault, no going on where it stood.")
    var noStore = false

    @OptionGroup(title: "Alerts") var limits: AlertOptions
    @OptionGroup var vault: VaultOptions
    @OptionGroup var person: PersonOption

    func validate() throws {
        guard name.utf8.count <= 32, !name.isEmpty,
            name.utf8.allSatisfy({
                (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D
            })
        else { throw ValidationError("--name takes up to 32 of a-z, 0-9 and -") }
        if printFirst, output != nil {
            throw ValidationError("--print-first is for standard output, not for --output")
        }
        if noStore, after != nil || printFirst {
            throw ValidationError(
                "--no-store keeps nothing that --after or --print-first could mean")
        }
    }

    func run() throws {
        try Failure.handled {
            let store = noStore ? nil : try open()
            let signals = try Self.signals()
            let target =
                try output.map { path in try LiveOutput(path: path) } ?? LiveOutput(descriptor: 1)
            let session = try LiveSession(
                store: store?.store, output: target, options: options(zone: store?.zone),
                clock: Self.now)
            for note in session.notes { Messages.note(note) }
            let loop = LiveLoop(
                session, source: follow.map { .file($0) } ?? .standardInput, format: format,
                signals: signals, meaning: { $0 == UInt8(SIGUSR1) ? .status : .stop },
                onNote: { Messages.note($0) }, onStatus: StreamStatus.tell)
            let begun = session.lines == 0 ? "" : " after line \(session.lines)"
            Messages.note("stream: reading \(follow ?? "standard input")\(begun)")
            let ending = try loop.run()
            let counters = session.status()
            StreamStatus.tell(counters)
            try store?.vault.appendAudit(
                command: "stream", outcome: "\(counters.added) samples added")
            if case .interrupted = ending { return }
            if !counters.issues.isEmpty { throw ExitStatus.someSkipped }
        }
    }

    private struct Opened {
        var vault: Vault
        var store: LiveStore
        var zone: ZoneTimeline
    }

    private func open() throws -> Opened {
        let opened = try vault.open()
        let isPersonal = try opened.records().mode == .personal
        let known = opened.person(labelled: person.person)
        guard isPersonal || known != nil else {
            throw VaultError(.noConsent, "there is no consent of this person")
        }
        let who = try known ?? opened.addPerson(label: person.person)
        // A live stream is watched from now on: anything restricted or without consent stops it.
        let refusal = try opened.refusal(
            of: who.id, for: .alert, [.heart, .beats], from: .now, to: .distantFuture)
        if let refusal { throw VaultError(.noConsent, refusal) }
        return Opened(
            vault: opened, store: try LiveStore(vault: opened, person: who.id),
            zone: try LiveStore.zone(in: opened, of: who.id))
    }

    private func options(zone: ZoneTimeline?) -> LiveOptions {
        var options = LiveOptions()
        options.name = name
        options.lateness = late
        options.commitSeconds = Double(commitEvery) / 1e9
        options.settings = limits.settings
        options.printsFirst = printFirst
        options.after = after
        options.zone = zone ?? ZoneTimeline()
        return options
    }

    private static func signals() throws -> Int32 {
        let numbers = [SIGINT, SIGTERM, SIGHUP, SIGUSR1]
        let descriptor = unsafe hearth_signals_as_bytes(numbers, Int32(numbers.count))
        guard descriptor >= 0 else {
            Messages.error("the system does not let signals be heard")
            throw ExitStatus.internalError
        }
        return descriptor
    }

    private static func now() -> Timestamp {
        var now = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &now)
        return Timestamp(nanoseconds: Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec))
    }

    private static func format(_ text: String) throws -> LiveFormat {
        guard let format = LiveFormat(rawValue: text) else {
            throw ValidationError("--format takes ndjson, csv or packets")
        }
        return format
    }

    /// `0`, `500ms`, `30s`, `10m`, `1h`, or seconds.
    static func nanoseconds(_ text: String) throws -> Int64 {
        let digits = text.prefix { $0.isNumber }
        let scale: Int64? =
            switch text.dropFirst(digits.count) {
            case "ms": 1_000_000
            case "", "s": 1_000_000_000
            case "m": 60_000_000_000
            case "h": 3_600_000_000_000
            default: nil
            }
        guard let scale, let count = Int64(digits),
            count <= 1_000_000_000_000_000 / (scale / 1_000_000)
        else { throw ValidationError("a time is a whole number with ms, s, m or h, such as 30s") }
        return count * scale
    }
}

/// From when on something is an alert.
struct AlertOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Heart rate at rest above which an alert is due.", valueName: "/min"))
    var high = LiveSettings().high

    @Option(
        help: ArgumentHelp("Heart rate at rest below which an alert is due.", valueName: "/min"))
    var low = LiveSettings().low

    @Option(
        name: .customLong("for"),
        help: ArgumentHelp(
            "How long a state must last to be an alert (default: 10m).", valueName: "time"),
        transform: StreamCommand.nanoseconds)
    var persistence = LiveSettings().persistence

    @Option(
        help: ArgumentHelp(
            "Distance from the usual, in usual spreads, that is a change.", valueName: "number"))
    var change = LiveSettings().changeLimit

    var settings: LiveSettings {
        var settings = LiveSettings()
        settings.high = high
        settings.low = low
        settings.persistence = persistence
        settings.changeLimit = change
        return settings
    }
}

/// What is told of a stream on standard error: counts, never a value.
enum StreamStatus {
    static func tell(_ counters: LiveCounters) {
        var parts = [
            "\(counters.samples) samples read, \(counters.scored) scored",
            "\(counters.scores) scores, \(counters.alerts) alerts",
        ]
        func add(_ count: Int, _ what: String) {
            if count > 0 { parts.append("\(count) \(what)") }
        }
        add(counters.added, "new to the vault")
        add(counters.known, "known already")
        add(counters.suppressed, "suppressed by erasure")
        add(counters.waiting, "wait for earlier ones")
        add(counters.late, "too late to be scored")
        add(counters.duplicates, "twice, not scored again")
        add(counters.forced, "scored before their wait was over")
        add(counters.ahead, "ahead of this machine's clock, not scored")
        add(counters.untrusted, "that the device does not trust, not scored")
        for (kind, count) in counters.issues.sorted(by: { $0.key < $1.key }) {
            parts.append("\(count) times \(kind)")
        }
        Messages.note("stream: " + parts.joined(separator: "; "))
    }
}
