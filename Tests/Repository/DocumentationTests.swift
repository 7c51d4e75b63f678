// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// The documents say what is there.
@Suite struct DocumentationTests {
    @Test func `every command is in the manual`() throws {
        let manual = try SourceTree.text(of: "docs/cli.md")
        let commands = try SourceTree.swiftFiles(below: "Sources/hearth/Commands").flatMap { file in
            file.lines.compactMap { line -> String? in
                guard let range = line.range(of: "commandName: \"") else { return nil }
                return String(line[range.upperBound...].prefix { $0 != "\"" })
            }
        }
        #expect(commands.count >= 13)
        for command in commands { #expect(manual.contains("`\(command)"), "\(command)") }
    }

    @Test func `every schema has valid and invalid examples`() throws {
        let files = try SourceTree.files(below: "Schemas")
        let schemas = files.filter { $0.hasSuffix(".schema.json") }
        #expect(!schemas.isEmpty)
        for schema in schemas {
            let name = schema.dropFirst("Schemas/".count).dropLast(".schema.json".count)
            for verdict in ["valid", "invalid"] {
                let prefix = "Schemas/examples/\(verdict)/\(name)/"
                #expect(files.contains { $0.hasPrefix(prefix) }, "no \(verdict) example of \(name)")
            }
        }
    }

    @Test func `every document that is linked exists`() throws {
        let documents = try SourceTree.files(below: "docs").filter { $0.hasSuffix(".md") }
        for path in documents + ["README.md", "CONTRIBUTING.md", "SECURITY.md"] {
            guard let text = try? SourceTree.text(of: path) else {
                Issue.record("\(path) is missing")
                continue
            }
            let folder = SourceTree.root.appending(path: path).deletingLastPathComponent()
            for link in Self.relativeLinks(in: text) {
                let target = folder.appending(path: link).standardizedFileURL.path
                #expect(FileManager.default.fileExists(atPath: target), "\(path) links to \(link)")
            }
        }
    }

    @Test func `every source that a comment cites by key is in the bibliography`() throws {
        let bibliography = try SourceTree.text(of: "docs/references.bib")
        for file in try SourceTree.swiftFiles(below: "Sources") {
            for line in file.lines where line.contains("- Source:") {
                for key in Self.citationKeys(in: String(line)) {
                    #expect(bibliography.contains("{\(key),"), "\(file.path) cites \(key)")
                }
            }
        }
    }

    /// Targets of Markdown links that are paths, fragments cut off.
    private static func relativeLinks(in text: String) -> [String] {
        text.components(separatedBy: "](").dropFirst().compactMap { rest in
            let target = rest.prefix { $0 != ")" && $0 != "#" && $0 != " " }
            guard !target.isEmpty, !target.contains("://"), !target.hasPrefix("mailto:") else {
                return nil
            }
            return String(target)
        }
    }

    /// Words in backticks that look like a bibliography key: letters, then a year.
    private static func citationKeys(in line: String) -> [String] {
        let parts = line.components(separatedBy: "`")
        return stride(from: 1, to: parts.count, by: 2).map { parts[$0] }.filter { word in
            let letters = word.prefix { $0.isLowercase }
            return letters.count >= 3 && word.dropFirst(letters.count).count == 4
                && Int(word.dropFirst(letters.count)) != nil
        }
    }
}
