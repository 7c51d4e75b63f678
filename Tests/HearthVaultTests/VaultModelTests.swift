// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthTestSupport
import Testing

@testable import HearthVault

/// The vault against a slow, obvious model of what it should hold, through random histories.
@Suite struct VaultModelTests {
    /// A set of samples a stream, and the scopes that were erased.
    struct Model {
        var samples: [CatalogStream: Set<Contents.Sample>] = [:]
        var erased: [ErasureScope] = []

        mutating func ingest(_ blocks: [(CatalogStream, SampleBlock)]) -> IngestOutcome {
            var outcome = IngestOutcome()
            var batch: [CatalogStream: Set<Contents.Sample>] = [:]
            for (stream, block) in blocks {
                for index in 0..<block.count {
                    let sample = Contents.Sample(
                        time: block.times[index].nanoseconds, duration: block.duration(at: index),
                        values: block.columns.map { $0[index].bitPattern },
                        quality: block.quality(at: index))
                    if !batch[stream, default: []].insert(sample).inserted {
                        outcome.duplicates += 1
                    }
                }
            }
            for (stream, found) in batch {
                for sample in found {
                    if erased.contains(where: { Self.covers($0, stream, sample) }) {
                        outcome.suppressedByErasure += 1
                    } else if samples[stream, default: []].insert(sample).inserted {
                        outcome.added += 1
                    } else {
                        outcome.duplicates += 1
                    }
                }
            }
            return outcome
        }

        mutating func erase(_ scope: ErasureScope) -> Int {
            var count = 0
            for (stream, found) in samples {
                let kept = found.filter { !Self.covers(scope, stream, $0) }
                count += found.count - kept.count
                samples[stream] = kept.isEmpty ? nil : kept
            }
            erased.append(scope)
            return count
        }

        static func covers(
            _ scope: ErasureScope, _ stream: CatalogStream, _ sample: Contents.Sample
        ) -> Bool {
            (scope.quantities?.contains(stream.quantity) ?? true)
                && (scope.devices?.contains(stream.device) ?? true)
                && sample.time >= scope.from?.nanoseconds ?? .min
                && sample.time < scope.to?.nanoseconds ?? .max
        }

        func contents(_ person: PersonID) -> Contents {
            var contents = Contents()
            for (stream, found) in samples {
                contents.streams[stream.id(of: person)] = found.sorted {
                    ($0.time, $0.duration, Float(bitPattern: $0.values[0]), $0.quality)
                        < ($1.time, $1.duration, Float(bitPattern: $1.values[0]), $1.quality)
                }
            }
            return contents
        }
    }

    static let quantities: [Quantity] = [.heartRate, .restingHeartRate, .steps, .acceleration]
    static let devices = [Made.watch, Made.ring]

    static func block(_ random: inout SeededRandom) -> SampleBlock {
        let quantity = quantities.randomElement(using: &random) ?? .heartRate
        let device = devices.randomElement(using: &random) ?? Made.watch
        let count = Int.random(in: 1...200, using: &random)
        var times: [Int64] = []
        var durations: [Int64] = []
        var quality: [UInt8] = []
        var values: [[Float]] = Array(repeating: [], count: quantity.facts.columns.count)
        // Few instants and values, so that the same sample comes often.
        var second = Int64.random(in: 0..<4, using: &random) * 43_200
        for _ in 0..<count {
            times.append(Made.time(day: 28, second: second))
            second += Int64.random(in: 0...3, using: &random) * 600
            durations.append(quantity == .steps ? 60_000_000_000 : 0)
            quality.append(second.isMultiple(of: 7) ? 1 : 0)
            for column in values.indices {
                values[column].append(Float(second / 600 % 3) + Float(column))
            }
        }
        if Bool.random(using: &random) { times.reverse() }
        return SampleBlock(
            device: device, quantity: quantity, origin: Origin(file: .fit),
            times: .irregular(times), durations: quantity == .steps ? durations : [],
            columns: values.map { .float32($0) }, quality: quality)
    }

    static func scope(_ random: inout SeededRandom, _ person: PersonID, _ vault: Vault)
        -> ErasureScope
    {
        var scope = ErasureScope(person: person)
        let start = Int64.random(in: 0..<400, using: &random) * 600
        scope.from = Timestamp(nanoseconds: Made.time(day: 28, second: start))
        scope.to = scope.from?.advanced(
            bySeconds: Int64.random(in: 0...60, using: &random) * 600)
        if Bool.random(using: &random) {
            scope.quantities = [quantities.randomElement(using: &random) ?? .steps]
        }
        if Bool.random(using: &random) {
            scope.devices = [
                vault.pseudonym(of: devices.randomElement(using: &random) ?? Made.ring)
            ]
        }
        return scope
    }

    @Test(arguments: UInt64(1)...8)
    func `a random history leaves what the model says`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let fixture = try VaultFixture(slots: 32)
        let person = try fixture.vault.addPerson(label: "Ada").id
        var model = Model()
        for step in 0..<25 {
            switch Int.random(in: 0..<8, using: &random) {
            case 0:
                let scope = Self.scope(&random, person, fixture.vault)
                let expected = model.erase(scope)
                let record = try fixture.vault.erase(scope)
                #expect(record.samples == expected, "seed \(seed), step \(step)")
                #expect(record.readBackPassed && record.scanPassed, "seed \(seed), step \(step)")
            case 1: try fixture.reopen()
            default:
                let blocks = (0..<Int.random(in: 1...6, using: &random)).map { _ in
                    Self.block(&random)
                }
                let streams = blocks.map {
                    CatalogStream(
                        device: fixture.vault.pseudonym(of: $0.device), quantity: $0.quantity,
                        origin: $0.origin)
                }
                let expected = model.ingest(Array(zip(streams, blocks)))
                let outcome = try fixture.vault.ingest(blocks, for: person)
                #expect(outcome == expected, "seed \(seed), step \(step)")
            }
            #expect(
                try fixture.vault.contents(of: person) == model.contents(person),
                "seed \(seed), step \(step)")
        }
        #expect(try fixture.vault.verify().problems == [], "seed \(seed)")
        let summaries = try fixture.vault.streams(of: person)
        #expect(
            Dictionary(uniqueKeysWithValues: summaries.map { ($0.stream, $0.samples) })
                == model.contents(person).streams.mapValues(\.count), "seed \(seed)")
    }
}
