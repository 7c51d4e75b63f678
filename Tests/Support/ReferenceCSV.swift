// SPDX-License-Identifier: Apache-2.0

/// Splits sound CSV the slow and obvious way: one character at a time, the whole file in memory.
///
/// Spaces around fields without quotes are dropped; a quote inside such a field is a letter like
/// any other.
public func referenceCSVRows(_ bytes: [UInt8], delimiter: UInt8) -> [[[UInt8]]] {
    var rows: [[[UInt8]]] = []
    var row: [[UInt8]] = []
    var field: [UInt8] = []
    var isQuoted = false
    var index = 0
    func trimmed(_ field: [UInt8]) -> [UInt8] {
        let start = field.firstIndex { $0 != 0x20 } ?? field.endIndex
        let end = field.lastIndex { $0 != 0x20 }.map { $0 + 1 } ?? start
        return Array(field[start..<max(start, end)])
    }
    func endField() {
        row.append(isQuoted ? field : trimmed(field))
        field = []
        isQuoted = false
    }
    while index < bytes.count {
        if field.isEmpty, !isQuoted, bytes[index] == 0x22 {
            isQuoted = true
            index += 1
            while index < bytes.count {
                if bytes[index] == 0x22 {
                    guard index + 1 < bytes.count, bytes[index + 1] == 0x22 else { break }
                    index += 1
                }
                field.append(bytes[index])
                index += 1
            }
            index += 1
        } else if bytes[index] == delimiter {
            endField()
            index += 1
        } else if bytes[index] == 0x0A {
            if !isQuoted, field.last == 0x0D { field.removeLast() }
            endField()
            rows.append(row)
            row = []
            index += 1
        } else {
            if !(isQuoted && bytes[index] == 0x0D) { field.append(bytes[index]) }
            index += 1
        }
    }
    if !row.isEmpty || !field.isEmpty || isQuoted {
        endField()
        rows.append(row)
    }
    return rows
}
