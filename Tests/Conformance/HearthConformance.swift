// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

@main
struct HearthConformance: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hearth-conformance",
        abstract: "Reads every sample file, and throws mutants at every reader.",
        subcommands: [TableCommand.self, MutateCommand.self, MutateModelsCommand.self])
}
