// SPDX-License-Identifier: Apache-2.0

/// How a file of text is written.
enum TextNotation: Sendable {
    case json, csv

    /// The notation that the first byte tells which is neither white space nor of a mark.
    ///
    /// - Parameter start: moves to that byte.
    /// - Returns: `nil` if there is none.
    init?(_ bytes: Span<UInt8>, from start: inout Int) {
        while start < bytes.count, FitbitReader.isBeforeText(bytes[start]) { start += 1 }
        guard start < bytes.count else { return nil }
        let first = bytes[start]
        self = first == UInt8(ascii: "{") || first == UInt8(ascii: "[") ? .json : .csv
    }
}
