// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import Testing

@testable import HearthReport

/// The contract of every voice, whatever the summary: text a person can trust.
func checkRenderer(
    _ name: String, sourceLocation: SourceLocation = #_sourceLocation,
    _ render: (DailySummary) -> String
) {
    for (fixture, summary) in SummaryFixtures.all {
        let text = render(summary)
        #expect(
            text == render(summary), "\(name) of \(fixture) differs from itself",
            sourceLocation: sourceLocation)
        #expect(
            text.hasSuffix("\n") && !text.hasSuffix("\n\n"), "\(name) of \(fixture) ends badly",
            sourceLocation: sourceLocation)
        let words = text.lowercased().split { !$0.isLetter }
        #expect(
            !words.contains { ["nan", "inf", "infinity", "nil", "optional"].contains($0) },
            "\(name) of \(fixture) shows a broken number", sourceLocation: sourceLocation)
        let harmful = text.unicodeScalars.filter { scalar in
            scalar != "\n" && (scalar.properties.generalCategory == .control)
        }
        #expect(
            harmful.isEmpty, "\(name) of \(fixture) holds control characters",
            sourceLocation: sourceLocation)
    }
}

/// Where the files of these tests lie.
enum TestFiles {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    static let schemas = folder.deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Schemas")

    static func text(_ url: URL) throws -> String {
        String(decoding: try Data(contentsOf: url), as: UTF8.self)
    }

    /// Compares with a stored text, or stores it if `HEARTH_RECORD_SNAPSHOTS` is set.
    static func compare(
        _ text: String, with url: URL, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        if ProcessInfo.processInfo.environment["HEARTH_RECORD_SNAPSHOTS"] != nil {
            try Data(text.utf8).write(to: url)
        }
        #expect(
            text == (try Self.text(url)), "differs from \(url.lastPathComponent)",
            sourceLocation: sourceLocation)
    }
}

/// Fixtures as they come out of sound models and honest files.
let honestFixtures = SummaryFixtures.all.filter {
    [
        "typical", "signals-off", "calibrating", "missing-night", "vendor-staged", "clock-change",
        "irregular",
    ].contains($0.name)
}
