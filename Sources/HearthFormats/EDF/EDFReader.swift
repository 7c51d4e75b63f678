// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Reads EDF, EDF+C, EDF+D, BDF and BDF+ files: signals of any rates, and annotations.
///
/// One data record is kept in memory at a time. Samples are handed on as stored, 16 or 24 bits, with the
/// scale that makes them values of the quantity's unit. Names, birth dates, codes of hospitals and persons
/// and the texts of annotations are dropped.
///
/// Local times without a zone are read on the wall clock of ``ReadContext/zone``, and as UTC (reported
/// once) where that is not known.
/// - Source: `kemp1992`, `kemp2003`.
public struct EDFReader: RecordingReader, ~Copyable {
    private let context: ReadContext
    private var head: [UInt8] = []
    private var headBytes = EDFHeader.fixedBytes
    private var signals = 0
    private var body: EDFBody?
    /// The record at hand, where it is spread over several pieces.
    private var pending: [UInt8] = []
    private var consumed: Int64 = 0

    public init(_ context: ReadContext = ReadContext()) { self.context = context }

    /// Whether an input that begins so is an EDF or BDF file: its version, and numbers where the header
    /// has them.
    static func recognises(_ prefix: Span<UInt8>) -> Bool {
        guard prefix.count >= EDFHeader.fixedBytes, EDFHeader.isVersion(prefix) else {
            return false
        }
        var fields: [UInt8] = []
        for index in 0..<EDFHeader.fixedBytes { fields.append(prefix[index]) }
        guard let count = EDFText.integer(fields[252..<256]), count > 0 else { return false }
        return EDFText.number(fields[236..<244]) != nil || EDFText.number(fields[184..<192]) != nil
    }

    public mutating func read(
        _ bytes: Span<UInt8>, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        var index = 0
        while index < bytes.count, body == nil { try takeHeader(bytes, &index) }
        guard let recordBytes = body?.header.recordBytes else { return }
        while index < bytes.count {
            if pending.isEmpty, bytes.count - index >= recordBytes {
                let record = bytes.extracting(index..<index + recordBytes)
                try body?.take(record, at: consumed, into: &sink)
                index += recordBytes
                try count(recordBytes)
            } else {
                let part = min(recordBytes - pending.count, bytes.count - index)
                for place in index..<index + part { pending.append(bytes[place]) }
                index += part
                guard pending.count == recordBytes else { continue }
                let record = pending
                pending = []
                try body?.take(record.span, at: consumed, into: &sink)
                try count(recordBytes)
            }
        }
    }

    public mutating func finish(into sink: inout some SampleSink & ~Copyable) throws(ReadError) {
        guard body != nil else {
            throw ReadError(
                .truncated, at: ReadPosition(byte: Int64(head.count)),
                found: "the end of the file inside its header", expected: "a whole header")
        }
        let rest = pending
        pending = []
        try body?.finish(rest: rest.span, at: consumed, into: &sink)
    }

    /// Gathers the header; makes the body once it is complete.
    private mutating func takeHeader(_ bytes: Span<UInt8>, _ index: inout Int) throws(ReadError) {
        while head.count < headBytes, index < bytes.count {
            head.append(bytes[index])
            index += 1
        }
        guard head.count == headBytes else { return }
        if signals == 0 {
            signals = try EDFHeader.signalCount(head, context.limits)
            headBytes += signals * EDFHeader.fixedBytes
            return
        }
        var output = SampleOutput(
            file: .edf, device: SourceDevice(vendor: "", model: ""), limits: context.limits,
            zone: context.zone)
        let header = try EDFHeader(
            head, signals: signals, limits: context.limits, output: &output)
        body = EDFBody(
            header: header, start: EDFStart(head), output: output, limits: context.limits)
        consumed = Int64(head.count)
    }

    private mutating func count(_ bytes: Int) throws(ReadError) {
        consumed += Int64(bytes)
        guard consumed <= context.limits.recordingBytes else {
            throw ReadError(
                .limitExceeded, at: ReadPosition(byte: consumed), found: "a further data record",
                expected: "at most \(context.limits.recordingBytes) bytes")
        }
    }
}
