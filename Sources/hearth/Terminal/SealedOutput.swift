// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthCrypto
import HearthRights

/// A file in the format of age, sealed while it is written; it has its name only when it is complete.
final class SealedOutput {
    private let output: StreamedOutput
    private var writer: AgeWriter
    private var sealed: [UInt8] = []

    /// - Throws: `RightsError` for what is no recipient, and what reading the passphrase throws.
    init(path: String, recipients: [String], passphraseFile: String?) throws {
        do {
            if let passphraseFile {
                let passphrase = try PassphraseFile.read(file: passphraseFile)
                writer = try AgeWriter(passphrase: passphrase)
            } else {
                var found: [AgeRecipient] = []
                for text in recipients { found.append(try AgeRecipient(text)) }
                writer = try AgeWriter(recipients: found)
            }
        } catch let error as AgeError { throw RightsError(.cannotWrite, error.message) }
        output = try StreamedOutput(path: path)
    }

    func write(_ bytes: Span<UInt8>) throws(RightsError) {
        do throws(AgeError) { try writer.write(bytes, into: &sealed) } catch { throw Self.failed }
        try flush()
    }

    func finish() throws(RightsError) {
        do throws(AgeError) { try writer.finish(into: &sealed) } catch { throw Self.failed }
        try flush()
        try output.finish(keep: true)
    }

    /// Takes away what was written so far.
    func abandon() { try? output.finish(keep: false) }

    private func flush() throws(RightsError) {
        output.write(sealed)
        sealed.removeAll(keepingCapacity: true)
        if let failure = output.failure { throw failure }
    }

    private static var failed: RightsError {
        RightsError(.cannotWrite, "the age file cannot be sealed")
    }
}
