// SPDX-License-Identifier: Apache-2.0
import HearthTestSupport
import Testing

@testable import HearthFormats

@Suite struct CSVScannerTests {
    private struct Row: Equatable {
        var outcome: CSVScanner.Outcome
        var byte: Int64
        var line: Int64
        var fields: [[UInt8]]
    }

    private func rows(
        _ bytes: [UInt8], cuts: [Int] = [], delimiter: UInt8 = 0x2C, limits: ReadLimits = .standard
    ) -> [Row] {
        var scanner = CSVScanner(delimiter: delimiter, limits: limits)
        var rows: [Row] = []
        var start = 0
        for end in cuts + [bytes.count, bytes.count] {
            let piece = Array(bytes[start..<end])
            let isLast = start == bytes.count && end == bytes.count
            var index = 0
            while let outcome = scanner.next(piece.span, &index, isLast: isLast) {
                let row = scanner.isHeld ? scanner.held : Array(piece[scanner.range])
                let fields = outcome == .row ? scanner.fields : []
                rows.append(
                    Row(
                        outcome: outcome, byte: scanner.position.byte,
                        line: scanner.position.record,
                        fields: fields.map { content(row, $0) }))
            }
            start = end
        }
        return rows
    }

    private func content(_ row: [UInt8], _ field: CSVField) -> [UInt8] {
        var content: [UInt8] = []
        var index = field.start
        while index < field.end {
            content.append(row[index])
            index += field.hasEscapes && row[index] == 0x22 ? 2 : 1
        }
        return content
    }

    private func texts(_ text: String, limits: ReadLimits = .standard) -> [[String]] {
        rows(Array(text.utf8), limits: limits).map { row in
            row.outcome == .row
                ? row.fields.map { String(decoding: $0, as: UTF8.self) } : ["!\(row.outcome)"]
        }
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `sound CSV splits as the reference splits it, in any cut`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let delimiter: UInt8 = Bool.random(using: &random) ? 0x2C : 0x3B
        let bytes = soundCSV(delimiter, &random)
        let expected = referenceCSVRows(bytes, delimiter: delimiter)
        let whole = rows(bytes, delimiter: delimiter)
        #expect(whole.allSatisfy { $0.outcome == .row }, "seed \(seed)")
        #expect(whole.map(\.fields) == expected, "seed \(seed)")
        #expect(rows(bytes, cuts: Array(1..<max(1, bytes.count)), delimiter: delimiter) == whole)
        for _ in 0..<10 {
            let cuts = (0..<5).map { _ in Int.random(in: 0...bytes.count, using: &random) }.sorted()
            #expect(rows(bytes, cuts: cuts, delimiter: delimiter) == whole, "seed \(seed)")
        }
    }

    private func soundCSV(_ delimiter: UInt8, _ random: inout SeededRandom) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 1...8, using: &random) {
            for column in 0..<Int.random(in: 1...5, using: &random) {
                if column > 0 { bytes.append(delimiter) }
                let letters = Array("ab \u{22}\n\r,;é".utf8)
                let content = (0..<Int.random(in: 0...6, using: &random)).map { _ in
                    letters.randomElement(using: &random) ?? 0x61
                }
                if Bool.random(using: &random) {
                    bytes.append(0x22)
                    let inner = content.filter { $0 != 0x0D }
                    for byte in inner {
                        bytes.append(contentsOf: byte == 0x22 ? [0x22, 0x22] : [byte])
                    }
                    bytes.append(0x22)
                } else {
                    let plain = content.filter { ![0x22, 0x0A, 0x0D, delimiter].contains($0) }
                    bytes.append(contentsOf: plain)
                }
            }
            bytes.append(contentsOf: Bool.random(using: &random) ? [0x0D, 0x0A] : [0x0A])
        }
        return bytes
    }

    @Test func `a quote that is never closed costs its own line`() {
        #expect(
            texts("a,b\n\"c,d\ne,f\ng,h\n") == [
                ["a", "b"], ["!strayQuote"], ["e", "f"], ["g", "h"],
            ])
    }

    @Test func `text behind a closing quote costs its own line`() {
        #expect(texts("\"a\"b,c\nd,e\n") == [["!strayQuote"], ["d", "e"]])
        #expect(texts("\"a\nb\"c,d\ne\n") == [["!strayQuote"], ["b\"c", "d"], ["e"]])
    }

    @Test func `a row longer than the limit is dropped and the next is read`() {
        var limits = ReadLimits()
        limits.recordBytes = 8
        #expect(texts("a,b\n123456789\nc\n", limits: limits) == [["a", "b"], ["!tooLong"], ["c"]])
        #expect(
            texts("\"a\n123456789\nc\n", limits: limits) == [["!strayQuote"], ["!tooLong"], ["c"]])
    }

    @Test func `a row of too many fields is dropped and the next is read`() {
        var limits = ReadLimits()
        limits.attributes = 2
        #expect(texts("a,b,c\nd,e\n", limits: limits) == [["!tooManyFields"], ["d", "e"]])
    }

    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func `damaged CSV splits alike in any cut and names places inside it`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var limits = ReadLimits()
        limits.recordBytes = 40
        limits.fieldBytes = 30
        let letters = Array("a,\"\n\"\n\r,b".utf8)
        for _ in 0..<100 {
            let bytes = (0..<Int.random(in: 0...120, using: &random)).map { _ in
                letters.randomElement(using: &random) ?? 0x61
            }
            let whole = rows(bytes, limits: limits)
            #expect(rows(bytes, cuts: Array(0..<bytes.count), limits: limits) == whole)
            #expect(whole.allSatisfy { (0...Int64(bytes.count)).contains($0.byte) })
            #expect(zip(whole, whole.dropFirst()).allSatisfy { $0.byte < $1.byte }, "seed \(seed)")
        }
    }
}
