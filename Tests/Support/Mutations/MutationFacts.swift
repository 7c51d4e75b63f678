// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// What a mutator must know of a format to damage it below the surface.
public struct MutationFacts: Sendable {
    /// Text is cut at line ends and objects; bytes anywhere.
    public var isText: Bool
    /// What a parser of the format may trip over.
    public var words: [String]
    /// What a reader must see ahead of a piece from the middle of a seed.
    public var head: @Sendable (_ seed: [UInt8]) -> [UInt8]
    /// Makes sizes and checksums fit the bytes again; most mutants get it.
    public var mend: (@Sendable (inout [UInt8]) -> Void)?
    /// Recordings that no file in the folders shows.
    public var seeds: [[UInt8]]

    public init(
        isText: Bool, words: [String] = [],
        head: @escaping @Sendable ([UInt8]) -> [UInt8] = { _ in [] },
        mend: (@Sendable (inout [UInt8]) -> Void)? = nil, seeds: [[UInt8]] = []
    ) {
        self.isText = isText
        self.words = isText ? Self.textWords + words : words
        self.head = head
        self.mend = mend
        self.seeds = seeds
    }

    /// One line a kind; each group of formats keeps its facts in a file of its own.
    public static func of(_ kind: FileKind) -> MutationFacts {
        switch kind {
        case .fit: .fit
        case .appleHealth: .appleHealth
        case .fitbit: .fitbit
        case .wfdb: .wfdb
        case .heartRatePackets: .heartRatePackets
        case .hearthNDJSON: .hearthNDJSON
        case .hearthCSV: .hearthCSV
        case .edf: .edf
        case .embracePlus: .embracePlus
        case .empaticaE4: .empaticaE4
        case .activityCounts: .activityCounts
        case .axivityCWA: .axivityCWA
        case .geneActiv: .geneActiv
        case .gt3x: .gt3x
        case .garminConnect: .garminConnect
        case .oura: .oura
        case .polar: .polar
        case .samsungHealth: .samsungHealth
        case .whoop: .whoop
        case .gpx: .gpx
        case .tcx: .tcx
        case .hrvApp: .hrvApp
        case .withings: .withings
        case .miFitness: .miFitness
        case .zeppLife: .zeppLife
        case .openStrap: .openStrap
        default: MutationFacts(isText: true, head: firstLine)
        }
    }

    /// The header row, or the bracket that opens a list.
    @Sendable static func firstLine(_ seed: [UInt8]) -> [UInt8] {
        if let first = seed.first, first == 0x5B { return [first] }
        let end = seed.firstIndex(of: 0x0A) ?? seed.endIndex - 1
        return Array(seed[...end])
    }

    private static let textWords = [
        "NaN", "-inf", "1e999", "-0", "0x1F", "9223372036854775808", "-9223372036854775809",
        "1e-400", "2026-02-30", "0000-00-00", "9999-12-31T23:59:59.999999999Z", "23:59:60",
        "+14:00", "-99:99", "\u{FEFF}", "\u{0}", "\u{202F}", "\"", "\"\"", "\r", "\r\n", "\n\n",
    ]

    /// What any reader of JSON may trip over.
    static let jsonWords = [
        "{", "}", "[", "]", ":", ",", "null", "true", "\\u0000", "\\uD800", "\\", "{}", "[[[[[[[[",
    ]
}
