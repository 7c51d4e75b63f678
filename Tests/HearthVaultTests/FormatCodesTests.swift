// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import Testing

/// The codes in stored files stand in `docs/vault-format.md` and in the reader written from it.
@Suite struct FormatCodesTests {
    private static func text(_ path: String) throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../..").standardized
        let text = try String(contentsOf: root.appending(path: path), encoding: .utf8)
        return text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    @Test(arguments: Quantity.allCases) func `quantity`(_ quantity: Quantity) throws {
        let facts = quantity.facts
        let rows = try Self.text("docs/vault-format.md").components(separatedBy: " | | ")
        let row = try #require(rows.first { $0.hasPrefix("\(facts.category) (") })
        #expect(row.contains("(\(facts.category.rawValue)) |"))
        let cells = row.components(separatedBy: " | ").dropFirst().joined(separator: " | ")
            .components(separatedBy: "|")[0].components(separatedBy: " · ")
            .map { $0.trimmingCharacters(in: .whitespaces) }
        #expect(
            cells.contains("\(facts.name) \(quantity.rawValue)\(facts.isFast ? "*" : "")"), "\(row)"
        )
        let entry =
            "\(quantity.rawValue): (\"\(facts.name)\", \(facts.category.rawValue), "
            + "\(facts.isFast ? 2 : 1))"
        #expect(try Self.text("Tests/VaultReader/documents.py").contains(entry))
    }

    @Test func `every kind of file and derivation`() throws {
        let page = try Self.text("docs/vault-format.md")
        let reader = try Self.text("Tests/VaultReader/documents.py")
        let codes =
            FileKind.allCases.map { ("\($0.rawValue)", $0.name) }
            + Derivation.allCases.map { ("\($0.rawValue)", $0.name) }
        for (code, name) in codes {
            #expect(
                page.contains(" \(name) \(code) ·") || page.contains(" \(name) \(code)."), "\(name)"
            )
            #expect(reader.contains("\(code): \"\(name)\""), "\(name)")
        }
    }
}
