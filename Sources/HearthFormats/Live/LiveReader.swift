// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// The forms in which samples may arrive live: each a line of text a sample or packet.
public enum LiveFormat: String, Sendable, CaseIterable, Codable {
    case ndjson, csv, packets

    /// The form that the first bytes show; `nil` if they are in none.
    ///
    /// - Parameter prefix: at least the first line that is not empty.
    public static func detect(_ prefix: Span<UInt8>) -> LiveFormat? {
        switch FormatDetector.detect(prefix) {
        case .recording(.hearthNDJSON): .ndjson
        case .recording(.hearthCSV): .csv
        case .recording(.heartRatePackets): .packets
        default: nil
        }
    }
}

/// A reader of live input: hands on what came so far, whenever it is asked.
///
/// Blocks come in the order of arrival; each is a run of samples of one stream. There is no limit on
/// the length of the whole; the limits on lines, fields and streams hold.
public struct LiveReader: ~Copyable {
    private var ndjson: HearthNDJSONReader?
    private var csv: HearthCSVReader?
    private var packets: HeartRatePacketsReader?

    /// - Parameters:
    ///   - zone: the person's wall clock, for logs of packets without a zone.
    public init(_ format: LiveFormat, zone: ZoneTimeline = ZoneTimeline()) {
        var limits = ReadLimits.standard
        limits.recordingBytes = .max
        limits.samples = .max
        ndjson = format == .ndjson ? HearthNDJSONReader(limits: limits, isLive: true) : nil
        csv = format == .csv ? HearthCSVReader(limits: limits, isLive: true) : nil
        let context = ReadContext(limits: limits, zone: zone)
        packets = format == .packets ? HeartRatePacketsReader(context, isLive: true) : nil
    }

    /// Reads the next bytes and hands on everything in them.
    ///
    /// - Throws: only if nothing further can be used.
    public mutating func read(
        _ bytes: Span<UInt8>, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        try ndjson?.read(bytes, into: &sink)
        ndjson?.flush(into: &sink)
        try csv?.read(bytes, into: &sink)
        csv?.flush(into: &sink)
        try packets?.read(bytes, into: &sink)
        packets?.flush(into: &sink)
    }

    /// The input has ended: hands on a last line without a line feed.
    public mutating func finish(into sink: inout some SampleSink & ~Copyable) throws(ReadError) {
        try ndjson?.finish(into: &sink)
        try csv?.finish(into: &sink)
        try packets?.finish(into: &sink)
    }
}

extension Timestamp {
    /// `2026-01-02T03:04:05.25Z`, with as many digits of a fraction as are needed.
    public var utcText: String {
        var bytes: [UInt8] = []
        TextTime.append(self, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
