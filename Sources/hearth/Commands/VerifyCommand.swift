// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import HearthPipeline
import HearthVault

struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Open and check every sealed pack of the vault.")

    @OptionGroup var vault: VaultOptions

    func run() throws {
        try Failure.handled {
            let report = try vault.open().verify(run: ParallelChecks.run)
            let said = report.corrections > 0 ? ", \(report.corrections) corrections and tags" : ""
            print("\(report.packs) packs, \(report.bytes) bytes, \(report.samples) samples\(said)")
            for repair in report.repairs { Messages.note(repair) }
            guard report.problems.isEmpty else {
                for problem in report.problems { Messages.error(problem) }
                Messages.hint(
                    report.losses.isEmpty
                        ? "nothing is lost: what is damaged is there a second time"
                        : "everything else is sound; `hearth restore` fills in from a backup")
                throw ExitStatus.failed
            }
            print("everything is sound")
        }
    }
}
