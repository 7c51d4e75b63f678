// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Reads one annotation file in MIT format: events, and the RR intervals of consecutive beats.
///
/// Each entry is a word of 16 bits, a type in the upper six and the distance to the entry before in
/// the lower ten. Types above 58 carry on: a long distance (59), number, subtype and channel of the
/// annotation before (60 to 62), and its text (63).
struct WFDBAnnotations: Sendable {
    private enum State: Sendable {
        case word
        /// Four bytes of a long distance.
        case skip
        /// A text of so many bytes, and whether a byte of padding follows.
        case text(length: Int, left: Int)
        case ended
        /// Nothing further is read: another format.
        case refused
    }

    /// The annotation whose additions are being read.
    private struct Pending: Sendable {
        var code: UInt8
        var sample: Int64
        var subtype: Int8 = 0
        var text: [UInt8] = []
        var position: ReadPosition
    }

    private static let noise: UInt8 = 14
    private static let note: UInt8 = 22
    private static let rhythm: UInt8 = 28
    /// The longest label or note about the file that is looked at.
    private static let textBytes = 64

    private var state = State.word
    private var head: [UInt8] = []
    private var isTold = false
    private var gathered: [UInt8] = []
    private var pending: Pending?
    private var sample: Int64 = 0
    private var lastSample = Int64.min
    private var lastBeat: Int64?
    private var isDefining = false
    private var bytesRead: Int64 = 0
    private let base: Timestamp
    private var period: Period
    private var events: BlockBuilder
    private var intervals: BlockBuilder
    private(set) var delivered: Int64 = 0

    init(of device: SourceDevice, base: Timestamp, period: Period, limits: ReadLimits) {
        self.base = base
        self.period = period
        events = BlockBuilder(
            device: device, quantity: .event, origin: Origin(file: .wfdb), limits: limits)
        intervals = BlockBuilder(
            device: device, quantity: .rrInterval,
            origin: Origin(file: .wfdb, derivation: .derived), limits: limits)
    }

    // MARK: Bytes

    mutating func take(
        _ bytes: Span<UInt8>, part: Int64, _ tally: inout IssueTally,
        into sink: inout some SampleSink & ~Copyable
    ) {
        var index = 0
        if !isTold {
            while head.count < 32, index < bytes.count {
                head.append(bytes[index])
                index += 1
            }
            guard head.count == 32 else { return }
            tellFormat(part, &tally, into: &sink)
        }
        read(bytes, from: index, part, &tally, into: &sink)
    }

    mutating func finish(
        part: Int64, _ tally: inout IssueTally, into sink: inout some SampleSink & ~Copyable
    ) {
        if !isTold { tellFormat(part, &tally, into: &sink) }
        endPending(&tally, into: &sink)
        switch state {
        case .ended, .refused: break
        case .word where gathered.isEmpty:
            tally.count(
                .truncated, at: ReadPosition(byte: bytesRead, record: part),
                found: "annotations without an end mark", expected: "two bytes of zero at the end")
        default:
            tally.count(
                .truncated, at: ReadPosition(byte: bytesRead, record: part),
                found: "the end inside an annotation", expected: "two bytes of zero at the end",
                samplesLost: 1)
        }
        events.flush(into: &sink)
        intervals.flush(into: &sink)
    }

    /// AHA files have entries of 16 bytes that begin with a zero and a letter.
    private mutating func tellFormat(
        _ part: Int64, _ tally: inout IssueTally, into sink: inout some SampleSink & ~Copyable
    ) {
        isTold = true
        let letters = Set("NVFESPQROU[]".utf8)
        let starts = [0, 16].filter { $0 < head.count }
        let isAHA =
            (head.count == 32 || head.count == 16)
            && starts.allSatisfy { head[$0] == 0 && letters.contains(head[$0 + 1]) }
        if isAHA {
            state = .refused
            tally.count(
                .unsupported, at: ReadPosition(byte: 0, record: part),
                found: "an annotation file in AHA format", expected: "one in MIT format")
        }
        let first = head
        head = []
        read(first.span, from: 0, part, &tally, into: &sink)
    }

    private mutating func read(
        _ bytes: Span<UInt8>, from start: Int, _ part: Int64, _ tally: inout IssueTally,
        into sink: inout some SampleSink & ~Copyable
    ) {
        var index = start
        while index < bytes.count {
            switch state {
            case .ended, .refused:
                bytesRead &+= Int64(bytes.count - index)
                return
            case .text(let length, let left):
                takeText(bytes[index], length: length, left: left)
                step(&index)
            case .word:
                gathered.append(bytes[index])
                step(&index)
                guard gathered.count == 2 else { continue }
                let word = UInt16(gathered[0]) | UInt16(gathered[1]) << 8
                gathered.removeAll(keepingCapacity: true)
                takeWord(word, part, &tally, into: &sink)
            case .skip:
                gathered.append(bytes[index])
                step(&index)
                guard gathered.count == 4 else { continue }
                let high = UInt32(gathered[0]) | UInt32(gathered[1]) << 8
                let low = UInt32(gathered[2]) | UInt32(gathered[3]) << 8
                gathered.removeAll(keepingCapacity: true)
                sample &+= Int64(Int32(bitPattern: high << 16 | low))
                state = .word
            }
        }
    }

