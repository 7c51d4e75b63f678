// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import HearthInference
import HearthReport

struct ModelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model", abstract: "The learned models: list, show the card, verify.",
        subcommands: [List.self, Show.self, Verify.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "The models that are part of this program.")

        @Flag(help: "Print as JSON.") var json = false

        func run() throws {
            try Failure.handled {
                let bundles = ModelSource.embedded.map(CheckedBundle.init)
                if json {
                    print(try ModelJSON.text(of: ModelListJSON(bundles)))
                } else {
                    print(ModelText.table(of: bundles))
                }
                if bundles.contains(where: { !$0.isSound }) { throw ExitStatus.failed }
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "A model's card: intended use, data, measured error, limits.",
            discussion: "Of a bundle that fails a check nothing is shown but the reason.")

        @Argument(help: "Name of a model of this program, or a file.") var model: String?
        @Flag(help: "Print as JSON.") var json = false

        func run() throws {
            try Failure.handled {
                let bundles = try ModelSource.find(model).map(CheckedBundle.init)
                for bundle in bundles where !bundle.isSound { bundle.tellRefusal() }
                let sound = bundles.compactMap(\.bundle)
                if json {
                    print(try ModelJSON.text(of: ModelCardsJSON(sound)))
                } else if !sound.isEmpty {
                    print(sound.map { ModelText.card(of: $0) }.joined(separator: "\n\n"))
                }
                if sound.count < bundles.count { throw ExitStatus.failed }
            }
        }
    }

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify",
            abstract: "Make every check of a model bundle and say which one fails.",
            discussion: """
                Container, envelope, signature, manifest, entries, engine, features, expiry and \
                contents, in this order. Every loading of a model makes the same checks. Exit code \
                1: refused.
                """)

        @Argument(
            help: "Name of a model of this program, or a file; all of this program if left out.")
        var model: String?
        @Flag(help: "Print as JSON.") var json = false

        func run() throws {
            try Failure.handled {
                let bundles = try ModelSource.find(model).map(CheckedBundle.init)
                if json {
                    print(try ModelJSON.text(of: ModelVerificationJSON(bundles)))
                } else {
                    print(bundles.map { ModelText.checks(of: $0) }.joined(separator: "\n\n"))
                }
                for bundle in bundles where !bundle.isSound { bundle.tellRefusal() }
                if bundles.contains(where: { !$0.isSound }) { throw ExitStatus.failed }
            }
        }
    }
}
