// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
import HearthFormats
import HearthIntake

/// Reads inputs as an ingest would, without a vault: what they are, what they hold, what is wrong.
public struct Inspector {
    private let options: IngestOptions
    let driver: IntakeDriver

    public init(options: IngestOptions = IngestOptions()) {
        self.options = options
        driver = IntakeDriver(options)
    }

    /// The verdicts on one file: one, or one for each entry of an archive.
    ///
    /// `onBlock` sees every block of samples with the name of the recording it came from.
    public func inspect(
        _ path: String, onBlock: @escaping (String, SampleBlock) -> Void = { _, _ in }
    ) -> [FileVerdict] {
        let sink = InspectingSink(path: path, onBlock: onBlock)
        do throws(IntakeError) {
            let opened = try OpenInput(path: path)
            if opened.file.size == 0 { throw IntakeError.emptyFile }
            let prefix = try opened.file.prefix(IntakeDetector.prefixBytes)
            if IntakeDetector.isHeader(prefix) { try opened.openCompanions() }
            try opened.whileOpen { descriptors throws(IntakeError) in
                try driver.run(
                    descriptors, size: opened.file.size,
                    options.intake(zone: options.zone ?? ZoneTimeline()), into: sink)
            }
        } catch {
            sink.abandon(error)
        }
        return sink.verdicts
    }
}

/// Counts samples and passes blocks on.
private final class InspectingSink: IntakeSink {
    private let path: String
    private let onBlock: (String, SampleBlock) -> Void
    private var recording: IntakeRecording?
    private var name = ""
    private var samples = 0
    private var issues: [ReadIssue] = []
    private(set) var verdicts: [FileVerdict] = []

    var wantsStop: Bool { false }

    init(path: String, onBlock: @escaping (String, SampleBlock) -> Void) {
        self.path = path
        self.onBlock = onBlock
    }

    func begin(_ recording: IntakeRecording) {
        self.recording = recording
        name = path + recording.place
        samples = 0
        issues = []
    }

    func accept(_ block: SampleBlock) {
        samples += block.count
        onBlock(name, block)
    }

    func report(_ issue: ReadIssue) { issues.append(issue) }

    func end(reason: String?) {
        guard let recording else { return }
        self.recording = nil
        verdicts.append(
            FileVerdict(
                name: name, kind: recording.kind, samples: samples, issues: issues,
                reason: reason))
    }

    /// The reading ended here.
    func abandon(_ error: IntakeError) {
        let isInside = recording != nil
        end(reason: error.message)
        if error.code == .holdsNoRecording || (isInside && name == path) { return }
        verdicts.append(.rejected(path, error))
    }

    func passOver(_ name: String) {
        verdicts.append(FileVerdict(name: path + name, status: .ignored))
    }

    func refuse(_ name: String, _ error: IntakeError) {
        verdicts.append(.rejected(path + name, error))
    }

    func progress(_ bytes: Int) {}
}
