// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
public import HearthFormats
public import HearthVault

/// How an ingest is done.
public struct IngestOptions: Sendable {
    public var limits = ReadLimits.standard
    public var archiveLimits = ArchiveLimits.standard
    /// For local times without a zone: the person's own word, above all other sources.
    public var zone: ZoneTimeline?

    public init() {}
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
    private let onProgress: (IngestProgress) -> Void
    private let onVerdict: (FileVerdict) -> Void

    private var report = IngestReport()
    private var session: IngestSession
    private var pending: [FileVerdict] = []
    private var fingerprints: [ContentFingerprint] = []
    /// Of the file being read; kept once its verdict is good.
    private var fingerprint: ContentFingerprint?
    private var failure: VaultError?
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
        self.onProgress = onProgress
        self.onVerdict = onVerdict
        self.session = try vault.beginIngest(for: person)
    }

    /// Ingests everything below the paths; `-` is standard input.
    ///
    /// - Throws: `VaultError`, only if the vault itself fails; what was acknowledged stays stored.
    public func ingest(_ paths: [String]) throws -> IngestReport {
        let inputs = InputListing.files(below: paths.filter { $0 != "-" })
        progress.files = inputs.count + (paths.contains("-") ? 1 : 0)
        let zoned = inputs.filter { !FitbitSurvey.mayNeedZone($0.path) }
        let unzoned = inputs.filter { FitbitSurvey.mayNeedZone($0.path) }
        for input in zoned { try ingestFile(input) }
        if paths.contains("-") { try ingestStandardInput() }
        if !unzoned.isEmpty {
            try commit()
            var survey = FitbitSurvey(
                limits: options.limits, archiveLimits: options.archiveLimits)
            survey.look(through: unzoned)
            let known = try ZoneSpan.all(in: vault, of: person)
            zone = options.zone ?? ZoneTimeline(known + survey.spans)
            newerTree = survey.coverage
        }
        for input in unzoned { try ingestFile(input) }
        try commit()
        return report
    }

    // MARK: One input

    private func ingestFile(_ input: InputPath) throws(VaultError) {
        begin(input.path)
        fingerprint = nil
        do throws(PipelineError) {
            var file = try InputFile(path: input.path)
            if file.size == 0 { throw PipelineError(.empty, "found an empty file") }
            let stopped = try ingestOpened(&file, input)
            if let stopped { throw stopped }
        } catch {
            conclude(.rejected(input.path, error))
        }
        if let failure { throw failure }
        if let fingerprint, let last = pending.last, last.status != .rejected {
            fingerprints.append(fingerprint)
        }
        if pending.count >= Self.filesPerCommit { try commit() }
    }

    /// Returns the vault's refusal through `failure`, the input's through the result.
    private func ingestOpened(
        _ file: inout InputFile, _ input: InputPath
    ) throws(PipelineError) -> PipelineError? {
        var prefix = [UInt8](repeating: 0, count: FormatDetector.prefixBytes)
        let count = try file.fill(&prefix)
        prefix.removeSubrange(count...)
        guard let format = FormatDetector.detect(prefix.span) else {
            if !input.isNamed {
                conclude(FileVerdict(name: input.path, status: .ignored))
                return nil
            }
            return PipelineError(.unknownFormat, PipelineError.unknownFormatMessage)
        }
        if try isStored(&file) {
            conclude(FileVerdict(name: input.path, status: .alreadyStored))
            return nil
        }
        switch format {
        case .container:
            ingestArchive(input.path, size: file.size)
            return nil
        case .recording(let kind):
            file.rewind()
            _ = try file.fill(&prefix)
            ingestRecording(kind, named: input.path, prefix: prefix, from: &file) { source in
                source.hasChanged()
            }
            return nil
        }
    }

    private func ingestStandardInput() throws(VaultError) {
        begin("standard input")
        var source = InputFile.standardInput()
        var prefix = [UInt8](repeating: 0, count: FormatDetector.prefixBytes)
        do throws(PipelineError) {
            let count = try source.fill(&prefix)
            prefix.removeSubrange(count...)
            if prefix.isEmpty { throw PipelineError(.empty, "found no input") }
            guard case .recording(let kind)? = FormatDetector.detect(prefix.span) else {
                throw PipelineError(.unknownFormat, PipelineError.unknownFormatMessage)
            }
            ingestRecording(kind, named: "standard input", prefix: prefix, from: &source) { _ in
                false
            }
        } catch {
            conclude(.rejected("standard input", error))
        }
        if let failure { throw failure }
    }

    private func ingestArchive(_ path: String, size: Int64) {
        do throws(PipelineError) {
            let archive = try Archive(path: path, size: size, limits: options.archiveLimits)
            var entries = 0
            while let name = try archive.next() {
                try ingestEntry(archive, named: "\(path)!\(name)", &entries)
                if failure != nil { return }
            }
            if entries == 0 {
                throw PipelineError(
                    .unknownFormat,
                    "found an archive without a recording; \(PipelineError.readable)")
            }
        } catch {
            fingerprint = nil
            conclude(.rejected(path, error))
        }
    }

    private func ingestEntry(
        _ archive: Archive, named name: String, _ entries: inout Int
    ) throws(PipelineError) {
        var source = archive
        var prefix = [UInt8](repeating: 0, count: FormatDetector.prefixBytes)
        let count = try source.fill(&prefix)
        prefix.removeSubrange(count...)
        switch FormatDetector.detect(prefix.span) {
        case nil: conclude(FileVerdict(name: name, status: .ignored))
        case .container?:
            conclude(
                .rejected(
                    name,
                    PipelineError(
                        .archiveLimit, "found an archive inside an archive (limit: depth 1)")))
        case .recording(let kind)?:
            entries += 1
            ingestRecording(kind, named: name, prefix: prefix, from: &source) { _ in false }
        }
    }

    private func ingestRecording<Source: ByteSource & ~Copyable>(
        _ kind: FileKind, named name: String, prefix: [UInt8], from source: inout Source,
        hasChanged: (borrowing Source) -> Bool
    ) {
        var sink = StagingSink(into: session)
        if kind == .fitbit, FitbitReader.family(of: prefix.span)?.twin != nil {
            sink.leftOut = newerTree
        }
        let feed = RecordingFeed(limits: options.limits, zone: zone)
        var reason: String?
        do throws(RecordingFeed.Stop) {
            try feed.run(kind, named: name, prefix: prefix, from: &source, into: &sink) { bytes in
                progress.bytes += Int64(bytes.count)
                onProgress(progress)
            }
        } catch {
            switch error {
            case .reader(let error): reason = error.description
            case .source(let error): reason = error.message
            case .vault(let error):
                failure = error
                return
            }
        }
        if hasChanged(source) {
            conclude(
                .rejected(
                    name,
                    PipelineError(
                        .changedWhileRead, "the file changed while it was read; try again")))
            return
        }
        sink.release()
        failure = sink.failure
        conclude(
            FileVerdict(
                name: name, kind: kind, samples: sink.samples, issues: sink.issues, reason: reason))
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
        for verdict in pending {
            report.verdicts.append(verdict)
            onVerdict(verdict)
        }
        pending.removeAll()
        fingerprints.removeAll()
        session = try vault.beginIngest(for: person)
    }

    /// True if exactly these bytes were ingested before; remembers the fingerprint if not.
    private func isStored(_ file: inout InputFile) throws(PipelineError) -> Bool {
        file.rewind()
        let hasher = vault.makeFingerprinter()
        var buffer = [UInt8](repeating: 0, count: RecordingFeed.chunkBytes)
        while true {
            let count = try file.read(into: &buffer)
            if count == 0 { break }
            hasher.update(buffer.span.extracting(first: count))
        }
        let fingerprint = hasher.finish()
        do throws(VaultError) {
            if try vault.isIngested(fingerprint, by: person) { return true }
        } catch {
            failure = error
            return false
        }
        self.fingerprint = fingerprint
        return false
    }
}
