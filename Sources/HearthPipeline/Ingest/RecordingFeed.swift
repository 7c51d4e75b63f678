// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats
import HearthVault

/// A sink that can refuse: the feed stops and passes the refusal on.
protocol RefusingSink: SampleSink {
    var failure: VaultError? { get }
}

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
        case source(PipelineError)
        case vault(VaultError)
    }

    /// Reads `source` to its end, `prefix` first.
    ///
    /// `observe` sees every byte, for progress. The name is never opened and decides no format; it only
    /// tells apart files that look alike inside.
    func run<Source: ByteSource & ~Copyable>(
        _ kind: FileKind, named name: String, prefix: [UInt8], from source: inout Source,
        into sink: inout some RefusingSink, observe: (Span<UInt8>) -> Void
    ) throws(Stop) {
        let context = ReadContext(limits: limits, zone: zone, name: name)
        guard var reader = ReaderCatalog.reader(of: kind, context) else {
            throw .source(PipelineError(.unknownFormat, PipelineError.unknownFormatMessage))
        }
        try drive(&reader, prefix, &source, &sink, observe)
    }

    private func drive<Reader: RecordingReader & ~Copyable, Source: ByteSource & ~Copyable>(
        _ reader: inout Reader, _ prefix: [UInt8], _ source: inout Source,
        _ sink: inout some RefusingSink, _ observe: (Span<UInt8>) -> Void
    ) throws(Stop) {
        observe(prefix.span)
        try step { () throws(ReadError) in try reader.read(prefix.span, into: &sink) }
        var total = Int64(prefix.count)
        var buffer = [UInt8](repeating: 0, count: Self.chunkBytes)
        while true {
            let count: Int
            do throws(PipelineError) { count = try source.read(into: &buffer) } catch {
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
            observe(chunk)
            try step { () throws(ReadError) in try reader.read(chunk, into: &sink) }
            if let failure = sink.failure { throw .vault(failure) }
        }
        try step { () throws(ReadError) in try reader.finish(into: &sink) }
        if let failure = sink.failure { throw .vault(failure) }
    }

    private func step(_ body: () throws(ReadError) -> Void) throws(Stop) {
        do throws(ReadError) { try body() } catch { throw .reader(error) }
    }
}
