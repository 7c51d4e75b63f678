// SPDX-License-Identifier: Apache-2.0
public import HearthFormats

/// Reads a live input until it ends or a signal comes, and keeps the session's time.
public final class LiveLoop {
    public enum Source: Sendable, Hashable {
        case standardInput
        /// A file that grows.
        case file(String)
    }

    public enum Ending: Sendable {
        case inputEnded, interrupted
    }

    /// A signal that came, by what it asks for.
    public enum Request: Sendable {
        case stop, status
    }

    /// Bytes read at once: four times what a pipe holds.
    private static let bufferBytes = 1 << 18
    /// Milliseconds between two looks at a file that does not grow.
    private static let pause: Int32 = 20
    private static let longestWait: Int32 = 60_000

    private let session: LiveSession
    private let source: Source
    private let format: LiveFormat?
    private let signals: Int32
    private let meaning: (UInt8) -> Request
    private let onNote: (String) -> Void
    private let onStatus: (LiveCounters) -> Void
    private var buffer = [UInt8](repeating: 0, count: LiveLoop.bufferBytes)
    private var due: ContinuousClock.Instant
    private var wantsStop = false

    /// - Parameters:
    ///   - signals: descriptor from which each signal is read as a byte.
    ///   - meaning: what the signal of a number asks for.
    public init(
        _ session: LiveSession, source: Source, format: LiveFormat?, signals: Int32,
        meaning: @escaping (UInt8) -> Request, onNote: @escaping (String) -> Void,
        onStatus: @escaping (LiveCounters) -> Void
    ) {
        self.session = session
        self.source = source
        self.format = format
        self.signals = signals
        self.meaning = meaning
        self.onNote = onNote
        self.onStatus = onStatus
        due = .now + .seconds(session.options.commitSeconds)
    }

    /// Runs to the end of the input or until a signal asks to stop.
    ///
    /// At the end of standard input every operator says what it holds back; at a signal it is saved.
    /// - Throws: ``LiveError``, `VaultError`.
    public func run() throws -> Ending {
        switch source {
        case .standardInput: try readStandardInput()
        case .file(let path): try follow(path)
        }
    }

    private func readStandardInput() throws -> Ending {
        var input = LiveInput(format: format, zone: session.options.zone)
        var sink = LiveSink(session: session)
        while true {
            let ready = Descriptor.wait([0, signals], milliseconds: untilDue)
            if ready[1] { try heed() }
            if wantsStop {
                try session.end()
                return .interrupted
            }
            guard ready[0] else {
                try settle()
                continue
            }
            let count = Descriptor.read(0, into: &buffer)
            guard count >= 0 else { throw LiveError(.noInput, "standard input cannot be read") }
            if count == 0 { break }
            try take(count, &input, &sink)
            try settle()
        }
        try input.finish(into: &sink)
        // An input without a byte says nothing, not even that it ended.
        if input.hasBytes { try session.finish() } else { try session.end() }
        return .inputEnded
    }

    private func follow(_ path: String) throws -> Ending {
        let file = try FollowedFile(path: path)
        var input = LiveInput(format: format, zone: session.options.zone)
        var sink = LiveSink(session: session)
        try comeBack(to: session.position.input, file, &input)
        while true {
            switch file.read(into: &buffer) {
            case .bytes(let count):
                try take(count, &input, &sink)
                session.note(input: file.position)
                try settle()
                if Descriptor.wait([signals], milliseconds: 0)[0] { try heed() }
            case .nothing:
                try settle()
                if Descriptor.wait([signals], milliseconds: min(Self.pause, untilDue))[0] {
                    try heed()
                }
            case .truncated:
                onNote("the file became shorter; it is read from its start")
                try begin(file, &input, &sink)
            case .replaced:
                try begin(file, &input, &sink)
            }
            if wantsStop {
                try session.end()
                return .interrupted
            }
        }
    }

    /// Brings the reader to where it was when the session was saved: what lies before is read again,
    /// and nothing of it is taken.
    private func comeBack(
        to saved: LivePosition.Input?, _ file: FollowedFile, _ input: inout LiveInput
    ) throws {
        guard let saved else { return }
        guard saved.path == file.path, saved.identity == file.identity, saved.offset <= file.size
        else {
            onNote("the file is another than before, or shorter; it is read from its start")
            return
        }
        var silent = SilentSink()
        var left = saved.offset
        while left > 0 {
            var piece = [UInt8](repeating: 0, count: Int(min(left, Int64(Self.bufferBytes))))
            guard case .bytes(let count) = file.read(into: &piece) else {
                throw LiveError(.noInput, "\(file.path) cannot be read")
            }
            try input.read(piece.span.extracting(first: count), into: &silent)
            left -= Int64(count)
        }
    }

    /// Takes a last line of the old file and begins with the new one.
    private func begin(
        _ file: FollowedFile, _ input: inout LiveInput, _ sink: inout LiveSink
    ) throws {
        let old = file.identity
        guard file.begin() else {
            // The name is free for a moment.
            _ = Descriptor.wait([signals], milliseconds: Self.pause)
            return
        }
        if old != file.identity {
            onNote("another file has the name; the old one was read to its end")
        }
        try input.finish(into: &sink)
        input = LiveInput(format: format, zone: session.options.zone)
        session.note(input: file.position)
    }

    /// Reads what is at the front of the buffer.
    private func take(
        _ count: Int, _ input: inout LiveInput, _ sink: inout LiveSink
    ) throws {
        let bytes = buffer
        try input.read(bytes.span.extracting(first: count), into: &sink)
    }

    private func settle() throws {
        let isDue = ContinuousClock.now >= due
        try session.settle(isDue: isDue)
        if isDue { due = .now + .seconds(session.options.commitSeconds) }
    }

    private var untilDue: Int32 {
        let left = due - .now
        let milliseconds =
            left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000
        return Int32(max(0, min(Int64(Self.longestWait), milliseconds + 1)))
    }

    private func heed() throws {
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = Descriptor.read(signals, into: &bytes)
        for index in 0..<max(0, count) {
            switch meaning(bytes[index]) {
            case .stop: wantsStop = true
            case .status: onStatus(session.status())
            }
        }
    }
}
