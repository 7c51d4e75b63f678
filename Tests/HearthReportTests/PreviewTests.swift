// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthReport
import Testing

/// Writes every fixture in every voice to the folder `HEARTH_PREVIEW`, to be looked at.
struct PreviewTests {
    private static let folder = ProcessInfo.processInfo.environment["HEARTH_PREVIEW"]

    @Test(.enabled(if: folder != nil, "HEARTH_PREVIEW names a folder"))
    func `every fixture is written for the eye`() throws {
        let folder = URL(filePath: try #require(Self.folder))
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let footer = ["root: amber basin cedar delta ember fjord grove heath"]
        for (name, summary) in SummaryFixtures.all {
            func write(_ text: String, _ end: String) throws {
                try Data(text.utf8).write(to: folder.appending(path: name + end))
            }
            try write(HTMLReport.render(summary, footer: footer), ".html")
            try write(JSONReport.render(summary), ".json")
            for unicode in [true, false] {
                let style = TerminalStyle(unicode: unicode, footer: footer)
                try write(
                    TerminalReport.render(summary, style: style), unicode ? ".txt" : ".ascii.txt")
            }
            let colour = TerminalStyle(colour: true, footer: footer)
            try write(TerminalReport.render(summary, style: colour), ".ansi")
        }
    }
}
