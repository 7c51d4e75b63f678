// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import HearthBiosignals
import HearthPipeline
import HearthVault

struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "What the vault holds and how it is locked.")

    @Flag(help: "Print as JSON.") var json = false
    @OptionGroup var vault: VaultOptions

    struct PersonStatus: Encodable {
        var label: String
        var samples: Int
        var streams: Int
        var first: String?
        var last: String?
        /// Share of the last 14 local days that have a heart-rate sample.
        var recentDaysWithHeartRate: Double
        /// Stretches that were erased and stay away.
        var erasedStretches: Int
    }

    struct Status: Encodable {
        var vault: String
        var id: String
        var keys: [String]
        /// Files that were sealed while the vault was closed.
        var inboxWaiting: Int
        var inboxAside: Int
        var people: [PersonStatus]
        /// Times that erased data were let come back.
        var resurrections: Int
    }

    func run() throws {
        try Failure.handled {
            let opened = try vault.open()
            let inbox = Vault.inboxCount(at: vault.location)
            let status = Status(
                vault: vault.location.store, id: opened.identifier,
                keys: opened.keySlots.map(KeySlotText.describe),
                inboxWaiting: inbox.waiting, inboxAside: inbox.aside,
                people: try opened.people.map { try person($0, in: opened) },
                resurrections: try opened.auditTrail().count {
                    $0.command.hasPrefix("resurrect ")
                })
            if json { try printJSON(status) } else { printText(status) }
        }
    }

    private func person(_ person: Person, in vault: Vault) throws -> PersonStatus {
        let scoring = try ScoringService(vault: vault, person: person.id)
        let streams = try vault.streams(of: person.id)
        return PersonStatus(
            label: person.label, samples: streams.reduce(0) { $0 + $1.samples },
            streams: streams.count, first: scoring.days?.lowerBound.description,
            last: scoring.days?.upperBound.description,
            recentDaysWithHeartRate: try recentCoverage(scoring, vault, person.id),
            erasedStretches: try vault.erasedStretches(of: person.id))
    }

    private func recentCoverage(
        _ scoring: ScoringService, _ vault: Vault, _ person: PersonID
    ) throws -> Double {
        guard let last = scoring.days?.upperBound else { return 0 }
        let zone = scoring.zoneTimeline
        var days: Set<LocalDate> = []
        let query = SampleQuery(
            person: person, quantities: [.heartRate],
            from: zone.instant(of: last.advanced(by: -13)))
        try vault.read(query) { _, block in
            for index in 0..<block.count { days.insert(zone.localDate(at: block.times[index])) }
        }
        return Double(days.count) / 14
    }

    private func printText(_ status: Status) {
        print("vault    \(status.vault)")
        print("id       \(status.id)")
        for key in status.keys { print("opens by \(key)") }
        if status.inboxWaiting > 0 {
            print("inbox    \(status.inboxWaiting) files wait; `hearth inbox merge` takes them in")
        }
        if status.inboxAside > 0 { print("inbox    \(status.inboxAside) files were left aside") }
        for person in status.people {
            print("")
            print("\(person.label): \(person.samples) samples in \(person.streams) streams")
            if let first = person.first, let last = person.last {
                let days = Int((person.recentDaysWithHeartRate * 14).rounded())
                print("  \(first) to \(last); heart rate on \(days) of the last 14 days")
            }
            if person.erasedStretches > 0 {
                print("  \(person.erasedStretches) erased stretches stay away")
            }
        }
        if status.resurrections > 0 {
            print("")
            print(
                "erased data were let come back \(status.resurrections) times: `hearth audit show`")
        }
    }

    private func printJSON(_ status: Status) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        print(String(decoding: try encoder.encode(status), as: UTF8.self))
    }
}
