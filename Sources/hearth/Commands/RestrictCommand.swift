// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import HearthBiosignals
import HearthPipeline
import HearthRights
import HearthVault

struct RestrictCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restrict", abstract: "Keep data stored, but not processed.",
        discussion: """
            What is restricted is left out of reports, scores, alerts and the past they compare with. \
            It stays in the vault, is shown (`hearth show`) and taken along (`hearth export`) as before, \
            and can be erased.
            """,
        subcommands: [Add.self, Lift.self, Show.self])

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add", abstract: "Restrict categories, or days, or everything.",
            discussion: """
                Without --category all categories; without --from and --to all dates, also those to come.

                  hearth restrict add --from 2026-01-05 --to 2026-01-09 --reason "the band was lent"
                """)

        @OptionGroup var categories: CategoryOptions
        @Option(help: ArgumentHelp("First local day, as yyyy-MM-dd.", valueName: "day"))
        var from: LocalDate?
        @Option(help: ArgumentHelp("Last local day, as yyyy-MM-dd.", valueName: "day"))
        var to: LocalDate?
        @Option(help: "Why, in a line.") var reason = "asked for by the person"
        @OptionGroup var vault: VaultOptions
        @OptionGroup var person: PersonOption

        func validate() throws {
            if let from, let to, from > to { throw ValidationError("--from lies behind --to") }
        }

        func run() throws {
            try Failure.handled {
                let opened = try vault.open()
                let who = try person.find(in: opened)
                let zone = try LiveStore.zone(in: opened, of: who.id)
                let made = try opened.addRestriction(
                    Restriction(
                        categories: categories.chosen,
                        from: from.map { zone.instant(of: $0) } ?? .distantPast,
                        to: to.map { zone.instant(of: $0.advanced(by: 1)) } ?? .distantFuture,
                        made: .now, reason: reason), of: who.id)
                print(
                    "restriction \(made.number) of \(who.label): "
                        + "\(RightsText.names(made.categories)), \(RestrictCommand.span(made, zone))"
                )
                try RightsText.tellRecipients(
                    of: who, made.categories, from: made.from, to: made.to, in: opened)
                Messages.hint("`hearth restrict lift \(made.number)` lifts it")
            }
        }
    }

    struct Lift: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "lift", abstract: "Lift a restriction; what it held back is scored again.",
            discussion: """
                A person who asked for a restriction has to be told before it is lifted \
                (GDPR Article 18(3)).
                """)

        @Argument(help: "The restriction's number.") var number: UInt32
        @OptionGroup var vault: VaultOptions
        @OptionGroup var person: PersonOption

        func run() throws {
            try Failure.handled {
                let opened = try vault.open()
                let who = try person.find(in: opened)
                guard try opened.liftRestriction(number, of: who.id) else {
                    Messages.error("there is no restriction of this number in force")
                    Messages.hint("`hearth restrict show` lists them")
                    throw ExitStatus.failed
                }
                print("lifted restriction \(number) of \(who.label)")
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "What is restricted now, and what was.")

        @Flag(help: "Print as JSON.") var json = false
        @OptionGroup var vault: VaultOptions
        @OptionGroup var person: PersonOption

        func run() throws {
            try Failure.handled {
                let opened = try vault.open()
                let who = try person.find(in: opened)
                let all = try opened.records(of: who.id).restrictions
                if json { return try RightsText.printJSON(all.map { RestrictionModel($0) }) }
                let zone = try LiveStore.zone(in: opened, of: who.id)
                if all.isEmpty { print("nothing is restricted") }
                for one in all {
                    let state = one.lifted.map {
                        "lifted \(WallClock.text($0, in: zone))"
                    }
                    print(
                        "\(one.number)  \(state ?? "in force")  \(RightsText.names(one.categories)), "
                            + "\(RestrictCommand.span(one, zone)); \(one.reason)")
                }
                for purpose in [Purpose.keep, .insight, .alert] {
                    let missing = try opened.withoutConsent(who.id, for: purpose)
                    guard !missing.isEmpty else { continue }
                    print("no consent to \(purpose.name): \(RightsText.names(missing))")
                }
                for purpose in Purpose.allCases {
                    let outside = try opened.outsidePolicy(for: purpose)
                    guard !outside.isEmpty else { continue }
                    print("the policy does not name \(purpose.name): \(RightsText.names(outside))")
                }
            }
        }
    }

    static func span(_ one: Restriction, _ zone: ZoneTimeline) -> String {
        let first = one.from == .distantPast ? nil : zone.localDate(at: one.from).description
        let last =
            one.to == .distantFuture
            ? nil : zone.localDate(at: one.to.advanced(byNanoseconds: -1)).description
        return switch (first, last) {
        case (nil, nil): "all dates"
        case (let first?, nil): "from \(first) on"
        case (nil, let last?): "up to and with \(last)"
        case (let first?, let last?): first == last ? first : "\(first) to \(last)"
        }
    }
}
