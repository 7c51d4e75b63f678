// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
public import HearthFormats
public import HearthIntake
public import HearthVault

/// How an ingest is done.
public struct IngestOptions: Sendable {
    public var limits = ReadLimits.standard
    public var archiveLimits = ArchiveLimits.standard
    /// For local times without a zone: the person's own word, above all other sources.
    public var zone: ZoneTimeline?
    /// Where inputs are parsed.
    public var isolation = Isolation.bestEffort
    /// The worker; tests name others, which misbehave.
    var workerProgram = WorkerProgram.path

    public init() {}

    /// What the intake is told.
    func intake(zone: ZoneTimeline, _ selection: IntakeOptions.Selection = .everything)
        -> IntakeOptions
    {
        var options = IntakeOptions()
        options.limits = limits
        options.archiveLimits = archiveLimits
        options.zone = zone
        options.selection = selection
        return options
    }
}

/// Where an ingest stands, for a progress line.
public struct IngestProgress: Sendable {
    public var file: Int
    public var files: Int
    public var name: String
    public var bytes: Int64
}

/// Reads files, folders and archives into a person's part of the vault.
///
/// Every input gets a verdict; a broken one costs only itself. Several small files share a commit;
/// a verdict is final, and handed to `onVerdict`, only when its samples are durable.
public final class Ingestor {
    /// Small files gathered in one commit at most: a commit costs a few disk syncs.
    static let filesPerCommit = 64

    private let vault: Vault
    private let person: PersonID
    private let options: IngestOptions
    private let driver: IntakeDriver
    private let onProgress: (IngestProgress) -> Void
    private let onVerdict: (FileVerdict) -> Void

    private var report = IngestReport()
    private var session: IngestSession
    private var pending: [FileVerdict] = []
    private var fingerprints: [ContentFingerprint] = []
    /// Of the file being read; kept once its verdict is good.
    private var fingerprint: ContentFingerprint?
    private var failure: VaultError?
    /// What files hold of the person's own words: stored last, when the wall clock is known.
    private var own = OwnWords()
    private var zone = ZoneTimeline()
    /// What the newer tree of a Fitbit export holds, where the older one is left out.
    private var newerTree = DayCoverage()
    private var progress = IngestProgress(file: 0, files: 0, name: "", bytes: 0)

    public init(
        vault: Vault, person: PersonID, options: IngestOptions = IngestOptions(),
        onProgress: @escaping (IngestProgress) -> Void = { _ in },
        onVerdict: @escaping (FileVerdict) -> Void = { _ in }
    ) throws(VaultError) {
        self.vault = vault
        self.person = person
        self.options = options
        self.driver = IntakeDriver(options)
        self.onProgress = onProgress
        self.onVerdict = onVerdict
        self.session = try vault.beginIngest(for: person)
    }

    /// Ingests everything below the paths; `-` is standard input.
    ///
    /// - Throws: `VaultError`, only if the vault itself fails; what was acknowledged stays stored.
    public func ingest(_ paths: [String]) throws -> IngestReport {
        zone = try options.zone ?? ZoneTimeline(ZoneSpan.all(in: vault, of: person))
        let inputs = InputListing.files(below: paths.filter { $0 != "-" })
        progress.files = inputs.count + (paths.contains("-") ? 1 : 0)
        let late = inputs.map { InputPrefix.of($0.path).map(IntakeDetector.mayNeedZone) ?? false }
        let zoned = zip(inputs, late).filter { !$0.1 }.map(\.0)
        let unzoned = zip(inputs, late).filter(\.1).map(\.0)
        try ingestFiles(zoned)
        if paths.contains("-") { try ingestStandardInput() }
        if !unzoned.isEmpty {
            try commit()
            var survey = ExportSurvey(options: options, driver: driver)
            survey.look(through: unzoned)
            let known = try ZoneSpan.all(in: vault, of: person)
            zone = options.zone ?? ZoneTimeline(known + survey.spans)
            newerTree = survey.coverage
            let early = Set(
                unzoned.filter {
                    InputPrefix.of($0.path).map(IntakeDetector.tellsZoneWhenRead) ?? false
                })
            try ingestFiles(unzoned.filter(early.contains))
            if options.zone == nil, !early.isEmpty, early.count < unzoned.count {
                try commit()
                zone = ZoneTimeline(try ZoneSpan.all(in: vault, of: person) + survey.spans)
            }
            try ingestFiles(unzoned.filter { !early.contains($0) })
        }
        try commit()
        try commitOwnWords()
        return report
    }

