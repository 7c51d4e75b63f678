// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// Damages recordings in the ways files get damaged, and in the ways parsers break.
///
/// A mutant is a piece of a recording with what the reader needs to get into it (a header row, a
/// first tag, a FIT header), changed in one to eight places. Where a format has checksums, mutants
/// mostly have them mended afterwards, so that damage is met inside and not only in front.
public struct Mutator: Sendable {
    /// Mutants are at most this long, so that a million of them take minutes.
    public static let maximumBytes = 8192

    private let seed: UInt64
    private let facts: MutationFacts
    private let seeds: [[UInt8]]
    /// What a reader must see ahead of a piece from the middle of each seed.
    private let heads: [[UInt8]]

    public init(seed: UInt64, kind: FileKind, seeds: [[UInt8]]) {
        self.seed = seed
        self.seeds = seeds.filter { !$0.isEmpty }
        let facts = MutationFacts.of(kind)
        self.facts = facts
        heads = self.seeds.map(facts.head)
    }

    /// The mutant of this number: the same seed, kind and files give the same bytes.
    public func mutant(_ number: Int) -> [UInt8] {
        var chance = SeededRandom(seed: seed &* 0xD134_2543_DE82_EF95 &+ UInt64(number))
        let index = chance.below(seeds.count)
        var mutation = Mutation(
            random: chance, isText: facts.isText, words: facts.words.map { Array($0.utf8) },
            seeds: seeds,
            bytes: [])
        mutation.bytes = piece(of: index, &mutation.random)
        // Mostly few changes: a piece changed everywhere is refused at once.
        for _ in 0..<(1 + mutation.random.below(1 << mutation.random.below(4)))
        where !mutation.bytes.isEmpty { mutation.change() }
        var bytes = mutation.bytes
        if let mend = facts.mend, mutation.random.below(4) > 0 { mend(&bytes) }
        if bytes.count > Self.maximumBytes { bytes.removeSubrange(Self.maximumBytes...) }
        return bytes
    }

    // MARK: Pieces

    private func piece(of index: Int, _ random: inout SeededRandom) -> [UInt8] {
        let seed = seeds[index]
        let wanted = 1 + random.below(random.below(8) == 0 ? Self.maximumBytes : 1024)
        let length = min(seed.count, wanted)
        let isFront = random.below(8) < (facts.isText ? 2 : 6)
        if isFront { return Array(seed[..<length]) }
        var start = random.below(seed.count - length + 1)
        if facts.isText { start = Self.boundary(in: seed, from: start) }
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
}

extension SeededRandom {
    /// A number from 0 up to `limit`, without it.
    mutating func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &self) }
}
