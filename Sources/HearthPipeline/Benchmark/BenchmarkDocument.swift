// SPDX-License-Identifier: Apache-2.0

/// Headings, paragraphs and tables, as text for a terminal or as Markdown.
struct BenchmarkDocument {
    struct Table {
        var header: [String]
        var rows: [[String]] = []

        init(_ header: [String]) { self.header = header }

        mutating func add(_ row: [String]) { rows.append(row) }
    }

    private enum Block {
        case heading(String, level: Int)
        case paragraph(String)
        case table(Table)
    }

    private var blocks: [Block] = []

    mutating func heading(_ text: String, level: Int = 2) {
        blocks.append(.heading(text, level: level))
    }

    mutating func paragraph(_ text: String) { blocks.append(.paragraph(text)) }

    mutating func table(_ table: Table) {
        if !table.rows.isEmpty { blocks.append(.table(table)) }
    }

    var text: String {
        blocks.map { block in
            switch block {
            case .heading(let text, let level):
                text + "\n" + String(repeating: level == 1 ? "=" : "-", count: text.count)
            case .paragraph(let text): Self.wrapped(text)
            case .table(let table): Self.aligned(table)
            }
        }.joined(separator: "\n\n")
    }

    var markdown: String {
        blocks.map { block in
            switch block {
            case .heading(let text, let level): String(repeating: "#", count: level) + " " + text
            case .paragraph(let text): text
            case .table(let table): Self.piped(table)
            }
        }.joined(separator: "\n\n")
    }

    private static func wrapped(_ text: String) -> String {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, last.count + 1 + word.count <= 100 {
                lines[lines.count - 1] += " \(word)"
            } else {
                lines.append(String(word))
            }
        }
        return lines.joined(separator: "\n")
    }

    /// The first column to the left, the others to the right.
    private static func aligned(_ table: Table) -> String {
        let rows = [table.header] + table.rows
        let widths = table.header.indices.map { column in
            rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
        return rows.map { row in
            let cells = row.enumerated().map { column, cell in
                let pad = String(repeating: " ", count: max(0, widths[column] - cell.count))
                return column == 0 ? cell + pad : pad + cell
            }
            return cells.joined(separator: "  ")
        }.joined(separator: "\n")
    }

    private static func piped(_ table: Table) -> String {
        func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
        let rule = table.header.indices.map { $0 == 0 ? "---" : "---:" }
        return ([line(table.header), line(rule)] + table.rows.map(line)).joined(separator: "\n")
    }
}
