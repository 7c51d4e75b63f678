// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import HearthBiosignals
import HearthPipeline
import HearthRights
import HearthVault

struct RetainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retain", abstract: "Find, and with --apply erase, what is kept too long.",
        discussion: """
            How long is said with `hearth policy set CATEGORY --keep-for 90d`. A day is due as a whole, \
            by UTC. Before samples go, their days are scored, so that results can outlive them for as \
            long as the policy says. Every erasure leaves a signed receipt; newer data still come in.
            """)

    @Flag(help: "Erase what is due.") var apply = false
    @Option(
        help: ArgumentHelp("Where receipts are written.", valueName: "folder"))
    var receipts = "."
    @Flag(help: "Print as JSON.") var json = false
    @OptionGroup var vault: VaultOptions

    struct Item: Encodable {
        var person: String
        var category: String
        var keepDays: UInt32
        var before: String
        var samples: Int
        var results: Int
    }

    func run() throws {
        try Failure.handled {
            let opened = try vault.open()
            let retention = Retention(vault: opened, now: .now)
            let due = try retention.due()
            if json {
                try RightsText.printJSON(due.map(Self.item))
            } else {
                try show(due, opened)
            }
            guard apply else { return }
            for item in due {
                if item.category != .results { score(item, in: opened) }
                let through = LocalDate(dayNumber: item.cutoff.utcDay - 1).description
                var ending = try ErasureEnding(
                    retention.scope(of: item),
                    ErasureScopeWords(
                        person: item.person.label, categories: [item.category.name],
                        through: through),
                    in: opened, to: .folder(receipts))
                ending.telling = json ? .nothing : .briefly
                try ending.finish(try retention.apply(item), in: opened)
            }
        }
    }

    private static func item(_ one: RetentionItem) -> Item {
        Item(
            person: one.person.label, category: one.category.name, keepDays: one.keepDays,
            before: LocalDate(dayNumber: one.cutoff.utcDay).description, samples: one.samples,
            results: one.results)
    }

    private func show(_ due: [RetentionItem], _ vault: Vault) throws {
        guard !due.isEmpty else {
            let isSet = try vault.records().policies.contains { $0.keepDays != nil }
            print(isSet ? "nothing is due" : "the policy sets no time for anything")
            if !isSet { Messages.hint("hearth policy set motion --keep-for 90d") }
            return
        }
        var table = TextTable(["person", "category", "kept", "due before", "samples", "results"])
        for one in due.map(Self.item) {
            table.add([
                one.person, one.category, "\(one.keepDays) days", one.before, "\(one.samples)",
                "\(one.results)",
            ])
        }
        print(table.text)
        if !apply { Messages.hint("`hearth retain --apply` erases it, with receipts") }
    }

    /// Makes the results of the days whose samples go. What may not be scored is not.
    private func score(_ item: RetentionItem, in vault: Vault) {
        guard let scoring = try? ScoringService(vault: vault, person: item.person.id),
            let days = scoring.days
        else { return }
        let last = scoring.zoneTimeline.localDate(at: item.cutoff)
        guard days.lowerBound <= last else { return }
        _ = try? scoring.features(from: days.lowerBound, through: last)
    }
}
