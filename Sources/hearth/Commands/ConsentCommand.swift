// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import HearthBiosignals
import HearthCrypto
import HearthIntake
import HearthPipeline
import HearthRights
import HearthVault

struct ConsentCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "consent", abstract: "Record consent that is given or withdrawn.",
        discussion: """
            The history only grows; what was said last counts. In a vault of controller mode \
            (`hearth policy mode`) a category without valid consent is neither stored nor scored; in \
            personal mode consent is recorded and nothing is asked.

            Purposes: keep (storing the samples), insight (scores and reports), alert (live alerts), \
            share (a copy for somebody else), research. Consent to keep is needed for all others.
            """,
        subcommands: [Give.self, Withdraw.self, Show.self, Export.self, Verify.self])
}

/// What a consent is about.
struct ConsentOptions: ParsableArguments {
    @Option(
        name: .customLong("purpose"),
        help: ArgumentHelp(
            "keep, insight, alert, share or research; may be repeated.", valueName: "name"))
    var purposes: [Purpose] = []

    @OptionGroup var categories: CategoryOptions

    @Option(
        help: ArgumentHelp(
            "How it was obtained or withdrawn, in a line: \"signed form\", \"in person\".",
            valueName: "text"))
    var how = "said by the person at this command"

    @Option(
        help: ArgumentHelp("Write the signed receipt to this file.", valueName: "file"))
    var receipt: String?
}

