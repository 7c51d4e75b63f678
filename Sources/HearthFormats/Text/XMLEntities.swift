// SPDX-License-Identifier: Apache-2.0

/// The only entities a Hearth reader expands: the five predefined ones and numeric references.
package enum XMLEntities {
    /// The longest reference looked for; `&#x0010FFFF;` has twelve bytes.
    private static let longest = 12

    /// The bytes of `range` with references replaced; an unknown one stays as it is written.
    package static func expand(_ bytes: Span<UInt8>, _ range: Range<Int>) -> [UInt8] {
        let range = range.clamped(to: 0..<bytes.count)
        var text: [UInt8] = []
        text.reserveCapacity(range.count)
        var index = range.lowerBound
        while index < range.upperBound {
            let byte = bytes[index]
            if byte == UInt8(ascii: "&"),
                let (length, scalar) = reference(bytes, index..<range.upperBound)
            {
                text.append(contentsOf: Array(String(Character(scalar)).utf8))
                index += length
            } else {
                text.append(byte)
                index += 1
            }
        }
        return text
    }

    /// The reference at the start of `range`: its length with `&` and `;`, and what it stands for.
    private static func reference(
        _ bytes: Span<UInt8>, _ range: Range<Int>
    ) -> (length: Int, scalar: Unicode.Scalar)? {
        let end = min(range.upperBound, range.lowerBound + longest)
        var close = range.lowerBound + 1
        while close < end, bytes[close] != UInt8(ascii: ";") { close += 1 }
        guard close < end else { return nil }
        let name = range.lowerBound + 1..<close
        let length = close + 1 - range.lowerBound
        for (text, scalar) in predefined where XMLByteSearch.equal(bytes, name, text) {
            return (length, scalar)
        }
        guard let scalar = numeric(bytes, name) else { return nil }
        return (length, scalar)
    }

    private static let predefined: [(StaticString, Unicode.Scalar)] = [
        ("lt", "<"), ("gt", ">"), ("amp", "&"), ("quot", "\""), ("apos", "'"),
    ]

    /// `#123` or `#x7B`.
    private static func numeric(_ bytes: Span<UInt8>, _ name: Range<Int>) -> Unicode.Scalar? {
        guard name.count >= 2, bytes[name.lowerBound] == UInt8(ascii: "#") else { return nil }
        let isHex = bytes[name.lowerBound + 1] | 0x20 == UInt8(ascii: "x")
        let radix: UInt32 = isHex ? 16 : 10
        let digits = name.lowerBound + (isHex ? 2 : 1)..<name.upperBound
        guard !digits.isEmpty else { return nil }
        var value: UInt32 = 0
        for index in digits {
            guard let digit = hexDigit(bytes[index]), digit < radix else { return nil }
            // At most ten digits, and the check below keeps the value small: no overflow.
            value = value &* radix &+ digit
            guard value <= 0x10_FFFF else { return nil }
        }
        return Unicode.Scalar(value)
    }

    private static func hexDigit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a")) + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A")) + 10
        default: nil
        }
    }
}
