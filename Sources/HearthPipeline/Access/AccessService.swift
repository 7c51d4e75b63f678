// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
public import HearthReport
import HearthRights
public import HearthVault

/// Gathers everything a vault holds about a person.
public struct AccessService {
    private let vault: Vault
    private let person: Person

    public init(vault: Vault, person: Person) {
        self.vault = vault
        self.person = person
    }

    /// The report; `auditLines` are the lines of the audit log about the person, oldest first.
    public func report(made: String, auditLines: [[String]]) throws -> AccessReport {
        let scoring = try ScoringService(vault: vault, person: person.id)
        return AccessReport(
            person: person.label, made: made, vault: vault.identifier,
            holdings: try holdings(scoring.zoneTimeline),
            sections: [try own(), try results(scoring)]
                + (try RecordSections.all(of: person.id, in: vault)) + [kept()],
            scores: ScoreLogic.all, closing: closing(auditLines))
    }

    private func holdings(_ zone: ZoneTimeline) throws -> [AccessReport.Holding] {
        try SelectedStreams.all(vault, SampleQuery(person: person.id)).map { summary in
            let quantity = summary.stream.quantity
            let device = SourceDevice(vendor: summary.device.vendor, model: summary.device.model)
            return AccessReport.Holding(
                category: "\(quantity.facts.category)", quantity: quantity.facts.label,
                source: device.label,
                origin: summary.stream.origin.file.name
                    + (summary.stream.origin.derivation == .amended ? ", set right" : ""),
                samples: summary.samples, first: zone.localDate(at: summary.first).description,
                last: zone.localDate(at: summary.last).description)
        }
    }

    private func own() throws -> AccessReport.Section {
        let said = try vault.corrections(of: person.id)
        guard said.count > 0 else {
            return AccessReport.Section(
                title: "What you said yourself",
                paragraphs: ["No corrections of sleep and no tags of days are stored."])
        }
        return AccessReport.Section(
            title: "What you said yourself",
            paragraphs: [
                "\(said.sleep.count) corrections of sleep and \(said.tags.count) tags of days. "
                    + "They are in data/sleep-corrections and data/tags, with the time you said them."
            ])
    }

    private func results(_ scoring: ScoringService) throws -> AccessReport.Section {
        let title = "What was computed and is kept"
        let first = LocalDate(dayNumber: -50_000)
        let all = try vault.results(
            of: person.id, from: first, through: LocalDate(dayNumber: 100_000))
        guard !all.isEmpty else {
            return AccessReport.Section(
                title: title, paragraphs: ["Nothing: numbers are computed when you ask for them."])
        }
        let rows = Dictionary(grouping: all, by: \.model).sorted { $0.key < $1.key }.map {
            model, results in
            [
                model, "\(results.count)", results.map(\.day).min()?.description ?? "",
                results.map(\.day).max()?.description ?? "",
            ]
        }
        return AccessReport.Section(
            title: title,
            paragraphs: [
                "Days that were scored before, so that they need not be scored again, and alerts of "
                    + "live streams. They go when the samples they came from are erased."
            ],
            table: AccessReport.Table(
                columns: ["model", "days", "first day", "last day"], rows: rows, numeric: [1]))
    }

    private func kept() -> AccessReport.Section {
        let stretches = (try? vault.erasedStretches(of: person.id)) ?? 0
        return AccessReport.Section(
            title: "What was erased",
            paragraphs: [
                stretches == 0
                    ? "Nothing is kept away: nothing was erased, or it was let come back."
                    : "\(stretches) stretches were erased and are kept away when their files are read "
                        + "again. Of them the vault keeps keyed hashes and times, and no value."
            ])
    }

    private func closing(_ lines: [[String]]) -> [AccessReport.Section] {
        [
            AccessReport.Section(
                title: "What was done with the data",
                paragraphs: [
                    lines.isEmpty
                        ? "The audit log has no line about you."
                        : "From the audit log. The chain was checked when this was written; "
                            + "audit-head.json beside this file is its signed head.",
                    "Looking at numbers is not logged: only what takes data in, gives it out, "
                        + "changes or erases it.",
                ],
                table: lines.isEmpty
                    ? nil
                    : AccessReport.Table(columns: ["when (UTC)", "what", "outcome"], rows: lines)),
            AccessReport.Section(
                title: "The machine-readable copy",
                paragraphs: [
                    "The folder data beside this file holds every sample as CSV and as NDJSON, a "
                        + "dictionary of the quantities and checksums; data/README.txt explains it. Any "
                        + "Hearth can read it back."
                ]),
            AccessReport.Section(
                title: "Your rights",
                paragraphs: [
                    "You can have anything here corrected (hearth sleep edit, hearth tag), erased "
                        + "(hearth erase) or taken elsewhere (hearth export). If somebody runs Hearth "
                        + "for you, ask them; you can complain to your data protection authority."
                ]),
        ]
    }
}
