// SPDX-License-Identifier: Apache-2.0

/// Base64 as age wants it: one way to write each content, nothing ignored.
enum StrictBase64 {
    private static let letters = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 255, count: 256)
        for (value, letter) in letters.enumerated() { values[Int(letter)] = UInt8(value) }
        return values
    }()
    private static let pad = UInt8(ascii: "=")

    /// With `=` at the end only if `isPadded`.
    static func encode(_ bytes: [UInt8], isPadded: Bool) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count / 3 * 4 + 4)
        var index = 0
        while index < bytes.count {
            let left = min(3, bytes.count - index)
            var word: UInt32 = 0
            for place in 0..<3 {
                word = word << 8 | (place < left ? UInt32(bytes[index + place]) : 0)
            }
            for place in 0...left {
                text.append(letters[Int(word >> UInt32(18 - 6 * place) & 63)])
            }
            if isPadded { text += repeatElement(pad, count: 3 - left) }
            index += 3
        }
        return text
    }

    /// The bytes; nil for another letter, wrong padding or bits that are not zero at the end.
    static func decode(_ text: ArraySlice<UInt8>, isPadded: Bool) -> [UInt8]? {
        var text = text
        if isPadded {
            guard text.count.isMultiple(of: 4) else { return nil }
            for _ in 0..<2 where text.last == pad { text.removeLast() }
            // A padded text that needed none is found by its count below.
        }
        let rest = text.count % 4
        guard rest != 1 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 4 * 3 + 2)
        var word: UInt32 = 0
        var bits = 0
        for letter in text {
            let value = values[Int(letter)]
            guard value != 255 else { return nil }
            word = word << 6 | UInt32(value)
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: word >> UInt32(bits)))
                word &= (1 << UInt32(bits)) - 1
            }
        }
        return word == 0 ? bytes : nil
    }
}

/// Bech32 without its length limit: how age writes keys.
///
/// - Source: BIP 173 (`bip173`).
enum Bech32 {
    private static let letters = Array("qpzry9x8gf2tvdw0s3jn54khce6mua7l".utf8)
    private static let checksum = 6

    private static func step(_ sum: UInt32, _ value: UInt8) -> UInt32 {
        let generators: [UInt32] = [
            0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3,
        ]
        let top = sum >> 25
        var next = (sum & 0x1ff_ffff) << 5 ^ UInt32(value)
        for (bit, generator) in generators.enumerated() where top >> UInt32(bit) & 1 == 1 {
            next ^= generator
        }
        return next
    }

    private static func start(_ prefix: StaticString) -> UInt32 {
        let bytes = Array("\(prefix)".utf8)
        var sum: UInt32 = 1
        for byte in bytes { sum = step(sum, byte >> 5) }
        sum = step(sum, 0)
        for byte in bytes { sum = step(sum, byte & 31) }
        return sum
    }

    /// The letters of `bytes` behind a lower-case prefix, handed out one by one.
    static func encode(
        _ prefix: StaticString, _ bytes: Span<UInt8>, _ put: (UInt8) -> Void
    ) {
        for letter in "\(prefix)1".utf8 { put(letter) }
        var sum = start(prefix)
        var (word, bits): (UInt32, Int) = (0, 0)
        func putValue(_ value: UInt8) {
            sum = step(sum, value)
            put(letters[Int(value)])
        }
        for index in bytes.indices {
            word = word << 8 | UInt32(bytes[index])
            bits += 8
            while bits >= 5 {
                bits -= 5
                putValue(UInt8(word >> UInt32(bits) & 31))
            }
            word &= (1 << UInt32(bits)) - 1
        }
        if bits > 0 { putValue(UInt8(word << UInt32(5 - bits) & 31)) }
        for _ in 0..<checksum { sum = step(sum, 0) }
        sum ^= 1
        for place in 0..<checksum {
            put(letters[Int(sum >> UInt32(5 * (checksum - 1 - place)) & 31)])
        }
    }

    /// How many letters ``encode(_:_:_:)`` gives.
    static func letters(_ prefix: StaticString, _ bytes: Int) -> Int {
        prefix.utf8CodeUnitCount + 1 + (bytes * 8 + 4) / 5 + checksum
    }

    /// Whether `text` is exactly `count` bytes behind the prefix; hands them out one by one.
    ///
    /// All letters are of one case. Nothing that was handed out may be used if this is false.
    static func decode(
        _ prefix: StaticString, isUpper: Bool, count: Int, _ text: Span<UInt8>,
        _ put: (Int, UInt8) -> Void
    ) -> Bool {
        guard text.count == letters(prefix, count) else { return false }
        func lower(_ index: Int) -> UInt8? {
            let letter = text[index]
            let isLetter = isUpper ? (65...90).contains(letter) : (97...122).contains(letter)
            if isLetter { return letter | 32 }
            return (48...57).contains(letter) || letter == UInt8(ascii: "-") ? letter : nil
        }
        let head = Array("\(prefix)1".utf8)
        for (index, letter) in head.enumerated() where lower(index) != letter { return false }
        var sum = start(prefix)
        var (word, bits, done): (UInt32, Int, Int) = (0, 0, 0)
        for index in head.count..<text.count {
            guard let letter = lower(index), let value = letters.firstIndex(of: letter) else {
                return false
            }
            sum = step(sum, UInt8(value))
            if index >= text.count - checksum { continue }
            word = word << 5 | UInt32(value)
            bits += 5
            if bits >= 8 {
                bits -= 8
                if done < count { put(done, UInt8(truncatingIfNeeded: word >> UInt32(bits))) }
                done += 1
                word &= (1 << UInt32(bits)) - 1
            }
        }
        return sum == 1 && word == 0 && done == count
    }
}
