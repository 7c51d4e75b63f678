// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import HearthBiosignals
import HearthPipeline
import HearthRights
import HearthVault

struct RecipientsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recipients",
        abstract: "Who got a copy, and who has to be told of a change.",
        discussion: """
            `hearth export --recipient NAME` records every copy. After an erasure, a correction or a \
            restriction the recipients of copies have to be told (GDPR Article 19): `recipients show` lists \
            them with what they got, `recipients told NAME` records that it was done.

            Without a subcommand: the list, with --json for programs.
            """,
        subcommands: [Show.self, Add.self, Remove.self, Told.self], defaultSubcommand: Show.self)

    struct Listing: Encodable {
        var recipients: [RecipientModel]
        var copies: [DisclosureModel]
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "The copies made of a person's data, and who got them.")

        @Flag(help: "Print as JSON.") var json = false
        @OptionGroup var vault: VaultOptions
        @OptionGroup var person: PersonOption

        func run() throws {
            try Failure.handled {
                let opened = try vault.open()
                let who = try person.find(in: opened)
                let named = try opened.records().recipients
                let copies = try opened.records(of: who.id).disclosures
                if json {
                    return try RightsText.printJSON(
                        Listing(
                            recipients: named.map { RecipientModel($0) },
                            copies: copies.map { DisclosureModel($0) }))
                }
                for one in named { print("named: \(one.name) (\(one.contact)): \(one.purpose)") }
                if copies.isEmpty { return print("no copy was made of the data of \(who.label)") }
                let zone = try LiveStore.zone(in: opened, of: who.id)
                var table = TextTable(["copy", "made", "who got it", "form", "what", "told"])
                for one in copies {
                    table.add([
                        "\(one.number)", WallClock.text(one.time, in: zone), one.recipient,
                        one.format, RightsText.names(one.categories),
                        one.told.map { WallClock.text($0, in: zone) } ?? "-",
                    ])
                }
                print(table.text)
            }
        }
    }

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add", abstract: "Name somebody who gets data, for the notice.")

        @Argument(help: "The name.") var name: String
        @Option(help: "How to reach them.") var contact: String
        @Option(help: "What for, in a line.") var purpose: String
        @OptionGroup var vault: VaultOptions

        func run() throws {
            try Failure.handled {
                let opened = try vault.open()
                var records = try opened.records()
                records.add(
                    Recipient(name: name, contact: contact, purpose: purpose, added: .now))
                try opened.store(records, command: "recipients add")
                Messages.note("added; `hearth notice` names them from now on")
            }
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove",
            abstract: "Take somebody off the list; copies made stay recorded.")

        @Argument(help: "The name.") var name: String
        @OptionGroup var vault: VaultOptions

        func run() throws {
            try Failure.handled {
                let opened = try vault.open()
                var records = try opened.records()
                guard records.removeRecipient(named: name) else {
                    Messages.error("nobody of that name is on the list")
                    throw ExitStatus.failed
                }
                try opened.store(records, command: "recipients remove")
                Messages.note("removed")
            }
        }
    }

    struct Told: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "told",
            abstract: "Record that a recipient was told of an erasure, correction or restriction.")

        @Argument(help: "Who was told, as in `hearth recipients`.") var name: String
        @OptionGroup var vault: VaultOptions
        @OptionGroup var person: PersonOption

        func run() throws {
            try Failure.handled {
                let opened = try vault.open()
                let who = try person.find(in: opened)
                let copies = try opened.markTold(name, of: who.id)
                guard copies > 0 else {
                    Messages.error("nobody of that name got a copy")
                    Messages.hint("`hearth recipients` lists who did")
                    throw ExitStatus.failed
                }
                print("recorded for \(copies) copies")
            }
        }
    }
}
