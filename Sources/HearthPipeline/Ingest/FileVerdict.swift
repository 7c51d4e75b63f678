// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
public import HearthFormats
import HearthIntake

/// What became of one input: every file gets one.
public struct FileVerdict: Sendable, Hashable {
    public enum Status: String, Sendable, Hashable {
        /// Read to its end.
        case ingested
        /// Read, but parts were damaged or cut off; what was sound is stored.
        case salvaged
        /// The same bytes were ingested before; nothing to do.
        case alreadyStored = "already-stored"
        /// Found in a folder or archive and no recording: passed over.
        case ignored
        /// Nothing of it could be used.
        case rejected
    }

    /// The path, with `!entry` behind it for an entry of an archive.
    public var name: String
    public var kind: FileKind?
    public var status: Status
    /// Samples the reader delivered.
    public var samples: Int
    /// Corrections and tags the reader delivered; only Hearth's own exports hold any.
    public var statements = 0
    /// Of these, samples, corrections and tags that an erase keeps away.
    public var suppressedByErasure = 0
    public var issues: [ReadIssue]
    /// For rejected inputs: what was found and expected, with the byte offset where there is one.
    public var reason: String?

    init(
        name: String, kind: FileKind? = nil, status: Status, samples: Int = 0,
        issues: [ReadIssue] = [], reason: String? = nil
    ) {
        self.name = name
        self.kind = kind
        self.status = status
        self.samples = samples
        self.issues = issues
        self.reason = reason
    }

    /// The verdict on a recording that a reader was fed; `reason` is why it stopped early.
    init(
        name: String, kind: FileKind, samples: Int, statements: Int = 0, issues: [ReadIssue],
        reason: String?
    ) {
        let damage = reason ?? issues.first(where: \.isDamage)?.description
        let status: Status =
            damage == nil ? .ingested : (samples + statements > 0 ? .salvaged : .rejected)
        self.init(
            name: name, kind: kind, status: status, samples: samples, issues: issues,
            reason: status == .rejected ? damage : reason)
        self.statements = statements
    }

    /// True if the person should look at it: it counts into exit code 3.
    public var isProblem: Bool { status == .salvaged || status == .rejected }

    /// True if the input was refused because it is of no format that Hearth reads.
    public var isUnknownFormat: Bool {
        kind == nil && reason == IntakeError.unknownFormat.message
    }

    /// True if the input holds no recording, so that one found in a folder is passed over.
    public var isPassedOverInFolders: Bool {
        status == .ignored || isUnknownFormat
            || (kind == nil && reason == IntakeError.emptyFile.message)
    }

    static func rejected(_ name: String, _ error: IntakeError) -> FileVerdict {
        FileVerdict(name: name, status: .rejected, reason: error.message)
    }
}

/// What an ingest did, over all inputs.
public struct IngestReport: Sendable {
    public var verdicts: [FileVerdict] = []
    /// Samples that were new to the vault.
    public var added = 0
    /// Samples the vault held already.
    public var duplicates = 0
    /// Samples, corrections and tags refused because their category has no valid consent.
    public var withoutConsent: [Category: Int] = [:]
    /// Samples, corrections and tags not taken because the person erased them before.
    public var suppressedByErasure = 0
    /// Corrections and tags that were new to the vault.
    public var statementsAdded = 0
    /// Corrections and tags that the vault held already.
    public var statementsKnown = 0

    public func count(_ status: FileVerdict.Status) -> Int {
        verdicts.count { $0.status == status }
    }

    /// Adds what another ingest did.
    public mutating func add(_ other: IngestReport) {
        verdicts += other.verdicts
        added += other.added
        duplicates += other.duplicates
        withoutConsent.merge(other.withoutConsent, uniquingKeysWith: +)
        suppressedByErasure += other.suppressedByErasure
        statementsAdded += other.statementsAdded
        statementsKnown += other.statementsKnown
    }
}

extension ReadIssue {
    /// True for issues that mean part of the recording was lost, not merely passed over.
    public var isDamage: Bool {
        let harmless: Set<ReadIssueCode> = [
            .unknownElement, .unknownField, .sentinelValue, .ignored, .duplicate, .unsupported,
            .timeBackwards, .implausibleValue, .unanchoredTime,
        ]
        return !harmless.contains(code)
    }
}
