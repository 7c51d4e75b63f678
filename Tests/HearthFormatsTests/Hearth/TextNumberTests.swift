// SPDX-License-Identifier: Apache-2.0
import HearthTestSupport
import Testing

@testable import HearthFormats

@Suite struct TextNumberTests {
    private func float(_ text: String, decimalComma: Bool = false) -> Float? {
        let bytes = Array(text.utf8)
        return TextNumber.float(bytes.span, decimalComma: decimalComma)
    }

    private func integer(_ text: String) -> Int64? {
        let bytes = Array(text.utf8)
        return TextNumber.integer(bytes.span)
    }

    private func nanoseconds(_ text: String) -> Int64? {
        let bytes = Array(text.utf8)
        return TextNumber.nanoseconds(bytes.span)
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `the shortest form of any float reads back to the same bits`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<20_000 {
            let value = Float(bitPattern: UInt32(truncatingIfNeeded: random.next()))
            guard value.isFinite else { continue }
            #expect(float(value.description)?.bitPattern == value.bitPattern, "seed \(seed)")
        }
    }

    @Test(arguments: [4, 5] as [UInt64])
    func `any decimal reads as the standard library reads it`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<20_000 {
            let digits = (0..<Int.random(in: 1...22, using: &random)).map { _ in
                String(Int.random(in: 0...9, using: &random))
            }.joined()
            let exponent = Int.random(in: -60...45, using: &random)
            let text = "\(digits).\(digits.reversed().map(String.init).joined())e\(exponent)"
            let expected = Float(text).flatMap { $0.isFinite ? $0 : nil }
            #expect(float(text) == expected, "\(text), seed \(seed)")
        }
    }

    @Test func `a decimal half way between two floats goes to the even one`() {
        #expect(float("16777217") == 16_777_216)
        #expect(float("16777219") == 16_777_220)
        #expect(float("16777217.000000001") == 16_777_218)
        #expect(float("9007199791611905") == 9_007_200_328_482_816)
    }

    @Test(arguments: [
        "", "-", ".5", "5.", "+1", " 1", "1 ", "0x10", "inf", "nan", "1e", "1e+", "1_000", "1,5",
        "1.2.3", "٣", "1e400", "--1",
    ])
    func `what is not a plain decimal is refused`(text: String) {
        #expect(float(text) == nil)
    }

    @Test func `a decimal comma is read only where it is allowed`() {
        #expect(float("1,5", decimalComma: true) == 1.5)
        #expect(float("1.5", decimalComma: true) == 1.5)
        #expect(float("0,1", decimalComma: true) == 0.1)
        #expect(float("123456789,123456789", decimalComma: true) == 123_456_789.123456789)
        #expect(float("1,2,3", decimalComma: true) == nil)
    }

    @Test func `whole numbers keep the ends of their range`() {
        #expect(integer("9223372036854775807") == .max)
        #expect(integer("9223372036854775808") == nil)
        #expect(integer("99999999999999999999999999") == nil)
        #expect(integer("-12") == -12)
        #expect(integer("1.0") == nil)
        #expect(integer("1e3") == nil)
    }

    @Test func `seconds are exact to the nanosecond`() {
        #expect(nanoseconds("60") == 60_000_000_000)
        #expect(nanoseconds("0.000000001") == 1)
        #expect(nanoseconds("9223372036.854775807") == .max)
        #expect(nanoseconds("9223372036.854775808") == nil)
        #expect(nanoseconds("0.0000000001") == nil)
        #expect(nanoseconds("-1") == nil)
    }

    @Test func `numbers of JSON have no leading zeros`() {
        func isJSON(_ text: String) -> Bool {
            let bytes = Array(text.utf8)
            return TextNumber.isJSONNumber(bytes.span)
        }
        #expect(isJSON("0") && isJSON("-0.5") && isJSON("1e5") && isJSON("10"))
        #expect(!isJSON("01") && !isJSON("-01.5") && !isJSON("00") && !isJSON("1.") && !isJSON(""))
    }
}
