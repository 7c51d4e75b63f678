// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthCrypto
import HearthIntake
import HearthPipeline

/// Gets a secret into locked memory without a copy in a `String`, an argument or the environment.
enum PassphraseFile {
    /// From a file: its first line.
    static func read(file path: String) throws -> SecretBytes {
        var isDirectory: ObjCBool = false
        if unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory),
            isDirectory.boolValue
        {
            throw IntakeError(
                .isDirectory, "\(path): found a folder; expected a file with the passphrase")
        }
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw IntakeError(.notReadable, "\(path): the passphrase file cannot be opened")
        }
        defer { close(descriptor) }
        return try PassphraseInput.readLine(descriptor: descriptor)
    }
}
