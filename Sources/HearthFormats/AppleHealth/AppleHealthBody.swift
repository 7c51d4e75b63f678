// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Makes samples of the elements of an export.
///
/// Elements are followed as a stack that mends itself: a record never stands in a record, so a lost
/// end costs no more than itself.
struct AppleHealthBody: XMLTagHandler, ~Copyable {
    /// An element that is open.
    struct Open {
        var element: AppleHealthElement
        /// Of its name, to match the end of an unknown element.
        var hash: UInt64
    }

    let limits: ReadLimits
    var streams: AppleHealthStreams
    var notes: AppleHealthNotes
    var lanes = AppleHealthLanes()
    var shapes = AppleHealthShapes()
    var clock = AppleHealthClock()
    var beats = AppleHealthBeats()
    var workout: AppleHealthWorkout?
    private var stack: [Open] = []
    private var rootSeen = false
    /// The tag in which the recording ends, and the samples it would have given.
    private var cut: (offset: Int64, samplesLost: Int)?
    /// The element below the root that is being read, counted from 1.
    private var ordinal: Int64 = 0
    /// The offset told by the last beat list.
    var lastZoneOffset: Int64?

    init(limits: ReadLimits) {
        self.limits = limits
        self.streams = AppleHealthStreams(limits: limits)
        self.notes = AppleHealthNotes(limits: limits)
    }

    // MARK: Tags

    mutating func take(
        _ tag: XMLTag, _ attributes: borrowing XMLAttributes, in segment: Span<UInt8>
    ) throws(ReadError) {
        let hasText = noteText(from: tag.textStart, segment, at: tag.offset)
        try takeTag(tag, attributes, in: segment)
        if hasText { try endDamagedCorrelation(at: tag.offset) }
    }

    /// A record directly below the root whose tag is written like one before it.
    @inline(__always)
    mutating func takeKnown(_ segment: Span<UInt8>, at offset: Int64) throws(ReadError) -> Bool {
        guard stack.count == 1, let (match, meaning) = shapes.match(segment, limits: limits) else {
            return false
        }
        ordinal += 1
        let isOpen = match.form == .open
        try takeRecord(
            meaning, match.fields, segment, position(offset), hasChildren: isOpen)
        if isOpen { try push(Open(element: .record, hash: 0), at: offset) }
        _ = noteText(from: match.textStart, segment, at: offset)
        return true
    }

    private mutating func takeTag(
        _ tag: XMLTag, _ attributes: borrowing XMLAttributes, in segment: Span<UInt8>
    ) throws(ReadError) {
        let element = AppleHealthElement.named(segment, tag.name)
        if tag.fault == .truncated {
            cut = (tag.offset, tag.form == .close ? 0 : samples(in: element))
            return
        }
        let hash = element == .unknown ? Self.hash(segment, tag.name) : 0
        if tag.form == .close {
            if tag.fault != .none { noteFault(tag, samplesLost: 0) }
            return try close(element, hash, at: tag.offset)
        }
        guard try open(element, at: tag.offset) else { return }
        if element.isRootChild, !isInCorrelation { ordinal += 1 }
        if tag.fault != .none {
            noteFault(tag, samplesLost: samples(in: element))
        } else {
            try take(element, tag, attributes, segment)
        }
        if tag.form == .open {
            try push(Open(element: element, hash: hash), at: tag.offset)
        } else if element == .workout {
            try endWorkout(at: tag.offset)
        } else if element == .healthData {
            stack.removeAll()
        }
    }

    mutating func openMissingRoot(at offset: Int64) {
        notes.note(.missingRoot, at: position(offset))
        rootSeen = true
        stack.append(Open(element: .healthData, hash: 0))
    }

    mutating func takeStray(_ what: XMLStray, at offset: Int64) throws(ReadError) {
        notes.note(what == .declaration ? .declaration : .overlongText, at: position(offset))
        try endDamagedCorrelation(at: offset)
    }

    private mutating func take(
        _ element: AppleHealthElement, _ tag: XMLTag, _ attributes: borrowing XMLAttributes,
        _ segment: Span<UInt8>
    ) throws(ReadError) {
        let position = position(tag.offset)
        switch element {
        case .record:
            if isInCorrelation {
                notes.note(.correlatedRecord, at: position)
            } else {
                try takeRecord(attributes, segment, position, hasChildren: tag.form == .open)
            }
        case .beat: try takeBeat(attributes, segment, position)
        case .metadataEntry: takeMetadata(attributes, segment, position)
        case .workout: try beginWorkout(attributes, segment, position)
        case .workoutStatistics:
            if stack.last?.element == .workout {
                takeStatistics(attributes, segment, position)
            }
        case .exportDate: try takeExportDate(attributes, segment, position)
        case .me: notes.note(.personalData, at: position)
        case .activitySummary: notes.note(.activitySummary, at: position)
        case .clinicalRecord: notes.note(.clinicalRecord, at: position)
        case .audiogram: notes.note(.audiogram, at: position)
        case .visionPrescription: notes.note(.visionPrescription, at: position)
        case .unknown: notes.note(.unknownElement, at: position)
        case .healthData, .correlation, .variabilityList, .detail: return
        }
    }

