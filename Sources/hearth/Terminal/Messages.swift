// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import HearthCrypto
import HearthIntake
import HearthPipeline
import HearthReport
import HearthRights
import HearthVault

/// Talk goes to standard error; standard output carries data alone.
///
/// Each is one line. Names of files and entries are in it, so nothing that steers a terminal passes.
enum Messages {
    static func error(_ text: String) { write("hearth: error: \(SafeText.clean(text))\n") }
    static func hint(_ text: String) { write("hearth: hint: \(SafeText.clean(text))\n") }
    static func note(_ text: String) { write("hearth: \(SafeText.clean(text))\n") }

    static func write(_ text: String) {
        FileHandle.standardError.write(Data(text.utf8))
    }
}

/// A failure with its exit code, already told to the person.
enum Failure {
    /// Runs a command's body; every expected error becomes a message, a hint and an exit code.
    static func handled<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as VaultError {
            throw tell(error)
        } catch let error as IntakeError {
            Messages.error(error.message)
            throw ExitStatus.unreadableInput
        } catch let error as RightsError {
            Messages.error(error.message)
            throw ExitStatus.failed
        } catch let error as CorrectionError {
            Messages.error(error.message)
            if let hint = error.hint { Messages.hint(hint) }
            let isUsage = error.code == .badTimes || error.code == .badText
            throw isUsage ? ExitStatus.usage : ExitStatus.failed
        } catch let error as LiveError {
            Messages.error(error.message)
            throw error.code == .unreadable || error.code == .noInput
                ? ExitStatus.unreadableInput : ExitStatus.failed
        } catch let error as AgeError {
            Messages.error(error.message)
            throw error.code == .noMatch ? ExitStatus.wrongPassphrase : ExitStatus.failed
        } catch let error as CryptoError {
            Messages.error(error.message)
            throw ExitStatus.failed
        }
    }

    private static func tell(_ error: VaultError) -> ExitCode {
        Messages.error(error.message)
        switch error.code {
        case .noVault:
            Messages.hint("make one with `hearth init`, or name another folder with --vault")
            return ExitStatus.noVault
        case .lockedByAnotherProcess:
            Messages.hint("wait until the other hearth process has ended")
            return ExitStatus.locked
        case .wrongPassphrase:
            Messages.hint(
                "the recovery code opens the vault too: --recovery-code; so may a key file: --key-file"
            )
            return ExitStatus.wrongPassphrase
        case .diskFull:
            Messages.hint("free some space; everything acknowledged before is safe")
            return ExitStatus.failed
        case .damaged, .rolledBack:
            Messages.hint(
                "`hearth verify` names what is damaged; `hearth restore` makes a new vault of "
                    + "what is sound here and of a backup")
            return ExitStatus.failed
        case .noConsent:
            Messages.hint(
                "`hearth consent show`, `hearth restrict show` and `hearth policy` say what holds")
            return ExitStatus.noConsent
        default: return ExitStatus.failed
        }
    }
}
