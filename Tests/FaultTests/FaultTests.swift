// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthFaults
import HearthTestSupport
import Testing

/// The short form of every experiment of the fault laboratory; `make faults` runs the long one.
@Suite(.serialized) struct FaultTests {
    @Test(arguments: Laboratory.experiments.map { $0.number })
    func `the promise holds and the controls are noticed`(number: String) throws {
        let experiment = try #require(
            Laboratory.experiments.first { $0.number == number })
        let seed = UInt64.random(in: 1...(1 << 32))
        let products = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        let record = try Laboratory.run(
            experiment, scale: .short, seed: seed, recordings: SharedData.folder?.path,
            program: products.appending(path: "hearth").path)
        print(ReliabilityPage(records: [record]).markdown)
        #expect(record.outcome.isKept, "seed \(seed): \(record.outcome.failures)")
    }
}
