// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthTestSupport
import Testing

@testable import HearthFormats

@Suite struct TableHeaderTests {
    static func header(_ row: String) -> TableHeader? {
        let bytes = Array(row.utf8)
        return TableHeader(line: bytes.span, limits: .standard)
    }

    static func header(prefix: String) -> TableHeader? {
        let bytes = Array(Array(prefix.utf8).prefix(FormatDetector.prefixBytes))
        return TableHeader(prefix: bytes.span)
    }

    @Test func `names are compared without what differs between exports`() throws {
        let rows = [
            "\u{FEFF}Skin temp (celsius),Blood oxygen %", "skin_temp,blood_oxygen",
            "\"SKIN-TEMP (C)\";\"Blood  oxygen\"", " Skin.Temp \t blood/oxygen%\r",
        ]
        for row in rows {
            let header = try #require(Self.header(row))
            #expect(header.titles.map(\.name) == ["skin temp", "blood oxygen"], "\(row)")
        }
    }

    @Test func `the separator is the one met most often outside quotes`() throws {
        let facts: [(String, UInt8)] = [
            ("a,b,c", 0x2C), ("a;b;\"c,d,e,f\"", 0x3B), ("a\tb\tc,d", 0x09), ("a", 0x2C),
            ("a,b;c,d", 0x2C),
        ]
        for (row, delimiter) in facts {
            let header = try #require(Self.header(row))
            #expect(header.delimiter == delimiter, "\(row)")
            #expect(header.hasDecimalComma == (delimiter != 0x2C))
        }
    }

    @Test func `the unit stands in brackets, the last ones count`() throws {
        let header = try #require(
            Self.header("Deep (SWS) duration (min),Gewicht (kg),Größe,ÄRGER"))
        #expect(header.titles.map(\.name) == ["deep duration", "gewicht", "größe", "ärger"])
        #expect(header.titles.map(\.unit) == ["min", "kg", "", ""])
        #expect(header.isExactly(["gewicht", "größe", "ärger", "deep duration"]))
        #expect(!header.isExactly(["gewicht", "größe"]) && header.has("gewicht", "größe"))
        #expect(header.column("weight", "gewicht") == 1)
    }

    @Test func `a header row cut off by the prefix tells nothing`() {
        #expect(Self.header(prefix: "a," + String(repeating: "b", count: 5000)) == nil)
        #expect(Self.header(prefix: "a,b") != nil)
        #expect(Self.header(prefix: "\n\n") == nil)
    }

    @Test func `numbers may have a decimal comma where it separates nothing`() {
        let sink = readTable(
            .withings,
            "Datum;\"Gewicht (kg)\";\"Fettmasse (kg)\";\"Knochen (kg)\"\n"
                + "2026-01-02 07:00:00;70,5;12,1;3\n")
        #expect(sink.values(.bodyMass) == [70.5])
    }

    @Test func `cells with a quote inside are read with one`() {
        #expect(
            FlatObject(Array(#"{"a":1,"items":[{"b":2},{"b":3}],"c":[9]}"#.utf8))?.items.count == 2)
        #expect(FlatObject(Array("[1]".utf8)) == nil && FlatObject(Array("{} x".utf8)) == nil)
        #expect(FlatObject.seconds(1_785_000_000_000) == 1_785_000_000)
        #expect(FlatObject.seconds(-1) == nil && FlatObject.seconds(1e300) == nil)
    }
}
