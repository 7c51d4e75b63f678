// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// The parts of older recorders: samples from the start on without any time, and a reading of light a second.
struct GT3XContinuous: Sendable {
    /// Two samples of 36 bits.
    private static let pairBytes = 9

    private var carried: [UInt8] = []
    private var lightCarried: UInt8?
    private var activityBytes: Int64 = 0
    private var lightBytes: Int64 = 0
    private var samples: Int64 = 0
    private var seconds: Int64 = 0
    private let pairs: Int

    init(_ limits: ReadLimits) { pairs = max(1, limits.blockSamples / 2) }

    mutating func readActivity(
        _ bytes: Span<UInt8>, _ body: inout GT3XBody, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        // Whole blocks are taken where they lie; what is left over is carried.
        let blockBytes = pairs * Self.pairBytes
        var index = 0
        while index < bytes.count {
            if carried.isEmpty, bytes.count - index >= blockBytes {
                try take(
                    bytes.extracting(index..<index + blockBytes), 2 * pairs, &body, into: &sink)
                index += blockBytes
                continue
            }
            let end = min(bytes.count, index + blockBytes - carried.count)
            XMLByteSearch.append(bytes, index..<end, to: &carried)
            index = end
            if carried.count == blockBytes { try takeCarried(2 * pairs, &body, into: &sink) }
        }
    }

    mutating func endActivity(
        _ body: inout GT3XBody, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        let bits = carried.count * 8
        if bits % 36 >= 8 {
            body.count(
                .truncated, ReadPosition(byte: activityBytes + Int64(carried.count)),
                "part of a sample")
        }
        if bits >= 36 { try takeCarried(bits / 36, &body, into: &sink) }
        carried = []
    }

    private mutating func takeCarried(
        _ count: Int, _ body: inout GT3XBody, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        var block: [UInt8] = []
        swap(&block, &carried)
        try take(block.span, count, &body, into: &sink)
        swap(&block, &carried)
        carried.removeAll(keepingCapacity: true)
    }

    private mutating func take(
        _ bytes: Span<UInt8>, _ count: Int, _ body: inout GT3XBody,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        let position = ReadPosition(byte: activityBytes, record: samples + 1)
        try body.takeContinuous(bytes, count, after: samples, position, into: &sink)
        samples += Int64(count)
        activityBytes += Int64(bytes.count)
    }

    mutating func readLight(
        _ bytes: Span<UInt8>, _ body: inout GT3XBody, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        for index in bytes.indices {
            lightBytes += 1
            guard let low = lightCarried else {
                lightCarried = bytes[index]
                continue
            }
            lightCarried = nil
            seconds += 1
            let reading = UInt16(low) | UInt16(bytes[index]) << 8
            try body.takeLight(
                reading, second: seconds - 1,
                ReadPosition(byte: lightBytes - 2, record: seconds), into: &sink)
        }
    }

    mutating func endLight(_ body: inout GT3XBody) {
        if lightCarried != nil {
            body.count(.truncated, ReadPosition(byte: lightBytes), "part of a reading of light")
        }
        lightCarried = nil
    }
}
