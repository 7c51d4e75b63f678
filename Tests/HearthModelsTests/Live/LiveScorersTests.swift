// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthModels
import HearthTestSupport
import Testing

@Suite struct LiveScorersTests {
    /// Two wearers' worth of streams, in order of time.
    private static func samples(seed: UInt64) -> [LiveSample] {
        var random = SeededRandom(seed: seed)
        var all: [LiveSample] = []
        for second in 0..<5000 {
            let time = Timestamp(seconds: Int64(second))
            let rate = second % 1500 > 1000 ? 135.0 : 65
            all.append(
                LiveSample(
                    time: time, value: rate + Double.random(in: -5..<5, using: &random),
                    lane: 0, quantity: .heartRate))
            all.append(
                LiveSample(
                    time: time.advanced(byNanoseconds: 1),
                    value: Double.random(in: 700..<900, using: &random), lane: 1,
                    quantity: .rrInterval))
            if second % 60 == 0 {
                all.append(
                    LiveSample(
                        time: time.advanced(byNanoseconds: 2),
                        value: second % 1500 < 200 ? 20 : 0, lane: 2, quantity: .steps))
            }
            if second % 3 == 0 {
                all.append(
                    LiveSample(
                        time: time.advanced(byNanoseconds: 3), value: 40, lane: 3,
                        quantity: .heartRate))
            }
        }
        return all
    }

    private static func start() -> LiveScorers {
        var settings = LiveSettings()
        settings.persistence = 120_000_000_000
        var scorers = LiveScorers(settings: settings)
        for quantity in [Quantity.heartRate, .rrInterval, .steps, .heartRate] {
            _ = scorers.addLane(quantity)
        }
        return scorers
    }

    @Test func `saved and restored at any sample, it finds the same`() throws {
        let input = Self.samples(seed: 1)
        var whole = Self.start()
        var expected: [LiveFinding] = []
        for sample in input { whole.push(sample) { finding, _ in expected.append(finding) } }
        whole.finish { finding, _ in expected.append(finding) }
        #expect(expected.contains { $0.kind == .alert })
        var random = SeededRandom(seed: 2)
        var online = Self.start()
        var found: [LiveFinding] = []
        var cut = 0
        for (index, sample) in input.enumerated() {
            if index == cut {
                let data = try JSONEncoder().encode(online)
                online = try JSONDecoder().decode(LiveScorers.self, from: data)
                cut += Int.random(in: 1...300, using: &random)
            }
            online.push(sample) { finding, _ in found.append(finding) }
        }
        online.finish { finding, _ in found.append(finding) }
        #expect(found == expected)
    }

    @Test func `each finding names the stream that it is about`() {
        var scorers = Self.start()
        var lanes: [String: Set<UInt32>] = [:]
        for sample in Self.samples(seed: 4) {
            scorers.push(sample) { finding, lane in lanes[finding.rule, default: []].insert(lane) }
        }
        #expect(lanes["hrv-rmssd"] == [1])
        #expect(lanes["heart-rate-mean"] == [0, 3])
        #expect(lanes["heart-rate-high"] == [0])
    }

    @Test func `a state of other monitors is refused`() throws {
        let data = try JSONEncoder().encode(Self.start())
        let text = String(decoding: data, as: UTF8.self)
        #expect(text.contains("beat-watch\\/1") || text.contains("beat-watch/1"))
        for (old, new) in [("beat-watch", "other-watch"), ("\"lane\":1", "\"lane\":77")] {
            let other = Data(text.replacingOccurrences(of: old, with: new).utf8)
            #expect(throws: DecodingError.self) {
                try JSONDecoder().decode(LiveScorers.self, from: other)
            }
        }
    }

    private static let oddValues: [[Double]] = [
        [], [.nan], [.infinity, -.infinity], [-60], [0], [1e300, -1e300],
        [Double](repeating: 60, count: 2000),
    ]

    @Test(arguments: oddValues.indices)
    func `odd values trap nowhere, in any order of time and at any rate`(place: Int) {
        let values = Self.oddValues[place]
        let times: [(Int) -> Int64] = [
            { Int64($0) * 1_000_000_000 }, { Int64($0) * 1_000_000 }, { -Int64($0) * 1_000_000 },
            { _ in 0 }, { $0.isMultiple(of: 2) ? .min : .max },
        ]
        for time in times {
            for quantity in [Quantity.heartRate, .rrInterval, .steps, .skinTemperature] {
                var scorers = LiveScorers()
                let lane = scorers.addLane(quantity)
                for (index, value) in values.enumerated() {
                    let sample = LiveSample(
                        time: Timestamp(nanoseconds: time(index)), value: value, lane: lane,
                        quantity: quantity)
                    scorers.push(sample) { finding, _ in
                        #expect(finding.kind == .score || value.isFinite)
                    }
                }
                scorers.finish { _, _ in }
            }
        }
    }
}
