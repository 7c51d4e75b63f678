// SPDX-License-Identifier: Apache-2.0

/// What an independent scan counted in one part of a FIT recording.
package struct FITScanRow: Sendable {
    /// Path below the folder of the scan.
    package var file: String
    /// Which chained part, from 0.
    package var part: Int
    package var messages: Int
    /// Beat intervals in messages 78.
    package var intervals: Int
    /// Messages by global number; `nil` if the scan could not read the part at all.
    package var counts: [UInt16: Int]?
    /// The byte at which the scan gave up; it tells nothing of what lies behind.
    package var stop: Int64?
    /// It counted the record there although that one is cut off.
    package var countsCutRecord = false

    /// The rows of `SCAN.tsv`.
    package static func rows(_ table: String) -> [FITScanRow] {
        table.split(whereSeparator: \.isNewline).dropFirst().compactMap { line in
            let cells = line.split(separator: "\t", omittingEmptySubsequences: false)
                .map(String.init)
            guard cells.count > 3, let part = Int(cells[2]) else { return nil }
            func cell(_ index: Int) -> String { index < cells.count ? cells[index] : "" }
            let notes = cell(18)
            return FITScanRow(
                file: cells[0], part: part, messages: Int(cell(10)) ?? 0,
                intervals: Int(cell(14)) ?? 0,
                counts: Int(cell(10)) == nil ? nil : counts(cell(19)), stop: stop(notes),
                countsCutRecord: notes.contains("past end"))
        }
    }

    private static func counts(_ text: String) -> [UInt16: Int] {
        var counts: [UInt16: Int] = [:]
        for pair in text.split(separator: " ") {
            let sides = pair.split(separator: ":")
            guard sides.count == 2, let number = UInt16(sides[0]) else { continue }
            counts[number] = Int(sides[1])
        }
        return counts
    }

    /// The number behind the last `@`.
    private static func stop(_ notes: String) -> Int64? {
        guard let at = notes.lastIndex(of: "@") else { return nil }
        return Int64(notes[notes.index(after: at)...].prefix { $0.isNumber })
    }
}