extension ConsentCommand {
    struct Give: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "give", abstract: "Record that a person consents.",
            discussion: """
                Without --purpose: keep, insight and alert. --notice names the file of the notice that \
                was shown (`hearth notice`); its SHA-256 is kept as the version.

                  hearth consent give --person ada --category sleep --category heart \\
                    --until 2027-12-31 --how "signed form" --notice notice.md
                """)

        @OptionGroup var consent: ConsentOptions
        @Option(help: ArgumentHelp("Last day on which it holds, as yyyy-MM-dd.", valueName: "day"))
        var until: LocalDate?
        @Option(help: ArgumentHelp("The file of the notice that was shown.", valueName: "file"))
        var notice: String?
        @OptionGroup var vault: VaultOptions
        @OptionGroup var person: PersonOption

        func run() throws {
            try Failure.handled {
                let version = try notice.map(ConsentCommand.digest)
                let opened = try vault.open()
                let known = opened.person(labelled: person.person)
                let zone = try known.map { try LiveStore.zone(in: opened, of: $0.id) }
                try checkUntil(in: zone ?? ZoneTimeline())
                let who = try known ?? opened.addPerson(label: person.person)
                let purposes: [Purpose] =
                    consent.purposes.isEmpty ? [.keep, .insight, .alert] : consent.purposes
                let event = try opened.addConsent(
                    ConsentEvent(
                        kind: .given, time: .now, purposes: Set(purposes),
                        categories: consent.categories.chosen,
                        expires: until.map {
                            (zone ?? ZoneTimeline()).instant(of: $0.advanced(by: 1))
                        },
                        how: consent.how, notice: version), of: who.id)
                print(
                    "consent \(event.number) of \(who.label): to \(RightsText.names(event.purposes)), for "
                        + "\(RightsText.names(event.categories))"
                        + (until.map { ", through \($0)" } ?? ", until withdrawn"))
                try ConsentCommand.receipt(event, who.id, opened, to: consent.receipt)
                if event.notice == nil, try opened.records().mode == .controller {
                    Messages.hint("--notice FILE records which notice was shown")
                }
            }
        }

        /// A consent that is over when it is given is a slip of the hand.
        private func checkUntil(in zone: ZoneTimeline) throws {
            guard let until, zone.instant(of: until.advanced(by: 1)) <= .now else { return }
            Messages.error("--until \(until) is over; give the last day on which the consent holds")
            throw ExitStatus.usage
        }
    }

    struct Withdraw: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "withdraw", abstract: "Record that a person withdraws consent.",
            discussion: """
                Without --purpose all purposes, without --category all categories. What is stored \
                stays, sealed, and is no longer processed in controller mode; with --erase it is erased \
                for good, with a receipt.
                """)

        @OptionGroup var consent: ConsentOptions
        @Flag(help: "Erase what is stored of these categories, too; asks first.")
        var erase = false
        @Flag(help: "Do not ask.") var yes = false
        @OptionGroup var vault: VaultOptions
        @OptionGroup var person: PersonOption

        func validate() throws {
            guard erase, !consent.purposes.isEmpty, !consent.purposes.contains(.keep) else {
                return
            }
            throw ValidationError(
                "--erase goes with a withdrawal of the purpose keep; without it the data stay")
        }

        func run() throws {
            try Failure.handled {
                let opened = try vault.open()
                let who = try person.find(in: opened)
                let purposes =
                    consent.purposes.isEmpty ? Set(Purpose.allCases) : Set(consent.purposes)
                let categories = consent.categories.chosen
                if erase, !yes {
                    print(
                        "All that is stored of \(who.label) of \(RightsText.names(categories)) "
                            + "will be destroyed, for good.")
                    guard ErasureEnding.confirmed() else {
                        Messages.note("nothing was withdrawn or erased")
                        throw ExitStatus.failed
                    }
                }
                let event = try opened.addConsent(
                    ConsentEvent(
                        kind: .withdrawn, time: .now, purposes: purposes, categories: categories,
                        how: consent.how), of: who.id)
                print(
                    "withdrawal \(event.number) of \(who.label): to \(RightsText.names(purposes)), for "
                        + RightsText.names(categories))
                try ConsentCommand.receipt(event, who.id, opened, to: consent.receipt)
                if erase {
                    try eraseAll(of: categories, who, opened)
                } else {
                    try tellWhatStays(opened)
                }
            }
        }

        private func tellWhatStays(_ vault: Vault) throws {
            if try vault.records().mode == .controller {
                Messages.note("what is stored stays sealed and is not processed any more")
            } else {
                Messages.note(
                    "this vault is in personal mode: it is recorded, and nothing is refused")
                Messages.hint("`hearth restrict add` stops processing in this mode too")
            }
            Messages.hint("`hearth consent withdraw --erase` destroys it, with a receipt")
        }

        private func eraseAll(
            of categories: Set<HearthBiosignals.Category>, _ who: Person, _ vault: Vault
        ) throws {
            let isAll = categories == Set(HearthBiosignals.Category.choosable)
            let quantities = categories.reduce(into: Set<Quantity>()) {
                $0.formUnion($1.quantities)
            }
            // All quantities and no bound would erase the person with the record of the consent.
            let scope = ErasureScope(
                person: who.id,
                quantities: isAll ? Set(Quantity.allCases) : quantities)
            let observed = categories.subtracting([.results])
            if !observed.isEmpty {
                try erase(scope, isAll ? nil : observed, of: who, in: vault)
            }
            guard categories.contains(.results) else { return }
            var results = ErasureScope(person: who.id)
            results.results = .only
            try erase(results, [.results], of: who, in: vault)
        }

        private func erase(
            _ scope: ErasureScope, _ categories: Set<HearthBiosignals.Category>?,
            of who: Person, in vault: Vault
        ) throws {
            let impact = try vault.impact(of: scope)
            guard impact.samples + impact.corrections + impact.results > 0 else {
                let words = categories.map(RightsText.names) ?? "all categories"
                return print("there is nothing of \(words) to erase")
            }
            let ending = try ErasureEnding(
                scope,
                ErasureScopeWords(
                    person: who.label, categories: categories.map { $0.map(\.name).sorted() }),
                in: vault, to: .folder("."))
            try ending.finish(try vault.erase(scope), in: vault)
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "What a person consents to now, and how it came about.")

        @Flag(help: "Print as JSON.") var json = false
        @OptionGroup var vault: VaultOptions
        @OptionGroup var person: PersonOption

        func run() throws {
            try Failure.handled {
                let opened = try vault.open()
                let who = try person.find(in: opened)
                let model = try PersonRightsModel(of: who.id, in: opened, at: .now)
                if json { return try RightsText.printJSON(model) }
                let mode = try opened.records().mode
                print("\(who.label), vault in \(mode.name) mode")
                if model.consentNow.isEmpty { print("no consent holds now") }
                for purpose in Purpose.allCases {
                    guard let held = model.consentNow[purpose.name] else { continue }
                    print("  \(purpose.name): \(held.joined(separator: ", "))")
                }
                if !model.consents.isEmpty { print("history:") }
                for one in model.consents { print("  \(one.words)") }
                if mode == .personal, model.consents.isEmpty {
                    Messages.note("none is needed for your own use")
                }
            }
        }
    }

    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "export", abstract: "The record of consent for programs, as JSON-LD.",
            discussion: """
                Structured as ISO/IEC TS 27560 asks, in terms of the Data Privacy Vocabulary 2.3, \
                signed by the vault. With --number: the receipt of one line of the history.
                """)

        @Option(
            help: ArgumentHelp("The receipt of this line of the history.", valueName: "number"))
        var number: UInt32?
        @Option(name: .shortAndLong, help: "Write to this file instead of standard output.")
        var output: String?
        @OptionGroup var vault: VaultOptions
        @OptionGroup var person: PersonOption

        func run() throws {
            try Failure.handled {
                let opened = try vault.open()
                let who = try person.find(in: opened)
                let document = try ConsentDocument(of: who.id, in: opened)
                guard let wanted = number.map({ document.receipt($0) }) ?? document.record else {
                    Messages.error("there is no consent of this number")
                    Messages.hint("`hearth consent show` lists them")
                    throw ExitStatus.usage
                }
                let signed = SignedDocument(wanted, signedBy: opened)
                try RightsText.write(signed.json, to: output)
            }
        }
    }

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify",
            abstract: "Check the signature of a record or receipt of consent.",
            discussion: "Needs no vault and no passphrase: anyone who has the file can do it.")

        @Argument(help: "The file.") var file: String

        func run() throws {
            try Failure.handled {
                guard let data = FileManager.default.contents(atPath: file) else {
                    throw IntakeError(.notReadable, "\(file) cannot be read")
                }
                let signed = try SignedDocument(json: [UInt8](data))
                guard signed.isValid else {
                    Messages.error("\(file): the signature does not match; it was changed")
                    throw ExitStatus.failed
                }
                print("The signature is valid, made by the vault's key \(signed.verifyKey)")
            }
        }
    }

    /// SHA-256 of a file.
    static func digest(of file: String) throws -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw IntakeError(.notReadable, "\(file) cannot be read")
        }
        let hasher = SHA256Hasher()
        hasher.update([UInt8](data).span)
        return hasher.finish()
    }

    static func receipt(
        _ event: ConsentEvent, _ person: PersonID, _ vault: Vault, to path: String?
    ) throws {
        guard let path,
            let receipt = try ConsentDocument(of: person, in: vault).receipt(event.number)
        else { return }
        let signed = SignedDocument(receipt, signedBy: vault)
        try OutputFile.write(Data(signed.json.utf8), to: path)
        Messages.note("receipt: \(path)")
    }
}
