// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats
import HearthPipeline
import HearthReport

/// The verdicts of an ingest in words.
enum VerdictText {
    static func show(_ verdict: FileVerdict, verbose: Bool) {
        let name = SafeText.clean(verdict.name)
        switch verdict.status {
        case .ignored:
            if verbose { print("passed over  \(name)") }
        case .alreadyStored: print("known        \(name)")
        case .ingested:
            print("read         \(name)  \(kind(verdict)), \(held(verdict))\(kept(verdict))")
        case .salvaged:
            print(
                "read in part \(name)  \(kind(verdict)), \(verdict.samples) samples sound\(kept(verdict))"
            )
        case .rejected: print("refused      \(name)")
        }
        if let reason = verdict.reason { Messages.error("\(verdict.name): \(reason)") }
        for issue in verdict.issues where verbose || verdict.status == .salvaged {
            if verbose || issue.isLoss { Messages.note("\(verdict.name): \(issue)") }
        }
    }

    static func show(_ report: IngestReport) {
        var parts = ["\(report.added) samples added"]
        if report.statementsAdded > 0 {
            parts.append("\(report.statementsAdded) corrections or tags added")
        }
        if report.duplicates > 0 { parts.append("\(report.duplicates) known already") }
        if report.suppressedByErasure > 0 {
            parts.append("\(report.suppressedByErasure) suppressed by erasure")
        }
        let refusedSamples = report.withoutConsent.values.reduce(0, +)
        if refusedSamples > 0 { parts.append("\(refusedSamples) refused without consent") }
        let ignored = report.count(.ignored)
        if ignored > 0 { parts.append("\(ignored) files passed over") }
        let refused = report.count(.rejected)
        if refused > 0 { parts.append("\(refused) refused") }
        print(parts.joined(separator: ", "))
    }

    private static func held(_ verdict: FileVerdict) -> String {
        verdict.statements > 0
            ? "\(verdict.statements) corrections or tags" : "\(verdict.samples) samples"
    }

    private static func kept(_ verdict: FileVerdict) -> String {
        verdict.suppressedByErasure > 0
            ? ", \(verdict.suppressedByErasure) suppressed by erasure" : ""
    }

    private static func kind(_ verdict: FileVerdict) -> String { verdict.kind?.name ?? "unknown" }
}

extension ReadIssue {
    /// Shown without --verbose: something of the recording was lost.
    fileprivate var isLoss: Bool {
        [.truncated, .checksumMismatch, .damaged, .limitExceeded, .encoding].contains(code)
    }
}
