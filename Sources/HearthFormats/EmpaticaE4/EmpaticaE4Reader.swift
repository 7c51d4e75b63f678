// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Reads one CSV file of an Empatica E4 export.
///
/// What the file holds is told by its columns and its rate; the name decides only between files of
/// one rate, skin temperature and electrodermal activity. Format and choices:
/// `docs/formats/empatica-e4.md`.
public struct EmpaticaE4Reader: RecordingReader, ~Copyable {
    private var lines: LineReading<EmpaticaE4Rows>

    public init(_ context: ReadContext = ReadContext()) {
        lines = LineReading(
            EmpaticaE4Rows(
                limits: context.limits, hint: EmpaticaE4Kind(fileName: context.fileName)),
            limits: context.limits)
    }

    /// Whether the bytes begin an E4 file: a Unix time and a rate, the head of the intervals, or
    /// times of tags.
    public static func recognises(_ prefix: Span<UInt8>) -> Bool {
        EmpaticaE4Lines.recognises(prefix)
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
