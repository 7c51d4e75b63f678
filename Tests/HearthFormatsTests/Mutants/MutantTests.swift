// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats
import HearthTestSupport
import Testing

/// A few thousand seeded mutants for each reader; `hearth-conformance mutate` runs a million.
@Suite struct MutantTests {
    static let seed: UInt64 = 20_260_102
    static let count = 3000

    @Test(arguments: ReaderCatalog.kinds)
    func `no mutant breaks the contract of a reader`(kind: FileKind) throws {
        let seeds = SeedFiles.bytes(of: kind, includesShared: false)
        try #require(!seeds.isEmpty)
        let mutator = Mutator(seed: Self.seed, kind: kind, seeds: seeds)
        var run = MutantRun(kind)
        for number in 0..<Self.count {
            let fault = run.take(mutator.mutant(number), number: number)
            #expect(
                fault == nil, "\(kind.name), seed \(Self.seed), mutant \(number): \(fault ?? "")")
        }
        // Without optimisation and beside other tests a reader is some fifty times slower.
        #expect(run.slowest < .seconds(10))
        // Mutants that are all refused at the door would prove nothing.
        #expect(run.withSamples > Self.count / 4, "\(kind.name): \(run.withSamples) gave samples")
        #expect(run.withIssues > Self.count / 4, "\(kind.name): \(run.withIssues) had issues")
        #expect(run.codes.count >= 6, "\(kind.name): \(run.codes.sorted())")
    }

    @Test func `the same number gives the same mutant`() {
        let seeds = SeedFiles.bytes(of: .hearthCSV, includesShared: false)
        let one = Mutator(seed: 5, kind: .hearthCSV, seeds: seeds)
        let other = Mutator(seed: 5, kind: .hearthCSV, seeds: seeds)
        let changed = Mutator(seed: 6, kind: .hearthCSV, seeds: seeds)
        let numbers = 0..<50
        #expect(numbers.map(one.mutant) == numbers.reversed().map(other.mutant).reversed())
        #expect(numbers.map(one.mutant) != numbers.map(changed.mutant))
    }

    @Test func `mended FIT mutants have a sound frame`() {
        var bytes = Array("\u{0E}\u{10}00\u{0}\u{0}\u{0}\u{0}.FIT00".utf8)
        bytes += [0x40, 0, 0, 0, 0, 1, 0, 1, 0, 0, 4]
        Mutator.mendFIT(&bytes)
        let sink = MutantRun.read(bytes, as: .fit, cuts: [])
        #expect(sink.error == nil)
        #expect(sink.issue(.checksumMismatch) == nil)
        #expect(sink.issue(.truncated) == nil)
        #expect(sink.issue(.damaged) == nil)
    }

    @Test func `inputs of Go's fuzzer are unwrapped`() {
        let file = "go test fuzz v1\n[]byte(\"a\\x00\\\"\\n\\u00e9\\\\\")\n"
        #expect(GoFuzzCorpus.unwrap(Array(file.utf8)) == [0x61, 0, 0x22, 0x0A, 0xC3, 0xA9, 0x5C])
        #expect(GoFuzzCorpus.unwrap(Array("go test fuzz v1\n[]byte(\"\\q\")".utf8)) == nil)
        #expect(GoFuzzCorpus.unwrap(Array("[]".utf8)) == nil)
    }
}
