// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthCrypto
import HearthIntake
import HearthPipeline
import HearthRights
import HearthVault

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

/// A file of 32 random bytes that opens a vault, best kept on a memory stick.
enum KeyFileOnStick {
    static func read(_ path: String) throws -> SecretBytes {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw IntakeError(.notReadable, "\(path): the key file cannot be opened")
        }
        defer { close(descriptor) }
        do {
            return try SecretFile.read(descriptor: descriptor, count: Credential.keyFileBytes)
        } catch {
            throw IntakeError(.notReadable, "\(path): \(error.message)")
        }
    }

    /// Makes a new one, for its owner alone; a file that is there is never overwritten.
    static func make(_ path: String) throws {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw RightsError(
                .cannotWrite, "\(path): the key file cannot be made; is there a file already?")
        }
        defer { close(descriptor) }
        try SecretFile.write(
            SecretBytes.random(Credential.keyFileBytes), descriptor: descriptor)
    }
}
