// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
import HearthFormats

/// What became of the mutants given to one reader.
public struct MutantRun: Sendable {
    public let kind: FileKind
    public private(set) var count = 0
    /// The reader threw: nothing further could be used.
    public private(set) var refused = 0
    public private(set) var withIssues = 0
    /// The mutant still gave samples.
    public private(set) var withSamples = 0
    public private(set) var samples = 0
    public private(set) var slowest = Duration.zero
    /// The kinds of issue and error met, which shows how deep mutants reach.
    public private(set) var codes: Set<String> = []

    public init(_ kind: FileKind) { self.kind = kind }

    /// Reads one mutant; its number decides where it is cut.
    ///
    /// - Returns: what is wrong, or `nil` if the reader kept its contract: every value is a number,
    ///   every position lies inside the input, and (looked at for one in 16) the cut changes nothing.
    public mutating func take(_ bytes: [UInt8], number: Int) -> String? {
        // A few cuts a mutant: carrying a piece over is where readers go wrong.
        var random = SeededRandom(seed: UInt64(number))
        let cuts = (0..<random.below(4)).map { _ in random.below(bytes.count + 1) }.sorted()
        let clock = ContinuousClock()
        let began = clock.now
        let sink = Self.read(bytes, as: kind, cuts: cuts)
        slowest = max(slowest, clock.now - began)
        count += 1
        samples += sink.sampleCount
        if sink.error != nil { refused += 1 }
        if !sink.issues.isEmpty { withIssues += 1 }
        if !sink.streams.isEmpty { withSamples += 1 }
        codes.formUnion(sink.issues.map(\.code.name))
        if let error = sink.error { codes.insert("refused: \(error.code.name)") }
        return fault(in: sink, bytes, isCompared: number.isMultiple(of: 16))
    }

    private func fault(
        in sink: CollectingSink, _ bytes: [UInt8], isCompared: Bool
    ) -> String? {
        let positions =
            sink.issues.map(\.position.byte) + (sink.error.map { [$0.position.byte] } ?? [])
        if positions.contains(where: { !(0...Int64(bytes.count)).contains($0) }) {
            return "an issue points outside the recording"
        }
        for samples in sink.streams.values {
            if samples.contains(where: { $0.duration < 0 || !$0.values.allSatisfy(\.isFinite) }) {
                return "a sample is not a number"
            }
        }
        guard isCompared else { return nil }
        // Byte by byte where that is quick, else in one piece.
        let cuts = bytes.count <= 1024 ? Array(bytes.indices.dropFirst()) : []
        let other = Self.read(bytes, as: kind, cuts: cuts)
        if other.streams != sink.streams { return "samples depend on the cut" }
        if other.issues != sink.issues { return "issues depend on the cut" }
        return other.error == sink.error ? nil : "the error depends on the cut"
    }

    /// Everything a reader of the kind finds in `bytes`.
    public static func read(_ bytes: [UInt8], as kind: FileKind, cuts: [Int]) -> CollectingSink {
        readAll(bytes, cuts: cuts) {
            ReaderCatalog.reader(of: kind) ?? AnyRecordingReader(HearthCSVReader())
        }
    }
}
