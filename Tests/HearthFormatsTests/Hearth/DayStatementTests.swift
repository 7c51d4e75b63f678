// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats
import HearthTestSupport
import Testing

/// Corrections and tags as an export writes them.
@Suite struct DayStatementTests {
    static let made = Timestamp(nanoseconds: 1_775_000_000_123_456_789)
    static let sleeps = """
        id,kind,start,end,made,note
        1,edit,2026-03-30T21:00:00Z,2026-03-31T05:30:00Z,2026-03-31T23:33:20.123456789Z,
        4,add,2026-04-01T12:00:00Z,2026-04-01T12:40:00Z,2026-03-31T23:33:20.123456789Z,"a ""nap"", long"
        5,remove,2026-04-01T12:00:00Z,2026-04-01T12:40:00Z,2026-03-31T23:33:20.123456789Z,''=1+1

        """
    static let tags = """
        id,label,day,time,made
        2,work-day,2026-03-31,,2026-03-31T23:33:20.123456789Z
        3,'-tired,2026-03-31,2026-03-31T20:15:00Z,2026-03-31T23:33:20.123456789Z

        """
    static let expected: [DayStatement] = [
        .sleep(sleep(1, .edit, 1_774_904_400, 1_774_935_000, nil)),
        .sleep(sleep(4, .add, 1_775_044_800, 1_775_047_200, "a \"nap\", long")),
        .sleep(sleep(5, .remove, 1_775_044_800, 1_775_047_200, "'=1+1")),
        .tag(tag(2, "work-day", 1_774_958_400, true)),
        .tag(tag(3, "-tired", 1_774_988_100, false)),
    ]

    static func sleep(
        _ id: UInt32, _ kind: SleepCorrection.Kind, _ start: Int64, _ end: Int64, _ note: String?
    ) -> SleepCorrection {
        SleepCorrection(
            id: CorrectionID(rawValue: id), kind: kind, start: Timestamp(seconds: start),
            end: Timestamp(seconds: end), made: made, note: note)
    }

    static func tag(_ id: UInt32, _ label: String, _ time: Int64, _ isWholeDay: Bool) -> DayTag {
        DayTag(
            id: CorrectionID(rawValue: id), label: label, day: LocalDate(dayNumber: 20_543),
            time: Timestamp(seconds: time), isWholeDay: isWholeDay, made: made)
    }

