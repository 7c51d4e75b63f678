// SPDX-License-Identifier: Apache-2.0

/// Reads a GPX track: heart rates and temperatures of its points, and the track as a workout.
///
/// Positions and heights are dropped. Formats and choices: `docs/formats/gpx.md`.
public struct GPXReader: RecordingReader, ~Copyable {
    private var document: TrackReading<GPXBody>

    public init(_ context: ReadContext = ReadContext()) {
        document = TrackReading(
            root: "gpx", rootChildren: ["trk", "metadata", "wpt", "rte", "gpx:gpx", "ns0:gpx"],
            GPXBody(context), limits: context.limits)
    }

    static func recognises(_ prefix: Span<UInt8>) -> Bool { TrackText.isRoot("gpx", prefix) }

    public mutating func read(
        _ bytes: Span<UInt8>, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        try document.read(bytes, into: &sink)
    }

    public mutating func finish(into sink: inout some SampleSink & ~Copyable) throws(ReadError) {
        try document.finish(into: &sink)
    }
}
