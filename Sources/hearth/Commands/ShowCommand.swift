// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import HearthBiosignals
import HearthFormats
import HearthPipeline
import HearthReport
import HearthVault

struct ShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "The stored samples of a quantity.",
        discussion: "As a table with wall-clock times, a plot, or as Hearth CSV or NDJSON.")

    enum Format: String, ExpressibleByArgument, CaseIterable { case table, csv, ndjson, plot }

    @Argument(help: "The quantity, such as heart-rate.") var quantity: Quantity
    @Option(help: "First local day (default: the last day with data).") var from: LocalDate?
    @Option(help: "Last local day (default: as --from).") var to: LocalDate?
    @Option(help: "table, csv, ndjson or plot.") var format = Format.table

    @OptionGroup var vault: VaultOptions
    @OptionGroup var person: PersonOption

    func run() throws {
        try Failure.handled {
            let opened = try vault.open()
            let who = try person.find(in: opened)
            let zone = try ScoringService(vault: opened, person: who.id).zoneTimeline
            let streams = try opened.streams(of: who.id).filter { $0.stream.quantity == quantity }
            guard let last = streams.map(\.last).max() else {
                Messages.error("there are no samples of \(quantity.name)")
                Messages.hint("`hearth sources` lists what there is")
                throw ExitStatus.failed
            }
            let first = from ?? to ?? zone.localDate(at: last)
            let query = SampleQuery(
                person: who.id, quantities: [quantity], from: zone.instant(of: first),
                to: zone.instant(of: (to ?? first).advanced(by: 1)), purpose: nil)
            try show(query, in: opened, zone)
        }
    }

    private func show(_ query: SampleQuery, in vault: Vault, _ zone: ZoneTimeline) throws {
        switch format {
        case .table: try showTable(query, vault, zone)
        case .plot: try showPlot(query, vault, zone)
        case .csv:
            var header: [UInt8] = []
            HearthCSVWriter().appendHeader(to: &header)
            emit(header)
            try vault.read(query) { _, block in
                var text: [UInt8] = []
                HearthCSVWriter().append(block, to: &text)
                emit(text)
            }
        case .ndjson:
            try vault.read(query) { _, block in
                var text: [UInt8] = []
                HearthNDJSONWriter().append(block, to: &text)
                emit(text)
            }
        }
    }

    private func emit(_ bytes: [UInt8]) {
        FileHandle.standardOutput.write(Data(bytes))
    }

    private func showTable(_ query: SampleQuery, _ vault: Vault, _ zone: ZoneTimeline) throws {
        let facts = quantity.facts
        print(
            "local time           \(facts.columns.joined(separator: "  ")) [\(facts.unit)]  device")
        try vault.read(query) { _, block in
            for index in 0..<block.count {
                let values = block.columns.map { "\($0[index])" }.joined(separator: "  ")
                let time = WallClock.text(block.times[index], in: zone)
                let mark = block.origin.derivation == .amended ? "  amended" : ""
                print("\(time)  \(values)  \(SafeText.clean(block.device.label))\(mark)")
            }
        }
    }

    private func showPlot(_ query: SampleQuery, _ vault: Vault, _ zone: ZoneTimeline) throws {
        var plot = TerminalPlot(
            from: query.from, to: query.to, width: Screen.width - 10,
            sums: quantity.facts.aggregation == .sum)
        try vault.read(query) { _, block in
            for index in 0..<block.count {
                plot.add(block.columns[0][index], at: block.times[index])
            }
        }
        print("\(quantity.facts.label) [\(quantity.facts.unit)]")
        print(plot.text)
        let start = WallClock.text(query.from, in: zone)
        print("\(start) to \(WallClock.text(query.to, in: zone))")
    }
}