    static let lines = #"""
        {"end":"2026-03-31T05:30:00Z","id":1,"kind":"edit","made":"2026-03-31T23:33:20.123456789Z","start":"2026-03-30T21:00:00Z"}
        {"end":"2026-04-01T12:40:00Z","id":4,"kind":"add","made":"2026-03-31T23:33:20.123456789Z","note":"a \"nap\", long","start":"2026-04-01T12:00:00Z"}
        {"end":"2026-04-01T12:40:00Z","id":5,"kind":"remove","made":"2026-03-31T23:33:20.123456789Z","note":"'=1+1","start":"2026-04-01T12:00:00Z"}
        """#
    static let tagLines = #"""
        {"day":"2026-03-31","id":2,"label":"work-day","made":"2026-03-31T23:33:20.123456789Z"}
        {"day":"2026-03-31","id":3,"label":"-tired","made":"2026-03-31T23:33:20.123456789Z","time":"2026-03-31T20:15:00Z"}
        """#

    private func read(_ text: String, cuts: [Int] = []) throws -> StatementSink {
        let bytes = Array(text.utf8)
        guard
            case .recording(let kind)? = FormatDetector.detect(
                bytes.span.extracting(first: min(4096, bytes.count)))
        else { throw Problem.unknown }
        guard var reader = ReaderCatalog.reader(of: kind) else { throw Problem.unknown }
        var sink = StatementSink()
        var from = 0
        for cut in cuts + [bytes.count] {
            try reader.read(Array(bytes[from..<cut]).span, into: &sink)
            from = cut
        }
        try reader.finish(into: &sink)
        return sink
    }

    private enum Problem: Error { case unknown }

    @Test func `both forms of both tables give every word back`() throws {
        for (table, other) in [(Self.sleeps, Self.lines), (Self.tags, Self.tagLines)] {
            let isSleep = table == Self.sleeps
            let wanted = Array(isSleep ? Self.expected.prefix(3) : Self.expected.suffix(2))
            for text in [table, other, table.replacing("\n", with: "\r\n"), "\u{FEFF}" + table] {
                let sink = try read(text)
                #expect(sink.statements == wanted)
                #expect(sink.issues == [] && sink.blocks == 0)
            }
        }
    }

    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func `the cut of the input changes nothing`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for text in [Self.sleeps, Self.tags, Self.lines, Self.tagLines] {
            let count = text.utf8.count
            let cuts = (0..<5).map { _ in Int.random(in: 0...count, using: &random) }.sorted()
            let whole = try read(text)
            #expect(try read(text, cuts: cuts) == whole, "seed \(seed)")
            #expect(try read(text, cuts: Array(0...count)) == whole)
        }
    }

    @Test func `a row that is none costs itself only`() throws {
        let rows = [
            "0,edit,2026-03-30T21:00:00Z,2026-03-31T05:30:00Z,2026-03-31T23:33:20Z,",
            "4294967295,edit,2026-03-30T21:00:00Z,2026-03-31T05:30:00Z,2026-03-31T23:33:20Z,",
            "7,undo,2026-03-30T21:00:00Z,2026-03-31T05:30:00Z,2026-03-31T23:33:20Z,",
            "7,edit,2026-03-31T05:30:00Z,2026-03-30T21:00:00Z,2026-03-31T23:33:20Z,",
            "7,edit,2026-03-30T21:00:00Z,2026-04-02T05:30:00Z,2026-03-31T23:33:20Z,",
            "7,edit,2026-03-30T21:00:00,2026-03-31T05:30:00Z,2026-03-31T23:33:20Z,",
            "7,edit,2026-03-30T21:00:00Z,2026-03-31T05:30:00Z,2026-03-31T23:33:20Z,\"two\nlines\"",
            "7,edit,2026-03-30T21:00:00Z,2026-03-31T05:30:00Z,2026-03-31T23:33:20Z",
            "7,edit,2026-03-30T21:00:00Z,2026-03-31T05:30:00Z,2026-03-31T23:33:20Z,"
                + String(repeating: "x", count: 1001),
        ]
        for row in rows {
            let sink = try read(
                Self.sleeps + row + "\n" + "9,add,"
                    + "2026-05-01T12:00:00Z,2026-05-01T12:40:00Z,2026-05-01T23:33:20Z,\n")
            #expect(sink.statements.map(\.id.rawValue) == [1, 4, 5, 9], "\(row.prefix(60))")
            #expect(sink.issues.map(\.code) == [.damaged], "\(row.prefix(60))")
            // No issue repeats what a person wrote.
            #expect(!sink.issues.contains { $0.found.contains("two") || $0.found.contains("xx") })
        }
        let broken = try read(Self.tagLines + "{\"day\":1}\nnothing\n")
        #expect(broken.statements.count == 1 || broken.statements.count == 2)
        #expect(broken.issues.first?.code == .damaged)
    }

    @Test func `mutated tables never trap`() throws {
        var random = SeededRandom(seed: 77)
        for text in [Self.sleeps, Self.tags, Self.lines, Self.tagLines] {
            for _ in 0..<500 {
                var bytes = Array(text.utf8)
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    let at = Int.random(in: 0..<bytes.count, using: &random)
                    bytes[at] = UInt8.random(in: 0...255, using: &random)
                }
                var sink = StatementSink()
                var csv = HearthCSVReader()
                try? csv.read(bytes.span, into: &sink)
                try? csv.finish(into: &sink)
                var lines = HearthNDJSONReader()
                try? lines.read(bytes.span, into: &sink)
                try? lines.finish(into: &sink)
                let isSound = sink.statements.allSatisfy { $0.isSound }
                #expect(isSound)
            }
        }
    }

    @Test func `other tables are none of these`() {
        for text in [
            "id,label,day\n", "id,kind,start,end,made,note,more\n", "{\"id\":1,\"made\":\"x\"}",
            "{\"id\":1,\"label\":\"x\",\"day\":\"x\",\"made\":\"x\",\"mood\":3}",
        ] {
            #expect(FormatDetector.detect(Array(text.utf8).span) == nil, "\(text)")
        }
    }
}

private struct StatementSink: SampleSink, Equatable {
    var statements: [DayStatement] = []
    var issues: [ReadIssue] = []
    var blocks = 0

    mutating func accept(_ block: SampleBlock) { blocks += 1 }
    mutating func accept(_ statement: DayStatement) { statements.append(statement) }
    mutating func report(_ issue: ReadIssue) { issues.append(issue) }
}
