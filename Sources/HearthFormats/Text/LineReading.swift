// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// What takes the lines of a recording one by one.
protocol LineBody: Sendable {
    mutating func take(
        _ line: Span<UInt8>, at position: ReadPosition,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError)
    /// A line beyond ``ReadLimits/recordBytes``.
    mutating func takeTooLong(
        at position: ReadPosition, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError)
    /// The line taken last had no line break.
    mutating func countCut(_ position: ReadPosition)
    /// - Parameter end: the bytes of the recording.
    mutating func finish(
        at end: Int64, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError)
}

/// Cuts a recording that arrives in any pieces into lines for a ``LineBody``.
struct LineReading<Body: LineBody>: Sendable {
    private var body: Body
    private var lines: LineScanner
    private var meter: ByteMeter

    init(_ body: Body, limits: ReadLimits) {
        self.body = body
        lines = LineScanner(limit: max(1, limits.recordBytes))
        meter = ByteMeter(limits: limits)
    }

    mutating func read(
        _ bytes: Span<UInt8>, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        _ = try meter.take(bytes.count)
        var index = 0
        while let line = lines.next(bytes, &index, isLast: false) {
            try take(line, bytes, into: &sink)
        }
    }

    mutating func finish(into sink: inout some SampleSink & ~Copyable) throws(ReadError) {
        let nothing: [UInt8] = []
        var index = 0
        if let line = lines.next(nothing.span, &index, isLast: true) {
            try take(line, nothing.span, into: &sink)
            body.countCut(lines.position)
        }
        try body.finish(at: meter.total, into: &sink)
    }

    private mutating func take(
        _ line: LineScanner.Line, _ bytes: Span<UInt8>,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        switch line {
        case .input(let range):
            try body.take(bytes.extracting(range), at: lines.position, into: &sink)
        case .held:
            var held: [UInt8] = []
            lines.swapHeld(with: &held)
            try body.take(held.span, at: lines.position, into: &sink)
            lines.swapHeld(with: &held)
        case .tooLong: try body.takeTooLong(at: lines.position, into: &sink)
        }
    }
}
