// SPDX-License-Identifier: Apache-2.0
import HearthTestSupport
import Testing

/// Seeded mutants of the fixtures; `hearth-conformance mutate-models` runs a million.
@Suite struct ModelMutantTests {
    @Test func `a damaged model is refused or runs within limits`() throws {
        let mutator = ModelMutator(seed: 20_261_121, seeds: ModelMutator.fixtures())
        var run = ModelMutantRun()
        for number in 0..<2000 {
            let fault = run.take(mutator.mutant(number))
            #expect(fault == nil, "mutant \(number): \(fault ?? "")")
        }
        #expect(run.slowest < .seconds(10))
        // Mutants that are all refused at the door, or all run, would prove nothing.
        #expect(run.ran > 200, "\(run.ran) ran")
        #expect(run.refused > 200, "\(run.refused) refused")
        #expect(run.reasons.count >= 4, "\(run.reasons)")
    }

    @Test func `a truncated model is refused at every byte`() throws {
        let bytes = try ModelFixture(name: "shapes").bytes()
        var run = ModelMutantRun()
        for length in bytes.indices {
            let fault = run.take(Array(bytes[..<length]))
            #expect(fault == nil, "\(length) bytes: \(fault ?? "")")
        }
        // The file may be cut between its last fields, which are metadata and operator sets.
        #expect(run.ran < 4, "\(run.ran) ran")
    }
}
