// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// Seeded blocks of every quantity: extreme times, awkward texts, values to the last bit.
public enum ReferenceBlocks {
    static let texts = [
        "", "Garmin", "Forerunner 965", "=1+2", "+a", "-b", "@c", "'d", "''e", "'=f", "a,b", "a;b",
        "say \"hi\"", "\"", " leading", "trailing ", "two\nlines", "carriage\rreturn", "\tx",
        "é\u{301}💓", "back\\slash", "nul\u{0}", "\u{2028}", "\"quoted\"\r\n,", "'", "=",
    ]

    /// One block a quantity and device.
    public static func all(seed: UInt64, devices: Int = 2, samples: Int = 9) -> [SampleBlock] {
        var random = SeededRandom(seed: seed)
        return Quantity.allCases.flatMap { quantity in
            (0..<devices).map { _ in block(of: quantity, samples, &random) }
        }
    }

    private static func block(
        of quantity: Quantity, _ count: Int, _ random: inout SeededRandom
    ) -> SampleBlock {
        let hasDurations = Bool.random(using: &random)
        let hasQuality = Bool.random(using: &random)
        return SampleBlock(
            device: SourceDevice(
                vendor: text(&random), model: text(&random),
                pseudonym: DeviceID(
                    rawValue: random.next() >> UInt64.random(in: 0...63, using: &random))),
            quantity: quantity,
            origin: Origin(
                file: FileKind.allCases.randomElement(using: &random) ?? .fit,
                derivation: Bool.random(using: &random) ? .measured : .derived),
            times: .irregular((0..<count).map { _ in time(&random) }.sorted()),
            durations: hasDurations ? (0..<count).map { _ in duration(&random) } : [],
            columns: quantity.facts.columns.map { _ in
                .float32((0..<count).map { _ in value(in: quantity.facts.plausible, &random) })
            },
            quality: hasQuality
                ? (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) } : [])
    }

    private static func text(_ random: inout SeededRandom) -> String {
        texts.randomElement(using: &random) ?? ""
    }

    private static func time(_ random: inout SeededRandom) -> Int64 {
        let edges: [Int64] = [
            .min, .min + 1, .max, .max - 1, 0, 1, -1, -999_999_999, 1_000_000_000,
        ]
        switch Int.random(in: 0..<4, using: &random) {
        case 0: return edges.randomElement(using: &random) ?? 0
        case 1: return Int64(bitPattern: random.next())
        case 2: return Int64.random(in: 0..<4_000_000_000, using: &random) * 1_000_000_000
        default: return Int64.random(in: 0..<4_000_000_000_000, using: &random) * 1_000_000
        }
    }

    private static func duration(_ random: inout SeededRandom) -> Int64 {
        switch Int.random(in: 0..<4, using: &random) {
        case 0: return 0
        case 1: return Int64(random.next() >> 1)
        case 2: return .max
        default: return 60_000_000_000
        }
    }

    private static func value(
        in range: ClosedRange<Float>, _ random: inout SeededRandom
    ) -> Float {
        while true {
            let candidate: Float
            switch Int.random(in: 0..<5, using: &random) {
            case 0: candidate = range.lowerBound
            case 1: candidate = range.upperBound
            case 2: candidate = Float(bitPattern: UInt32(truncatingIfNeeded: random.next()))
            case 3:
                candidate =
                    [-0.0, 0, .leastNonzeroMagnitude, 0.1, 1e-7].randomElement(using: &random) ?? 0
            default: candidate = Float.random(in: range, using: &random)
            }
            if range.contains(candidate) { return candidate }
        }
    }
}
