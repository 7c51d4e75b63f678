// SPDX-License-Identifier: Apache-2.0

/// Reads Garmin/ANT FIT recordings: activities, all-day monitoring, sleep and HRV status.
///
/// The whole protocol is read: chained parts, both byte orders, compressed and shortened times,
/// arrays, developer fields, redefinition. Damage costs only itself: a bad checksum is reported, a
/// cut file gives what it holds, and behind a record that cannot be read the reader looks for the
/// next sound one. What becomes of each message is told in `docs/formats/fit.md`.
///
/// Limits used: ``ReadLimits/recordingBytes``, ``ReadLimits/samples``, ``ReadLimits/blockSamples``,
/// ``ReadLimits/issueKinds``. Memory stays bounded by these and the longest record of the format.
public struct FITReader: RecordingReader, ~Copyable {
    private let limits: ReadLimits
    private var framer = FITFramer()
    private var sampler: FITSampler
    private var tally: IssueTally
    private var bytesRead: Int64 = 0

    /// - Parameter limits: the bounds of one recording; passing one ends the reading with an error.
    public init(limits: ReadLimits = .standard) {
        self.limits = limits
        sampler = FITSampler(limits: limits)
        tally = IssueTally(limits: limits)
    }

    public mutating func read(
        _ bytes: Span<UInt8>, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        bytesRead += Int64(bytes.count)
        guard bytesRead <= limits.recordingBytes else {
            throw passed("ReadLimits.recordingBytes")
        }
        try run(bytes, isLast: false, into: &sink)
    }

    /// - Throws: ``ReadError`` if the bytes hold no FIT header at all.
    public mutating func finish(
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        let nothing: [UInt8] = []
        try run(nothing.span, isLast: true, into: &sink)
        sampler.losses.report(into: &tally)
        tally.flush(into: &sink)
        guard framer.parts > 0 else {
            throw ReadError(
                bytesRead == 0 ? .truncated : .damaged, at: ReadPosition(byte: 0),
                found: bytesRead == 0 ? "an empty recording" : "no FIT header",
                expected: "a header with the signature .FIT")
        }
    }

    private mutating func run(
        _ bytes: Span<UInt8>, isLast: Bool, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        var position = 0
        while true {
            switch framer.next(bytes, &position, isLast: isLast) {
            case .more:
                return
            case .message(let frame):
                if frame.isCarried {
                    let carried = framer.carry
                    sampler.take(frame, carried.span, into: &sink)
                } else {
                    sampler.take(frame, bytes, into: &sink)
                }
                guard sampler.delivered <= limits.samples else {
                    throw passed("ReadLimits.samples")
                }
            case .defined(let definition, let position):
                define(definition, at: position)
            case .partBegan(let header):
                sampler.beginPart()
                if !header.checksumHolds { countBadHeader(header) }
            case .partEnded:
                sampler.endPart(into: &sink)
            case .issue(let issue):
                tally.count(
                    issue.code, at: issue.position, found: issue.found, expected: issue.expected)
            }
        }
    }

    /// Takes a definition and reports what of it cannot be read.
    private mutating func define(_ definition: FITDefinition, at position: ReadPosition) {
        sampler.define(definition)
        for field in definition.fields where field.size > 0 && field.count == 0 {
            if field.type.width == 0 {
                tally.count(
                    .unknownField, at: position, found: "a field of an unknown base type",
                    expected: "a base type of the format; the field is skipped")
            } else {
                tally.count(
                    .invalidValue, at: position, found: "a field whose size does not fit its type",
                    expected: "a multiple of the type's size; the field is skipped")
            }
        }
        for field in definition.developerFields {
            let key = UInt16(field.developer) << 8 | UInt16(field.number)
            guard !sampler.described.contains(key) else { continue }
            tally.count(
                .unknownField, at: position, found: "a developer field without a description",
                expected: "a field description ahead of it; the field is skipped")
        }
    }

    private mutating func countBadHeader(_ header: FITHeader) {
        let start = framer.consumed - Int64(header.size)
        tally.count(
            .checksumMismatch, at: ReadPosition(byte: start + 12),
            found: "a header checksum that does not fit the header",
            expected: "the CRC-16 of its first 12 bytes, or 0; the header is used")
    }

    private func passed(_ limit: String) -> ReadError {
        ReadError(
            .limitExceeded, at: ReadPosition(byte: framer.consumed), found: "more than the limit",
            expected: "at most \(limit)")
    }
}
