// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import HearthCrypto
import HearthVault

struct KeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "Change what opens the vault.",
        subcommands: [Passphrase.self, Recovery.self, List.self])

    struct Passphrase: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "passphrase", abstract: "Set a new passphrase; the old one stops working.",
            discussion: "Rewrites one key slot; the samples are not touched.")

        @OptionGroup var vault: VaultOptions
        @Option(
            help: ArgumentHelp("Read the new passphrase from this file.", valueName: "file"))
        var newPassphraseFile: String?

        func run() throws {
            try Failure.handled {
                let opened = try vault.open()
                try opened.changePassphrase(to: newSecret())
                try opened.appendAudit(command: "key passphrase", outcome: "changed")
                Messages.note("the passphrase is changed")
            }
        }

        private func newSecret() throws -> SecretBytes {
            if let newPassphraseFile {
                return try PassphraseFile.read(file: newPassphraseFile)
            }
            let first = try PassphraseInput.ask("New passphrase: ")
            let second = try PassphraseInput.ask("The same again: ")
            guard first.isEqual(to: second) else {
                Messages.error("the two passphrases differ")
                throw ExitStatus.failed
            }
            return first
        }
    }

    struct Recovery: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "recovery",
            abstract: "Print a new recovery code; the old one stops working.")

        @OptionGroup var vault: VaultOptions

        func run() throws {
            try Failure.handled {
                let opened = try vault.open()
                let code = try opened.addRecoveryCode()
                try opened.appendAudit(command: "key recovery", outcome: "renewed")
                Messages.note("recovery code, shown once; write it on paper:")
                print(code.words().joined(separator: " "))
            }
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "What opens the vault now.")

        @OptionGroup var vault: VaultOptions

        func run() throws {
            try Failure.handled {
                for slot in try vault.open().keySlots {
                    let kind = slot.factor == .passphrase ? "passphrase" : "recovery code"
                    print("slot \(slot.index): \(kind), Argon2id \(slot.memLimit >> 20) MiB")
                }
            }
        }
    }
}
