// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import HearthBiosignals
import HearthIntake
import HearthPipeline
import HearthRights
import HearthVault

struct AmendCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "amend", abstract: "Set recorded samples right.",
        discussion: """
            Readers get the new value, marked as amended, and the days it touches are scored again. What \
            was recorded is kept beside it and `hearth amend undo` brings it back; with --shred-original it \
            is destroyed, with a receipt. Sleep is corrected with `hearth sleep`.
            """,
        subcommands: [Set.self, Remove.self, Show.self, Undo.self])
}

/// Which samples are amended, and what becomes of the recorded ones.
struct AmendOptions: ParsableArguments {
    @Argument(help: "The quantity, such as heart-rate.") var quantity: Quantity
    @Option(
        help: ArgumentHelp(
            "The minute on your wall clock, as yyyy-MM-ddTHH:MM.", valueName: "time"))
    var at: StatedTime?
    @Option(
        help: ArgumentHelp("Or: from this time on, as yyyy-MM-ddTHH:MM.", valueName: "time"))
    var from: StatedTime?
    @Option(help: ArgumentHelp("Up to this time, not with it.", valueName: "time"))
    var to: StatedTime?
    @Option(
        help: ArgumentHelp(
            "The device, where several recorded then; `hearth sources` lists them.",
            valueName: "id"))
    var device: DeviceID?
    @Option(help: "Why, in a line.") var reason = "said by the person"
    @Flag(help: "Destroy the recorded values; this cannot be taken back.")
    var shredOriginal = false
    @Option(
        help: ArgumentHelp(
            "Where to write the receipt of --shred-original.", valueName: "folder"))
    var receipts = "."
    @OptionGroup var vault: VaultOptions
    @OptionGroup var person: PersonOption

    func validate() throws {
        guard at != nil ? (from == nil && to == nil) : (from != nil && to != nil) else {
            throw ValidationError("give --at, or --from and --to")
        }
    }

    func amend(_ change: Amendment.Change) throws {
        try Failure.handled {
            let opened = try vault.open()
            let who = try person.find(in: opened)
            let zone = try LiveStore.zone(in: opened, of: who.id)
            let span = try span(in: zone)
            let device = try device(in: opened, who, span)
            let ending = try shredOriginal ? ending(of: who, device, span, zone, opened) : nil
            let made = try opened.amend(
                Amendment(
                    quantity: quantity, device: device, from: span.lowerBound,
                    to: span.upperBound, change: change, made: .now, reason: reason),
                of: who.id, shreddingOriginals: shredOriginal)
            let first = WallClock.text(span.lowerBound, in: zone)
            let what = change == .remove ? "removed" : "amended"
            print("amendment \(made.amendment.number): \(quantity.name) \(what) from \(first)")
            if let record = made.erasure {
                try ending?.finish(record, in: opened)
            } else {
                Messages.hint("`hearth amend undo \(made.amendment.number)` takes it back")
                try RightsText.tellRecipients(
                    of: who, [quantity.facts.category], from: span.lowerBound,
                    to: span.upperBound, in: opened)
            }
        }
    }

    private func ending(
        of who: Person, _ device: DeviceID, _ span: Range<Timestamp>, _ zone: ZoneTimeline,
        _ vault: Vault
    ) throws -> ErasureEnding {
        let last = Timestamp(nanoseconds: span.upperBound.nanoseconds - 1)
        return try ErasureEnding(
            ErasureScope(
                person: who.id, quantities: [quantity], devices: [device],
                from: span.lowerBound, to: span.upperBound),
            ErasureScopeWords(
                person: who.label, quantities: [quantity.name], devices: [device.text],
                from: WallClock.text(span.lowerBound, in: zone),
                through: WallClock.text(last, in: zone)),
            in: vault, to: .folder(receipts))
    }

    private func span(in zone: ZoneTimeline) throws -> Range<Timestamp> {
        let first = (at ?? from)?.instant(in: zone)
        let last = at == nil ? to?.instant(in: zone) : first?.advanced(bySeconds: 60)
        guard let first, let last, first < last else {
            Messages.error(
                "the times make no span: write yyyy-MM-ddTHH:MM, the end after the start")
            throw ExitStatus.usage
        }
        return first..<last
    }

