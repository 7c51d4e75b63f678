// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Decompresses and decodes the objects of one block after another.
struct AvroBlockDecoder: ~Copyable {
    enum Codec: Sendable { case null, deflate }
    private enum State { case reading, done, failed }

    /// Bytes of one block after decompression; half an hour is about 2 MB.
    static let blockBytes: Int64 = 64 << 20
    /// Decompressed bytes for each compressed one; deflate cannot reach 1,033.
    static let ratio: Int64 = 1100

    /// Bytes of all blocks of a recording after decompression.
    static let inflatedBytes: Int64 = 256 << 20

    private var decoder: AvroDecoder
    private var inflater: RawInflater?
    private var state = State.done
    private var objects: Int64 = 0
    private var decoded: Int64 = 0
    private var limit: Int64 = 0
    private var inflated: Int64 = 0
    private var inflatedBefore: Int64 = 0
    private var isEnded = false

    init(schema: AvroSchema, codec: Codec, limits: ReadLimits) {
        decoder = AvroDecoder(schema: schema, limits: limits)
        inflater = codec == .deflate ? RawInflater() : nil
    }

    mutating func begin(objects: Int64, bytes: Int64) {
        self.objects = objects
        decoded = 0
        inflatedBefore += inflated
        inflated = 0
        isEnded = false
        let (most, overflow) = bytes.multipliedReportingOverflow(by: Self.ratio)
        switch inflater {
        case .some:
            let room = max(0, Self.inflatedBytes - inflatedBefore)
            limit = min(Self.blockBytes, room, overflow ? .max : most)
        case .none: limit = min(Self.blockBytes, bytes)
        }
        inflater?.reset()
        decoder.begin(blockBytes: limit, stored: bytes)
        state = objects == 0 ? .done : .reading
    }

    mutating func read(
        _ bytes: Span<UInt8>, _ session: inout EmbracePlusSession,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        guard state == .reading else { return }
        guard inflater != nil else { return try decode(bytes, &session, into: &sink) }
        var index = 0
        while state == .reading, !isEnded {
            let outcome = inflater?.inflate(bytes, &index) ?? .damaged
            let produced = inflater?.produced ?? 0
            if produced > 0 {
                let buffer = inflater?.takeBuffer() ?? []
                defer { inflater?.giveBack(buffer) }
                try decode(buffer.span.extracting(first: produced), &session, into: &sink)
            }
            guard state == .reading else { return }
            if outcome == .ended { isEnded = true }
            if outcome == .damaged {
                try fail("deflated data that cannot be", .damaged, &session, into: &sink)
            }
            // A full buffer may leave more behind although all input was taken.
            if index >= bytes.count, produced == 0 { return }
        }
    }

    /// The block has ended; answers how many objects it gave.
    mutating func end(
        _ session: inout EmbracePlusSession, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) -> Int64 {
        if state == .reading {
            try fail("a block that ends too early", .truncated, &session, into: &sink)
        }
        state = .done
        return decoded
    }

    private mutating func decode(
        _ bytes: Span<UInt8>, _ session: inout EmbracePlusSession,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        let room = limit - inflated
        let usable = bytes.extracting(first: Int(min(room, Int64(bytes.count))))
        inflated += Int64(usable.count)
        var index = 0
        while state == .reading {
            switch try decoder.read(usable, &index, &session, into: &sink) {
            case .needsBytes:
                if usable.count < bytes.count { try failAtLimit(&session, into: &sink) }
                return
            case .complete:
                decoded += 1
                session.position.record += 1
                if decoded >= objects { state = .done } else { decoder.restart() }
            case .failed(let failure):
                try fail(failure.found, failure.code, &session, into: &sink)
            }
        }
    }

    private mutating func failAtLimit(
        _ session: inout EmbracePlusSession, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        try fail(
            "a larger block", .limitExceeded, &session, into: &sink,
            expected: "at most \(Self.blockBytes) bytes, the limit blockBytes, "
                + "\(Self.ratio) for each compressed one, the limit ratio, and "
                + "\(Self.inflatedBytes) in all, the limit inflatedBytes")
    }

    private mutating func fail(
        _ found: String, _ code: ReadIssueCode, _ session: inout EmbracePlusSession,
        into sink: inout some SampleSink & ~Copyable,
        expected: String = "as many sessions as the block's count says"
    ) throws(ReadError) {
        state = .failed
        session.count(code, at: session.position, found: found, expected: expected)
        try session.abandon(in: decoder.openSensor, into: &sink)
    }
}

extension AvroDecoder.Failure {
    var code: ReadIssueCode {
        switch self {
        case .depth, .steps: .limitExceeded
        case .number, .branch, .count: .damaged
        }
    }

    var found: String {
        switch self {
        case .number: "a number of more than 64 bits"
        case .branch: "a choice that the schema does not have"
        case .count: "a count beyond the bytes that are left"
        case .depth: "values nested beyond the limit depth"
        case .steps: "more values than the limit freeSteps and the bytes allow"
        }
    }
}

extension AvroDecoder {
    /// The sensor whose record is open.
    var openSensor: EmbracePlusSensor? {
        for path in openPaths {
            if case .sensor(let sensor) = path { return sensor }
        }
        return nil
    }
}
