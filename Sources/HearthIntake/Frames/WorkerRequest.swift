// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats

/// What a worker is asked: one bounded message on descriptor 4.
///
/// The descriptors themselves tell nothing of names: these are hints for formats that look alike inside,
/// without folders.
public struct WorkerRequest: Sendable, Hashable {
    static let magic = Array("HEARTHREQ1".utf8)
    /// Bytes at most; fits the pipe it is left in.
    public static let byteLimit = 1 << 19

    public var name: String
    public var companions: [String]
    public var options: IntakeOptions
    /// Reads nothing and only says which layers are in force.
    public var isReportOnly = false

    public init(name: String, companions: [String], options: IntakeOptions) {
        self.name = name
        self.companions = companions
        self.options = options
    }

    public var bytes: [UInt8] {
        var bytes = Self.magic
        bytes.put(isReportOnly ? UInt8(1) : 0)
        bytes.put(String(name.suffix(255)))
        bytes.put(UInt32(companions.count))
        for name in companions { bytes.put(name) }
        bytes.put(options.selection.rawValue)
        let limits = options.limits
        for number in [
            limits.recordingBytes, limits.samples, Int64(limits.fieldBytes),
            Int64(limits.recordBytes), Int64(limits.depth), Int64(limits.attributes),
            Int64(limits.issueKinds), Int64(limits.blockSamples), Int64(limits.streams),
            Int64(limits.signals), Int64(limits.signalRecordSamples),
            Int64(limits.signalRecordBytes),
        ] {
            bytes.put(number)
        }
        let archive = options.archiveLimits
        for number in [
            archive.ratio, archive.entryRatio, archive.ratioGrace, archive.frontBytes,
            Int64(archive.entries), archive.entryBytes, Int64(archive.depth),
            Int64(archive.memoryBytes), Int64(archive.databaseBytes),
        ] {
            bytes.put(number)
        }
        let spans = options.zone.spans
        bytes.put(UInt32(spans.count))
        for span in spans {
            bytes.put(span.start.nanoseconds)
            bytes.put(span.offsetSeconds)
            bytes.put(span.origin.rawValue)
        }
        return bytes
    }

    /// - Throws: if the bytes are no request.
    init(_ bytes: [UInt8]) throws(FrameError) {
        guard bytes.starts(with: Self.magic) else { throw FrameError(found: "no request") }
        var cursor = FrameCursor(bytes, Self.magic.count..<bytes.count)
        isReportOnly = try cursor.number(UInt8.self) == 1
        name = try cursor.text(limit: 2048)
        companions = []
        for _ in 0..<min(try cursor.number(UInt32.self), UInt32(Companions.countLimit)) {
            companions.append(try cursor.text(limit: 2048))
        }
        options = IntakeOptions()
        options.selection = .init(rawValue: try cursor.number(UInt8.self)) ?? .everything
        options.limits = try Self.limits(&cursor)
        options.archiveLimits = try Self.archiveLimits(&cursor)
        var spans: [ZoneSpan] = []
        for _ in 0..<min(try cursor.number(UInt32.self), 1 << 16) {
            let start = Timestamp(nanoseconds: try cursor.number(Int64.self))
            let offset = try cursor.number(Int32.self)
            let origin = ZoneOrigin(rawValue: try cursor.number(UInt8.self)) ?? .unknown
            spans.append(ZoneSpan(start: start, offsetSeconds: offset, origin: origin))
        }
        options.zone = ZoneTimeline(spans)
        try cursor.finish()
    }

    private static func limits(_ cursor: inout FrameCursor) throws(FrameError) -> ReadLimits {
        var limits = ReadLimits()
        limits.recordingBytes = try cursor.number(Int64.self)
        limits.samples = try cursor.number(Int64.self)
        limits.fieldBytes = Int(try cursor.number(Int64.self))
        limits.recordBytes = Int(try cursor.number(Int64.self))
        limits.depth = Int(try cursor.number(Int64.self))
        limits.attributes = Int(try cursor.number(Int64.self))
        limits.issueKinds = Int(try cursor.number(Int64.self))
        limits.blockSamples = Int(try cursor.number(Int64.self))
        limits.streams = Int(try cursor.number(Int64.self))
        limits.signals = Int(try cursor.number(Int64.self))
        limits.signalRecordSamples = Int(try cursor.number(Int64.self))
        limits.signalRecordBytes = Int(try cursor.number(Int64.self))
        return limits
    }

    private static func archiveLimits(
        _ cursor: inout FrameCursor
    ) throws(FrameError) -> ArchiveLimits {
        var limits = ArchiveLimits()
        limits.ratio = try cursor.number(Int64.self)
        limits.entryRatio = try cursor.number(Int64.self)
        limits.ratioGrace = try cursor.number(Int64.self)
        limits.frontBytes = try cursor.number(Int64.self)
        limits.entries = Int(try cursor.number(Int64.self))
        limits.entryBytes = try cursor.number(Int64.self)
        limits.depth = Int(try cursor.number(Int64.self))
        limits.memoryBytes = Int(try cursor.number(Int64.self))
        limits.databaseBytes = Int(try cursor.number(Int64.self))
        return limits
    }
}
