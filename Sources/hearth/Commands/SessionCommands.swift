// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import HearthVault

struct UnlockCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unlock",
        abstract: "Keep the vault's key for some minutes, so that nothing asks for it.",
        discussion: """
            The key lies in the kernel's memory, in the keyring of your user. Until it ends, every \
            program that runs as you can open the vault. It is off unless you ask for it; a restart, \
            `hearth lock` and a new secret end it. Linux only.
            """)

    @Option(help: ArgumentHelp("For how long, 1 to 60.", valueName: "minutes"))
    var minutes = 10

    @OptionGroup var vault: VaultOptions

    func validate() throws {
        guard (1...60).contains(minutes) else {
            throw ValidationError("--minutes takes 1 to 60")
        }
    }

    func run() throws {
        try Failure.handled {
            try vault.open(usingSession: false).beginSession(seconds: 60 * minutes)
            Messages.note(
                "the vault opens without asking for \(minutes) minutes; `hearth lock` ends it")
        }
    }
}

struct LockCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lock", abstract: "End what `hearth unlock` began.")

    @OptionGroup var place: VaultPlace

    func run() throws {
        try Failure.handled {
            let ended = try Vault.endSession(at: place.location)
            Messages.note(ended ? "the vault asks for its secret again" : "there was no session")
        }
    }
}
