// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import HearthVault

struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Say which protections are in force on this system.",
        discussion: """
            Files are parsed in a worker process that may do nothing but read one open file and \
            write to one pipe. A worker is started and asked which layers of that are in force. \
            Then: what the file system below the vault lets an erase promise, whether the disk and \
            swap are encrypted as far as that can be seen, where core files would go, and known \
            faults of the libraries. Exit code 1: a layer is missing.
            """)

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var vault: VaultOptions

    func run() throws {
        let checkup = Checkup(store: vault.location.store)
        print(json ? try checkup.json : checkup.text)
        if !checkup.isSound { throw ExitStatus.failed }
    }
}
