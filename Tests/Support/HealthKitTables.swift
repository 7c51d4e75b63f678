// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthFormats

/// The tables that `healthkit-to-sqlite` makes of an export: a table a type, the attributes as text.
///
/// Records inside correlations are left out: the export repeats them outside.
public enum HealthKitTables {
    public static func of(_ xml: String) -> SimulatedRowSource {
        var rows: [String: [[String: String]]] = [:]
        var depth = 0
        for piece in xml.components(separatedBy: "<").dropFirst() {
            guard let end = tagEnd(piece) else { continue }
            let tag = String(piece[..<end])
            if tag.hasPrefix("Correlation "), !tag.hasSuffix("/") { depth += 1 }
            if tag.hasPrefix("/Correlation") { depth = max(0, depth - 1) }
            guard depth == 0 else { continue }
            var found = attributes(tag)
            if tag.hasPrefix("Record ") {
                let type = found.removeValue(forKey: "type") ?? ""
                let name = type.replacingOccurrences(of: "HKQuantityTypeIdentifier", with: "")
                    .replacingOccurrences(of: "HKCategoryTypeIdentifier", with: "")
                rows["r" + name, default: []].append(found)
            } else if tag.hasPrefix("Workout ") {
                rows["workouts", default: []].append(found)
            } else if tag.hasPrefix("ActivitySummary ") {
                rows["activity_summary", default: []].append(found)
            }
        }
        return SimulatedRowSource(rows.sorted { $0.key < $1.key }.map(table))
    }

    private static func table(_ name: String, _ rows: [[String: String]]) -> SimulatedTable {
        let first = ["startDate", "endDate", "value", "unit"]
        let keys = Set(rows.flatMap(\.keys))
        let columns = first.filter(keys.contains) + keys.subtracting(first).sorted()
        return SimulatedTable(name, columns, rows.map { row in columns.map { row[$0] } })
    }

    private static func tagEnd(_ piece: String) -> String.Index? {
        var isQuoted = false
        for index in piece.indices {
            if piece[index] == "\"" { isQuoted.toggle() }
            if piece[index] == ">", !isQuoted { return index }
        }
        return nil
    }

    private static func attributes(_ tag: String) -> [String: String] {
        var found: [String: String] = [:]
        let parts = tag.components(separatedBy: "\"")
        for index in stride(from: 0, to: parts.count - 1, by: 2) {
            guard let name = parts[index].split(whereSeparator: \.isWhitespace).last,
                name.hasSuffix("=")
            else { continue }
            found[String(name.dropLast())] = unescaped(parts[index + 1])
        }
        return found
    }

    private static func unescaped(_ text: String) -> String {
        var parts = text.components(separatedBy: "&#")
        for index in parts.indices.dropFirst() {
            guard let end = parts[index].firstIndex(of: ";") else { continue }
            let digits = parts[index][..<end]
            let code =
                digits.hasPrefix("x") ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
            guard let scalar = code.flatMap(Unicode.Scalar.init) else { continue }
            parts[index].replaceSubrange(...end, with: String(scalar))
        }
        return [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")]
            .reduce(parts.joined()) { $0.replacingOccurrences(of: $1.0, with: $1.1) }
    }
}
