// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Reads tables of activity counts: CSV exports of ActiGraph's ActiLife, Actical and Actiware.
///
/// Formats and choices: `docs/formats/activity-counts.md`.
public struct ActivityCountsReader: RecordingReader, ~Copyable {
    private var lines: LineReading<ActivityTable>

    public init(_ context: ReadContext = ReadContext()) {
        lines = LineReading(
            ActivityTable(limits: context.limits, zone: context.zone),
            limits: context.limits)
    }

    /// Whether the first line names one of the programs whose tables are read.
    public static func recognises(_ prefix: Span<UInt8>) -> Bool {
        var line: [UInt8] = []
        for index in prefix.indices {
            if prefix[index] == UInt8(ascii: "\n") || line.count >= 512 { break }
            line.append(prefix[index])
        }
        let text = String(decoding: line, as: UTF8.self).lowercased()
        let start = text.drop { "\u{FEFF}\" -".contains($0) }
        if start.hasPrefix("actical ") || start.hasPrefix("actiware") { return true }
        return text.hasPrefix("----") && start.hasPrefix("data ")
            && (start.hasPrefix("data file created by actigraph")
                || start.hasPrefix("data table file created by actigraph"))
    }

    public mutating func read(
        _ bytes: Span<UInt8>, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        try lines.read(bytes, into: &sink)
    }

    public mutating func finish(into sink: inout some SampleSink & ~Copyable) throws(ReadError) {
        try lines.finish(into: &sink)
    }
}
