// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats
import HearthIntake
import HearthVault

/// Takes what the intake finds in one input: samples to the session, a verdict for each recording.
final class IngestSink: IntakeSink {
    private let path: String
    private let session: IngestSession
    private let watches: [InputFile.Watch]
    private let newerTree: DayCoverage
    private let zone: ZoneTimeline
    /// Forbidden samples of the recordings before.
    private var forbiddenBefore = 0
    private let onBytes: (Int) -> Void
    private var recording: IntakeRecording?
    private var staging: StagingSink?

    private(set) var verdicts: [FileVerdict] = []
    /// What the person said, of the recordings that ended.
    private(set) var statements: [DayStatement] = []
    /// The vault's refusal; everything after it is dropped and the caller throws it.
    private(set) var failure: VaultError?

    init(
        path: String, session: IngestSession, watches: [InputFile.Watch], newerTree: DayCoverage,
        zone: ZoneTimeline, onBytes: @escaping (Int) -> Void
    ) {
        self.path = path
        self.session = session
        self.watches = watches
        self.newerTree = newerTree
        self.zone = zone
        self.onBytes = onBytes
    }

    var wantsStop: Bool { failure != nil }

    func begin(_ recording: IntakeRecording) {
        self.recording = recording
        forbiddenBefore = session.forbiddenSamples
        var staging = StagingSink(into: session)
        if recording.hasNewerTwin { staging.leftOut = newerTree }
        self.staging = staging
    }

    func accept(_ block: SampleBlock) {
        staging?.accept(block)
        if let refusal = staging?.failure { failure = refusal }
    }

    func report(_ issue: ReadIssue) { staging?.report(issue) }

    func accept(_ statement: DayStatement) { staging?.accept(statement) }

    func end(reason: String?) {
        guard let recording, var staging else { return }
        self.recording = nil
        self.staging = nil
        let name = path + recording.place
        if watches.contains(where: \.hasChanged) {
            verdicts.append(
                .rejected(
                    name,
                    IntakeError(
                        .changedWhileRead, "the file changed while it was read; try again")))
            return
        }
        staging.release()
        failure = staging.failure
        statements += staging.statements
        var verdict = FileVerdict(
            name: name, kind: recording.kind, samples: staging.samples,
            statements: staging.statements.count, issues: staging.issues, reason: reason)
        verdict.suppressedByErasure = session.forbiddenSamples - forbiddenBefore
        for statement in staging.statements {
            let isForbidden = try? session.isForbidden(statement.placed(in: zone))
            if isForbidden == true { verdict.suppressedByErasure += 1 }
        }
        verdicts.append(verdict)
    }

    /// The reading ended inside a recording, by no fault that its reader met. What is still held back
    /// is dropped; of a recording that outgrew the stage, the verdict counts what was passed on.
    func abandon(_ error: IntakeError) {
        guard let recording, let staging else { return }
        self.recording = nil
        self.staging = nil
        verdicts.append(
            FileVerdict(
                name: path + recording.place, kind: recording.kind,
                samples: staging.isPassingThrough ? staging.samples : 0, issues: staging.issues,
                reason: error.message))
    }

    func passOver(_ name: String) {
        verdicts.append(FileVerdict(name: path + name, status: .ignored))
    }

    func refuse(_ name: String, _ error: IntakeError) {
        verdicts.append(.rejected(path + name, error))
    }

    func progress(_ bytes: Int) { onBytes(bytes) }
}
