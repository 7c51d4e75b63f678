// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Reads the raw data of an Empatica EmbracePlus: an Avro object container with one session a file.
///
/// The schema in the file drives the reading, so fields that later versions add do no harm. Format
/// and choices: `docs/formats/embraceplus.md`.
public struct EmbracePlusReader: RecordingReader, ~Copyable {
    private enum State { case header, body, refused }

    private var container = AvroContainer()
    private var decoder: AvroBlockDecoder?
    private var session: EmbracePlusSession
    private var state = State.header
    private var offset: Int64 = 0
    private var sessions: Int64 = 0
    private var isInBlock = false
    private let limits: ReadLimits

    public init(limits: ReadLimits = .standard) {
        self.limits = limits
        self.session = EmbracePlusSession(limits: limits)
    }

    /// Whether the bytes begin an Avro container whose schema is Empatica's.
    public static func recognises(_ prefix: Span<UInt8>) -> Bool {
        let magic: [UInt8] = [0x4F, 0x62, 0x6A, 0x01]
        guard prefix.count > 16, magic.indices.allSatisfy({ prefix[$0] == magic[$0] }) else {
            return false
        }
        let word: StaticString = "empatica.format"
        let last = prefix.count - word.utf8CodeUnitCount
        return last > 0
            && (0...last).contains { start in
                prefix[start] == 0x65
                    && XMLByteSearch.equal(prefix, start..<start + word.utf8CodeUnitCount, word)
            }
    }

    public mutating func read(
        _ bytes: Span<UInt8>, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        var index = 0
        while true {
            let event = container.next(bytes, &index, offset: offset)
            if event == .needsBytes { break }
            try take(event, bytes, into: &sink)
        }
        offset += Int64(bytes.count)
        guard offset <= limits.recordingBytes else {
            throw ReadError(
                .limitExceeded, at: ReadPosition(byte: limits.recordingBytes),
                found: "a longer recording", expected: "at most \(limits.recordingBytes) bytes")
        }
    }

    public mutating func finish(into sink: inout some SampleSink & ~Copyable) throws(ReadError) {
        guard state == .body else {
            throw ReadError(
                .truncated, at: ReadPosition(byte: offset), found: "the end of the recording",
                expected: "a header with a schema")
        }
        if isInBlock { try endBlock(into: &sink) }
        if !container.isBetweenBlocks {
            session.count(
                .truncated, at: ReadPosition(byte: offset), found: "the end of the recording",
                expected: "the rest of a block and its mark")
        }
        session.finish(into: &sink)
    }

    private mutating func take(
        _ event: AvroContainer.Event, _ bytes: Span<UInt8>,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        let place = ReadPosition(byte: container.blockStart)
        switch event {
        case .needsBytes: break
        case .refused(let refusal): throw refused(refusal)
        case .header: try begin()
        case .block(let objects, let size):
            isInBlock = true
            session.position = ReadPosition(byte: container.blockStart, record: sessions + 1)
            decoder?.begin(objects: objects, bytes: size)
        case .data(let range):
            try decoder?.read(bytes.extracting(range), &session, into: &sink)
        case .blockEnd: try endBlock(into: &sink)
        case .shortBlock:
            if isInBlock { try endBlock(into: &sink) }
            session.count(
                .damaged, at: place, found: "a block shorter than its size",
                expected: "as many bytes as its size says")
        case .missingMark:
            session.count(
                .checksumMismatch, at: place, found: "other bytes behind a block",
                expected: "the mark that the header gives")
        case .badBlock:
            session.count(
                .damaged, at: place, found: "a block of impossible count or size",
                expected: "a count and a size")
        }
    }

    private mutating func begin() throws(ReadError) {
        let place = ReadPosition(byte: container.schemaStart)
        let codec: AvroBlockDecoder.Codec
        switch String(decoding: container.codec, as: UTF8.self) {
        case "", "null": codec = .null
        case "deflate": codec = .deflate
        default:
            throw ReadError(
                .unsupported, at: ReadPosition(byte: 4), found: "another codec",
                expected: "null or deflate")
        }
        do throws(JSONProblem) {
            let schema = try AvroSchema(container.schema.span, limits: limits)
            guard case .record = schema.kinds[0] else {
                throw JSONProblem(
                    code: .unsupported, found: "a schema that is no record",
                    expected: "a record with a session")
            }
            decoder = AvroBlockDecoder(schema: schema, codec: codec, limits: limits)
        } catch {
            throw ReadError(error.code, at: place, found: error.found, expected: error.expected)
        }
        state = .body
    }

    private mutating func endBlock(
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        isInBlock = false
        sessions += try decoder?.end(&session, into: &sink) ?? 0
    }

    private func refused(_ refusal: AvroContainer.Refusal) -> ReadError {
        switch refusal {
        case .magic:
            ReadError(
                .misplaced, at: ReadPosition(byte: 0), found: "other first bytes",
                expected: "an Avro object container")
        case .metadata:
            ReadError(
                .damaged, at: ReadPosition(byte: 4), found: "an impossible length in the header",
                expected: "pairs of keys and values")
        case .schemaBytes:
            ReadError(
                .limitExceeded, at: ReadPosition(byte: 4), found: "a longer schema or codec",
                expected: "at most \(AvroContainer.schemaBytes) bytes, the limit schemaBytes")
        }
    }
}
