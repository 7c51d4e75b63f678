// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// A table of `Vectors/`: one vector a line, the first line names the fields.
struct VectorTable {
    struct Row: CustomTestStringConvertible {
        let fields: [String: String]

        subscript(name: String) -> String { fields[name] ?? "-" }
        func bytes(_ name: String) -> [UInt8] { self[name] == "-" ? [] : hex(self[name]) }
        var testDescription: String { "\(self["number"]) \(self["name"])" }
    }

    let rows: [Row]

    init(_ name: String) {
        let url = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Vectors/\(name).txt")
        let text = (try? String(contentsOf: url, encoding: .utf8)) ?? ""
        var lines = text.split(separator: "\n")[...]
        let names = (lines.popFirst() ?? "").dropFirst(2).split(separator: " ").map(String.init)
        rows = lines.map { line in
            let fields = line.split(separator: " ").map(String.init)
            return Row(fields: Dictionary(uniqueKeysWithValues: zip(names, fields)))
        }
    }
}
