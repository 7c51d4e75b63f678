// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import HearthInference

/// One text for one value, the same as other programs write.
@Suite struct CanonicalJSONTests {
    static let limits = CanonicalJSON.Limits(bytes: 1 << 20, values: 10_000, allowsFractions: true)

    static func read(_ text: String) throws -> CanonicalJSON {
        try CanonicalJSON(canonical: Array(text.utf8), limits: limits)
    }

    @Test func `texts written by Python are read and written again byte for byte`() throws {
        let lines = try BundleFiles.bytes("canonical.jsonl").split(separator: 0x0A)
        #expect(lines.count == 300)
        for line in lines {
            let value = try CanonicalJSON(canonical: Array(line), limits: Self.limits)
            #expect(value.bytes == Array(line))
        }
    }

    @Test func `numbers are written as Python writes them`() throws {
        let text = String(decoding: try BundleFiles.bytes("numbers.tsv"), as: UTF8.self)
        let rows = text.split(separator: "\n").map { $0.split(separator: "\t") }
        #expect(rows.count == 2000)
        for row in rows {
            let bits = try #require(UInt64(row[0], radix: 16))
            #expect(CanonicalNumber.text(Double(bitPattern: bits)) == String(row[1]))
        }
    }

    /// RFC 8785, appendix B.
    @Test(
        arguments: [
            (0x0000_0000_0000_0000, "0"), (0x8000_0000_0000_0000, "0"),
            (0x0000_0000_0000_0001, "5e-324"), (0x8000_0000_0000_0001, "-5e-324"),
            (0x7FEF_FFFF_FFFF_FFFF, "1.7976931348623157e+308"),
            (0x4340_0000_0000_0000, "9007199254740992"),
            (0xC340_0000_0000_0000, "-9007199254740992"),
            (0x4430_0000_0000_0000, "295147905179352830000"),
            (0x44B5_2D02_C7E1_4AF5, "9.999999999999997e+22"), (0x44B5_2D02_C7E1_4AF6, "1e+23"),
            (0x44B5_2D02_C7E1_4AF7, "1.0000000000000001e+23"),
            (0x444B_1AE4_D6E2_EF4E, "999999999999999700000"),
            (0x444B_1AE4_D6E2_EF4F, "999999999999999900000"), (0x444B_1AE4_D6E2_EF50, "1e+21"),
            (0x3EB0_C6F7_A0B5_ED8C, "9.999999999999997e-7"), (0x3EB0_C6F7_A0B5_ED8D, "0.000001"),
            (0x41B3_DE43_5555_5553, "333333333.3333332"),
            (0x41B3_DE43_5555_5554, "333333333.33333325"),
            (0xBECB_F647_612F_3696, "-0.0000033333333333333333"),
            (0x4314_3FF3_C1CB_0959, "1424953923781206.2"),
        ] as [(UInt64, String)])
    func `numbers are written as the standard says`(bits: UInt64, text: String) {
        #expect(CanonicalNumber.text(Double(bitPattern: bits)) == text)
    }

    @Test(arguments: [
        "", " ", "1 ", " 1", "01", "1.0", "1e2", "-0", "+1", ".5", "5.", "1e400", "NaN", "Infinity",
        "0x1", "--1", "1e", "tru", "nul", "[1,]", "[,1]", "[1", "{\"a\":1,}", "{\"a\"}", "{a:1}",
        "{\"b\":1,\"a\":2}", "{\"a\":1,\"a\":1}", "\"\\/\"", "\"\\u0041\"", "\"\\u001F\"",
        "\"\\u000a\"", "\"\\x\"", "\"\u{1}\"", "\"a", "[1]1", "{} ", "'a'", "1,2",
        "\"\\ud83d\\ude00\"", "//", "[1 ,2]", "9007199254740993",
    ])
    func `anything but the canonical text is refused`(text: String) {
        #expect(throws: InferenceError.self) { try Self.read(text) }
    }

    @Test func `bytes that are not UTF-8 are refused`() {
        for bytes: [UInt8] in [
            [0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
            [0x22, 0xC3, 0x22],
        ] {
            #expect(throws: InferenceError.self) {
                try CanonicalJSON(canonical: bytes, limits: Self.limits)
            }
        }
    }

    @Test func `two spellings of one letter are two names`() throws {
        let value = try Self.read("{\"e\u{301}\":1,\"\u{E9}\":2}")
        #expect(value["\u{E9}"]?.integer == 2)
        #expect(value["e\u{301}"]?.integer == 1)
    }

    @Test func `depth, values, bytes and fractions have limits`() throws {
        #expect(throws: Never.self) {
            try Self.read(String(repeating: "[", count: 17) + String(repeating: "]", count: 17))
        }
        let cases: [(String, CanonicalJSON.Limits)] = [
            (String(repeating: "[", count: 100_000), Self.limits),
            (
                String(repeating: "[", count: 18) + String(repeating: "]", count: 18), Self.limits
            ),
            ("[1,2,3]", .init(bytes: 100, values: 3, allowsFractions: true)),
            ("[1,2,3]", .init(bytes: 6, values: 100, allowsFractions: true)),
        ]
        for (text, limits) in cases {
            let error = #expect(throws: InferenceError.self) {
                try CanonicalJSON(canonical: Array(text.utf8), limits: limits)
            }
            #expect(error?.reason == .limitExceeded)
        }
        #expect(throws: InferenceError.self) {
            try CanonicalJSON(
                canonical: Array("0.5".utf8),
                limits: .init(bytes: 10, values: 10, allowsFractions: false))
        }
    }

    @Test func `base64 has one text for its bytes`() {
        for count in 0..<40 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 89 &+ 200) }
            let text = Data(bytes).base64EncodedString()
            #expect(Base64.text(bytes) == text)
            #expect(Base64.bytes(text) == bytes)
        }
        for text in [
            "A", "AA", "AAA", "AB==", "AAB=", "A===", "====", "AA==AAAA", "AA-_", "AA =", "AAAA\n",
        ] {
            #expect(Base64.bytes(text) == nil, "\(text)")
        }
    }
}
