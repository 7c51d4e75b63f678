// SPDX-License-Identifier: Apache-2.0

/// Reads Garmin's Training Center XML: heart rates, distances, laps and sessions.
///
/// Positions and heights are dropped. Formats and choices: `docs/formats/tcx.md`.
public struct TCXReader: RecordingReader, ~Copyable {
    private var document: TrackReading<TCXBody>

    public init(_ context: ReadContext = ReadContext()) {
        document = TrackReading(
            root: "TrainingCenterDatabase",
            rootChildren: ["Activities", "Activity", "MultiSportSession", "Courses", "Lap"],
            TCXBody(context), limits: context.limits)
    }

    static func recognises(_ prefix: Span<UInt8>) -> Bool {
        TrackText.isRoot("TrainingCenterDatabase", prefix)
    }

    public mutating func read(
        _ bytes: Span<UInt8>, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        try document.read(bytes, into: &sink)
    }

    public mutating func finish(into sink: inout some SampleSink & ~Copyable) throws(ReadError) {
        try document.finish(into: &sink)
    }
}
