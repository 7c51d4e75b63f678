// SPDX-License-Identifier: Apache-2.0
import CCounter
import Foundation
import HearthBiosignals
import HearthDSP
import HearthModels

/// hearth-bench sleep night: a night of 960 epochs staged at its end, and epoch by epoch as it comes.
struct NightBenchmark {
    private static let rounds = 100
    private static let epochs = 960

    private let model: SleepModel

    init() throws { model = try SleepModel.shipped.get() }

    /// - Returns: whether an epoch online took nothing from the heap.
    func run() -> Bool {
        var isQuiet = true
        for inputs in [SleepInputs.both, .heart, .motion] {
            let night = Self.night(inputs)
            let stager = NightSleepStager(model)
            var scored = 0
            let whole = (0..<Self.rounds).map { _ in
                ThreadTime.microseconds(1) {
                    scored = stager.stage(night).count { $0.stage != .unscored }
                }
            }
            print("\n\(inputs.label): \(scored) of \(night.count) epochs staged")
            print("whole night, epochs to smoothed hypnogram: \(ThreadTime.words(whole))")
            isQuiet = online(night) && isQuiet
        }
        return isQuiet
    }

    private func online(_ night: [SleepEpoch]) -> Bool {
        var stager = OnlineSleepStager(model)
        var scored = 0
        func run() {
            for index in night.indices {
                stager.push(night.span.extracting(index..<index + 1)) { scored += $0.count }
            }
        }
        // The first night fills what a stager keeps; a night that follows must find room in it.
        run()
        let before = hearth_allocations()
        run()
        let allocations = hearth_allocations() - before
        let times = (0..<Self.rounds).map { _ in
            ThreadTime.microseconds(1, run) / Double(night.count)
        }
        print("one epoch online: \(ThreadTime.words(times))")
        print("allocations in \(night.count) epochs: \(allocations)")
        return allocations <= 0
    }

    /// Seeded noise around a plausible night; what the values are changes no work.
    private static func night(_ inputs: SleepInputs) -> [SleepEpoch] {
        var state: UInt64 = 7
        func random() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 11) / Double(1 << 53)
        }
        return (0..<epochs).map { index in
            var epoch = SleepEpoch()
            let (rate, variance) = (55 + 8 * sin(Double(index) / 60) + 6 * random(), 3 * random())
            let motion = random() < 0.8 ? 0 : 60 * random() * random()
            if inputs != .motion {
                epoch.heartRates = 6
                epoch.heartRate = rate
                epoch.variance = variance
            }
            if inputs != .heart { epoch.motion = motion }
            return epoch
        }
    }
}

/// The subcommand; the exit status.
func benchmarkSleep(_ words: [String]) -> Int32 {
    do {
        switch (words.first, words.count) {
        case ("night", 1): return try NightBenchmark().run() ? 0 : 1
        case ("raw", 2): return try RawSleepBenchmark(words[1]).run() ? 0 : 1
        default:
            print("usage: hearth-bench sleep night | raw FILE")
            return 64
        }
    } catch {
        print("\(error)")
        return 1
    }
}
