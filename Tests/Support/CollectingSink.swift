// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
public import HearthFormats

/// One sample with everything that identifies it, independent of how blocks were cut.
public struct FlatSample: Hashable, Sendable, Comparable, CustomStringConvertible {
    public var time: Int64
    public var duration: Int64
    public var values: [Float]
    public var quality: UInt8

    public init(time: Int64, duration: Int64 = 0, values: [Float], quality: UInt8 = 0) {
        self.time = time
        self.duration = duration
        self.values = values
        self.quality = quality
    }

    public static func < (a: FlatSample, b: FlatSample) -> Bool {
        if a.time != b.time { return a.time < b.time }
        if a.duration != b.duration { return a.duration < b.duration }
        return a.values.lexicographicallyPrecedes(b.values)
    }

    public var description: String { "@\(time)+\(duration) \(values)" }
}

/// A stream as a reader names it.
public struct FlatStream: Hashable, Sendable {
    public var device: SourceDevice
    public var quantity: Quantity
    public var origin: Origin

    public init(device: SourceDevice, quantity: Quantity, origin: Origin) {
        self.device = device
        self.quantity = quantity
        self.origin = origin
    }
}

/// Keeps everything a reader delivers.
public struct CollectingSink: SampleSink {
    public var streams: [FlatStream: [FlatSample]] = [:]
    public var issues: [ReadIssue] = []
    public var error: ReadError?

    public init() {}

    public mutating func accept(_ block: SampleBlock) {
        let key = FlatStream(device: block.device, quantity: block.quantity, origin: block.origin)
        for index in 0..<block.count {
            streams[key, default: []].append(
                FlatSample(
                    time: block.times[index].nanoseconds, duration: block.duration(at: index),
                    values: block.columns.map { $0[index] }, quality: block.quality(at: index)))
        }
    }

    public mutating func report(_ issue: ReadIssue) { issues.append(issue) }

    public var sampleCount: Int { streams.values.reduce(0) { $0 + $1.count } }
    public var samplesLost: Int { issues.reduce(0) { $0 + $1.samplesLost } }

    /// The first issue of a code whose text holds `part`.
    public func issue(_ code: ReadIssueCode, _ part: String = "") -> ReadIssue? {
        issues.first { $0.code == code && (part.isEmpty || $0.found.contains(part)) }
    }

    /// The values of a quantity's first column, in time order.
    public func values(_ quantity: Quantity) -> [Float] {
        samples(of: quantity).map { $0.values[0] }
    }

    /// All samples of a quantity, over all devices, in time order.
    public func samples(of quantity: Quantity) -> [FlatSample] {
        streams.filter { $0.key.quantity == quantity }.flatMap(\.value).sorted()
    }
}

/// Reads a whole recording, cut after each of `cuts` (byte offsets, ascending).
public func readAll<Reader: RecordingReader & ~Copyable>(
    _ bytes: [UInt8], cuts: [Int] = [], with makeReader: () -> Reader
) -> CollectingSink {
    var sink = CollectingSink()
    var reader = makeReader()
    do throws(ReadError) {
        var start = 0
        for end in cuts + [bytes.count] where end > start {
            let piece = Array(bytes[start..<end])
            try reader.read(piece.span, into: &sink)
            start = end
        }
        try reader.finish(into: &sink)
    } catch {
        sink.error = error
    }
    return sink
}
