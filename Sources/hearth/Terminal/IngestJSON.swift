// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthFormats
import HearthPipeline
import HearthVault

/// The verdicts of an ingest as JSON, as in `Schemas/ingest-report.schema.json`.
struct IngestJSON: Encodable {
    struct File: Encodable {
        var name: String
        var kind: String?
        var status: String
        var samples: Int
        /// Corrections and tags; absent where there are none.
        var statements: Int?
        /// Of these, what an erase keeps away; absent where there is nothing of it.
        var suppressedByErasure: Int?
        var reason: String?
        var issues: [Issue]
    }

    struct Issue: Encodable {
        var code: String
        var byte: Int64
        var record: Int64
        var found: String
        var expected: String
        var count: Int
        var samplesLost: Int

        init(_ issue: ReadIssue) {
            code = issue.code.name
            byte = issue.position.byte
            record = issue.position.record
            found = issue.found
            expected = issue.expected
            count = issue.count
            samplesLost = issue.samplesLost
        }
    }

    var schema = "hearth.ingest-report/1"
    var added: Int
    var duplicates: Int
    var suppressedByErasure: Int
    var statementsAdded: Int
    var statementsKnown: Int
    /// Samples refused for want of consent, by category; absent if there were none.
    var withoutConsent: [String: Int]?
    var files: [File]

    init(_ report: IngestReport) {
        added = report.added
        duplicates = report.duplicates
        suppressedByErasure = report.suppressedByErasure
        statementsAdded = report.statementsAdded
        statementsKnown = report.statementsKnown
        if !report.withoutConsent.isEmpty {
            withoutConsent = Dictionary(
                uniqueKeysWithValues: report.withoutConsent.map { ($0.key.name, $0.value) })
        }
        files = report.verdicts.map { verdict in
            File(
                name: verdict.name, kind: verdict.kind?.name, status: verdict.status.rawValue,
                samples: verdict.samples,
                statements: verdict.statements > 0 ? verdict.statements : nil,
                suppressedByErasure: verdict.suppressedByErasure > 0
                    ? verdict.suppressedByErasure : nil,
                reason: verdict.reason,
                issues: verdict.issues.map(Issue.init))
        }
    }

    var text: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }
}
