// SPDX-License-Identifier: Apache-2.0
import HearthFormats

extension MutationFacts {
    static let axivityCWA = MutationFacts(
        isText: false, head: { Array($0.prefix(1024)) }, mend: mendAxivity,
        seeds: [axivity(.packed, 4), axivity(.six, 4), axivity(.three, 6)])

    static let geneActiv = MutationFacts(
        isText: true,
        words: [
            "Recorded Data", "Page Time:2026-01-02 03:04:05:000", "Sequence Number:1",
            "Page Time:0000-00-00 00:00:00:000", "Measurement Frequency:85,7", "Temperature:-99",
            "x gain:0", "Lux:0", "GENEA/1.00", "Device Identity", "0123456789AB", "ZZ",
        ],
        head: geneActivHead, seeds: [geneActiv("\r\n", 4), geneActiv("\n", 12)])

    static let gt3x = MutationFacts(
        isText: false, head: gt3xHead, mend: mendGT3X,
        seeds: [gt3xLog(), gt3xPacked(), gt3xOlder()])

    // MARK: Axivity

    private static func axivity(_ layout: AxivityRecording.Layout, _ blocks: Int) -> [UInt8] {
        var recording = AxivityRecording(hardware: layout == .six ? 0x64 : 0)
        let count = [.packed: 120, .three: 80][layout] ?? 40
        let values = layout == .six ? 6 : 3
        for block in 0..<blocks {
            recording.add(
                (0..<count).map { sample in (0..<values).map { sample * 3 - 100 + $0 + block } },
                layout, time: AxivityRecording.stamp(2026, 1, 2, 3, 4, block * count / 100),
                fraction: UInt16(block * count % 100 * 32_768 / 100),
                offset: -(block * count % 100), events: block == 0 ? 1 : 0)
        }
        return recording.bytes
    }

    /// Most blocks of a mutant are mended; the others keep what tells that they are damaged.
    ///
    /// The header fills most mutants. Those get blocks behind it, changed in places that the mutant's
    /// own bytes choose.
    @Sendable private static func mendAxivity(_ bytes: inout [UInt8]) {
        let whole = axivityCWA.seeds[bytes.count % axivityCWA.seeds.count]
        if bytes.count < 1536 {
            bytes += whole[bytes.count...]
            var random = SeededRandom(
                seed: bytes.prefix(1024).reduce(7) { $0 &* 31 &+ UInt64($1) })
            for _ in 0..<random.below(4) {
                let block = 1024 + 512 * random.below((bytes.count - 1024) / 512)
                // Mostly the head of the block.
                let at = random.below(random.below(4) == 0 ? 512 : 30)
                bytes[block + at] = UInt8(random.below(256))
            }
        }
        for (number, start) in stride(from: 1024, to: bytes.count, by: 512).enumerated()
        where number % 4 < 3 {
            AxivityRecording.mend(&bytes, at: start)
        }
    }

    // MARK: GENEActiv

    private static func geneActiv(_ lineEnd: String, _ samples: Int) -> [UInt8] {
        var recording = GENEActivRecording(lineEnd: lineEnd)
        recording.addPages(12, samples: samples)
        return recording.bytes
    }

    @Sendable private static func geneActivHead(_ seed: [UInt8]) -> [UInt8] {
        let end = seed.firstRange(of: Array("Recorded Data".utf8))?.lowerBound
        return Array(seed[..<(end ?? 0)])
    }

    // MARK: GT3X

    private static func gt3xLog() -> [UInt8] {
        var recording = GT3XRecording(rate: "10", more: ["Acceleration Scale: 256.0"])
        recording.add(type: 21, GT3XRecording.start, [0, 0, 55, 0, 0, 0, 0x40, 9])
        recording.add(type: 6, GT3XRecording.start, Array("{\"SubjectName\":\"x\"}".utf8))
        recording.addSeconds(4, rate: 10)
        recording.add(type: 3, GT3XRecording.start + 4, [8])
        recording.add(type: 3, GT3XRecording.start + 30, [9])
        recording.addSeconds(3, rate: 10, from: GT3XRecording.start + 30)
        recording.log += [0, 0, 0]
        recording.add(type: 5, GT3XRecording.start + 33, [200, 1])
        recording.add(type: 4, GT3XRecording.start + 33, [61])
        recording.add(type: 13, GT3XRecording.start + 33, [1, 0, 2, 0, 1, 4])
        recording.add(type: 99, GT3XRecording.start + 33, [1])
        return recording.bytes
    }

    private static func gt3xPacked() -> [UInt8] {
        var recording = GT3XRecording(serial: "NEO1", type: nil, rate: "9", zone: nil)
        for second in 0..<8 as Range<UInt32> {
            recording.addPacked(
                (0..<9).map { [$0 * 30, -$0, 341] }, at: GT3XRecording.start + second)
        }
        return recording.bytes
    }

    private static func gt3xOlder() -> [UInt8] {
        GT3XRecording(serial: "MRA1", type: nil).bytes(
            activity: GT3XRecording.packed((0..<90).map { [$0, -$0, 341] }),
            light: [0, 0, 0x13, 0, 0xFF, 0xFF, 0x98, 8])
    }

    /// All in front of the records, and the head of a chunk that is larger than any mutant.
    @Sendable private static func gt3xHead(_ seed: [UInt8]) -> [UInt8] {
        guard let name = seed.firstRange(of: Array(".bin".utf8)) else { return [] }
        return Array(seed[..<name.upperBound]) + [0, 0x10, 0, 0]
    }

    /// Most mutants get sound records; some keep one that tells of its damage.
    @Sendable private static func mendGT3X(_ bytes: inout [UInt8]) {
        let tail = bytes.count % 3 == 0 ? Array(bytes.suffix(200)) : []
        if !tail.isEmpty { bytes.removeLast(tail.count) }
        GT3XRecording.mend(&bytes)
        bytes += tail
    }
}
