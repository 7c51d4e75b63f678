// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthTestSupport
import Testing

@testable import HearthModels

/// What must hold of a day's features whatever the input.
@Suite struct DayScorerTests {
    static let day = LocalDate(dayNumber: 19_800)

    static func bytes(_ features: DayFeatures) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return try encoder.encode(features)
    }

    /// A day with two watches, a phone, a vendor's stages, beats and nightly values.
    static func richDay(seed: UInt64) -> DayBuilder {
        var builder = DayBuilder()
        var random = SeededRandom(seed: seed)
        builder.addPlainDay(day, seed: seed)
        builder.add(
            .heartRate, day, device: 2, label: "Ring",
            stride(from: -700, to: 1400, by: 3).map {
                ($0, 0, Float.random(in: 50...90, using: &random))
            })
        builder.add(
            .steps, day, device: 3, label: "Phone", file: .appleHealth,
            (-600..<1300).compactMap { minute in
                minute % 11 == 0 ? (minute, 5, Float.random(in: 0...500, using: &random)) : nil
            })
        builder.add(.sleepStage, day, [(-50, 100, 3), (50, 60, 4), (110, 250, 2), (900, 40, 2)])
        builder.add(.oxygenSaturation, day, [(30, 0, 95), (90, 0, 93)])
        var time = builder.instant(day, minute: -40)
        var intervals: (times: [Int64], values: [Float]) = ([], [])
        for _ in 0..<6000 {
            let interval = Float.random(in: 930...1070, using: &random)
            time += Int64(Double(interval) * 1e6)
            intervals.times.append(time)
            intervals.values.append(interval)
        }
        builder.series.append(
            InputSeries(
                stream: DayBuilder.stream(.rrInterval), deviceLabel: "Strap", vendor: "v",
                times: intervals.times, columns: [intervals.values]))
        return builder
    }

    /// Cuts every series into random pieces and shuffles them all.
    static func shuffledPieces(_ series: [InputSeries], seed: UInt64) -> [InputSeries] {
        var random = SeededRandom(seed: seed)
        var pieces: [InputSeries] = []
        for one in series {
            var start = 0
            while start < one.times.count {
                let end = min(one.times.count, start + Int.random(in: 1...700, using: &random))
                var piece = one
                piece.times = Array(one.times[start..<end])
                piece.durations =
                    one.durations.isEmpty ? [] : Array(one.durations[start..<end])
                piece.columns = one.columns.map { Array($0[start..<end]) }
                pieces.append(piece)
                start = end
            }
        }
        return pieces.shuffled(using: &random)
    }

    @Test func `neither the order of series nor the cut of blocks matters, byte for byte`() throws {
        let builder = Self.richDay(seed: 1)
        let expected = try Self.bytes(builder.features(Self.day))
        for seed in UInt64(1)...8 {
            var other = builder
            other.series = Self.shuffledPieces(builder.series, seed: seed)
            #expect(try Self.bytes(other.features(Self.day)) == expected, "seed \(seed)")
        }
    }

    @Test func `samples outside the window change nothing`() throws {
        var builder = Self.richDay(seed: 2)
        let expected = try Self.bytes(builder.features(Self.day))
        let window = DayScorer.window(of: Self.day, zone: builder.zone)
        for quantity in DayScorer.quantities.sorted(by: { $0.rawValue < $1.rawValue }) {
            for device in [UInt64(1), 2, 77] {
                builder.series.append(
                    InputSeries(
                        stream: DayBuilder.stream(quantity, device: device), deviceLabel: "late",
                        vendor: "late",
                        times: [
                            window.from.nanoseconds - 7_200_000_000_000,
                            window.from.nanoseconds - 1, window.to.nanoseconds,
                            window.to.nanoseconds + 1,
                        ],
                        durations: [3_600_000_000_000, 0, 0, 60_000_000_000],
                        columns: [[3, 3, 3, 3], [0, 0, 0, 0]]))
            }
        }
        // Labels of a stream are not samples; keep them out of the comparison.
        for index in builder.series.indices where builder.series[index].deviceLabel == "late" {
            let same = builder.series.first {
                $0.stream == builder.series[index].stream && $0.deviceLabel != "late"
            }
            if let same {
                builder.series[index].deviceLabel = same.deviceLabel
                builder.series[index].vendor = same.vendor
            }
        }
        #expect(try Self.bytes(builder.features(Self.day)) == expected)
    }

    @Test func `features survive JSON`() throws {
        let features = Self.richDay(seed: 3).features(Self.day)
        let again = try JSONDecoder().decode(DayFeatures.self, from: Self.bytes(features))
        #expect(again == features)
    }

    @Test func `without input every metric is missing and says why`() {
        let features = DayScorer.features(DayInput(day: Self.day, zone: ZoneTimeline(), series: []))
        #expect(features.night == nil && features.nightMissing?.isEmpty == false)
        #expect(!features.metrics.isEmpty)
        for metric in features.metrics {
            #expect(metric.value == nil, "\(metric.id)")
            #expect(metric.missing?.hasSuffix(".") == true, "\(metric.id)")
            #expect(metric.confidence == nil && metric.coverage == nil && metric.sources.isEmpty)
        }
        #expect(features.dataQuality.hints.count <= 5)
        #expect(features.dataQuality.hints.first?.contains("time zone") == true)
        #expect(features.dataQuality.wearCoverage == nil)
    }

    @Test func `a value has no missing text and a missing one no value`() {
        for metric in Self.richDay(seed: 4).features(Self.day).metrics {
            #expect((metric.value == nil) != (metric.missing == nil), "\(metric.id)")
            #expect((metric.coverage ?? 0) >= 0 && (metric.coverage ?? 0) <= 1, "\(metric.id)")
        }
    }

    @Test func `weird input never traps and only yields numbers`() throws {
        let extremes: [Float] = [
            0, -1, 1, .nan, .infinity, -.infinity, .greatestFiniteMagnitude,
            -.greatestFiniteMagnitude, .leastNonzeroMagnitude, 60, 255, 256, 6.5,
        ]
        let center = DayBuilder().instant(Self.day, minute: 0)
        for seed in UInt64(1)...40 {
            var random = SeededRandom(seed: seed)
            var builder = DayBuilder()
            for quantity in Quantity.allCases {
                let count = [0, 1, 2, 40].randomElement(using: &random) ?? 1
                let times = (0..<count).map { _ -> Int64 in
                    switch Int.random(in: 0..<8, using: &random) {
                    case 0: .min
                    case 1: .max
                    case 2: center
                    default:
                        center + Int64.random(in: -50_000...90_000, using: &random) * 1_000_000_000
                    }
                }
                let durations = times.map { _ -> Int64 in
                    [0, 1, 60_000_000_000, -5, .max, .min].randomElement(using: &random) ?? 0
                }
                let values = times.map { _ in extremes.randomElement(using: &random) ?? 0 }
                builder.series.append(
                    InputSeries(
                        stream: DayBuilder.stream(quantity), deviceLabel: "", vendor: "",
                        times: seed % 2 == 0 ? times.sorted() : times,
                        durations: seed % 3 == 0 ? Array(durations.dropLast()) : durations,
                        columns: seed % 5 == 0 ? [] : [values, Array(values.dropLast())]))
            }
            let features = builder.features(Self.day)
            for metric in features.metrics {
                #expect(metric.value?.isFinite ?? true, "\(metric.id), seed \(seed)")
            }
            // Encoding refuses what is no number.
            _ = try Self.bytes(features)
            let summary = SummaryComposer.summary(of: Self.day, person: "a", features: [features])
            _ = try JSONEncoder().encode(summary)
        }
    }

    @Test func `one sample and equal samples do not trap`() {
        for quantity in Quantity.allCases {
            for count in [1, 2, 2000] {
                var builder = DayBuilder()
                builder.add(quantity, Self.day, (0..<count).map { (-600 + $0 / 2, 0, 3) })
                _ = builder.features(Self.day)
            }
        }
    }

    @Test func `days of 23 and 25 hours and a flight keep their length`() throws {
        let spring = try #require(LocalDate("2024-03-31"))
        let autumn = try #require(LocalDate("2024-10-27"))
        func at(_ day: LocalDate, _ hour: Int64) -> Timestamp {
            Timestamp(seconds: day.dayNumber * 86_400 + hour * 3600)
        }
        let berlin = ZoneTimeline([
            ZoneSpan(start: .distantPast, offsetSeconds: 3600, origin: .file),
            ZoneSpan(start: at(spring, 1), offsetSeconds: 7200, origin: .file),
            ZoneSpan(start: at(autumn, 1), offsetSeconds: 3600, origin: .file),
        ])
        for (day, hours) in [(spring, 35.0), (autumn, 37), (spring.advanced(by: 9), 36)] {
            let window = DayScorer.window(of: day, zone: berlin)
            #expect(window.to.seconds(since: window.from) == hours * 3600)
        }
        // One step a minute all day: the day's steps are its length.
        for (day, minutes) in [(spring, 1380.0), (autumn, 1500)] {
            var builder = DayBuilder()
            builder.zone = berlin
            let start = berlin.instant(of: day).nanoseconds - 86_400_000_000_000
            builder.series.append(
                InputSeries(
                    stream: DayBuilder.stream(.steps), deviceLabel: "w", vendor: "v",
                    times: (0..<(3 * 1440)).map { start + Int64($0) * DayBuilder.minute },
                    durations: Array(repeating: DayBuilder.minute, count: 3 * 1440),
                    columns: [Array(repeating: 1, count: 3 * 1440)]))
            #expect(builder.features(day).value(of: "steps") == minutes)
        }
    }

    @Test func `a night over the clock change ends on its local date with its true length`() throws
    {
        let spring = try #require(LocalDate("2024-03-31"))
        var builder = DayBuilder()
        builder.zone = ZoneTimeline([
            ZoneSpan(start: .distantPast, offsetSeconds: 3600, origin: .file),
            ZoneSpan(
                start: Timestamp(seconds: spring.dayNumber * 86_400 + 3600), offsetSeconds: 7200,
                origin: .file),
        ])
        // 23:00 to 07:00 on the wall clock is seven hours.
        let start = builder.instant(spring, minute: -60)
        let end = builder.instant(spring, minute: 420)
        builder.series.append(
            InputSeries(
                stream: DayBuilder.stream(.sleepStage), deviceLabel: "w", vendor: "v",
                times: [start], durations: [end - start], columns: [[2]]))
        let features = builder.features(spring)
        #expect(features.value(of: "total-sleep-time") == 420)
        #expect(features.night?.offsetSeconds == 7200)
    }

    @Test func `changes name what differs and ignore what is not shown`() throws {
        let builder = Self.richDay(seed: 5)
        let old = builder.features(Self.day)
        #expect(ResultDiff.changes(old: old, new: old, reason: "late data").isEmpty)
        var late = builder
        late.add(.oxygenSaturation, Self.day, [(100, 0, 80)])
        var changes = ResultDiff.changes(
            old: old, new: late.features(Self.day), reason: "late data")
        #expect(changes.map(\.metric) == ["spo2-mean", "spo2-minimum"])
        #expect(changes.last?.old == 93 && changes.last?.new == 80)
        late.series.removeAll { $0.stream.quantity == .oxygenSaturation }
        changes = ResultDiff.changes(
            old: old, new: late.features(Self.day), reason: "erased data")
        #expect(changes.first?.new == nil && changes.first?.reason == "erased data")
        var nudged = old
        nudged.vitals = old.vitals.map { metric in
            var copy = metric
            copy.value = metric.value.map { $0 + 1e-6 }
            return copy
        }
        #expect(ResultDiff.changes(old: old, new: nudged, reason: "late data").isEmpty)
    }

    @Test func `every metric that can appear has one explanation`() {
        let ids = MetricCatalog.all.map(\.id)
        #expect(Set(ids).count == ids.count)
        let produced = Self.richDay(seed: 6).features(Self.day).metrics
        for metric in produced {
            let explanation = MetricCatalog.explanation(of: metric.id)
            #expect(explanation?.label == metric.label, "\(metric.id)")
            #expect(explanation?.unit == metric.unit && explanation?.model == metric.model)
        }
        for one in MetricCatalog.all {
            #expect(one.formula.hasSuffix("."), "\(one.id)")
            #expect(!one.source.isEmpty && !one.baseline.isEmpty, "\(one.id)")
            #expect(one.inputs.allSatisfy { Quantity(name: $0) != nil }, "\(one.id)")
        }
        #expect(MetricCatalog.explanation(of: "no-such-metric") == nil)
    }

    @Test func `every model has a card and every source a reference`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let references = try String(
            contentsOf: root.appending(path: "docs/references.bib"), encoding: .utf8)
        for one in MetricCatalog.all {
            let name = try #require(one.model.split(separator: "/").first)
            let card = try String(
                contentsOf: root.appending(path: "docs/models/\(name).md"), encoding: .utf8)
            #expect(card.contains(one.model), "\(one.id)")
            for key in one.source.matches(of: /[a-z]+(?:19|20)[0-9]{2}/) {
                #expect(references.contains("{\(key.output),"), "\(key.output)")
            }
        }
    }
}
