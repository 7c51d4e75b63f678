// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthDSP
import Testing

@testable import HearthModels

/// The features against those of the slow reference in `Training/`, over one simulated night with gaps.
@Suite struct SleepFeaturesTests {
    struct Golden: Decodable {
        var hr: [[Double]]
        var counts: [[Double]]
        var coarse: [Double?]
        var epochs: [Int]
        var names: [String]
        var features: [[Double?]]

        init() throws {
            let file = URL(filePath: #filePath).deletingLastPathComponent()
                .deletingLastPathComponent().appending(path: "Fixtures/sleep-features.json")
            self = try JSONDecoder().decode(Self.self, from: Data(contentsOf: file))
        }

        /// The night as the product's own code puts it into epochs.
        func night() -> [SleepEpoch] {
            func timed(_ pairs: [[Double]]) -> [Timed<Double>] {
                pairs.map { Timed(Timestamp(nanoseconds: Int64($0[0] * 1e9)), $0[1]) }
            }
            var epochs = SleepEpochs.make(
                from: Timestamp(nanoseconds: 0),
                to: Timestamp(seconds: Int64(coarse.count) * 30), heartRate: timed(hr),
                counts: timed(counts))
            for index in epochs.indices { epochs[index].coarse = coarse[index] }
            return epochs
        }
    }

    @Test func `names are those that the training uses, in its order`() throws {
        #expect(try Golden().names == NightFeatures.names)
    }

    @Test func `every feature equals the slow reference`() throws {
        let golden = try Golden()
        let rows = NightFeatures.rows(golden.night())
        let width = NightFeatures.names.count
        var compared = 0
        for (row, epoch) in zip(golden.features, golden.epochs) {
            for (index, expected) in row.enumerated() {
                let found = rows[epoch * width + index]
                let name = "\(golden.names[index]) at \(epoch)"
                guard let expected else {
                    #expect(found.isNaN, "\(name)")
                    continue
                }
                #expect(abs(Double(found) - expected) <= 1e-4 * max(1, abs(expected)), "\(name)")
                compared += 1
            }
        }
        #expect(compared > 4000)
    }

    @Test func `a saved and restored extractor goes on bit for bit`() throws {
        let night = try Golden().night()
        var whole = SleepFeatures()
        var cut = SleepFeatures()
        var row = [Float](repeating: 0, count: SleepFeatures.names.count)
        for (index, epoch) in night.enumerated() {
            var first = row.mutableSpan
            whole.step(epoch, into: &first)
            let expected = row.map(\.bitPattern)
            if index.isMultiple(of: 17) {
                cut = try JSONDecoder().decode(
                    SleepFeatures.self, from: JSONEncoder().encode(cut))
            }
            var second = row.mutableSpan
            cut.step(epoch, into: &second)
            #expect(row.map(\.bitPattern) == expected)
        }
    }

    @Test func `without input every feature but time and presence is undefined`() {
        let rows = NightFeatures.rows(Array(repeating: SleepEpoch(), count: 3))
        let defined = Set(
            NightFeatures.names.indices.filter { !rows[$0].isNaN }.map { NightFeatures.names[$0] })
        #expect(
            defined == [
                "hours", "later.hours", "hoursLeft", "hasHR", "hasMotion", "hasCoarse",
            ])
        #expect(NightFeatures.rows([]).isEmpty)
    }

    @Test func `epochs leave out what is no heart rate and what lies outside`() {
        let start = Timestamp(seconds: 90)
        let epochs = SleepEpochs.make(
            from: start, to: start.advanced(bySeconds: 45),
            heartRate: [
                Timed(start.advanced(bySeconds: 1), 50), Timed(start.advanced(bySeconds: 29), 60),
                Timed(start.advanced(bySeconds: 2), 231), Timed(start.advanced(bySeconds: 3), 24),
                Timed(start.advanced(bySeconds: 46), 70), Timed(start.advanced(bySeconds: -1), 70),
            ],
            counts: [Timed(start.advanced(bySeconds: 30), 4)],
            coarse: [Timed(start, 1)])
        #expect(
            epochs == [
                SleepEpoch(heartRates: 2, heartRate: 55, variance: 25), SleepEpoch(motion: 4),
            ])
        let coarse = SleepEpochs.make(
            from: start, to: start.advanced(bySeconds: 90), heartRate: [], counts: [],
            coarse: [Timed(start, 1), Timed(start.advanced(bySeconds: 60), 0)])
        #expect(coarse.map(\.coarse) == [1, 1, 0])
    }
}
