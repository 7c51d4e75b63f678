// SPDX-License-Identifier: Apache-2.0

/// The header of a WFDB record or segment: what a `.hea` file says, without its comments.
///
/// Comments hold age, sex, diagnoses and medication; they are not kept.
public struct WFDBHeader: Sendable {
    /// A line of a signal.
    struct Signal: Sendable {
        var file: String
        /// The number of the storage format; `nil` if the line could not be read.
        var format: Int?
        var samplesPerFrame = 1
        /// Frames of this signal that lie before sample 0.
        var skew: Int64 = 0
        /// Bytes of the file ahead of the first sample.
        var prologue: Int64 = 0
        /// Steps of the converter for one physical unit; 200 if the header tells none.
        var gain = 200.0
        /// The converter's value at physical zero.
        var baseline: Int64 = 0
        var units = "mV"
        /// Where the differences of format 8 begin.
        var initial: Int32 = 0
        /// Sum of all samples modulo 65,536.
        var checksum: UInt16?
        var description = ""
    }

    struct Segment: Sendable {
        /// `~` for a stretch without signals.
        var name: String
        /// Frames.
        var length: Int64
    }

    /// What is wrong with a header, to be reported by the reader; texts describe structure only.
    struct Problem: Sendable {
        var code: ReadIssueCode
        var offset: Int
        var found: String
        var expected: String
    }

    private(set) var name = ""
    private(set) var signals: [Signal] = []
    private(set) var segments: [Segment] = []
    private(set) var isMultiSegment = false
    /// Frames a second.
    private(set) var frequency = 250.0
    private(set) var period = WFDBClock.period(hertz: "250", 250)
    /// Frames; `nil` if the header does not tell.
    private(set) var length: Int64?
    /// `HH:MM:SS.fff`, shorter forms, or empty.
    private(set) var time = ""
    /// `DD/MM/YYYY`, or empty.
    private(set) var date = ""
    private(set) var problems: [Problem] = []

    /// Longer headers are refused: the largest real ones, of thousands of segments, stay below.
    static let maximumBytes = 256 << 10
    /// Signals of one header. Clinical recordings stay below 300.
    static let maximumSignals = 1024

    /// - Returns: `nil` if the first line that is no comment is not that of a record.
    init?(_ bytes: [UInt8]) {
        var lines = WFDBLines(bytes)
        guard let first = lines.next(), let record = WFDBRecordLine(first) else { return nil }
        name = record.name
        length = record.length
        time = record.time
        date = record.date
        isMultiSegment = record.segments != nil
        if let frequency = record.frequency {
            self.frequency = frequency
            period = WFDBClock.period(hertz: record.frequencyText, frequency)
        }
        if let count = record.segments {
            readSegments(count, &lines)
        } else {
            readSignals(record.signals, &lines)
        }
    }

    /// The names of the files a record's header asks for, each once and in the header's order.
    ///
    /// The caller puts the parts together so: the header itself, the headers of the segments, the
    /// signal files of the header or of each segment, each file once, then annotation files.
    ///
    /// - Parameter headerBytes: a whole `.hea` file.
    /// - Returns: signal files, and record names of segments (their headers are `NAME.hea`). Only
    ///   plain names are returned: none with a separator, none that begins with a dot. Both are empty
    ///   if the bytes are no header.
    public static func partNames(
        in headerBytes: [UInt8]
    ) -> (signals: [String], segments: [String]) {
        guard headerBytes.count <= maximumBytes, let header = WFDBHeader(headerBytes) else {
            return ([], [])
        }
        var seen: Set<String> = []
        func plain(_ names: [String]) -> [String] {
            names.filter { isPlain($0) && seen.insert($0).inserted }
        }
        return (
            plain(header.signals.filter { $0.format != 0 }.map(\.file)),
            plain(header.segments.map(\.name))
        )
    }

    /// A file name and nothing else: letters, digits, `.`, `_`, `-`, and no dot in front.
    private static func isPlain(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 255 && name.utf8.first != UInt8(ascii: ".")
            && name != "-" && name.utf8.allSatisfy(WFDBRecordLine.isNameByte)
    }

    private mutating func readSegments(_ count: Int64, _ lines: inout WFDBLines) {
        while segments.count < count, let line = lines.next() {
            let fields = line.split(whereSeparator: WFDBLines.isBlank)
            guard fields.count == 2, let length = Int64(fields[1]), length >= 0 else {
                problem(
                    .damaged, lines.offset, "a segment's line in another form",
                    "a segment's name and length")
                continue
            }
            segments.append(Segment(name: String(fields[0]), length: length))
        }
        if segments.count < count {
            problem(.truncated, lines.offset, "fewer segments than announced", "a line a segment")
        } else if lines.next() != nil {
            problem(.ignored, lines.offset, "more lines than announced", "a line a segment")
        }
    }

    private mutating func readSignals(_ count: Int64, _ lines: inout WFDBLines) {
        while signals.count < count, let line = lines.next() {
            guard signals.count < Self.maximumSignals else {
                problem(
                    .limitExceeded, lines.offset, "more signals",
                    "at most \(Self.maximumSignals) signals")
                return
            }
            guard var signal = WFDBSignalLine.read(line) else {
                problem(
                    .damaged, lines.offset, "a signal's line in another form",
                    "a file name and a format")
                let file = line.split(whereSeparator: WFDBLines.isBlank).first ?? ""
                signals.append(Signal(file: String(file), format: nil))
                continue
            }
            if signal.units.isEmpty { signal.units = "mV" }
            signals.append(signal)
        }
        if signals.count < count {
            problem(.truncated, lines.offset, "fewer signals than announced", "a line a signal")
        } else if lines.next() != nil {
            problem(.ignored, lines.offset, "more lines than announced", "a line a signal")
        }
    }

    private mutating func problem(
        _ code: ReadIssueCode, _ offset: Int, _ found: String, _ expected: String
    ) {
        guard problems.count < 64 else { return }
        problems.append(Problem(code: code, offset: offset, found: found, expected: expected))
    }
}

/// The lines of a header that are neither blank nor comments.
struct WFDBLines {
    private let bytes: [UInt8]
    private var index = 0
    /// Where the line handed out last begins.
    private(set) var offset = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    static func isBlank(_ character: Character) -> Bool { character == " " || character == "\t" }

    mutating func next() -> Substring? {
        while index < bytes.count {
            offset = index
            let end = bytes[index...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.endIndex
            var line = bytes[index..<end]
            index = min(bytes.count, end + 1)
            while let last = line.last, last == 0x0D || last == 0x20 || last == 0x09 {
                line.removeLast()
            }
            while let first = line.first, first == 0x20 || first == 0x09 { line.removeFirst() }
            if let first = line.first, first != UInt8(ascii: "#") {
                return Substring(decoding: line, as: UTF8.self)
            }
        }
        offset = bytes.count
        return nil
    }
}
