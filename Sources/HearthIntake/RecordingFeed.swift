// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats

/// Feeds the bytes of one recording to the reader of its kind.
struct RecordingFeed {
    /// Bytes read at a time: large enough that calls cost nothing, small enough for the cache.
    static let chunkBytes = 1 << 20

    var limits: ReadLimits
    /// For formats whose times are local without a zone.
    var zone: ZoneTimeline

    /// Why a recording could not be fed to its end.
    enum Stop: Error {
        case reader(ReadError)
        case source(IntakeError)
        case unwanted
    }

    /// Reads `source` to its end, `prefix` first.
    ///
    /// The name is never opened and decides no format; it only tells apart files that look alike
    /// inside.
    func run(
        _ kind: FileKind, named name: String, prefix: [UInt8], from source: any ByteSource,
        into sink: some IntakeSink
    ) throws(Stop) {
        let context = ReadContext(limits: limits, zone: zone, name: name)
        guard var reader = ReaderCatalog.reader(of: kind, context) else {
            throw .source(.unknownFormat)
        }
        try drive(&reader, prefix, source, sink)
    }

    private func drive<Reader: RecordingReader & ~Copyable>(
        _ reader: inout Reader, _ prefix: [UInt8], _ source: any ByteSource,
        _ receiver: some IntakeSink
    ) throws(Stop) {
        var sink = receiver
        sink.progress(prefix.count)
        try step { () throws(ReadError) in try reader.read(prefix.span, into: &sink) }
        var total = Int64(prefix.count)
        // A small file needs no large buffer: it would cost more than its reading.
        let left = source.length.map { max(4096, $0 - total + 1) } ?? Int64(Self.chunkBytes)
        var buffer = [UInt8](repeating: 0, count: Int(min(left, Int64(Self.chunkBytes))))
        while true {
            if sink.wantsStop { throw .unwanted }
            let count: Int
            do throws(IntakeError) { count = try source.read(into: &buffer) } catch {
                throw .source(error)
            }
            if count == 0 { break }
            total += Int64(count)
            if total > limits.recordingBytes {
                throw .reader(
                    ReadError(
                        .limitExceeded, at: ReadPosition(byte: total),
                        found: "more than \(limits.recordingBytes) bytes",
                        expected: "at most the limit recordingBytes"))
            }
            let chunk = buffer.span.extracting(first: count)
            sink.progress(count)
            try step { () throws(ReadError) in try reader.read(chunk, into: &sink) }
        }
        try step { () throws(ReadError) in try reader.finish(into: &sink) }
    }

    private func step(_ body: () throws(ReadError) -> Void) throws(Stop) {
        do throws(ReadError) { try body() } catch { throw .reader(error) }
    }
}
