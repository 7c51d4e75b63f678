// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import HearthCrypto
import HearthVault

extension KeyCommand {
    struct Rotate: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rotate", abstract: "Make all keys new; every old secret stops working.",
            discussion: """
                Needs a new passphrase, a new key file, or both together, and prints a new recovery \
                code. What was erased then stays closed even for someone who reads old blocks from \
                the disk and knows the new secret, as long as the old secrets are destroyed: burn the \
                old recovery code, wipe the old key file. It does not help against someone who has \
                both an old copy of the vault and an old secret.

                If it is broken off, the vault opens with the old secret or with the new one.
                """)

        @Option(
            help: ArgumentHelp(
                "The new key file, made by `hearth key new-file`.", valueName: "file"))
        var newKeyFile: String?

        @Flag(help: "With --new-key-file: a new passphrase as well, both asked for together.")
        var both = false

        @Flag(help: "Make no new recovery code.")
        var noRecoveryCode = false

        @OptionGroup var new: NewPassphrase
        @OptionGroup var vault: VaultOptions

        func validate() throws {
            guard newKeyFile != nil || !both else {
                throw ValidationError("--both needs --new-key-file")
            }
        }

        func run() throws {
            try Failure.handled {
                let opened = try vault.open(usingSession: false)
                var credential = Credential()
                if let newKeyFile {
                    credential.keyFile = HeldSecret(try KeyFileOnStick.read(newKeyFile))
                }
                if newKeyFile == nil || both || new.newPassphraseFile != nil {
                    credential.passphrase = HeldSecret(try new.secret())
                }
                let code = try opened.rotateKeys(
                    to: credential, kdf: new.kdf.parameters, withRecoveryCode: !noRecoveryCode)
                SessionText.end(at: vault.location)
                Messages.note("all keys are new; only the new secret opens the vault")
                if let code { RecoveryCodeText.show(code) }
                Messages.note("destroy the old recovery code and the old key files")
            }
        }
    }
}
