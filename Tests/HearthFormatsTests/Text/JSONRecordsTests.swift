// SPDX-License-Identifier: Apache-2.0
import HearthTestSupport
import Testing

@testable import HearthFormats

@Suite struct JSONRecordsTests {
    enum Field: String, JSONNames {
        case name
        case item = "list[]"
        case deep = "a.b.c|z"
    }
    enum Cut: String, JSONNames { case part = "parts[]|a.parts[]" }

    static let shape = JSONShape<Field, Cut>()

    /// Everything handed out, one line an event.
    static func events(_ text: String, cuts: Bool, limits: ReadLimits = .standard) -> [String] {
        var records = JSONRecords(shape, limits: limits)
        var lines: [String] = []
        let bytes = Array(text.utf8)
        let pieces = cuts ? bytes.map { [$0] } : [bytes]
        var base: Int64 = 0
        for piece in pieces {
            var index = 0
            while let event = records.next(piece.span, &index, base: base) {
                switch event {
                case .record(let cut):
                    let record = records.record
                    let values = record.entries.map { entry in
                        let text = record.text(entry).map { String(decoding: $0, as: UTF8.self) }
                        return "\(entry.field)\(entry.index)="
                            + (text ?? record.integer(entry).map(String.init) ?? "-")
                    }
                    lines.append(
                        "\(cut.map(\.rawValue) ?? "document")@\(record.position.byte):"
                            + values.joined(separator: ","))
                case .problem(let problem):
                    lines.append("\(problem.code.name)@\(records.position.byte)")
                case .stray: lines.append("stray")
                }
            }
            base += Int64(piece.count)
        }
        let end = records.finish(at: base)
        if let problem = end.problem { lines.append(problem.code.name) }
        if end.hasRecord { lines.append("unfinished:\(records.record.entries.count)") }
        return lines
    }

    @Test(
        arguments: [
            (
                #"{"name":"x","list":[1,null,3],"a":{"b":{"c":7}},"u":{"name":1}}"#,
                ["document@0:name-1=x,item0=1,item1=-,item2=3,deep-1=7"]
            ),
            (
                #"{"parts":[{"name":"p"},{"name":"q","list":[5]}],"name":"x"}"#,
                [
                    "parts[]|a.parts[]@10:name-1=p", "parts[]|a.parts[]@23:name-1=q,item0=5",
                    "document@0:name-1=x",
                ]
            ),
            (#"[{"z":1},null,{"z":2}]"#, ["document@1:deep-1=1", "document@14:deep-1=2"]),
            (
                #"{"list":[1,x2,3],"name":"y"}"#,
                ["damaged@11", "document@0:item0=1,item2=3,name-1=y"]
            ),
            (
                #"{"parts":[{"name":"p" "z":1,"list":[2]},{"name":"q"}]}"#,
                [
                    "damaged@22", "parts[]|a.parts[]@10:item0=2", "parts[]|a.parts[]@40:name-1=q",
                    "document@0:",
                ]
            ),
            (#"{"list":[1,5x,3,[4],6]}"#, ["damaged@12", "document@0:item0=1,item2=3,item4=6"]),
            (
                #"{"parts":[{"name":"p",{"name":"q"}]}"#,
                ["damaged@22", "parts[]|a.parts[]@22:name-1=q", "document@0:"]
            ),
            (#"{"parts":[{"name":"p"#, ["truncated", "unfinished:0"]),
            ("null", []), ("1 ", ["stray"]),
            ("\u{FEFF}{\"z\":3}", ["document@3:deep-1=3"]),
            (#"{"z":1}}{"z":2}"#, ["document@0:deep-1=1", "damaged@7", "document@8:deep-1=2"]),
        ] as [(String, [String])])
    func `records, damage and ends`(text: String, expected: [String]) {
        #expect(Self.events(text, cuts: false) == expected)
        #expect(Self.events(text, cuts: true) == expected)
    }

    @Test func `a record is bounded`() {
        var limits = ReadLimits.standard
        limits.recordBytes = 64
        let text = "{\"list\":[" + Array(repeating: "1", count: 100).joined(separator: ",") + "]}"
        #expect(
            Self.events(text, cuts: false, limits: limits) == ["limit-exceeded@\(text.count - 1)"])
    }

    @Test func `ISO durations`() {
        func seconds(_ text: String) -> Double? {
            CloudTime.nanoseconds(iso: Array(text.utf8)).map { Double($0) / 1e9 }
        }
        #expect(seconds("PT0S") == 0 && seconds("PT1H2M3.5S") == 3723.5)
        #expect(seconds("P1DT1S") == 86_401)
        for text in ["", "P", "PT", "1H", "PT1", "PTH", "P1Y", "PT1X", "PT99999999999S"] {
            #expect(seconds(text) == nil, "\(text)")
        }
    }
}
