// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Reads the parts of an ActiGraph `.gt3x` archive as a ``PartStream``: acceleration in g, light in lux, heart
/// rate, wear, and as events the stretches in which the recorder slept.
///
/// Order of the parts: `info.txt`, then `log.bin` or, of older recorders, `activity.bin` and `lux.bin`. A
/// sleeping recorder has no samples and none are made up. Offsets of issues count the bytes of a part.
/// Facts, choices and limits: `docs/formats/gt3x.md`.
public struct GT3XReader: RecordingReader, ~Copyable {
    private enum Part { case info, log, activity, light, other }

    private var splitter = PartSplitter()
    private var part = Part.other
    private var info: [UInt8] = []
    private var hasInfo = false
    private var isInfoTooLong = false
    private var body: GT3XBody
    private var log = GT3XLog()
    private var continuous: GT3XContinuous
    private let limits: ReadLimits

    public init(_ context: ReadContext = ReadContext()) {
        body = GT3XBody(context)
        continuous = GT3XContinuous(context.limits)
        limits = context.limits
    }

    /// Whether a stream of parts begins with an `info.txt` of a recorder.
    public static func recognises(_ prefix: Span<UInt8>) -> Bool {
        let magic = PartStream.magic
        let head = magic.count + 2
        guard prefix.count > head, magic.indices.allSatisfy({ prefix[$0] == magic[$0] }) else {
            return false
        }
        let length = Int(prefix[head - 2]) | Int(prefix[head - 1]) << 8
        let end = head + length
        guard length > 0, end < prefix.count else { return false }
        let name = (head..<end).map { prefix[$0] }
        guard lastComponent(name) == Array("info.txt".utf8) else { return false }
        return (end..<prefix.count).contains { index in
            let rest = index..<min(prefix.count, index + 14)
            return prefix[index] == UInt8(ascii: "S")
                && XMLByteSearch.equal(prefix, rest, "Serial Number:")
        }
    }

    /// The entries of an archive that this reader takes, in the order it takes them.
    ///
    /// - Parameter names: the archive's entries, with or without folders.
    /// - Returns: `nil` if the archive is not a recorder's.
    public static func parts(of names: [String]) -> [String]? {
        func entry(_ wanted: String, beside other: String? = nil) -> String? {
            let folder = other.map { $0.utf8.dropLast(lastComponent($0.utf8).count) }
            return names.first { name in
                let last = lastComponent(name.utf8)
                return last == Array(wanted.utf8)
                    && (folder.map { $0.elementsEqual(name.utf8.dropLast(last.count)) } ?? true)
            }
        }
        for info in names where lastComponent(info.utf8) == Array("info.txt".utf8) {
            if let log = entry("log.bin", beside: info) { return [info, log] }
            if let activity = entry("activity.bin", beside: info) {
                return [info, activity] + [entry("lux.bin", beside: info)].compactMap { $0 }
            }
        }
        return nil
    }

    public mutating func read(
        _ bytes: Span<UInt8>, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        guard splitter.consumed <= limits.recordingBytes - Int64(bytes.count) else {
            throw ReadError(
                .limitExceeded,
                at: ReadPosition(byte: min(limits.recordingBytes, splitter.consumed)),
                found: "a longer recording", expected: "at most \(limits.recordingBytes) bytes")
        }
        var index = 0
        while let event = try splitter.next(bytes, &index) {
            switch event {
            case .began: begin()
            case .bytes(let range):
                try take(bytes.extracting(range), into: &sink)
            case .ended: try end(into: &sink)
            }
        }
    }

    public mutating func finish(into sink: inout some SampleSink & ~Copyable) throws(ReadError) {
        if !splitter.isBetweenParts || splitter.consumed == 0 {
            body.count(
                .truncated, ReadPosition(byte: splitter.consumed), "an end within a part")
            try end(into: &sink)
        }
        if !hasInfo {
            body.count(.misplaced, ReadPosition(byte: splitter.consumed), "no info.txt")
        }
        try body.finish(into: &sink)
    }

    // MARK: Parts

    /// Lower case, behind the last slash.
    private static func lastComponent(_ name: some BidirectionalCollection<UInt8>) -> [UInt8] {
        let last = name.lastIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }
        return name[(last.map { name.index(after: $0) } ?? name.startIndex)...]
            .map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
    }

    private mutating func begin() {
        switch String(decoding: Self.lastComponent(splitter.name), as: UTF8.self) {
        case "info.txt": part = .info
        case "log.bin": part = .log
        case "activity.bin": part = .activity
        case "lux.bin": part = .light
        default: part = .other
        }
        if part == .info ? hasInfo : !hasInfo {
            body.count(.misplaced, ReadPosition(byte: 0), "a part out of its order")
            part = .other
        } else if part == .other {
            body.count(.ignored, ReadPosition(byte: 0), "a part that is not read")
        }
    }

    private mutating func take(
        _ bytes: Span<UInt8>, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        switch part {
        case .info:
            let room = limits.fieldBytes - info.count
            if bytes.count > room, !isInfoTooLong {
                isInfoTooLong = true
                body.count(
                    .limitExceeded, ReadPosition(byte: Int64(limits.fieldBytes)),
                    "an info.txt longer than \(limits.fieldBytes) bytes")
            }
            XMLByteSearch.append(bytes, 0..<max(0, min(room, bytes.count)), to: &info)
        case .log: try log.read(bytes, isLast: false, &body, into: &sink)
        case .activity: try continuous.readActivity(bytes, &body, into: &sink)
        case .light: try continuous.readLight(bytes, &body, into: &sink)
        case .other: break
        }
    }

    private mutating func end(into sink: inout some SampleSink & ~Copyable) throws(ReadError) {
        switch part {
        case .info: endInfo()
        case .log:
            try log.read([UInt8]().span, isLast: true, &body, into: &sink)
            log = GT3XLog()
        case .activity: try continuous.endActivity(&body, into: &sink)
        case .light: continuous.endLight(&body)
        case .other: break
        }
        part = .other
    }

    private mutating func endInfo() {
        guard !hasInfo else { return }
        hasInfo = true
        body.begin(GT3XInfo(info))
        info = []
    }
}
