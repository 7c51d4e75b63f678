// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Reads one CSV file of an Empatica E4 export.
///
/// What the file holds is told by its columns and its rate; the name decides only between files of
/// one rate, skin temperature and electrodermal activity. Format and choices:
/// `docs/formats/empatica-e4.md`.
public struct EmpaticaE4Reader: RecordingReader, ~Copyable {
    private var lines: LineScanner
    private var rows: EmpaticaE4Rows
    private var meter: ByteMeter

    public init(_ context: ReadContext = ReadContext()) {
        meter = ByteMeter(limits: context.limits)
        lines = LineScanner(limit: max(1, context.limits.recordBytes))
        rows = EmpaticaE4Rows(
            limits: context.limits, hint: EmpaticaE4Kind(fileName: context.fileName))
    }

    /// Whether the bytes begin an E4 file: a Unix time and a rate, the head of the intervals, or
    /// times of tags.
    public static func recognises(_ prefix: Span<UInt8>) -> Bool {
        EmpaticaE4Lines.recognises(prefix)
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
            rows.countCut(lines.position)
        }
        try rows.finish(at: meter.total, into: &sink)
    }

    private mutating func take(
        _ line: LineScanner.Line, _ bytes: Span<UInt8>,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        switch line {
        case .input(let range):
            try rows.take(bytes.extracting(range), at: lines.position, into: &sink)
        case .held:
            var held: [UInt8] = []
            lines.swapHeld(with: &held)
            try rows.take(held.span, at: lines.position, into: &sink)
            lines.swapHeld(with: &held)
        case .tooLong: try rows.takeTooLong(at: lines.position, into: &sink)
        }
    }
}
