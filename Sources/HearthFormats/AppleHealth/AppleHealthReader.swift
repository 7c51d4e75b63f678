// SPDX-License-Identifier: Apache-2.0

/// Reads the `export.xml` of Apple's Health app.
///
/// The document is recognised by its root element `HealthData`, whatever the file's localised name.
/// It is read in one pass, without a tree and in constant memory. What is read, ignored and known to
/// be odd: `docs/formats/apple-health.md`.
public struct AppleHealthReader: RecordingReader, ~Copyable {
    private let limits: ReadLimits
    private var scanner: XMLScanner
    private var body: AppleHealthBody
    private var hasFailed = false

    /// Bytes read before gathered blocks are handed on, so that they do not pile up when the whole
    /// recording comes in one piece.
    private static let sliceBytes = 1 << 20

    public init(limits: ReadLimits = .standard) {
        self.limits = limits
        self.scanner = XMLScanner(
            root: "HealthData", rootChildren: AppleHealthElement.rootChildren, limits: limits)
        self.body = AppleHealthBody(limits: limits)
    }

    /// Reads the next bytes of the export.
    ///
    /// - Throws: if the document is no Health export, declares entities, or passes a limit of
    ///   depth, streams, samples or bytes. What was read before is delivered.
    public mutating func read(
        _ bytes: Span<UInt8>, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        guard !hasFailed else { return }
        var start = 0
        do throws(ReadError) {
            while start < bytes.count {
                let room = limits.recordingBytes - scanner.offset
                guard room > 0 else { throw tooLong }
                let length = min(bytes.count - start, Self.sliceBytes, Int(clamping: room))
                try scanner.read(bytes.extracting(start..<start + length), to: &body)
                body.streams.drain(into: &sink)
                start += length
            }
        } catch {
            hasFailed = true
            body.end(into: &sink)
            throw error
        }
    }

    /// The export has ended: delivers what is buffered and says whether its end was there.
    ///
    /// - Throws: if there was no `HealthData` at all.
    public mutating func finish(
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        guard !hasFailed else { return }
        hasFailed = true
        do throws(ReadError) {
            try scanner.finish(to: &body)
        } catch {
            body.end(into: &sink)
            throw error
        }
        body.endDocument(at: scanner.offset)
        body.end(into: &sink)
    }

    private var tooLong: ReadError {
        ReadError(
            .limitExceeded, at: ReadPosition(byte: limits.recordingBytes),
            found: "more than \(limits.recordingBytes) bytes",
            expected: "at most the limit recordingBytes")
    }
}
