// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import HearthCrypto
import HearthVault

struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Make a new vault.",
        discussion: """
            Asks for a passphrase twice and prints a recovery code once. Without either of them \
            nobody, you included, can ever read the vault. The code is printed on standard output. \
            --mode controller is for somebody who keeps data of others, such as a clinic or a study.
            """)

    enum Cost: String, ExpressibleByArgument, CaseIterable {
        case minimum, standard, strong

        var parameters: KDFParameters {
            switch self {
            case .minimum: .minimum
            case .standard: .standard
            case .strong: .strong
            }
        }
    }

    @OptionGroup var vault: VaultOptions

    @Option(help: "Work to open the vault: minimum (64 MiB), standard (256 MiB), strong (1 GiB).")
    var kdf = Cost.standard

    @Option(help: "personal (your own use) or controller (data of others).")
    var mode = ModeName.personal

    @OptionGroup(title: "Controller mode") var controller: ControllerOptions

    func run() throws {
        try Failure.handled {
            let identity = try controller.identity(for: mode)
            if mode == .controller, identity == nil { throw ControllerOptions.missing() }
            let location = vault.location
            guard !Vault.exists(at: location) else {
                throw VaultError(.vaultExists, "there is already a vault in \(location.store)")
            }
            let made = try Vault.create(
                at: location, passphrase: newPassphrase(), kdf: kdf.parameters)
            if let identity {
                var records = VaultRecords()
                records.mode = mode.mode
                records.controller = identity
                try made.store(records, command: "policy mode \(mode.rawValue)")
            }
            let words = try made.addRecoveryCode().words()
            Messages.note("made a vault in \(location.store)")
            Messages.note("recovery code, shown once; write it on paper:")
            print(words.joined(separator: " "))
            try rehearse(words)
            if mode == .controller {
                Messages.hint(
                    "next: hearth policy, hearth notice, hearth consent give --person LABEL")
            }
        }
    }

    private func newPassphrase() throws -> SecretBytes {
        let first = try vault.secret(prompt: "New passphrase: ")
        guard vault.passphraseFd == nil, vault.passphraseFile == nil else { return first }
        let second = try PassphraseInput.ask("The same again: ")
        guard first.isEqual(to: second) else {
            Messages.error("the two passphrases differ")
            throw ExitStatus.failed
        }
        return first
    }

    /// On a terminal: asks for two words of the code, so that it really was written down.
    private func rehearse(_ words: [String]) throws {
        guard Screen.inputIsTerminal, Screen.talkIsTerminal, words.count > 8 else { return }
        for position in [3, 9] {
            Messages.write("Word \(position) of the recovery code: ")
            while readLine()?.trimmingCharacters(in: .whitespaces).lowercased()
                != words[position - 1]
            {
                Messages.write("That is not word \(position); look at your paper: ")
            }
        }
        Messages.note("the vault is ready: hearth ingest PATH")
    }
}
