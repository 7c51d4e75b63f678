// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthDSP
import HearthTestSupport
import Testing

@testable import HearthModels

@Suite struct SignalWatchTests {
    static func nights(seed: UInt64, count: Int64) -> [NightSignals] {
        var random = SeededRandom(seed: seed)
        return (0..<count).map { day in
            var values: [WatchedSignal: Double] = [:]
            for signal in WatchedSignal.allCases
            where Int.random(in: 0..<5, using: &random) > 0 {
                values[signal] = 50 + signal.usualSpread * Double.random(in: -1...1, using: &random)
            }
            if day % 17 == 3 { values = [:] }
            return NightSignals(day: LocalDate(dayNumber: 19_000 + day), values: values)
        }
    }

    static func readings(_ nights: [NightSignals]) -> [SignalWatchReading] {
        var watch = SignalWatch()
        return watch.batch(nights)
    }

    @Test func `however it is cut`() {
        var input = Self.nights(seed: 1, count: 120)
        for index in 80..<85 {
            for signal in input[index].values.keys {
                input[index].values[signal]? += 3 * signal.direction * signal.usualSpread
            }
        }
        checkOperator({ SignalWatch() }, input: input)
        let values = (0..<2_000).map { index in
            ContextValue(
                day: LocalDate(dayNumber: 19_000 + Int64(index / 40)), hour: index % 24,
                context: BandContext.allCases[index % 3], value: Double(index % 17))
        }
        checkOperator({ ContextBands(floor: 1) }, input: values)
    }

    @Test func `an alarm is the sum of its terms`() throws {
        var input = Self.nights(seed: 2, count: 60)
        // Three calm nights empty the sum.
        for index in 47..<50 { input[index].values = [.restingHeartRate: 40] }
        for index in 50..<54 {
            input[index].values = [.restingHeartRate: 65, .hrvLogRMSSD: 48, .temperature: 53]
        }
        let readings = Self.readings(input)
        let alarms = readings.filter(\.isAlarm)
        #expect(alarms.map(\.day.dayNumber) == [19_051])
        let alarm = try #require(alarms.first)
        #expect(Set(alarm.terms.map(\.signal)) == [.restingHeartRate, .hrvLogRMSSD, .temperature])
        let weights = alarm.terms.reduce(0) { $0 + $1.weight * $1.weight }
        let sum = alarm.terms.reduce(0) { $0 + $1.weight * $1.z } / weights.squareRoot()
        #expect(abs(sum - (alarm.distance ?? 0)) < 1e-12)
        #expect(alarm.terms.map(\.z) == [4, 4, 4], "signs are turned, and cut at 4")
        #expect(alarm.sum == 2 * (3 - 0.75) && alarm.sum >= alarm.limit)
    }

    @Test func `one odd night is no alarm, and a better one none either`() {
        var input = Self.nights(seed: 3, count: 60)
        input[50].values = [.restingHeartRate: 90]
        for index in 52..<58 { input[index].values = [.restingHeartRate: 40, .hrvLogRMSSD: 52] }
        #expect(Self.readings(input).count(where: \.isAlarm) == 0)
    }

    @Test func `no band before seven nights, and the last two do not count`() {
        let input = (0..<12).map {
            NightSignals(
                day: LocalDate(dayNumber: 19_000 + Int64($0)), values: [.restingHeartRate: 60])
        }
        let readings = Self.readings(input)
        #expect(readings[7].distance == nil && readings[8].distance == 0)
    }

    @Test func `nothing, and what is not a number`() {
        #expect(Self.readings([]).isEmpty)
        let day = LocalDate(dayNumber: 19_000)
        let odd = [Double.nan, .infinity, -1e308].map {
            NightSignals(day: day, values: [.temperature: $0])
        }
        #expect(Self.readings(odd).allSatisfy { $0.distance == nil && !$0.isAlarm })
    }

    // MARK: Context

