// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import HearthBiosignals
import HearthCrypto
import HearthPipeline
import HearthRights
import HearthVault

struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write your data to a folder that any tool can read.",
        discussion: """
            csv and ndjson hold everything and can be ingested again: an empty vault gives back \
            exactly the same. sqlite holds everything for queries. fhir (HL7 FHIR R4), omh (Open \
            mHealth and IEEE 1752.1) and edf (signals) hold what these standards have words for; \
            manifest.json says what was left out and why.

            What was taken in is in observed/, its signals as EDF in waveforms/, what Hearth made \
            of it in derived/. SHA256SUMS checks the files. The folder is not encrypted; with \
            --age-recipient or --age-passphrase-file all of it goes into one sealed file instead. \
            That a copy was made, and who got it, is recorded; `hearth recipients` lists it.

            The person's own copy is whole. One for somebody else, --recipient, leaves out what is \
            restricted, what the policy does not let out and, where consent is the ground, what the \
            person does not consent to share; if nothing is left, nothing is written (exit 13).
            """)

    @Argument(help: "A new or empty folder; with an --age option a new file.") var folder: String

    @Option(
        help: ArgumentHelp(
            "csv, ndjson, fhir, omh, edf or sqlite; may be repeated (default: csv and ndjson).",
            valueName: "format"))
    var format: [ExportFormat] = []

    @Flag(help: "Leave out derived/: scores, nights and other results.")
    var observedOnly = false

    @Option(
        name: .customLong("age-recipient"),
        help: ArgumentHelp(
            "Write one tar, sealed for this recipient (age1…); may be repeated.",
            valueName: "recipient"))
    var ageRecipients: [String] = []

    @Option(
        name: .customLong("age-passphrase-file"),
        help: ArgumentHelp(
            "Write one tar, sealed with the passphrase in the file's first line.",
            valueName: "file"))
    var agePassphraseFile: String?

    @Option(
        help: ArgumentHelp(
            "Who gets the copy, if not the person (default: the person).", valueName: "name"))
    var recipient = Sharing.person

    @OptionGroup var selection: SelectionOptions
    @OptionGroup var vault: VaultOptions
    @OptionGroup var person: PersonOption

    func validate() throws {
        if !ageRecipients.isEmpty, agePassphraseFile != nil {
            throw ValidationError("--age-recipient and --age-passphrase-file exclude each other")
        }
        guard Disclosure.canRecord(recipient) else {
            throw ValidationError("--recipient: a name is one line of at most 1000 bytes")
        }
        for text in ageRecipients where (try? AgeRecipient(text)) == nil {
            throw ValidationError(
                "--age-recipient: found something else; expected a recipient such as age1…")
        }
        if isSealed, format.contains(.sqlite) {
            throw ValidationError(
                "sqlite needs a file of its own, which would lie unsealed on the disk; leave it out"
                    + " of an age file")
        }
    }

    private var isSealed: Bool { !ageRecipients.isEmpty || agePassphraseFile != nil }

    func run() throws {
        try Failure.handled {
            let opened = try vault.open()
            let who = try person.find(in: opened)
            let zone = try ScoringService(vault: opened, person: who.id).zoneTimeline
            let query = SampleQuery(
                person: who.id, quantities: selection.quantitySet, devices: selection.deviceSet,
                from: selection.start(in: zone) ?? .distantPast,
                to: selection.end(in: zone) ?? .distantFuture, purpose: isShared ? .share : nil)
            let leftOut = isShared ? try Sharing.leftOut(of: query, in: opened) : nil
            let summary = try isSealed ? writeSealed(query, opened) : write(query, opened)
            try record(summary, query, who, opened)
            tell(summary)
            if let leftOut { Messages.note("not everything may go to others: \(leftOut)") }
        }
    }

    private var isShared: Bool { Sharing.isSomebodyElse(recipient) }

    /// Results are of all quantities and devices together: a selection of some leaves them out.
    private var wantsDerived: Bool {
        !observedOnly && selection.quantities.isEmpty && selection.devices.isEmpty
    }

    private var formats: [ExportFormat] { format.isEmpty ? ExportFormat.standard : format }

    private func derived(_ query: SampleQuery, _ opened: Vault) throws -> DerivedDays? {
        guard wantsDerived else { return nil }
        return try DerivedDays(
            vault: opened, person: query.person, from: selection.from, to: selection.to,
            for: query.purpose)
    }

    private var now: Timestamp { Timestamp(seconds: Int64(Date().timeIntervalSince1970)) }

    /// One tar in an age file; no byte of it is written unsealed.
    private func writeSealed(_ query: SampleQuery, _ opened: Vault) throws -> ExportSummary {
        guard !FileManager.default.fileExists(atPath: folder) else {
            throw RightsError(.cannotWrite, "\(folder) is there already; expected a new file")
        }
        let exporter = Exporter(
            vault: opened, formats: formats, derived: try derived(query, opened)?.results,
            made: now)
        let output = try SealedOutput(
            path: folder, recipients: ageRecipients, passphraseFile: agePassphraseFile)
        do {
            let summary = try exporter.exportTar(query) { bytes throws(RightsError) in
                try output.write(bytes)
            }
            try output.finish()
            return summary
        } catch {
            output.abandon()
            throw error
        }
    }

    private func write(_ query: SampleQuery, _ opened: Vault) throws -> ExportSummary {
        let days = try derived(query, opened)
        let sink = try FolderSink(path: folder)
        var others: [ExportedFile] = []
        if formats.contains(.sqlite) {
            let path = try sink.reserve("hearth.sqlite")
            let rows = try ExportDatabase(vault: opened, query: query).write(
                to: path, derived: days)
            others.append(try sink.described("hearth.sqlite", .sqlite, rows: rows))
        }
        let exporter = Exporter(
            vault: opened, formats: formats, derived: days?.results, made: now)
        var summary = try exporter.export(query, to: sink, beside: others)
        // The database has the results of days that the other forms count.
        if formats.contains(.sqlite), try days?.hasAny() == true {
            summary.categories.insert(.results)
        }
        return summary
    }

    private func tell(_ summary: ExportSummary) {
        let own =
            summary.corrections > 0
            ? " and \(summary.corrections) corrections, tags or settings" : ""
        let days = summary.days > 0 ? ", results of \(summary.days) days" : ""
        print("\(summary.samples) samples\(own)\(days) in \(summary.files) files: \(folder)")
        if summary.leftOut > 0 {
            Messages.note(
                "\(summary.leftOut) samples have no place in one of the formats; leftOut in"
                    + " manifest.json says which and why")
        }
        Messages.note(
            isSealed
                ? "age -d opens it, with tar -x behind: age -d FILE | tar -x"
                : "the folder is not encrypted; keep it as you would keep a diary")
    }

    /// Keeps who got what (`hearth recipients`); the audit log says that it was.
    private func record(
        _ summary: ExportSummary, _ query: SampleQuery, _ who: Person, _ vault: Vault
    ) throws {
        _ = try vault.addDisclosure(
            Disclosure(
                time: .now, recipient: recipient,
                format: formats.map(\.rawValue).joined(separator: ", "),
                categories: summary.categories, from: query.from, to: query.to,
                digest: summary.digest), of: who.id,
            outcome: "\(summary.samples) samples to \(isSealed ? "an age file" : "a folder")")
    }
}
