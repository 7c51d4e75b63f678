// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthTestSupport
import Testing

@testable import HearthModels

@Suite struct ActivityTests {
    static let day = LocalDate(dayNumber: 19_800)

    @Test func `a phone and a watch are never added`() {
        var builder = DayBuilder()
        let walk = (600..<660).map { (minute: $0, length: 1, value: Float(100)) }
        builder.add(.steps, Self.day, device: 1, label: "Watch", walk + [(700, 1, 10)])
        builder.add(.steps, Self.day, device: 2, label: "Phone", walk.map { ($0.0, 1, 90) })
        let features = builder.features(Self.day)
        #expect(features.value(of: "steps") == 6010)
        #expect(features.metric("steps")?.sources == ["Watch"])
    }

    @Test func `the phone fills the hours without the watch`() {
        var builder = DayBuilder()
        builder.add(
            .steps, Self.day, device: 1, label: "Watch", (480..<720).map { ($0, 1, 10) })
        builder.add(
            .steps, Self.day, device: 2, label: "Phone", (700..<780).map { ($0, 1, 20) })
        let features = builder.features(Self.day)
        // 08:00 to 12:00 by the watch, 12:00 to 13:00 by the phone; its minutes before do not count.
        #expect(features.value(of: "steps") == 3600)
        #expect(features.metric("steps")?.sources == ["Phone", "Watch"])
    }

    @Test func `minutes of a hundred steps are active`() {
        var builder = DayBuilder()
        builder.add(
            .steps, Self.day, [(600, 1, 99), (601, 1, 100), (602, 1, 130), (610, 10, 990)])
        #expect(builder.features(Self.day).value(of: "active-minutes") == 2)
        // Samples shorter than a minute add up inside it.
        var fine = DayBuilder()
        fine.series.append(
            InputSeries(
                stream: DayBuilder.stream(.steps), deviceLabel: "w", vendor: "v",
                times: (0..<6).map { fine.instant(Self.day, minute: 600) + $0 * 10_000_000_000 },
                durations: Array(repeating: 10_000_000_000, count: 6),
                columns: [Array(repeating: 17, count: 6)]))
        #expect(fine.features(Self.day).value(of: "active-minutes") == 1)
    }

    @Test func `a sample over midnight is shared by its time`() {
        var builder = DayBuilder()
        builder.add(.steps, Self.day, [(-30, 60, 600), (1430, 20, 200)])
        #expect(builder.features(Self.day).value(of: "steps") == 400)
        #expect(builder.features(Self.day.advanced(by: 1)).value(of: "steps") == 100)
    }

    @Test func `a day total does not outrank minutes`() {
        var builder = DayBuilder()
        builder.add(.steps, Self.day, device: 1, [(0, 1440, 9999)])
        builder.add(.steps, Self.day, device: 2, (0..<24).map { ($0 * 60 + 5, 1, 110) })
        #expect(builder.features(Self.day).value(of: "steps") == 2640)
        #expect(builder.features(Self.day).value(of: "active-minutes") == 24)
    }

    @Test func `overlapping workouts count once`() {
        var builder = DayBuilder()
        builder.add(.workout, Self.day, [(600, 60, 1), (630, 60, 2), (800, 10, 1)])
        #expect(builder.features(Self.day).value(of: "workout-time") == 100)
    }

    @Test func `coverage decides, then measured before derived, then the device`() {
        let span = TimeSpan(start: Timestamp(seconds: 0), end: Timestamp(seconds: 6000))
        func series(_ device: UInt64, _ minutes: Int, _ derivation: Derivation = .measured)
            -> Series
        {
            let samples = (0..<minutes).map {
                SeriesSample(time: Int64($0) * 60_000_000_000, duration: 0, value: 60)
            }
            return Series(
                id: DayBuilder.stream(.heartRate, device: device, derivation: derivation),
                label: "", vendor: "", window: span, samples: samples)
        }
        func first(_ list: [Series]) -> UInt64? {
            let ranked = SourceResolution.ranked(list, .heartRate, in: span)
            #expect(
                ranked.map(\.id)
                    == SourceResolution.ranked(list.reversed(), .heartRate, in: span).map(\.id))
            return ranked.first?.id.device.rawValue
        }
        #expect(first([series(1, 10), series(2, 20)]) == 2)
        #expect(first([series(1, 10, .derived), series(2, 10)]) == 2)
        #expect(first([series(2, 10), series(1, 10)]) == 1)
        #expect(first([series(2, 0)]) == nil)
    }

    @Test func `covered minutes agree with marking them one by one`() {
        let span = TimeSpan(start: Timestamp(seconds: 600), end: Timestamp(seconds: 7800))
        for seed in UInt64(1)...50 {
            var random = SeededRandom(seed: seed)
            let samples = (0..<Int.random(in: 0...30, using: &random)).map { _ in
                SeriesSample(
                    time: Int64.random(in: 0...9000, using: &random) * 1_000_000_000,
                    duration: Bool.random(using: &random)
                        ? 0 : Int64.random(in: 0...900, using: &random) * 1_000_000_000,
                    value: 1)
            }.sorted()
            let series = Series(
                id: DayBuilder.stream(.steps), label: "", vendor: "", window: span,
                samples: samples)
            var marked: Set<Int64> = []
            for second in Int64(600)..<7800 {
                for sample in samples {
                    let start = sample.time / 1_000_000_000
                    let end = max(start + 1, start + sample.duration / 1_000_000_000)
                    if second >= start, second < end { marked.insert((second - 600) / 60) }
                }
            }
            #expect(
                SourceResolution.coveredMinutes(series, in: span) == Double(marked.count),
                "seed \(seed)")
        }
    }
}
