// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import HearthBiosignals
import HearthIntake
import HearthPipeline
import HearthRights
import HearthVault

struct EraseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "erase", abstract: "Destroy data for good, with a signed receipt.",
        discussion: """
            Shows what would be destroyed and asks. The keys of the erased packs are overwritten \
            where they lie, so that copies of the packs stay closed; ingesting the same file again \
            does not bring the data back. Corrections of sleep go with the quantity sleep-stage, \
            tags with event; they are of no device. Without --quantity, --device, --from or --to everything \
            of the person is erased.
            """)

    @OptionGroup var selection: SelectionOptions
    @Flag(help: "Do not ask.") var yes = false
    @Option(
        help: ArgumentHelp(
            "Where to write the receipt (default: hearth-receipt-….json here).", valueName: "file"))
    var receipt: String?

    @OptionGroup var vault: VaultOptions
    @OptionGroup var person: PersonOption

    func run() throws {
        try Failure.handled {
            let opened = try vault.open()
            let who = try person.find(in: opened)
            let zone = try ScoringService(vault: opened, person: who.id).zoneTimeline
            let scope = ErasureScope(
                person: who.id, quantities: selection.quantitySet, devices: selection.deviceSet,
                from: selection.start(in: zone), to: selection.end(in: zone))
            let impact = try opened.impact(of: scope)
            guard
                impact.samples + impact.corrections + impact.results > 0 || impact.wholePerson
            else {
                print("there is nothing to erase in this selection")
                return
            }
            show(impact, of: who)
            guard yes || confirmed() else {
                Messages.note("nothing was erased")
                throw ExitStatus.failed
            }
            try writeReceipt(try opened.erase(scope), of: who, signedBy: opened)
        }
    }

    private func show(_ impact: ErasureImpact, of who: Person) {
        print("This will be destroyed, for good:")
        for stream in impact.streams {
            print("  \(stream.stream.quantity.name): \(stream.samples) samples")
        }
        if impact.corrections > 0 { print("  \(impact.corrections) corrections and tags") }
        print("\(impact.samples) samples of \(who.label) in all")
        if impact.wholePerson { print("and everything else the vault knows of \(who.label)") }
    }

    private func confirmed() -> Bool {
        guard Screen.inputIsTerminal else {
            Messages.error("erasing needs a yes: from a terminal, or with --yes")
            return false
        }
        Messages.write("Type ERASE to go on: ")
        return readLine() == "ERASE"
    }

    private func writeReceipt(
        _ record: ErasureRecord, of who: Person, signedBy vault: Vault
    ) throws {
        let scope = ErasureReceipt.Scope(
            person: who.label,
            quantities: selection.quantitySet.map { $0.map(\.name).sorted() },
            devices: selection.deviceSet.map { $0.map(\.text).sorted() },
            from: selection.from?.description, through: selection.to?.description)
        let receipt = ErasureReceipt(record, scope: scope, vault: vault.identifier)
        let signed = SignedReceipt(receipt, signedBy: vault)
        let path = self.receipt ?? "hearth-receipt-\(record.receiptID.prefix(8)).json"
        try OutputFile.write(signed.json, to: path)
        print("")
        print(receipt.plainWords, terminator: "")
        print("\nReceipt: \(path)")
    }
}

struct ReceiptCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "receipt", abstract: "Check a receipt of an erasure.",
        subcommands: [Verify.self])

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify", abstract: "Check the signature and show the receipt in words.",
            discussion: "Needs no vault and no passphrase: anyone who has the file can do it.")

        @Argument(help: "The receipt's file.") var file: String

        func run() throws {
            try Failure.handled {
                guard let data = FileManager.default.contents(atPath: file) else {
                    throw IntakeError(.notReadable, "\(file) cannot be read")
                }
                let signed = try SignedReceipt(json: data)
                print(signed.receipt.plainWords)
                guard signed.isValid else {
                    Messages.error("\(file): the signature does not match; it was changed")
                    throw ExitStatus.failed
                }
                print("The signature is valid, made by the vault's key \(signed.verifyKey)")
            }
        }
    }
}
