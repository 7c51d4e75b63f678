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

    /// The report.
    ///
    /// - Parameters:
    ///   - auditLines: the lines of the audit log about the person, oldest first.
    ///   - copiedDays: how many days of results the copy beside the report holds.
    public func report(
        made: String, auditLines: [[String]], copiedDays: Int
    ) throws -> AccessReport {
        let scoring = try ScoringService(vault: vault, person: person.id)
        return AccessReport(
            person: person.label, made: made, vault: vault.identifier,
            holdings: try holdings(scoring.zoneTimeline),
            sections: [try own(), try results(copiedDays)]
                + (try RecordSections.all(of: person.id, in: vault)) + [kept()],
            scores: ScoreLogic.all, closing: closing(auditLines))
    }

    private func holdings(_ zone: ZoneTimeline) throws -> [AccessReport.Holding] {
        try SelectedStreams.all(vault, SampleQuery(person: person.id, purpose: nil)).map {
            summary in
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
        let title = "What you said yourself"
        guard !said.isEmpty else {
            return AccessReport.Section(
                title: title,
                paragraphs: ["No corrections of sleep, no tags of days and no settings are stored."]
            )
        }
        let settings = PersonSettings.Key.allCases.compactMap { key in
            said.settings[key].map { [key.facts.name, key.facts.meaning, "\($0)"] }
        }
        return AccessReport.Section(
            title: title,
            paragraphs: [
                "Corrections of sleep: \(said.sleep.count). Tags of days: \(said.tags.count). "
                    + "Settings: \(settings.count).",
                "They are in data/observed, in the files whose names begin with sleep-corrections, "
                    + "tags and settings; corrections and tags with the time you said them.",
            ],
            table: settings.isEmpty
                ? nil
                : AccessReport.Table(
                    columns: ["setting", "meaning", "value"], rows: settings, numeric: [2]))
    }

    private func results(_ copiedDays: Int) throws -> AccessReport.Section {
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
                    + "live streams. They go when you have the samples they came from erased. Where a "
                    + "period of keeping ends, the samples go and the results of those days stay for "
                    + "their own period."
            ] + (try notCopied(all, copiedDays)),
            table: AccessReport.Table(
                columns: ["model", "days", "first day", "last day"], rows: rows, numeric: [1]))
    }

    /// What of the results is stored and is not in the copy, and why.
    private func notCopied(_ all: [StoredResult], _ copiedDays: Int) throws -> [String] {
        var paragraphs: [String] = []
        let days = Set(all.filter { $0.model.hasPrefix("day/") }.map(\.day)).count
        if days > copiedDays {
            let reason = try vault.refusal(
                of: person.id, for: .insight,
                try Sharing.held(SampleQuery(person: person.id, purpose: nil), in: vault),
                from: .distantPast, to: .distantFuture)
            paragraphs.append(
                "The copy holds the results of \(copiedDays) of \(days) days. The others are left out: "
                    + (reason ?? "the samples they came from are gone")
                    + ". Every sample that is stored is in the copy.")
        }
        if all.contains(where: { !$0.model.hasPrefix("day/") }) {
            paragraphs.append(
                "Alerts are in data/derived/alerts.ndjson, but for days that must not be used.")
        }
        return paragraphs
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
                    "You can have anything here set right (hearth amend for samples, hearth sleep edit "
                        + "for nights, hearth tag), erased (hearth erase) or taken elsewhere (hearth "
                        + "export). You can have its use restricted, and you can object to it: hearth "
                        + "restrict add keeps it stored and out of every score. Consent that you gave can "
                        + "be taken back (hearth consent withdraw).",
                    "If somebody runs Hearth for you, ask them; you can complain to your data protection "
                        + "authority.",
                ]),
        ]
    }
}
