// SPDX-License-Identifier: Apache-2.0

/// A run, second by second and beat by beat.
public struct SimulatedRun: Sendable, Hashable {
    /// One second as a watch records it.
    public struct Second: Sendable, Hashable {
        /// Beats a minute.
        public let heartRate: UInt8
        /// Strides a minute, half the steps.
        public let cadence: UInt8
        /// Speed.
        public let millimetresPerSecond: UInt16
    }

    /// The local day, 0 is the first.
    public let day: Int
    /// Unix second at a full minute.
    public let start: Int64
    /// One entry a second, whole minutes.
    public let seconds: [Second]
    /// Beat intervals in ms, from `start` on.
    public let beats: [UInt16]

    /// Unix second after the last.
    public var end: Int64 { start + Int64(seconds.count) }
    /// Metres.
    public var distance: Double {
        Double(seconds.reduce(0) { $0 + Int($1.millimetresPerSecond) }) / 1000
    }
    /// Beats a minute, as are the two below.
    public var meanHeartRate: Double {
        Double(seconds.reduce(0) { $0 + Int($1.heartRate) }) / Double(seconds.count)
    }
    /// The highest second.
    public var maximumHeartRate: Int { Int(seconds.map(\.heartRate).max() ?? 0) }
    /// The lowest second.
    public var minimumHeartRate: Int { Int(seconds.map(\.heartRate).min() ?? 0) }
    /// Kilocalories; about one a kilogram and kilometre, for 72 kg.
    public var energy: Double { (distance / 1000 * 72).rounded() }
    /// Steps of the whole run.
    public var steps: Int { (0..<seconds.count / 60).reduce(0) { $0 + steps(ofMinute: $1) } }

    init(day: Int, start: Int64, minutes: Int, _ random: inout SimulationRandom) {
        self.day = day
        self.start = start
        var seconds: [Second] = []
        var beats: [UInt16] = []
        var rate = 88.0
        var wobble = Wander(memory: 0.97, deviation: 1.6)
        var pace = Wander(memory: 0.98, deviation: 90)
        var nextBeat = 0.0
        let count = minutes * 60
        for second in 0..<count {
            let share = Double(second) / Double(count)
            // Half of the way to the steady rate within 40 s; then drift, and a faster last tenth.
            let target = 147 + 13 * share + (share > 0.9 ? 7 : 0)
            rate += (target - rate) * 0.018
            let now = rate + wobble.step(&random)
            let speed = 2780 + (share > 0.9 ? 260 : 0) + pace.step(&random)
            seconds.append(
                Second(
                    heartRate: UInt8(now.rounded()), cadence: UInt8(81 + random.integer(0...4)),
                    millimetresPerSecond: UInt16(speed.rounded())))
            while nextBeat < Double(second + 1) {
                let interval = (60_000 / now + random.normal(4)).rounded()
                beats.append(UInt16(interval))
                nextBeat += interval / 1000
            }
        }
        self.seconds = seconds
        self.beats = beats
    }

    func steps(ofMinute minute: Int) -> Int {
        seconds[minute * 60..<minute * 60 + 60].reduce(0) { $0 + Int($1.cadence) * 2 } / 60
    }

    func heartRate(ofMinute minute: Int) -> Double {
        Double(seconds[minute * 60..<minute * 60 + 60].reduce(0) { $0 + Int($1.heartRate) }) / 60
    }
}
