// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats

/// The bytes of a live input, from its form being recognised to its last line.
///
/// What it holds is decided by the bytes alone, so that a part that was read before is read again to
/// come to the same point.
struct LiveInput: ~Copyable {
    /// The form must be clear from this many bytes.
    private static let prefixBytes = FormatDetector.prefixBytes

    private var reader: LiveReader?
    private var prefix: [UInt8] = []
    private let format: LiveFormat?
    private let zone: ZoneTimeline
    /// Whether any bytes came.
    private(set) var hasBytes = false

    /// - Parameter format: `nil` to recognise it.
    init(format: LiveFormat?, zone: ZoneTimeline) {
        self.format = format
        self.zone = zone
        reader = nil
    }

    mutating func read(
        _ bytes: Span<UInt8>, into sink: inout some SampleSink & ~Copyable
    ) throws {
        if bytes.isEmpty { return }
        hasBytes = true
        if reader == nil {
            for index in bytes.indices { prefix.append(bytes[index]) }
            try begin(isWhole: false, into: &sink)
        } else {
            do { try reader?.read(bytes, into: &sink) } catch { throw Self.unreadable(error) }
        }
    }

    mutating func finish(into sink: inout some SampleSink & ~Copyable) throws {
        guard hasBytes else { return }
        try begin(isWhole: true, into: &sink)
        do { try reader?.finish(into: &sink) } catch { throw Self.unreadable(error) }
    }

    /// Makes the reader as soon as a line tells which.
    private mutating func begin(
        isWhole: Bool, into sink: inout some SampleSink & ~Copyable
    ) throws {
        guard reader == nil else { return }
        let start = prefix.firstIndex { $0 > 0x20 } ?? prefix.endIndex
        let hasLine = prefix[start...].contains(UInt8(ascii: "\n"))
        guard hasLine || isWhole || prefix.count >= Self.prefixBytes else { return }
        // A first line alone tells; what came with it shall not change the answer.
        let end = prefix[start...].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 }
        let line = Array(prefix[..<(end ?? prefix.endIndex)])
        guard let found = format ?? LiveFormat.detect(line.span) else {
            if start == prefix.endIndex { return }
            throw LiveError(
                .unreadable,
                "the first line is in no form that is read live: found no Hearth NDJSON, no header of "
                    + "Hearth CSV and no heart rate packet")
        }
        reader = LiveReader(found, zone: zone)
        let held = prefix
        prefix = []
        do { try reader?.read(held.span, into: &sink) } catch { throw Self.unreadable(error) }
    }

    private static func unreadable(_ error: ReadError) -> LiveError {
        LiveError(.unreadable, error.description)
    }
}

/// Hands what a reader finds to the session.
struct LiveSink: SampleSink {
    let session: LiveSession

    mutating func accept(_ block: SampleBlock) { session.accept(block) }
    mutating func report(_ issue: ReadIssue) { session.report(issue) }
}

/// Takes nothing: what it is given was taken in an earlier run.
struct SilentSink: SampleSink {
    mutating func accept(_ block: SampleBlock) {}
    mutating func report(_ issue: ReadIssue) {}
}
