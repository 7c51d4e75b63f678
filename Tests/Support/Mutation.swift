// SPDX-License-Identifier: Apache-2.0

/// One mutant in the making.
struct Mutation {
    var random: SeededRandom
    let isText: Bool
    let words: [[UInt8]]
    let seeds: [[UInt8]]
    var bytes: [UInt8]

    /// One change somewhere. There must be bytes.
    mutating func change() {
        let at = random.below(bytes.count)
        switch random.below(12) {
        case 0: bytes[at] ^= 1 << UInt8(random.below(8))
        case 1: bytes[at] = UInt8(random.below(256))
        case 2: bytes[at] = [0x00, 0xFF, 0x7F, 0x80, 0x22, 0x3C, 0x2C, 0x0A][random.below(8)]
        case 3: if random.below(4) == 0 { bytes.removeSubrange(at...) } else { nudge(at) }
        case 4: bytes.removeSubrange(at..<min(bytes.count, at + 1 + random.below(64)))
        case 5: copy(from: at)
        case 6: extreme(at)
        case 7: splice(at)
        case 8: digits(at)
        case 9: swap(at)
        default: isText ? word(at) : nudge(at)
        }
    }

    /// The next value up or down; in text mostly still a digit or letter.
    private mutating func nudge(_ at: Int) { bytes[at] &+= random.below(2) == 0 ? 1 : 0xFF }

    private mutating func copy(from at: Int) {
        let end = min(bytes.count, at + 1 + random.below(64))
        bytes.insert(contentsOf: Array(bytes[at..<end]), at: random.below(bytes.count))
    }

    /// A length or count field at its ends.
    private mutating func extreme(_ at: Int) {
        let width = [1, 2, 4, 8][random.below(4)]
        let fill: UInt8 = random.below(2) == 0 ? 0xFF : 0x00
        for index in at..<min(bytes.count, at + width) { bytes[index] = fill }
    }

    /// A stretch of another seed, put in or behind the head of this one.
    private mutating func splice(_ at: Int) {
        let other = seeds[random.below(seeds.count)]
        let start = random.below(other.count)
        let stretch = other[start..<min(other.count, start + 1 + random.below(1024))]
        if random.below(2) == 0 { bytes.removeSubrange(at...) }
        bytes.insert(contentsOf: stretch, at: min(at, bytes.count))
    }

    private mutating func digits(_ at: Int) {
        let digits = Array("99999999999999999999999999999999999999e+999".utf8)
        bytes.insert(contentsOf: digits.prefix(1 + random.below(digits.count)), at: at)
    }

    /// Two neighbouring stretches change places: order is lost, nothing else.
    private mutating func swap(_ at: Int) {
        let middle = min(bytes.count, at + 1 + random.below(48))
        let end = min(bytes.count, middle + 1 + random.below(48))
        let swapped = Array(bytes[middle..<end]) + bytes[at..<middle]
        bytes.replaceSubrange(at..<end, with: swapped)
    }

    /// The word here gives way to one of the list or to one from another recording.
    private mutating func word(_ at: Int) {
        let here = Self.word(in: bytes, around: at)
        if random.below(3) == 0 {
            bytes.replaceSubrange(here, with: words[random.below(words.count)])
        } else {
            let other = seeds[random.below(seeds.count)]
            let there = Self.word(in: other, around: random.below(other.count))
            bytes.replaceSubrange(here, with: other[there])
        }
    }

    /// Letters, digits and what numbers and dates are made of, around a place.
    private static func word(in bytes: [UInt8], around place: Int) -> Range<Int> {
        func isPart(_ byte: UInt8) -> Bool {
            (0x30...0x3A).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
                || byte == 0x2B || byte == 0x2D || byte == 0x2E || byte == 0x5F
        }
        var start = place
        var end = place
        while start > 0, place - start < 64, isPart(bytes[start - 1]) { start -= 1 }
        while end < bytes.count, end - place < 64, isPart(bytes[end]) { end += 1 }
        return start..<end
    }
}