    /// The one device that recorded then.
    private func device(
        in vault: Vault, _ who: Person, _ span: Range<Timestamp>
    ) throws -> DeviceID {
        if let device { return device }
        var found: Swift.Set<DeviceID> = []
        let query = SampleQuery(
            person: who.id, quantities: [quantity], from: span.lowerBound, to: span.upperBound,
            purpose: nil)
        try vault.read(query) { stream, _ in found.insert(stream.device) }
        guard let only = found.first else {
            Messages.error("there is no sample of \(quantity.name) at this time")
            Messages.hint("`hearth show \(quantity.name) --from DAY` lists them")
            throw ExitStatus.failed
        }
        guard found.count == 1 else {
            Messages.error("\(found.count) devices recorded then")
            Messages.hint("name one with --device; `hearth sources` lists them")
            throw ExitStatus.usage
        }
        return only
    }
}

extension AmendCommand {
    struct Set: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set", abstract: "Give samples another value.",
            discussion: """
                The value is read from a file or standard input, never from the command line, which other \
                users of the machine can see. Several columns are parted by blanks.

                  echo 62 | hearth amend set heart-rate --at 2026-01-05T07:31 --value-file - \\
                    --reason "strap slipped" --passphrase-file pass
                """)

        @Option(
            help: ArgumentHelp(
                "The file with the value; - is standard input (default: asked on the terminal).",
                valueName: "file"))
        var valueFile: String?
        @OptionGroup var options: AmendOptions

        func run() throws {
            let values = try Failure.handled { try readValues() }
            try options.amend(.replace(values))
        }

        /// The value is repeated in no message.
        private func readValues() throws -> [Float] {
            let text: String
            if let valueFile, valueFile != "-" {
                guard let data = FileManager.default.contents(atPath: valueFile) else {
                    throw IntakeError(.notReadable, "\(valueFile) cannot be read")
                }
                text = String(decoding: data.prefix(1024), as: UTF8.self)
            } else {
                if valueFile == nil {
                    Messages.write("New value [\(options.quantity.facts.unit)]: ")
                }
                text = readLine() ?? ""
            }
            let words = text.split(whereSeparator: \.isWhitespace)
            let values = words.compactMap { Float($0) }
            guard !values.isEmpty, values.count == words.count else {
                Messages.error("the value is no number")
                throw ExitStatus.usage
            }
            return values
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove", abstract: "Leave samples out: they were never true.")

        @OptionGroup var options: AmendOptions

        func run() throws { try options.amend(.remove) }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "The amendments, with their values and reasons.")

        @Flag(help: "Print as JSON.") var json = false
        @OptionGroup var vault: VaultOptions
        @OptionGroup var person: PersonOption

        func run() throws {
            try Failure.handled {
                let opened = try vault.open()
                let who = try person.find(in: opened)
                let all = try opened.records(of: who.id).amendments
                if json { return try RightsText.printJSON(all.map { AmendmentModel($0) }) }
                let zone = try LiveStore.zone(in: opened, of: who.id)
                if all.isEmpty { print("nothing was amended") }
                for one in all { print(Self.words(one, zone)) }
            }
        }

        private static func words(_ one: Amendment, _ zone: ZoneTimeline) -> String {
            let value =
                if case .replace(let values) = one.change {
                    values.map { "\($0)" }.joined(separator: " ") + " " + one.quantity.facts.unit
                } else {
                    "removed"
                }
            return "\(one.number)  \(WallClock.text(one.from, in: zone)) to "
                + "\(WallClock.text(one.to, in: zone))  \(one.quantity.name): \(value); \(one.reason)"
                + (one.isOriginalShredded ? "; originals destroyed" : "")
        }
    }

    struct Undo: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "undo", abstract: "Take an amendment back: what was recorded holds again.")

        @Argument(help: "The amendment's number.") var number: UInt32
        @OptionGroup var vault: VaultOptions
        @OptionGroup var person: PersonOption

        func run() throws {
            try Failure.handled {
                let opened = try vault.open()
                let who = try person.find(in: opened)
                guard try opened.removeAmendment(number, of: who.id) else {
                    Messages.error("there is no amendment of this number whose originals are kept")
                    Messages.hint("`hearth amend show` lists them")
                    throw ExitStatus.failed
                }
                print("took back amendment \(number)")
            }
        }
    }
}