    /// Ingests content that is open already, such as an arrival that was unsealed into memory.
    func ingest(_ opened: OpenInput) throws -> IngestReport {
        zone = try options.zone ?? ZoneTimeline(ZoneSpan.all(in: vault, of: person))
        progress.files += 1
        try ingest(
            prepare(InputPath(path: opened.path, isNamed: true)) { () throws(IntakeError) in opened
            })
        try commit()
        try commitOwnWords()
        return report
    }

    // MARK: One input

    /// While one file is read, the worker of the next one already starts.
    private func ingestFiles(_ inputs: [InputPath]) throws(VaultError) {
        var next: PreparedInput?
        for (index, input) in inputs.enumerated() {
            let current = next ?? prepare(input)
            next = index + 1 < inputs.count ? prepare(inputs[index + 1]) : nil
            try ingest(current)
        }
    }

    /// Opens a file and finds out whether it is to be read; if so its worker starts.
    private func prepare(_ input: InputPath) -> PreparedInput {
        prepare(input) { () throws(IntakeError) in try OpenInput(path: input.path) }
    }

    private func prepare(
        _ input: InputPath, _ open: () throws(IntakeError) -> OpenInput
    ) -> PreparedInput {
        var prepared = PreparedInput(input: input)
        do throws(IntakeError) {
            let opened = try open()
            if opened.file.size == 0 { throw IntakeError(.empty, "found an empty file") }
            let prefix = try opened.file.prefix(IntakeDetector.prefixBytes)
            guard IntakeDetector.knows(prefix) else { throw IntakeError.unknownFormat }
            if opened.hasFolder, IntakeDetector.isHeader(prefix) { try opened.openCompanions() }
            let fingerprint = try contentFingerprint(opened)
            prepared.fingerprint = fingerprint
            prepared.isStored = try isStored(fingerprint)
            guard !prepared.isStored else { return prepared }
            prepared.opened = opened
            try opened.whileOpen { descriptors throws(IntakeError) in
                prepared.worker = try driver.start(descriptors, options.intake(zone: zone))
            }
        } catch {
            prepared.error = error
        }
        return prepared
    }

    private func ingest(_ prepared: PreparedInput) throws(VaultError) {
        let path = prepared.input.path
        begin(path)
        fingerprint = prepared.fingerprint
        do throws(IntakeError) {
            if let error = prepared.error { throw error }
            if prepared.isStored {
                fingerprint = nil
                conclude(FileVerdict(name: path, status: .alreadyStored))
            }
            try prepared.opened?.whileOpen { [self] descriptors throws(IntakeError) in
                try read(descriptors, prepared)
            }
        } catch {
            fingerprint = nil
            // Empty files and archives of other things are usual in exports.
            let isNone = [.unknownFormat, .empty, .holdsNoRecording].contains(error.code)
            if !prepared.input.isNamed, isNone {
                conclude(FileVerdict(name: path, status: .ignored))
            } else {
                conclude(.rejected(path, error))
            }
        }
        if let failure { throw failure }
        if let fingerprint, let last = pending.last, last.status != .rejected {
            // A file counts as ingested only when all of it is stored.
            if own.hasNew {
                own.fingerprints.append(fingerprint)
            } else {
                fingerprints.append(fingerprint)
            }
        }
        own.hasNew = false
        if pending.count >= Self.filesPerCommit { try commit() }
    }

    private func read(
        _ descriptors: IntakeInput, _ prepared: PreparedInput
    ) throws(IntakeError) {
        guard let opened = prepared.opened else { return }
        try read(
            descriptors, size: opened.file.size, named: prepared.input.path, opened.watches,
            prepared.worker)
    }

