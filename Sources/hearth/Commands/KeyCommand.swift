// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import HearthCrypto
import HearthVault

struct KeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "Change what opens the vault.",
        discussion: """
            A vault opens by up to eight key slots: passphrases, recovery codes and key files, or a \
            passphrase and a key file together. The samples are not touched by any of these commands.
            """,
        subcommands: [
            List.self, Add.self, Remove.self, Passphrase.self, Recovery.self, Rotate.self,
            NewFile.self,
        ])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "What opens the vault now.")

        @OptionGroup var vault: VaultOptions

        func run() throws {
            try Failure.handled {
                let opened = try vault.open()
                for slot in opened.keySlots {
                    let mark = slot.index == opened.openedSlot ? ", used just now" : ""
                    print("slot \(slot.index): \(KeySlotText.describe(slot))\(mark)")
                }
            }
        }
    }

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add", abstract: "Add a way to open the vault.",
            discussion: """
                --passphrase and --add-key-file together make a slot that asks for both. The options \
                --passphrase-file, --key-file and --recovery-code say how the vault is opened now.
                """)

        @Flag(help: "A further passphrase.")
        var passphrase = false

        @Option(
            help: ArgumentHelp(
                "A key file, made by `hearth key new-file`.", valueName: "file"))
        var addKeyFile: String?

        @Flag(help: "A further recovery code, printed once.")
        var addRecoveryCode = false

        @OptionGroup var new: NewPassphrase
        @OptionGroup var vault: VaultOptions

        func validate() throws {
            guard passphrase || addKeyFile != nil || addRecoveryCode else {
                throw ValidationError(
                    "say what to add: --passphrase, --add-key-file FILE or --add-recovery-code")
            }
            guard !addRecoveryCode || (!passphrase && addKeyFile == nil) else {
                throw ValidationError("a recovery code has a slot of its own")
            }
        }

        func run() throws {
            try Failure.handled {
                let opened = try vault.open()
                if addRecoveryCode {
                    let code = try opened.addRecoveryCode(keepingEarlier: true)
                    try opened.appendAudit(command: "key add", outcome: "recovery code")
                    RecoveryCodeText.show(code)
                    return
                }
                var credential = Credential()
                if let addKeyFile {
                    credential.keyFile = HeldSecret(try KeyFileOnStick.read(addKeyFile))
                }
                if passphrase { credential.passphrase = HeldSecret(try new.secret()) }
                let slot = try opened.addKeySlot(credential, kdf: new.kdf.parameters)
                let factor = opened.keySlots.first { $0.index == slot }?.factor ?? .passphrase
                let name = KeySlotText.name(factor)
                try opened.appendAudit(command: "key add", outcome: name)
                Messages.note("slot \(slot) opens by \(name)")
            }
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove", abstract: "Take a way to open the vault away.",
            discussion: """
                The slot is overwritten in place in both key files. Whoever copied the key files \
                before, and knows that secret, can still open the copy: `hearth key rotate` helps \
                against that.
                """)

        @Argument(help: "The number of the slot; `hearth key list` shows them.")
        var slot: Int

        @OptionGroup var vault: VaultOptions

        func run() throws {
            try Failure.handled {
                let opened = try vault.open()
                try opened.removeKeySlot(slot)
                try opened.appendAudit(command: "key remove", outcome: "slot \(slot)")
                SessionText.end(at: vault.location)
                Messages.note("slot \(slot) is overwritten")
            }
        }
    }

    struct Passphrase: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "passphrase", abstract: "Set a new passphrase; the old one stops working.",
            discussion: "Rewrites one key slot; the samples are not touched.")

        @Option(
            help: ArgumentHelp(
                "Which slot (default: the one that was opened, or the first with a passphrase).",
                valueName: "number"))
        var slot: Int?

        @OptionGroup var new: NewPassphrase
        @OptionGroup var vault: VaultOptions

        func run() throws {
            try Failure.handled {
                let opened = try vault.open()
                try opened.changePassphrase(
                    to: new.secret(), kdf: new.kdf.parameters, slot: slot,
                    keyFile: vault.heldKeyFile())
                try opened.appendAudit(command: "key passphrase", outcome: "changed")
                SessionText.end(at: vault.location)
                Messages.note("the passphrase is changed")
            }
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
                RecoveryCodeText.show(code)
            }
        }
    }

    struct NewFile: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "new-file", abstract: "Make a key file: 32 random bytes.",
            discussion: """
                Keep it apart from the vault, such as on a memory stick, and keep a copy: whoever has \
                it needs nothing else, and it cannot be made again. `hearth key add --add-key-file` \
                makes the vault open by it.
                """)

        @Argument(help: "The file to make; one that is there is never overwritten.")
        var path: String

        func run() throws {
            try Failure.handled {
                try KeyFileOnStick.make(path)
                Messages.note("made the key file \(path)")
            }
        }
    }
}

/// A new passphrase and how much work a guess of it shall cost.
struct NewPassphrase: ParsableArguments {
    @Option(help: ArgumentHelp("Read the new passphrase from this file.", valueName: "file"))
    var newPassphraseFile: String?

    @Option(help: "Work to open by it: minimum (64 MiB), standard (256 MiB), strong (1 GiB).")
    var kdf = InitCommand.Cost.standard

    func secret() throws -> SecretBytes {
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

/// A recovery code on standard output, with its explanation beside it.
enum RecoveryCodeText {
    static func show(_ code: borrowing RecoveryCode) {
        Messages.note("recovery code, shown once; write it on paper:")
        print(code.words().joined(separator: " "))
    }
}

/// A session must not outlive the secret it was begun with.
enum SessionText {
    static func end(at location: VaultLocation) {
        // Where there is no keyring there is no session either.
        _ = try? Vault.endSession(at: location)
    }
}
