// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The records of a run as the table and sections of `docs/reliability.md`.
public struct ReliabilityPage {
    /// One an experiment.
    private var records: [Laboratory.Record] = []
    /// Which parts were run of those that were run in parts.
    private var parts: [String: [Share]] = [:]

    /// - Parameter records: parts of an experiment are joined, unless all of it was run at once.
    public init(records: [Laboratory.Record]) {
        for (number, records) in Dictionary(grouping: records, by: \.number) {
            if let whole = records.first(where: { $0.share == nil }) {
                self.records.append(whole)
            } else if let joined = Laboratory.Record.joined(records) {
                parts[number] = records.compactMap(\.share).sorted { $0.number < $1.number }
                self.records.append(joined)
            }
        }
        self.records.sort {
            (Int($0.number.dropFirst()) ?? 0, $0.number) < (
                Int($1.number.dropFirst()) ?? 0, $1.number
            )
        }
    }

    public var markdown: String {
        var lines = [
            "| | promise | attempts | broken | controls noticed | time |",
            "|---|---|---:|---:|---:|---:|",
        ]
        for record in records {
            let outcome = record.outcome
            let caught = outcome.controls.count { $0.isCaught }
            lines.append(
                "| \(title(record)) | \(record.promise) | \(outcome.attempts) "
                    + "| \(outcome.failures.count) | \(caught) of \(outcome.controls.count) "
                    + "| \(String(format: "%.0f", record.seconds)) s |")
        }
        for record in records { lines += section(record) }
        return lines.joined(separator: "\n") + "\n"
    }

    private func title(_ record: Laboratory.Record) -> String {
        let shares = parts[record.number] ?? []
        guard let count = shares.first?.count, shares.count < count else {
            return "\(record.number) \(record.title)"
        }
        let run = shares.map { "\($0.number)" }.joined(separator: ", ")
        let noun = shares.count == 1 ? "part" : "parts"
        return "\(record.number) \(record.title), \(noun) \(run) of \(count)"
    }

    private func section(_ record: Laboratory.Record) -> [String] {
        var lines = ["", "### \(title(record))", ""]
        lines.append("\(record.scale.rawValue) run, seed \(record.seed).")
        let outcome = record.outcome
        if let reason = outcome.leftOut { lines += ["", "Left out: \(reason)"] }
        if !outcome.figures.isEmpty {
            lines += [""] + outcome.figures.map { "- \($0.name): \($0.value)" }
        }
        if !outcome.controls.isEmpty {
            lines += [""]
            lines += outcome.controls.map {
                "- control, \($0.name): \($0.isCaught ? "noticed" : "NOT NOTICED") (\($0.detail))"
            }
        }
        if !outcome.failures.isEmpty { lines += [""] + outcome.failures.map { "- BROKEN: \($0)" } }
        return lines
    }
}
