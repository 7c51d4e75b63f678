// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import HearthBiosignals
import HearthPipeline
import HearthReport
import HearthVault

struct SourcesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sources", abstract: "Which devices and quantities the vault holds.")

    @Flag(help: "Print as JSON.") var json = false
    @OptionGroup var vault: VaultOptions
    @OptionGroup var person: PersonOption

    struct Row: Encodable {
        var device: String
        var name: String
        var quantity: String
        var origin: String
        var derivation: String
        var samples: Int
        var first: String
        var last: String
    }

    func run() throws {
        try Failure.handled {
            let opened = try vault.open()
            let who = try person.find(in: opened)
            let zone = try ScoringService(vault: opened, person: who.id).zoneTimeline
            let rows = try opened.streams(of: who.id).map { row($0, zone) }
            if json { try printJSON(rows) } else { printTable(rows) }
        }
    }

    private func row(_ summary: StreamSummary, _ zone: ZoneTimeline) -> Row {
        Row(
            device: summary.device.id.text,
            name: SafeText.clean(
                SourceDevice(vendor: summary.device.vendor, model: summary.device.model).label),
            quantity: summary.stream.quantity.name, origin: summary.stream.origin.file.name,
            derivation: summary.stream.origin.derivation.name, samples: summary.samples,
            first: zone.localDate(at: summary.first).description,
            last: zone.localDate(at: summary.last).description)
    }

    private func printTable(_ rows: [Row]) {
        var table = TextTable(
            ["device", "name", "quantity", "from", "samples", "first", "last"], rightAligned: [4])
        for row in rows {
            let origin =
                row.derivation == "measured" ? row.origin : "\(row.origin) (\(row.derivation))"
            table.add([
                row.device, row.name, row.quantity, origin, "\(row.samples)", row.first, row.last,
            ])
        }
        print(table.text)
    }

    private func printJSON(_ rows: [Row]) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        print(String(decoding: try encoder.encode(rows), as: UTF8.self))
    }
}
