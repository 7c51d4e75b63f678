// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Reads recordings of the Axivity AX3 and AX6 (`.cwa`): acceleration in g, angular velocity in degrees a
/// second, light in lux, the recorder's temperature in degrees Celsius, and its starts as events.
///
/// Blocks with a wrong checksum are dropped and counted. Times lie between those of the blocks; the
/// recorder's clock is local and tells no zone. Facts, choices and limits: `docs/formats/axivity-cwa.md`.
public struct AxivityCWAReader: RecordingReader, ~Copyable {
    private var body: AxivityBody
    private var carried: [UInt8] = []
    /// Bytes of the header and the whole blocks so far.
    private var taken: Int64 = 0
    private let limits: ReadLimits

    public init(_ context: ReadContext = ReadContext()) {
        body = AxivityBody(context)
        limits = context.limits
    }

    /// Whether a recording begins with the recorder's header.
    public static func recognises(_ prefix: Span<UInt8>) -> Bool {
        // "MD" and the length 1,020; then, where the prefix reaches that far, the first block.
        let start: [UInt8] = [UInt8(ascii: "M"), UInt8(ascii: "D"), 0xFC, 3]
        guard prefix.count >= 64, start.indices.allSatisfy({ prefix[$0] == start[$0] }) else {
            return false
        }
        return prefix.count < AxivityHeader.bytes + 2
            || (prefix[1024] == UInt8(ascii: "A") && prefix[1025] == UInt8(ascii: "X"))
            || (prefix[1024] == 0xFF && prefix[1025] == 0xFF)
    }

    public mutating func read(
        _ bytes: Span<UInt8>, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        var index = 0
        while index < bytes.count {
            let unit = taken == 0 ? AxivityHeader.bytes : AxivityBlock.bytes
            guard taken <= limits.recordingBytes - Int64(unit) else {
                throw ReadError(
                    .limitExceeded, at: ReadPosition(byte: taken),
                    found: "a longer recording", expected: "at most \(limits.recordingBytes) bytes")
            }
            if carried.isEmpty, bytes.count - index >= unit {
                try take(bytes.extracting(index..<index + unit), into: &sink)
                index += unit
                continue
            }
            let end = min(bytes.count, index + unit - carried.count)
            XMLByteSearch.append(bytes, index..<end, to: &carried)
            index = end
            guard carried.count == unit else { return }
            var whole: [UInt8] = []
            swap(&whole, &carried)
            try take(whole.span, into: &sink)
            swap(&whole, &carried)
            carried.removeAll(keepingCapacity: true)
        }
    }

    public mutating func finish(into sink: inout some SampleSink & ~Copyable) throws(ReadError) {
        if taken == 0 || !carried.isEmpty {
            let rest = carried
            body.cutOff(rest.span, at: taken, isHeader: taken == 0)
        }
        try body.finish(into: &sink)
    }

    private mutating func take(
        _ unit: Span<UInt8>, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        if taken == 0 {
            guard let header = AxivityHeader(unit) else {
                throw ReadError(
                    .damaged, at: ReadPosition(byte: 0), found: "another beginning",
                    expected: "the header of an AX3 or AX6")
            }
            body.begin(header)
        } else {
            try body.take(unit, at: taken, into: &sink)
        }
        taken += Int64(unit.count)
    }
}
