// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import HearthBiosignals
import HearthCrypto
import HearthVault

extension HearthFaultsCommand {
    /// Opens a vault, says so, waits, closes it, says so, and waits again, so that another process can
    /// look at this one's memory in between. The passphrase is the first line of standard input.
    struct Hold: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Hold a vault open for the experiment R25.", shouldDisplay: false)
        @Argument var store: String
        @Argument var state: String

        func run() throws {
            try hold()
            say("closed")
            wait()
        }

        /// When it returns nothing refers to the vault any more.
        private func hold() throws {
            let vault = try Vault.open(
                at: VaultLocation(store: store, state: state),
                with: PassphraseInput.readLine(descriptor: 0))
            for person in vault.people {
                try vault.read(SampleQuery(person: person.id)) { _, _ in }
            }
            say("open")
            wait()
            vault.close()
        }

        private func say(_ word: String) {
            try? FileHandle.standardOutput.write(contentsOf: Data("\(word)\n".utf8))
        }

        /// Until a line comes.
        private func wait() {
            var byte: UInt8 = 0
            while read(0, &byte, 1) == 1, byte != 0x0A {}
        }
    }
}
