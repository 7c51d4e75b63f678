// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthFaults
import HearthTestSupport
import Testing

/// The short form of every experiment of the fault laboratory; `make faults` runs the long one.
@Suite struct FaultTests {
    /// Those that keep one core busy at most; they run beside the others.
    static let single: Set = [
        "R5", "R9", "R10", "R12", "R15", "R16", "R17", "R18", "R24", "R25", "R26",
    ]

    static func numbers(single isSingle: Bool) -> [String] {
        Laboratory.experiments.map { $0.number }.filter { single.contains($0) == isSingle }
    }

    static func check(_ number: String) throws {
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

    @Suite(.serialized) struct OfAllCores {
        @Test(arguments: FaultTests.numbers(single: false))
        func `the promise holds and the controls are noticed`(number: String) throws {
            try FaultTests.check(number)
        }
    }

    @Suite(.serialized) struct OfOneCore {
        @Test(arguments: FaultTests.numbers(single: true))
        func `the promise holds and the controls are noticed`(number: String) throws {
            try FaultTests.check(number)
        }
    }
}