    /// Runs the intake; the vault's refusal comes back in `failure`.
    private func read(
        _ input: IntakeInput, size: Int64, named name: String, _ watches: [InputFile.Watch],
        _ worker: WorkerProcess? = nil
    ) throws(IntakeError) {
        let sink = IngestSink(
            path: name, session: session, watches: watches, newerTree: newerTree, zone: zone
        ) { [weak self] count in
            guard let self else { return }
            progress.bytes += Int64(count)
            onProgress(progress)
        }
        defer {
            failure = sink.failure
            own.statements += sink.statements
            own.hasNew = !sink.statements.isEmpty
            pending += sink.verdicts
        }
        do throws(IntakeError) {
            try driver.run(
                input, size: size, options.intake(zone: zone), worker: worker, into: sink)
        } catch {
            let before = sink.verdicts.count
            sink.abandon(error)
            // What happened to the only recording is not told again for the file.
            guard sink.verdicts.count > before, sink.verdicts.last?.name == name else {
                throw error
            }
            fingerprint = nil
        }
    }

    private func ingestStandardInput() throws(VaultError) {
        let name = "standard input"
        begin(name)
        fingerprint = nil
        do throws(IntakeError) {
            try read(IntakeInput(descriptor: 0, name: name), size: 0, named: name, [])
        } catch {
            conclude(.rejected(name, error))
        }
        if let failure { throw failure }
    }

    // MARK: Commit

    private func begin(_ name: String) {
        progress.file += 1
        progress.name = name
        onProgress(progress)
    }

    private func conclude(_ verdict: FileVerdict) { pending.append(verdict) }

    private func commit() throws(VaultError) {
        let outcome = try session.commit(fingerprints: fingerprints)
        report.added += outcome.added
        report.duplicates += outcome.duplicates
        report.suppressedByErasure += outcome.suppressedByErasure
        report.withoutConsent.merge(outcome.withoutConsent, uniquingKeysWith: +)
        report.statementsAdded += outcome.statementsAdded
        report.statementsKnown += outcome.statementsKnown
        for verdict in pending {
            report.verdicts.append(verdict)
            onVerdict(verdict)
        }
        pending.removeAll()
        fingerprints.removeAll()
        session = try vault.beginIngest(for: person)
    }

    /// Stores what the person said. The tag of a whole day lies at its noon, so the wall clock must be
    /// known: it may have come with any of the files.
    private func commitOwnWords() throws {
        guard !own.statements.isEmpty else { return }
        let wall = try options.zone ?? ZoneTimeline(ZoneSpan.all(in: vault, of: person))
        for statement in own.statements { session.append(statement.placed(in: wall)) }
        fingerprints = own.fingerprints
        own = OwnWords()
        try commit()
    }

    /// A keyed hash of the file's bytes and those of its companions.
    private func contentFingerprint(
        _ opened: OpenInput
    ) throws(IntakeError) -> ContentFingerprint {
        let hasher = vault.makeFingerprinter()
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        for input in [opened] + opened.companions {
            input.file.rewind()
            while true {
                let count = try input.file.read(into: &buffer)
                if count == 0 { break }
                hasher.update(buffer.span.extracting(first: count))
            }
        }
        return hasher.finish()
    }

    /// True if exactly these bytes were ingested before.
    private func isStored(_ fingerprint: ContentFingerprint) throws(IntakeError) -> Bool {
        do throws(VaultError) { return try vault.isIngested(fingerprint, by: person) } catch {
            failure = error
            throw IntakeError(.readFailed, error.message)
        }
    }
}

/// What the inputs hold of the person's own words, and the files it is from.
private struct OwnWords {
    var statements: [DayStatement] = []
    var fingerprints: [ContentFingerprint] = []
    /// Whether the input being read holds any.
    var hasNew = false
}

/// A file that was opened and looked at, and is read next.
private struct PreparedInput {
    var input: InputPath
    var opened: OpenInput?
    var fingerprint: ContentFingerprint?
    var isStored = false
    var worker: WorkerProcess?
    var error: IntakeError?
}

/// The first bytes of a file.
enum InputPrefix {
    /// `nil` if it cannot be read; whoever reads it for good reports that.
    static func of(_ path: String, _ count: Int = IntakeDetector.prefixBytes) -> [UInt8]? {
        do throws(IntakeError) {
            var file = try InputFile(path: path)
            return try file.prefix(count)
        } catch {
            return nil
        }
    }
}
