// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Reads recordings of the GENEActiv (`.bin`, a text of pages): acceleration in g, the recorder's temperature
/// in degrees Celsius, the mean light of each page in lux, and presses of its button.
///
/// The number of pages in the header is not believed. The older GENEA, whose files look alike at
/// the door, is refused. Facts, choices and limits: `docs/formats/geneactiv.md`.
public struct GENEActivReader: RecordingReader, ~Copyable {
    private var body: GENEActivBody
    private var carried: [UInt8] = []
    /// Where the line that is being carried began.
    private var lineStart: Int64 = 0
    private var meter: ByteMeter
    /// The rest of a line that was too long.
    private var isSkipping = false
    private let limits: ReadLimits

    public init(_ context: ReadContext = ReadContext()) {
        body = GENEActivBody(context)
        limits = context.limits
        meter = ByteMeter(limits: context.limits)
    }

    /// Whether a recording begins as those of a GENEActiv do, or of the older GENEA.
    public static func recognises(_ prefix: Span<UInt8>) -> Bool {
        let start =
            prefix.count >= 3 && prefix[0] == 0xEF && prefix[1] == 0xBB && prefix[2] == 0xBF ? 3 : 0
        var end = start
        while end < prefix.count, prefix[end] != 0x0A, prefix[end] != 0x0D { end += 1 }
        let first = start..<end
        if XMLByteSearch.equal(prefix, first, "Device Identity") { return true }
        return first.count >= 7
            && XMLByteSearch.equal(prefix, start..<start + 6, "GENEA/")
    }

    public mutating func read(
        _ bytes: Span<UInt8>, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        let base = meter.total
        _ = try meter.take(bytes.count)
        var index = 0
        while index < bytes.count {
            let end = XMLByteSearch.first(0x0A, in: bytes, from: index)
            if carried.isEmpty, !isSkipping { lineStart = base + Int64(index) }
            if end - index > limits.recordBytes - carried.count { skip() }
            if isSkipping {
                isSkipping = end == bytes.count
            } else if end == bytes.count {
                XMLByteSearch.append(bytes, index..<end, to: &carried)
            } else if carried.isEmpty {
                try body.take(bytes.extracting(index..<end), at: lineStart, into: &sink)
            } else {
                XMLByteSearch.append(bytes, index..<end, to: &carried)
                try takeCarried(into: &sink)
            }
            index = end + 1
        }
    }

    public mutating func finish(into sink: inout some SampleSink & ~Copyable) throws(ReadError) {
        if !carried.isEmpty {
            body.isCutOff = true
            try takeCarried(into: &sink)
        }
        try body.finish(at: meter.total, into: &sink)
    }

    private mutating func takeCarried(
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        var line: [UInt8] = []
        swap(&line, &carried)
        try body.take(line.span, at: lineStart, into: &sink)
        swap(&line, &carried)
        carried.removeAll(keepingCapacity: true)
    }

    private mutating func skip() {
        guard !isSkipping else { return }
        body.countLongLine(at: lineStart)
        carried.removeAll()
        isSkipping = true
    }
}
