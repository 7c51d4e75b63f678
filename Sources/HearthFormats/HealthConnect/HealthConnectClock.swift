// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// What records tell of the wall clock, until all tables are read.
///
/// Every record of every table tells it. Of each table are kept the changes and one word a day; in
/// the order of time only the changes are left.
struct HealthConnectClock {
    private struct Mark {
        var time: Timestamp
        var offset: Int32
    }

    private var marks: [Mark] = []
    private var last: Mark?

    private static let day: Int64 = 86_400_000_000_000

    mutating func beginTable() { last = nil }

    mutating func take(_ offset: Int32, at time: Timestamp) {
        if let last, last.offset == offset,
            (0..<Self.day).contains(time.nanoseconds(since: last.time))
        {
            return
        }
        let mark = Mark(time: time, offset: offset)
        marks.append(mark)
        last = mark
    }

    /// Delivers the changes.
    mutating func finish(
        _ output: inout SampleOutput, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        marks.sort { ($0.time, $0.offset) < ($1.time, $1.offset) }
        for mark in marks {
            try output.addOffset(
                mark.offset, at: mark.time, position: ReadPosition(byte: 0), into: &sink)
        }
        marks = []
    }
}
