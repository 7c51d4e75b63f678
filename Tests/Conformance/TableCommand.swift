// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import HearthBiosignals
import HearthFormats
import HearthPipeline
import HearthTestSupport

/// The table of every sample file, what became of it, and how it compares with its reference.
struct TableCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "table", abstract: "Prints docs/conformance.md from the shared sample files.")

    static let folders = [
        "fit", "apple-health", "fitbit", "garmin-connect-json", "axivity-cwa", "geneactiv", "gt3x",
        "actigraph-csv", "empatica", "edf", "wfdb", "hrv-csv", "gadgetbridge",
    ]
    /// Files that describe the folder or are a reference, not recordings.
    static let companions = ["README.md", "INVENTORY.tsv", "SCAN.tsv"]
    /// In these folders CSV tables are what other decoders wrote.
    static let foldersWithTables = ["fit", "apple-health", "geneactiv"]

    func run() throws {
        guard let root = SharedData.folder?.appending(path: "formats") else {
            throw ValidationError("HEARTH_DATA names no folder with formats/")
        }
        print(Self.head)
        var tally = Tally()
        for folder in Self.folders {
            let path = root.appending(path: folder).path
            if FileManager.default.fileExists(atPath: path) {
                try section(folder, below: root, &tally)
            }
        }
        print(tally.text)
        if tally.differences > 0 { throw ExitCode.failure }
    }

    private func section(_ folder: String, below root: URL, _ tally: inout Tally) throws {
        print("\n## \(folder)\n")
        print("| file | verdict | samples | issues | reference |")
        print("| --- | --- | --- | --- | --- |")
        let base = root.appending(path: folder)
        let references = try ReferenceComparison(folder: base)
        var passedOver: [String] = []
        for url in SeedFiles.files(below: base) where !Self.isCompanion(url, in: folder) {
            let name = String(url.path.dropFirst(base.path.count + 1))
            let inner = try unwrapped(url)
            for verdict in Inspector().inspect((inner ?? url).path) where verdict.status != .ignored
            {
                if inner == nil, verdict.isUnknownFormat {
                    passedOver.append(name)
                    continue
                }
                let entry = inner == nil ? verdict.name.dropFirst(url.path.count) : " (unwrapped)"
                let matches =
                    inner != nil || entry.isEmpty ? try references.matches(inner ?? url) : []
                tally.add(verdict, matches)
                let note = VerdictNotes.notes["\(folder)/\(name)\(entry)"]
                print(Self.row(name + entry, verdict, matches, note))
            }
            if let inner { try FileManager.default.removeItem(at: inner) }
        }
        for name in references.orphans() {
            print("| \(name) | | | | its recording is not in the folder: not compared |")
        }
        if !passedOver.isEmpty {
            print("\nNo recordings, or parts of one above: \(passedOver.joined(separator: ", ")).")
        }
    }

    /// The input inside a file of Go's fuzzer, as a file of its own.
    private func unwrapped(_ url: URL) throws -> URL? {
        guard let inner = GoFuzzCorpus.unwrap([UInt8](try Data(contentsOf: url))) else {
            return nil
        }
        let copy = FileManager.default.temporaryDirectory
            .appending(path: "hearth-conformance-\(ProcessInfo.processInfo.processIdentifier)")
        try Data(inner).write(to: copy)
        return copy
    }

    /// Sums for the end of the page.
    private struct Tally {
        var verdicts: [FileVerdict.Status: Int] = [:]
        var samples = 0
        var comparisons = 0
        var compared = 0
        var differences = 0

        mutating func add(_ verdict: FileVerdict, _ matches: [ReferenceMatch]) {
            verdicts[verdict.status, default: 0] += 1
            samples += verdict.samples
            comparisons += matches.count
            compared += matches.reduce(0) { $0 + $1.compared }
            differences += matches.reduce(0) { $0 + $1.differences.values.reduce(0, +) }
        }

        var text: String {
            func grouped(_ number: Int) -> String { ReferenceMatch.grouped(number) }
            return """

                ## Counts

                | | |
                | --- | --- |
                | recordings (files, and entries of archives) | \(verdicts.values.reduce(0, +)) |
                | ingested | \(verdicts[.ingested] ?? 0) |
                | salvaged | \(verdicts[.salvaged] ?? 0) |
                | rejected | \(verdicts[.rejected] ?? 0) |
                | samples | \(grouped(samples)) |
                | comparisons with a reference | \(grouped(comparisons)) |
                | values compared | \(grouped(compared)) |
                | of these different | \(grouped(differences)) |
                """
        }
    }

    private static func row(
        _ name: String, _ verdict: FileVerdict, _ matches: [ReferenceMatch], _ note: String?
    ) -> String {
        var issues = verdict.issues.map { issue in
            let lost = issue.samplesLost > 0 ? ", \(issue.samplesLost) samples lost" : ""
            return "\(issue.code.name) ×\(issue.count)\(lost): \(issue.found)"
        }
        if let reason = verdict.reason { issues.insert("**\(reason)**", at: 0) }
        var shown =
            issues.prefix(6) + (issues.count > 6 ? ["… \(issues.count - 6) more kinds"] : [])
        if let note { shown.append("*\(note)*") }
        let cells = [
            name, verdict.status.rawValue, "\(verdict.samples)", shown.joined(separator: "<br>"),
            matches.map(\.sentence).joined(separator: "<br>"),
        ]
        return "| "
            + cells.map { $0.replacingOccurrences(of: "|", with: "\\|") }
            .joined(separator: " | ") + " |"
    }

    private static func isCompanion(_ url: URL, in folder: String) -> Bool {
        if companions.contains(url.lastPathComponent) { return true }
        return foldersWithTables.contains(folder)
            && (url.pathExtension == "csv" || url.lastPathComponent.hasSuffix(".csv.gz"))
    }

    private static let head = """
        # Conformance

        Every sample file of the folder that `HEARTH_DATA` names, read by the product's readers. Made by
        `make conformance`; do not edit.

        - **ingested**: read to its end. **salvaged**: damaged, what was sound was read.
          **rejected**: nothing of it could be used, with the reason.
        - **issues**: counted by kind with the samples they cost. Messages and types that Hearth does not
          model are counted as `unknown-element` or `ignored` and cost nothing.
        - **reference**: compared value by value with tables that other decoders wrote, and message
          by message (sample by sample) with the project's own slow readers in `Tests/Support`, which
          share no code with the fast ones. A difference would be in bold, and the command would fail.

        The files below `fuzz` hold a hostile input each, as the text in which Go's fuzzer keeps
        them; what is read is the input inside.

        Damaged input of every kind, by the million, is in [mutants.md](mutants.md).
        """
}