    @Test func `bands of hour and context, without the last two days`() throws {
        var bands = ContextBands(floor: 0.5)
        var input: [ContextValue] = []
        for day in 0..<20 {
            for hour in [3, 15] {
                for part in [-1.0, 1.0] {
                    input.append(
                        ContextValue(
                            day: LocalDate(dayNumber: 19_000 + Int64(day)), hour: hour,
                            context: hour == 3 ? .sleep : .active,
                            value: Double(hour * 10 + day % 3) + part))
                }
            }
        }
        let output = bands.batch(input)
        #expect(output.count == 80)
        let night = try #require(output.last { $0.input.hour == 3 })
        // Days 0 to 17 hold 30, 31 and 32 six times each: median 31, MAD 1.
        #expect(night.baseline?.median == 31 && night.isOfHour)
        #expect(abs((night.baseline?.spread ?? 0) - 1.4826) < 1e-4)
        #expect(output[15 * 4 - 1].baseline == nil)
        let other = ContextValue(
            day: LocalDate(dayNumber: 19_019), hour: 4, context: .sleep, value: 31)
        let pooled = try #require(bands.batch([other]).first)
        #expect(pooled.baseline?.median == 31 && !pooled.isOfHour)
        let odd = ContextValue(
            day: LocalDate(dayNumber: 19_019), hour: 24, context: .rest, value: .nan)
        #expect(bands.batch([odd]).isEmpty)
    }

    // MARK: NightSignal as published

    @Test func `NightSignal as published, worked by hand`() {
        func states(_ values: [Double?]) -> [NightSignalState?] {
            NightSignal.published(BaselineTests.days(values)).map(\.state)
        }
        // No least number of nights, and the night itself is in the median: 60 of 60, 60, 60, 64.
        #expect(
            states([60, 60, 60, 64, 64, 63.9]) == [.green, .green, .green, .green, .red, .green])
        #expect(states([60.9, 60, 60, 63, 63]) == [.green, .green, .green, .green, .yellow])
        // A single missing night between recorded ones is filled in with the mean, cut: 64.
        #expect(
            states([60, 60, 60, 60, 60, 64, nil, 65, 65]).suffix(4)
                == [.green, .red, .red, .red])
        // Two missing nights are not.
        #expect(states([60, 60, 60, 60, 64, nil, nil, 65]).suffix(2) == [.green, .green])
        #expect(states([]).isEmpty && states([nil, .nan]).isEmpty)
    }
}

@Suite struct IllnessBenchmarkTests {
    /// A resting heart rate of 60 that rises to 70 on the days named.
    static func record(_ id: String, high: Set<Int64>) -> IllnessRecord {
        IllnessRecord(
            id: id, onset: LocalDate(dayNumber: 19_100),
            nights: (-60...60).map { day in
                NightSignals(
                    day: LocalDate(dayNumber: 19_100 + day),
                    values: [.restingHeartRate: high.contains(day) ? 70 : 60 + Double(day & 1)])
            })
    }

    @Test func `found, early, false and weeks`() throws {
        let records = [
            Self.record("a", high: [-4, -3, -2]), Self.record("b", high: [-30, -29, 20, 21]),
            Self.record("c", high: []),
        ]
        let benchmark = IllnessBenchmark(records, rules: [.nightSignal])
        let outcome = try #require(benchmark.outcomes.first)
        #expect(outcome.people.map(\.isFound) == [true, false, false])
        #expect(outcome.people.map(\.daysEarly) == [3, nil, nil])
        // Days 20 and 21 after the onset are recovery.
        #expect(outcome.people.map(\.falseAlarms) == [0, 1, 0])
        // -60 … -8 without the first seven are 46 days, 29 … 60 are 32.
        #expect(outcome.people.allSatisfy { $0.weeks == 78.0 / 7 })
        #expect(outcome.found == 1 && outcome.medianDaysEarly == 3)
        let rate = try #require(outcome.alarmsPerWeek)
        #expect(abs(rate - 7.0 / 234) < 1e-12)
        let chance = try #require(outcome.foundByChance)
        #expect(abs(chance - 0.062_092) < 1e-4)
        let intervals = try #require(outcome.intervals)
        #expect(intervals.found.contains(1.0 / 3) && intervals.alarms.contains(rate))
    }

    @Test func `people with too few days are counted, not judged`() {
        let short = IllnessRecord(
            id: "d", onset: LocalDate(dayNumber: 19_100),
            nights: (0..<9).map {
                NightSignals(
                    day: LocalDate(dayNumber: 19_095 + $0), values: [.restingHeartRate: 60])
            })
        let benchmark = IllnessBenchmark([short])
        #expect(benchmark.records.isEmpty && benchmark.tooFew == 1)
        #expect(benchmark.outcomes.allSatisfy { $0.alarmsPerWeek == nil && $0.intervals == nil })
    }
}
