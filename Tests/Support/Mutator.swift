// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// Damages recordings in the ways files get damaged, and in the ways parsers break.
///
/// A mutant is a piece of a recording with what the reader needs to get into it (a header row, a
/// first tag, a FIT header), changed in one to eight places. FIT mutants mostly have their size
/// and checksum mended afterwards, so that damage is met in the messages and not only in front.
public struct Mutator: Sendable {
    /// Mutants are at most this long, so that a million of them take minutes.
    public static let maximumBytes = 8192

    private let seed: UInt64
    private let kind: FileKind
    private let seeds: [[UInt8]]
    /// What a reader must see ahead of a piece from the middle of each seed.
    private let heads: [[UInt8]]

    public init(seed: UInt64, kind: FileKind, seeds: [[UInt8]]) {
        self.seed = seed
        self.kind = kind
        self.seeds = seeds.filter { !$0.isEmpty }
        heads = self.seeds.map { Self.head(of: $0, kind) }
    }

    /// The mutant of this number: the same seed, kind and files give the same bytes.
    public func mutant(_ number: Int) -> [UInt8] {
        var chance = SeededRandom(seed: seed &* 0xD134_2543_DE82_EF95 &+ UInt64(number))
        let index = chance.below(seeds.count)
        var mutation = Mutation(
            random: chance, isText: kind != .fit, words: Self.words(kind), seeds: seeds,
            bytes: [])
        mutation.bytes = piece(of: index, &mutation.random)
        // Mostly few changes: a piece changed everywhere is refused at once.
        for _ in 0..<(1 + mutation.random.below(1 << mutation.random.below(4)))
        where !mutation.bytes.isEmpty { mutation.change() }
        var bytes = mutation.bytes
        if kind == .fit, mutation.random.below(4) > 0 { Self.mend(&bytes) }
        if bytes.count > Self.maximumBytes { bytes.removeSubrange(Self.maximumBytes...) }
        return bytes
    }

    // MARK: Pieces

    private func piece(of index: Int, _ random: inout SeededRandom) -> [UInt8] {
        let seed = seeds[index]
        let wanted = 1 + random.below(random.below(8) == 0 ? Self.maximumBytes : 1024)
        let length = min(seed.count, wanted)
        let isFront = random.below(8) < (kind == .fit ? 6 : 2)
        if isFront { return Array(seed[..<length]) }
        var start = random.below(seed.count - length + 1)
        if kind != .fit { start = Self.boundary(in: seed, from: start) }
        return heads[index] + seed[start..<min(seed.count, start + length)]
    }

    /// Behind the next line end, or where the next JSON object begins.
    private static func boundary(in seed: [UInt8], from start: Int) -> Int {
        for index in start..<min(seed.count, start + 512) {
            if seed[index] == 0x0A { return index + 1 }
            if seed[index] == 0x2C, index + 1 < seed.count, seed[index + 1] == 0x7B {
                return index + 1
            }
        }
        return start
    }

    private static func head(of seed: [UInt8], _ kind: FileKind) -> [UInt8] {
        switch kind {
        case .fit: return Array(seed.prefix(14))
        case .appleHealth: return Array("<HealthData locale=\"en_GB\">\n".utf8)
        case .hearthNDJSON: return []
        case .hearthCSV, .fitbit:
            if let first = seed.first, first == 0x5B { return [first] }
            let end = seed.firstIndex(of: 0x0A) ?? seed.endIndex - 1
            return Array(seed[...end])
        }
    }

    // MARK: FIT

    /// Makes header, data size and checksums of one part fit the bytes between.
    public static func mend(_ bytes: inout [UInt8]) {
        guard bytes.count >= 14, bytes[0] == 14 || bytes[0] == 12 else { return }
        let headerSize = Int(bytes[0])
        bytes.replaceSubrange(8..<12, with: Array(".FIT".utf8))
        let size = bytes.count - headerSize
        for index in 0..<4 { bytes[4 + index] = UInt8(truncatingIfNeeded: size >> (8 * index)) }
        if headerSize == 14 { bytes.replaceSubrange(12..<14, with: [0, 0]) }
        var crc: UInt16 = 0
        for byte in bytes {
            crc ^= UInt16(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ 0xA001 : crc >> 1 }
        }
        bytes.append(UInt8(crc & 0xFF))
        bytes.append(UInt8(crc >> 8))
    }

    // MARK: Words

    /// What a parser of the kind may trip over.
    private static func words(_ kind: FileKind) -> [[UInt8]] {
        let common = [
            "NaN", "-inf", "1e999", "-0", "0x1F", "9223372036854775808", "-9223372036854775809",
            "1e-400", "2026-02-30", "0000-00-00", "9999-12-31T23:59:59.999999999Z", "23:59:60",
            "+14:00", "-99:99", "\u{FEFF}", "\u{0}", "\u{202F}", "\"", "\"\"", "\r", "\r\n", "\n\n",
        ]
        let own: [String] =
            switch kind {
            case .fit: []
            case .appleHealth:
                [
                    "<!--", "-->", "<![CDATA[", "]]>", "&amp;", "&#x110000;", "&#0;", "&lt", "&x;",
                    "<Record ", "/>", "</Record>", "<Correlation>", "</HealthData>", "<!DOCTYPE",
                    "<?", "<MetadataEntry", "<HeartRateVariabilityMetadataList>", "<Workout ",
                    "<InstantaneousBeatsPerMinute bpm=\"60\" time=\"12:00:00,50\"/>", "'", ">",
                    "count/min", "km", "degF", "%",
                ]
            case .fitbit, .hearthNDJSON:
                [
                    "{", "}", "[", "]", ":", ",", "null", "true", "\\u0000", "\\uD800", "\\", "{}",
                    "[[[[[[[[", "\"value\":", "\"dateTime\":", "\"levels\":", "\"bpm\":",
                    "\"time\":",
                    "06/24/95 16:00:00", "1995-07-11T02:28:30.000",
                ]
            case .hearthCSV:
                [",", ";", "\"\"\"", "time", "value", "heart-rate", "workout", "quality"]
            }
        return (common + own).map { Array($0.utf8) }
    }
}

extension SeededRandom {
    /// A number from 0 up to `limit`, without it.
    mutating func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &self) }
}
