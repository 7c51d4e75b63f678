// SPDX-License-Identifier: Apache-2.0

/// Bytes as words that can be read aloud: two bytes make one word of five letters, consonant and
/// vowel in turn, such as `lusab`.
///
/// A consonant tells four bits, a vowel two. The sixteen consonants leave out `c`, `q`, `w`, `x` and
/// `y`, the four vowels leave out `e`: what remains is told apart in most languages and by hand.
public enum ProquintWords {
    static let consonants: InlineArray<16, UInt8> = [
        0x62, 0x64, 0x66, 0x67, 0x68, 0x6A, 0x6B, 0x6C,  // b d f g h j k l
        0x6D, 0x6E, 0x70, 0x72, 0x73, 0x74, 0x76, 0x7A,  // m n p r s t v z
    ]
    static let vowels: InlineArray<4, UInt8> = [0x61, 0x69, 0x6F, 0x75]  // a i o u
    static let lettersPerWord = 5

    /// The words of an even number of bytes, one word for each two.
    public static func words(of bytes: [UInt8]) -> [String] {
        precondition(bytes.count.isMultiple(of: 2), "a word stands for two bytes")
        return stride(from: 0, to: bytes.count, by: 2).map { index in
            let letters = letters(bytes[index], bytes[index + 1])
            return String(decoding: (0..<lettersPerWord).map { letters[$0] }, as: UTF8.self)
        }
    }

    /// The five letters of a word, as ASCII.
    static func letters(_ high: UInt8, _ low: UInt8) -> InlineArray<5, UInt8> {
        let value = Int(high) << 8 | Int(low)
        return [
            consonants[value >> 12], vowels[value >> 10 & 3], consonants[value >> 6 & 15],
            vowels[value >> 4 & 3], consonants[value & 15],
        ]
    }

    /// What a letter at a place (0 to 4) in its word stands for; nil if none can stand there.
    static func value(of letter: UInt8, at place: Int) -> UInt16? {
        if place.isMultiple(of: 2) {
            for index in 0..<16 where consonants[index] == letter { return UInt16(index) }
        } else {
            for index in 0..<4 where vowels[index] == letter { return UInt16(index) }
        }
        return nil
    }
}
