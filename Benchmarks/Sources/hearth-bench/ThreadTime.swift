// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Processor time of this thread: others may use the machine too.
enum ThreadTime {
    static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e6 + Double(time.tv_nsec) / 1e3
    }

    /// Seconds of processor time of the whole process.
    static func ofProcess() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// Microseconds a call, of `calls` of them.
    static func microseconds(_ calls: Int, _ body: () -> Void) -> Double {
        let began = now()
        for _ in 0..<calls { body() }
        return (now() - began) / Double(calls)
    }

    static func words(_ times: [Double]) -> String {
        let sorted = times.sorted()
        func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }
        return "best \(rounded(sorted[0])) µs, median \(rounded(sorted[sorted.count / 2])) µs"
    }
}
