// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import HearthPipeline

/// The stable exit codes, as documented in `docs/cli.md`.
enum ExitStatus {
    static let failed = ExitCode(1)
    static let someSkipped = ExitCode(3)
    static let noVault = ExitCode(10)
    static let locked = ExitCode(11)
    static let wrongPassphrase = ExitCode(12)
    static let noConsent = ExitCode(13)
    static let usage = ExitCode(64)
    static let unreadableInput = ExitCode(65)
    static let internalError = ExitCode(70)

    /// How the reading of inputs ended: `nil` if all of it could be used.
    static func of(_ verdicts: [FileVerdict]) -> ExitCode? {
        guard verdicts.contains(where: \.isProblem) else { return nil }
        let used = verdicts.contains { $0.status != .rejected && $0.status != .ignored }
        return used ? someSkipped : unreadableInput
    }
}
