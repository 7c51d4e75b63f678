// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// One stream as its blocks name it.
public struct EDFStream: Hashable, Sendable {
    public var device: SourceDevice
    public var quantity: Quantity
    public var origin: Origin

    public init(_ block: SampleBlock) {
        device = block.device
        quantity = block.quantity
        origin = block.origin
    }
}

/// Why a stream cannot become a signal of an EDF file.
public enum EDFRefusal: String, Sendable, CaseIterable {
    /// Samples at times of their own, such as RR intervals: EDF has only rates.
    case irregularTimes
    /// No data record of a length that eight characters can tell holds whole samples.
    case rateNotRepresentable
    /// More stretches without a gap than are kept in mind.
    case tooManyGaps
    /// Eight characters cannot tell the range of the values.
    case rangeNotRepresentable
    /// No stretch is as long as one data record.
    case tooShort
    /// The quantity is no signal, stage or event.
    case notASignal
    /// More annotations than fit.
    case tooManyAnnotations

    /// A sentence for the person who asked for the file.
    public var sentence: String {
        switch self {
        case .irregularTimes: "its samples have times of their own, and EDF has only fixed rates"
        case .rateNotRepresentable: "its rate cannot be written in an EDF header"
        case .tooManyGaps: "it has too many gaps"
        case .rangeNotRepresentable: "its range of values cannot be written in an EDF header"
        case .tooShort: "it is shorter than one data record"
        case .notASignal: "it is neither a signal nor a stage nor an event"
        case .tooManyAnnotations: "it has too many annotations"
        }
    }
}

/// What will be written: one file for each group of streams that cover the same stretches of time,
/// because a data record must hold samples of every signal and none are made up.
public struct EDFPlan: Sendable {
    public struct Refused: Sendable, Equatable {
        public var stream: EDFStream
        public var reason: EDFRefusal
    }
    public var files: [EDFFilePlan] = []
    public var refused: [Refused] = []
}

/// One file.
public struct EDFFilePlan: Sendable {
    /// A stretch without gaps.
    struct Segment: Sendable, Equatable {
        var start: Timestamp
        var records: Int64
    }

    /// One column of one stream.
    public struct Signal: Sendable {
        public let stream: EDFStream
        public let label: String
        public let unit: String
        public let mapping: EDFMapping
        let column: Int
        let period: Period
        /// Samples in one data record.
        let samples: Int
    }

    /// A note, mark or stage.
    struct Note: Sendable, Equatable {
        var onset: Timestamp
        var duration: Int64
        var text: String
    }

    public internal(set) var signals: [Signal] = []
    /// Samples at the ends of stretches that do not fill a data record and are left out.
    public internal(set) var samplesLeftOut: Int64 = 0
    /// Nanoseconds of one data record; 0 where there are only annotations.
    public internal(set) var recordDuration: Int64 = 0
    /// True if samples have 24 bits.
    public let isBDF: Bool
    var segments: [Segment] = []
    var notes: [Note] = []
    /// Bytes of annotations in one data record.
    var noteBytes = 0
    /// The whole second that the header tells, and the offset of the wall clock there.
    var base = Timestamp(nanoseconds: 0)
    var offsetSeconds: Int32 = 0

    var width: Int { isBDF ? 3 : 2 }
    var records: Int64 { signals.isEmpty ? 1 : segments.reduce(0) { $0 + $1.records } }
    /// True if the file is EDF+D: there are gaps between data records.
    public var isDiscontinuous: Bool { segments.count { $0.records > 0 } > 1 }

    init(isBDF: Bool) { self.isBDF = isBDF }

    /// Bytes the file will have.
    public var bytes: Int64 {
        let record = signals.reduce(0) { $0 + $1.samples } * width + noteBytes
        return Int64(256 * (signals.count + 2)) + records * Int64(record)
    }

    /// Appends the list that tells a record's own start, and notes as long as there is room.
    func appendNotes(
        recordStart: Timestamp, until end: Timestamp?, from next: inout Int, room: Int,
        to output: inout [UInt8]
    ) {
        let first = output.count
        Self.appendOnset(recordStart.nanoseconds(since: base), to: &output)
        output += [0x14, 0x14, 0]
        while next < notes.count, end.map({ notes[next].onset < $0 }) ?? true {
            let before = output.count
            Self.append(notes[next], since: base, to: &output)
            guard output.count - first <= room else {
                output.removeLast(output.count - before)
                break
            }
            next += 1
        }
        output.append(contentsOf: repeatElement(0, count: max(0, room - (output.count - first))))
    }

    private static func append(_ note: Note, since base: Timestamp, to output: inout [UInt8]) {
        appendOnset(note.onset.nanoseconds(since: base), to: &output)
        if note.duration > 0 {
            output.append(0x15)
            output.append(contentsOf: EDFNumber.secondsText(note.duration).utf8)
        }
        output.append(0x14)
        output.append(contentsOf: note.text.utf8)
        output += [0x14, 0]
    }

    private static func appendOnset(_ nanoseconds: Int64, to output: inout [UInt8]) {
        if nanoseconds >= 0 { output.append(UInt8(ascii: "+")) }
        output.append(contentsOf: EDFNumber.secondsText(nanoseconds).utf8)
    }
}
