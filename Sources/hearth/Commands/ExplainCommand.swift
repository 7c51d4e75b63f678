// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import HearthBiosignals
import HearthModels
import HearthPipeline
import HearthReport
import HearthVault

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "How a number comes about: formula, inputs, source.",
        discussion: "Without a metric it lists all that there are; that needs no vault.")

    @Argument(help: "The metric, such as resting-heart-rate-lowest-5min.")
    var metric: String?
    @Option(help: "Show the metric's value on this local day too.") var day: LocalDate?
    @Flag(help: "Print as JSON.") var json = false

    @OptionGroup var vault: VaultOptions
    @OptionGroup var person: PersonOption

    func run() throws {
        guard let metric else { return list() }
        guard let explanation = MetricCatalog.explanation(of: metric) else {
            Messages.error("there is no metric \(metric)")
            Messages.hint("`hearth explain` lists them")
            throw ExitStatus.usage
        }
        if json { return try printJSON(explanation) }
        let summary: DailySummary? = try Failure.handled { try daySummary() }
        print(
            ExplanationReport.render(
                title: explanation.label, formula: explanation.formula,
                inputs: explanation.inputs, baseline: explanation.baseline,
                source: explanation.source, model: explanation.model,
                metric: summary?.metrics.first { $0.id == metric },
                readiness: metric == "readiness" ? summary?.readiness : nil,
                said: summary?.corrections ?? DayCorrections()))
    }

    /// The day's report; `nil` without --day.
    private func daySummary() throws -> DailySummary? {
        guard let day else { return nil }
        let opened = try vault.open()
        let who = try person.find(in: opened)
        return try ScoringService(vault: opened, person: who.id)
            .summary(of: day, label: who.label)
    }

    private func list() {
        var table = TextTable(["metric", "unit", "meaning"])
        for entry in MetricCatalog.all { table.add([entry.id, entry.unit, entry.label]) }
        print(table.text)
    }

    private func printJSON(_ explanation: MetricExplanation) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        print(String(decoding: try encoder.encode(explanation), as: UTF8.self))
    }
}