    private mutating func step(_ index: inout Int) {
        index += 1
        bytesRead &+= 1
    }

    private mutating func takeText(_ byte: UInt8, length: Int, left: Int) {
        // A byte of padding keeps words even; it is counted in `left`, not in `length`.
        let place = (length + length % 2) - left
        if place < length, place < Self.textBytes { pending?.text.append(byte) }
        state = left > 1 ? .text(length: length, left: left - 1) : .word
    }

    private mutating func takeWord(
        _ word: UInt16, _ part: Int64, _ tally: inout IssueTally,
        into sink: inout some SampleSink & ~Copyable
    ) {
        let code = UInt8(word >> 10)
        let low = word & 0x3FF
        let position = ReadPosition(byte: max(0, bytesRead - 2), record: part)
        switch code {
        case 59:
            // A long distance belongs to the annotation that follows.
            endPending(&tally, into: &sink)
            state = .skip
        case 60, 62: break
        case 61: pending?.subtype = Int8(truncatingIfNeeded: low)
        case 63 where low > 0:
            let length = Int(low)
            state = .text(length: length, left: length + length % 2)
        case 63: break
        case 0 where low == 0:
            endPending(&tally, into: &sink)
            state = .ended
        case 50...58:
            endPending(&tally, into: &sink)
            sample &+= Int64(low)
            tally.count(
                .unknownElement, at: position, found: "an annotation of an unknown type",
                expected: "a type from 1 to 49", samplesLost: 1)
        default:
            endPending(&tally, into: &sink)
            sample &+= Int64(low)
            pending = Pending(code: code, sample: sample, position: position)
        }
    }

    // MARK: Annotations

    private mutating func endPending(
        _ tally: inout IssueTally, into sink: inout some SampleSink & ~Copyable
    ) {
        guard let done = pending else { return }
        pending = nil
        // Type 0 with a distance only moves on.
        guard done.code > 0, !isAboutFile(done) else { return }
        if done.sample < lastSample {
            tally.count(
                .timeBackwards, at: done.position, found: "an annotation ahead of the one before",
                expected: "annotations in order of time")
            lastBeat = nil
        }
        lastSample = done.sample
        add(.wfdb(done.code), at: done.sample, into: &sink)
        if done.code == Self.rhythm, let rhythm = Self.rhythm(done.text) {
            add(.wfdbRhythm(rhythm), at: done.sample, into: &sink)
        }
        takeBeat(done, into: &sink)
    }

    /// Notes at sample 0 that begin with `## `, or with a type's number, are about the file: its
    /// clock, its own types.
    private mutating func isAboutFile(_ done: Pending) -> Bool {
        guard done.code == Self.note, done.sample == 0 else { return false }
        let text = String(decoding: done.text, as: UTF8.self)
        if text.hasPrefix("## time resolution:") {
            let rate = text.dropFirst(19).drop { $0 == " " }.prefix { $0 != " " && $0 != "\0" }
            if let hertz = WFDBSignalLine.number(rate), hertz > 1e-6, hertz <= 1e9 {
                period = WFDBClock.period(hertz: String(rate), hertz)
            }
            return true
        }
        if text.hasPrefix("## annotation type definitions") { isDefining = true }
        if text.hasPrefix("## end of definitions") {
            isDefining = false
            return true
        }
        let code = text.prefix { $0.isASCII && $0.isNumber }
        let isDefinition = !code.isEmpty && text.dropFirst(code.count).first == " "
        return isDefining || isDefinition || text.hasPrefix("## ")
    }

    /// A label of the fixed list behind `(`; any other text may be somebody's note.
    private static func rhythm(_ text: [UInt8]) -> WFDBRhythm? {
        guard text.first == UInt8(ascii: "("), text.count < textBytes else { return nil }
        let label = text.dropFirst().prefix { $0 > 0x20 && $0 < 0x7F }
        return WFDBRhythm(label: String(decoding: label, as: UTF8.self))
    }

    /// The interval from the beat before, whatever its kind. None spans fibrillation or a stretch that
    /// could not be read.
    private mutating func takeBeat(
        _ done: Pending, into sink: inout some SampleSink & ~Copyable
    ) {
        if (31...33).contains(done.code) || done.code == Self.noise && done.subtype == -1 {
            lastBeat = nil
        }
        guard Self.isBeat(done.code) else { return }
        defer { lastBeat = done.sample }
        guard let lastBeat, done.sample > lastBeat else { return }
        let nanoseconds = period.nanoseconds(times: done.sample - lastBeat)
        let isTaken = intervals.add(
            Float(Double(nanoseconds) / 1e6), at: time(done.sample), into: &sink)
        if isTaken { delivered &+= 1 }
    }

    private static func isBeat(_ code: UInt8) -> Bool {
        (1...13).contains(code) || [25, 30, 34, 35, 38, 41].contains(code)
    }

    private func time(_ sample: Int64) -> Timestamp {
        base.advanced(byNanoseconds: period.nanoseconds(times: sample))
    }

    private mutating func add(
        _ kind: EventKind, at sample: Int64, into sink: inout some SampleSink & ~Copyable
    ) {
        _ = events.add(kind.value, at: time(sample), into: &sink)
        delivered &+= 1
    }
}
