// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import HearthBiosignals
import HearthCrypto
import HearthVault

/// Where the vault is; for commands that need no secret.
struct VaultPlace: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The vault's folder (default: $HEARTH_VAULT or ~/.local/share/hearth/store).",
            valueName: "folder"))
    var vault: String?

    @Option(
        help: ArgumentHelp(
            "Where the vault's anchor against rollback is kept (default: $HEARTH_STATE or "
                + "~/.local/state/hearth).", valueName: "folder"))
    var state: String?

    var location: VaultLocation {
        let environment = ProcessInfo.processInfo.environment
        let home = environment["HOME"] ?? "."
        let data = environment["XDG_DATA_HOME"] ?? "\(home)/.local/share"
        let states = environment["XDG_STATE_HOME"] ?? "\(home)/.local/state"
        return VaultLocation(
            store: vault ?? environment["HEARTH_VAULT"] ?? "\(data)/hearth/store",
            state: state ?? environment["HEARTH_STATE"] ?? "\(states)/hearth")
    }
}

/// Where the vault is and how it is opened; shared by almost every command.
struct VaultOptions: ParsableArguments {
    @OptionGroup var place: VaultPlace

    @Option(
        help: ArgumentHelp("Read the passphrase from the file's first line.", valueName: "file"))
    var passphraseFile: String?

    @Option(
        help: ArgumentHelp(
            "Read the passphrase from an open file descriptor.", valueName: "number"))
    var passphraseFd: Int32?

    @Option(
        help: ArgumentHelp(
            "Open with a key file, such as one on a memory stick.", valueName: "file"))
    var keyFile: String?

    @Flag(help: "Open with the recovery code instead of the passphrase.")
    var recoveryCode = false

    @Option(
        help: ArgumentHelp(
            "How long to wait for another process that has the vault open (0 to 3600).",
            valueName: "seconds"))
    var wait = 5

    var location: VaultLocation { place.location }

    func validate() throws {
        guard (0...3600).contains(wait) else {
            throw ValidationError("--wait is from 0 to 3600 seconds")
        }
    }

    /// The secret, from where the options say or the terminal.
    func secret(prompt: String = "Passphrase: ") throws -> SecretBytes {
        if let passphraseFd { return try PassphraseInput.readLine(descriptor: passphraseFd) }
        if let passphraseFile { return try PassphraseFile.read(file: passphraseFile) }
        return try PassphraseInput.ask(recoveryCode ? "Recovery code: " : prompt)
    }

    /// The content of the key file, if one is named.
    func heldKeyFile() throws -> HeldSecret? {
        try keyFile.map { HeldSecret(try KeyFileOnStick.read($0)) }
    }

    /// Opens the vault, asking for the passphrase only after it is known to exist, and only if
    /// something asks for it.
    func open(usingSession: Bool = true) throws -> Vault {
        guard Vault.exists(at: location) else {
            throw VaultError(.noVault, "there is no vault in \(location.store)")
        }
        let hasOwnSecret =
            passphraseFile != nil || passphraseFd != nil || recoveryCode || keyFile != nil
        if usingSession, !hasOwnSecret, let opened = try openFromSession() { return opened }
        guard let held = try heldKeyFile() else {
            return try Vault.open(
                at: location, with: secret(), factor: recoveryCode ? .recoveryCode : .passphrase,
                wait: .seconds(wait))
        }
        var credential = Credential(keyFile: held)
        let factors = try Vault.keySlots(at: location).map(\.factor)
        let asksForBoth = factors.contains(.passphraseAndKeyFile)
        if factors.contains(.keyFile) || !asksForBoth {
            do { return try Vault.open(at: location, with: credential, wait: .seconds(wait)) } catch
            {
                guard error.code == .wrongPassphrase, asksForBoth else { throw error }
            }
        }
        credential.passphrase = HeldSecret(try secret())
        return try Vault.open(at: location, with: credential, wait: .seconds(wait))
    }

    /// What the options and the terminal give, a session left aside: for what asks once more.
    func credential(prompt: String) throws -> Credential {
        try credential(prompt: prompt) { Set(try Vault.keySlots(at: location).map(\.factor)) }
    }

    /// As above for key slots that ask for `factors`, which are looked at only if a key file is given.
    func credential(
        prompt: String = "Passphrase: ", _ factors: () throws -> Set<KeyFactor>
    ) throws -> Credential {
        guard let held = try heldKeyFile() else {
            return try Credential(
                secret(prompt: prompt), as: recoveryCode ? .recoveryCode : .passphrase)
        }
        var credential = Credential(keyFile: held)
        if try factors().contains(.passphraseAndKeyFile) {
            credential.passphrase = HeldSecret(try secret(prompt: prompt))
        }
        return credential
    }

    /// The vault, if `hearth unlock` left its key and the key still fits.
    private func openFromSession() throws -> Vault? {
        guard let credential = try Vault.sessionCredential(at: location) else { return nil }
        do { return try Vault.open(at: location, with: credential, wait: .seconds(wait)) } catch {
            guard error.code == .wrongPassphrase else { throw error }
            return nil
        }
    }
}

/// Whose data a command is about.
struct PersonOption: ParsableArguments {
    @Option(help: ArgumentHelp("Whose data, by the label you gave.", valueName: "label"))
    var person = "me"

    /// The person, who must exist.
    func find(in vault: Vault) throws -> Person {
        guard let found = vault.person(labelled: person) else {
            Messages.error("the vault holds nothing of a person labelled \(person)")
            Messages.hint(
                "`hearth ingest PATH --person \(person)` adds one; `hearth status` lists all")
            throw ExitStatus.failed
        }
        return found
    }
}
