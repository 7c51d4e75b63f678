// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthDSP
import HearthModels

/// hearth-bench hrv FILE: cleans the intervals in a file, one in milliseconds a line, and works out all
/// measures of every five-minute window; then all measures of the whole.
func benchmarkHRV(_ arguments: [String]) -> Int32 {
    guard arguments.count == 1,
        let text = try? String(contentsOfFile: arguments[0], encoding: .utf8)
    else {
        print("usage: hearth-bench hrv FILE")
        return 64
    }
    var time = 0.0
    let intervals = text.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
    let beats = intervals.map { interval in
        time += interval
        return Timed(Timestamp(nanoseconds: Int64(time * 1e6)), interval)
    }
    let clock = ContinuousClock()
    let start = clock.now
    var chain = Chain(
        BeatCleaner(), HRVWindows(origin: Timestamp(nanoseconds: 0), detail: .all))
    let windows = chain.batch(beats)
    let windowed = clock.now - start
    var cleaner = BeatCleaner()
    let whole = clock.now
    let measures = HRVMeasures(Tachogram(cleaner.batch(beats)))
    let all = clock.now - whole
    let numbers = windows.reduce(0) { $0 + ($1.measures?.values.count ?? 0) }
    print("beats \(beats.count), windows \(windows.count), measures \(numbers)")
    print("hearth: windows \(windowed), \(windowed / max(1, windows.count)) a window")
    print("hearth: the whole series \(all), \(measures.values.count) measures")
    return 0
}
