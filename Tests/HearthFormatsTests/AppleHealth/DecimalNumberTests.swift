// SPDX-License-Identifier: Apache-2.0
import HearthTestSupport
import Testing

@testable import HearthFormats

@Suite struct DecimalNumberTests {
    private func parse(_ text: String, point: UInt8 = UInt8(ascii: ".")) -> Double? {
        let bytes = Array(("<" + text + ">").utf8)
        return DecimalNumber.parse(bytes.span, 1..<bytes.count - 1, point: point)
    }

    @Test(arguments: [
        "0", "-0", "1", "60", "0.25", "-12.5", "+3", ".5", "5.", "1e3", "1E-3", "2.5e+2", "1e22",
        "1e23", "9007199254740993", "0.1", "139.3170000000021", "31.73680251737436",
        "0.000000000000000000000001", "123456789012345678901234567890", "4.9e-324", "1e-400",
        "2.2250738585072011e-308", "1.7976931348623157e308", "0e9999999999", "00000000000000000012",
    ])
    func `a number is rounded as the standard library rounds it`(text: String) {
        #expect(parse(text) == Double(text))
    }

    @Test(arguments: [
        "", "-", "+", ".", "e5", "1e", "1e+", "1.2.3", "1,5", " 1", "1 ", "nan", "inf", "0x10",
        "1_000", "--1", "1e400", "-1e999999999999999999999", "１",
    ])
    func `what is no decimal number is none`(text: String) {
        #expect(parse(text) == nil)
    }

    @Test func `the decimal mark may be a comma`() {
        #expect(parse("72,5", point: UInt8(ascii: ",")) == 72.5)
        #expect(parse("72.5", point: UInt8(ascii: ",")) == nil)
        #expect(
            parse("72,12345678901234567890", point: UInt8(ascii: ","))
                == 72.123_456_789_012_345_678_90)
    }

    @Test func `random numbers agree to the last bit`() {
        var random = SeededRandom(seed: 3)
        for round in 0..<20_000 {
            let digits = Int.random(in: 1...20, using: &random)
            var text = (0..<digits).map { _ in
                String(Int.random(in: 0...9, using: &random))
            }.joined()
            let point = Int.random(in: 0...digits, using: &random)
            text.insert(".", at: text.index(text.startIndex, offsetBy: point))
            if Bool.random(using: &random) {
                text += "e\(Int.random(in: -40...40, using: &random))"
            }
            #expect(parse(text) == Double(text), "round \(round), seed 3: \(text)")
        }
    }

    @Test func `a range outside the bytes is none`() {
        let bytes = Array("12".utf8)
        let outside = DecimalNumber.parse(bytes.span, 0..<3)
        let empty = DecimalNumber.parse(bytes.span, 1..<1)
        #expect(outside == nil && empty == nil)
    }
}
