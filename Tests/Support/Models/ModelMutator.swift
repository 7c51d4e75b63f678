// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Damages model files: mostly their structure (numbers, dimensions, names, whole fields), so that mutants get past the
/// reader and into the plan, sometimes their bytes.
public struct ModelMutator: Sendable {
    private let seed: UInt64
    private let seeds: [[WireField]]
    /// Texts of all seeds: names of values, operators and attributes, to wire nodes anew.
    private let words: [[UInt8]]

    public init(seed: UInt64, seeds: [[UInt8]]) {
        self.seed = seed
        self.seeds = seeds.compactMap { WireSchema.model.tree(of: $0[...]) }
        words = Array(Set(self.seeds.flatMap(Self.words))).sorted {
            $0.lexicographicallyPrecedes($1)
        }
    }

    /// The project's own small models.
    public static func fixtures() -> [[UInt8]] {
        let folder = SeedFiles.project.appending(path: "Tests/HearthInferenceTests/Fixtures")
        return SeedFiles.files(below: folder).filter { $0.pathExtension == "onnx" }.compactMap {
            (try? Data(contentsOf: $0)).map { [UInt8]($0) }
        }
    }

    /// The mutant of this number: the same seed and files give the same bytes.
    public func mutant(_ number: Int) -> [UInt8] {
        var random = SeededRandom(seed: seed &* 0xD134_2543_DE82_EF95 &+ UInt64(number))
        var tree = seeds[random.below(seeds.count)]
        let isRaw = random.below(5) == 0
        if !isRaw || random.below(2) == 0 {
            for _ in 0..<(1 + random.below(1 << random.below(4))) { change(&tree, &random) }
        }
        var bytes = WireField.encoded(tree)
        if isRaw { Self.damage(&bytes, &random) }
        return bytes
    }

    private static func words(_ fields: [WireField]) -> [[UInt8]] {
        fields.flatMap { field -> [[UInt8]] in
            switch field {
            case .bytes(_, let content) where content.count < 40: [content]
            case .message(_, let inner): words(inner)
            default: []
            }
        }
    }

    // MARK: Structure

    /// Goes down into the tree by chance and changes one field there.
    private func change(_ fields: inout [WireField], _ random: inout SeededRandom) {
        guard !fields.isEmpty else {
            fields.append(.varint(1 + random.below(20), 1))
            return
        }
        let index = random.below(fields.count)
        if case .message(let number, var inner) = fields[index], random.below(8) > 0 {
            change(&inner, &random)
            fields[index] = .message(number, inner)
            return
        }
        switch random.below(10) {
        case 0: fields.remove(at: index)
        case 1: fields.insert(fields[index], at: random.below(fields.count))
        case 2: fields.swapAt(index, random.below(fields.count))
        case 3: fields.append(donor(&random))
        default: fields[index] = changed(fields[index], &random)
        }
    }

    private func changed(_ field: WireField, _ random: inout SeededRandom) -> WireField {
        switch field {
        case .varint(let number, let value): .varint(number, Self.number(value, &random))
        case .fixed32(let number, let value):
            .fixed32(
                number, random.below(2) == 0 ? 0x7FC0_0000 : value ^ 1 << UInt32(random.below(32)))
        case .bytes(let number, let content):
            .bytes(number, text(content, &random))
        case .message(_, let inner): .message(1 + random.below(20), inner)
        }
    }

    private static func number(_ value: UInt64, _ random: inout SeededRandom) -> UInt64 {
        let extremes: [UInt64] = [
            0, 1, 2, 3, 7, 127, 128, 1 << 15, 1 << 24, 1 << 31, 1 << 32, 1 << 62, 1 << 63, .max,
            .max - 1, UInt64(Int64.max),
        ]
        return switch random.below(4) {
        case 0: value &+ 1
        case 1: value &- 1
        case 2: UInt64(random.below(12))
        default: extremes[random.below(extremes.count)]
        }
    }

    private func text(_ content: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
        var content = content
        switch random.below(6) {
        case 0, 1, 2: return words[random.below(words.count)]
        case 3: content.removeLast(min(content.count, 1 + random.below(8)))
        case 4: content += Array(repeating: UInt8(random.below(256)), count: 1 + random.below(8))
        default:
            guard !content.isEmpty else { return [0] }
            content[random.below(content.count)] ^= 1 << UInt8(random.below(8))
        }
        return content
    }

    /// A field from anywhere in any seed.
    private func donor(_ random: inout SeededRandom) -> WireField {
        var fields = seeds[random.below(seeds.count)]
        while true {
            let field = fields[random.below(fields.count)]
            guard case .message(_, let inner) = field, !inner.isEmpty, random.below(3) > 0 else {
                return field
            }
            fields = inner
        }
    }

    // MARK: Bytes

    private static func damage(_ bytes: inout [UInt8], _ random: inout SeededRandom) {
        guard !bytes.isEmpty else { return }
        switch random.below(3) {
        case 0: bytes.removeLast(random.below(bytes.count))
        case 1:
            // A length or number that does not end, or ends far away.
            let at = random.below(bytes.count)
            let end = min(bytes.count, at + 1 + random.below(10))
            bytes.replaceSubrange(at..<end, with: Array(repeating: 0xFF, count: end - at))
        default:
            for _ in 0...random.below(8) {
                bytes[random.below(bytes.count)] ^= 1 << UInt8(random.below(8))
            }
        }
    }
}