    // MARK: The stack

    /// Makes the stack fit an element that starts; false if it stands behind the root's end.
    private mutating func open(
        _ element: AppleHealthElement, at offset: Int64
    ) throws(ReadError) -> Bool {
        if stack.isEmpty {
            guard !rootSeen else {
                notes.note(.misplaced, at: position(offset))
                return false
            }
            rootSeen = true
        }
        guard element.isRootChild, stack.count > 1 else { return true }
        let kept = element == .record && stack[1].element == .correlation ? 2 : 1
        while stack.count > kept {
            notes.note(.unclosed, at: position(offset))
            try pop(at: offset)
        }
        return true
    }

    private mutating func push(_ open: Open, at offset: Int64) throws(ReadError) {
        guard stack.count < limits.depth else {
            throw ReadError(
                .limitExceeded, at: position(offset),
                found: "elements nested deeper than \(limits.depth)",
                expected: "at most the limit depth")
        }
        stack.append(open)
    }

    private mutating func close(
        _ element: AppleHealthElement, _ hash: UInt64, at offset: Int64
    ) throws(ReadError) {
        func matches(_ open: Open) -> Bool { open.element == element && open.hash == hash }
        if let top = stack.last, matches(top) { return try pop(at: offset) }
        guard let index = stack.lastIndex(where: matches) else {
            // Either its start was damaged or the name in this end: then it ends the innermost.
            notes.note(.strayEnd, at: position(offset))
            if stack.count > 1 { try pop(at: offset) }
            return
        }
        while stack.count > index + 1 {
            notes.note(.unclosed, at: position(offset))
            try pop(at: offset)
        }
        try pop(at: offset)
    }

    /// Damage directly inside a correlation may have been its end: to miss it would hide all records
    /// that follow, while to assume it wrongly costs a repetition that the store drops.
    private mutating func endDamagedCorrelation(at offset: Int64) throws(ReadError) {
        if stack.last?.element == .correlation { try pop(at: offset) }
    }

    private mutating func pop(at offset: Int64) throws(ReadError) {
        guard let open = stack.popLast() else { return }
        if open.element == .record { beats.end() }
        if open.element == .workout { try endWorkout(at: offset) }
    }

    private var isInCorrelation: Bool { stack.count > 1 && stack[1].element == .correlation }

    // MARK: Ends and faults

    /// The recording is over; without the root's end it was cut off.
    mutating func endDocument(at offset: Int64) {
        guard !stack.isEmpty || cut != nil else { return }
        let lost = (cut?.samplesLost ?? 0) + (workout == nil ? 0 : 1)
        workout = nil
        notes.note(.truncated, at: position(cut?.offset ?? offset), samplesLost: lost)
    }

    /// Hands on what is gathered and reports what was counted.
    mutating func end(into sink: inout some SampleSink & ~Copyable) {
        streams.flush(into: &sink)
        notes.flush(into: &sink)
    }

    /// How many samples an element of this name would have given here.
    private func samples(in element: AppleHealthElement) -> Int {
        switch element {
        case .record, .workout: isInCorrelation ? 0 : 1
        case .beat: beats.isActive ? 1 : 0
        default: 0
        }
    }

    private mutating func noteFault(_ tag: XMLTag, samplesLost: Int) {
        let note: AppleHealthNote =
            switch tag.fault {
            case .tooManyAttributes: .tooManyAttributes
            case .fieldTooLong: .fieldTooLong
            case .recordTooLong: .recordTooLong
            default: .unterminated
            }
        notes.note(note, at: position(tag.offset), samplesLost: samplesLost)
    }

    /// Control characters count as white space: apps have put U+000B between elements.
    @inline(__always)
    private mutating func noteText(
        from start: Int, _ segment: Span<UInt8>, at offset: Int64
    ) -> Bool {
        var index = start
        while index < segment.count {
            if segment[index] > 0x20 {
                notes.note(.text, at: position(offset + Int64(index)))
                return true
            }
            index += 1
        }
        return false
    }

    func position(_ offset: Int64) -> ReadPosition { ReadPosition(byte: offset, record: ordinal) }

    /// FNV-1a.
    private static func hash(_ bytes: Span<UInt8>, _ range: Range<Int>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for index in range { hash = (hash ^ UInt64(bytes[index])) &* 0x0000_0100_0000_01B3 }
        return hash
    }
}
