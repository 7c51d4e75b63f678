// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Reads tables of activity counts: CSV exports of ActiGraph's ActiLife, Actical and Actiware.
///
/// Formats and choices: `docs/formats/activity-counts.md`.
public struct ActivityCountsReader: RecordingReader, ~Copyable {
    private var lines: LineScanner
    private var table: ActivityTable
    private var meter: ByteMeter

    public init(_ context: ReadContext = ReadContext()) {
        meter = ByteMeter(limits: context.limits)
        lines = LineScanner(limit: max(1, context.limits.recordBytes))
        table = ActivityTable(limits: context.limits, zone: context.zone)
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
        _ = try meter.take(bytes.count)
        var index = 0
        while let line = lines.next(bytes, &index, isLast: false) {
            try take(line, bytes, into: &sink)
        }
    }

    public mutating func finish(into sink: inout some SampleSink & ~Copyable) throws(ReadError) {
        let nothing: [UInt8] = []
        var index = 0
        if let line = lines.next(nothing.span, &index, isLast: true) {
            try take(line, nothing.span, into: &sink)
            table.countCut(lines.position)
        }
        try table.finish(at: meter.total, into: &sink)
    }

    private mutating func take(
        _ line: LineScanner.Line, _ bytes: Span<UInt8>,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        switch line {
        case .input(let range):
            try table.take(bytes.extracting(range), at: lines.position, into: &sink)
        case .held:
            var held: [UInt8] = []
            lines.swapHeld(with: &held)
            try table.take(held.span, at: lines.position, into: &sink)
            lines.swapHeld(with: &held)
        case .tooLong: try table.takeTooLong(at: lines.position)
        }
    }
}
