// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Takes the data records of a file, one at a time.
struct EDFBody: Sendable {
    let header: EDFHeader
    private(set) var output: SampleOutput
    private var lanes: [EDFLane]
    private let annotationRanges: [Range<Int>]
    private var annotations = EDFAnnotations()
    private let base: Timestamp
    private let limits: ReadLimits
    private let tolerance: Int64
    private let samplesPerRecord: Int
    private var scorer = 0
    private var notes = 0
    private var record: Int64 = 0
    private var samples: Int64 = 0
    /// The run of records without a gap at hand.
    private var runStart: Timestamp?
    private var runRecords: Int64 = 0

    init(header: EDFHeader, start: EDFStart, output: SampleOutput, limits: ReadLimits) {
        let layout = EDFLayout(header, limits: limits)
        var output = output
        base = start.instant(&output)
        scorer = output.device(SourceDevice(vendor: header.vendor, model: "EDF scoring"))
        notes = output.device(SourceDevice(vendor: header.vendor, model: "EDF annotations"))
        self.header = header
        self.output = output
        self.limits = limits
        lanes = layout.lanes
        annotationRanges = layout.annotations
        samplesPerRecord = header.signals.reduce(0) { $0 + ($1.isAnnotations ? 0 : $1.samples) }
        let fastest = Int64(header.signals.map(\.samples).max() ?? 1)
        // Records start where the last one ended if it is so to half a sample, at most a millisecond.
        tolerance = min(1_000_000, max(1000, header.duration / max(1, fastest) / 2))
    }

    private var isBehindTheLast: Bool { header.records.map { record >= $0 } ?? false }

    /// Takes one data record, or what there is of the last.
    mutating func take(
        _ bytes: Span<UInt8>, at byte: Int64, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        annotations.scan(bytes, annotationRanges, end: bytes.count)
        let isExcess = isBehindTheLast
        record &+= 1
        let position = ReadPosition(byte: byte, record: record)
        if isExcess, !takesExcess(bytes.count, position) { return }
        countDamage(byte)
        if header.duration > 0 {
            guard let isNewRun = place(position) else {
                output.count(
                    .invalidValue, at: position, found: "a record's start out of range",
                    expected: "a year from 1678 to 2261", samplesLost: samplesPerRecord)
                return
            }
            if isNewRun { beginRun(position, into: &sink) }
            try takeSamples(bytes, position, into: &sink)
            runRecords += 1
        } else if samplesPerRecord > 0 {
            output.count(
                .unanchoredTime, at: position, found: "samples in records without a duration",
                expected: "a duration, which tells the rate", samplesLost: samplesPerRecord)
        }
        try takeAnnotations(byte, into: &sink)
    }

    /// Bytes behind the last record the header counts are one more record only if they tell their start.
    private mutating func takesExcess(_ count: Int, _ position: ReadPosition) -> Bool {
        if annotations.recordOnset != nil, count == header.recordBytes {
            output.count(
                .misplaced, at: position, found: "data records behind the last the header counts",
                expected: "as many as it counts; they are read", samplesLost: 0)
            return true
        }
        output.count(
            .misplaced, at: position, found: "bytes behind the last data record",
            expected: "the end of the file",
            samplesLost: count == header.recordBytes ? samplesPerRecord : 0)
        return false
    }

    private mutating func countDamage(_ byte: Int64) {
        guard annotations.damaged > 0 else { return }
        output.count(
            .damaged, at: ReadPosition(byte: byte + Int64(annotations.firstDamage), record: record),
            found: "bytes that are no list of annotations", expected: "an onset and texts",
            samplesLost: 0, times: annotations.damaged)
    }

    // MARK: Time

    /// Finds the record's start: true if a run begins with it, `nil` if it lies outside of all time.
    private mutating func place(_ position: ReadPosition) -> Bool? {
        let next = runStart.map { start in
            let (span, overflow) = runRecords.multipliedReportingOverflow(by: header.duration)
            return overflow ? Timestamp.distantFuture : start.advanced(byNanoseconds: span)
        }
        let told = annotations.recordOnset.map { base.advanced(byNanoseconds: $0) }
        guard let next else { return begin(told ?? base, position) }
        guard next < Self.latest else { return nil }
        guard header.continuity != .plain else { return false }
        guard let told else {
            output.count(
                .invalidValue, at: position, found: "a record that does not tell its start",
                expected: "its start; it is taken to follow the one before", samplesLost: 0)
            return false
        }
        let shift = told.nanoseconds(since: next)
        if shift.magnitude <= UInt64(tolerance) { return false }
        guard header.continuity == .discontinuous else {
            output.count(
                .misplaced, at: position, found: "a gap in a file that says it has none",
                expected: "EDF+D; the records are taken to follow each other", samplesLost: 0)
            return false
        }
        if shift < 0 {
            output.count(
                .timeBackwards, at: position,
                found: "a record that starts before the last one ended",
                expected: "records in order of time", samplesLost: 0)
        }
        return begin(told, position)
    }

    /// What lies behind would not fit into the range of instants with a record added.
    private static let latest = Timestamp(nanoseconds: .max / 8 * 7)
    private static let earliest = Timestamp(nanoseconds: .min / 8 * 7)

    private mutating func begin(_ start: Timestamp, _ position: ReadPosition) -> Bool? {
        guard start > Self.earliest, start < Self.latest else { return nil }
        runStart = start
        runRecords = 0
        return true
    }

    private mutating func beginRun(
        _ position: ReadPosition, into sink: inout some SampleSink & ~Copyable
    ) {
        flushLanes(position, into: &sink)
        for index in lanes.indices { lanes[index].begin(at: runStart ?? base) }
    }

    private mutating func flushLanes(
        _ position: ReadPosition, into sink: inout some SampleSink & ~Copyable
    ) {
        for index in lanes.indices {
            lanes[index].flush(position: position, &output, into: &sink)
        }
    }

    // MARK: Samples

    private mutating func takeSamples(
        _ bytes: Span<UInt8>, _ position: ReadPosition, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        samples += Int64(samplesPerRecord)
        guard samples <= limits.samples else {
            throw ReadError(
                .limitExceeded, at: position, found: "a further sample",
                expected: "at most \(limits.samples) samples")
        }
        let isWhole = bytes.count == header.recordBytes
        for index in lanes.indices {
            let wanted = isWhole ? lanes[index].samples : lanes[index].whole(in: bytes.count)
            lanes[index].take(bytes, wanted, position: position, &output, into: &sink)
        }
    }

    private mutating func takeAnnotations(
        _ byte: Int64, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        for found in annotations.found {
            let position = ReadPosition(byte: byte + Int64(found.byte), record: record)
            let time = base.advanced(byNanoseconds: found.onset)
            switch found.kind {
            case .stage(let stage):
                try output.add(
                    Float(stage.rawValue), .sleepStage, .derived, device: scorer, at: time,
                    duration: found.duration, position: position, into: &sink)
            case .event(let kind):
                try output.add(
                    kind.value, .event, device: notes, at: time, duration: found.duration,
                    position: position, into: &sink)
            }
        }
    }

    // MARK: End

    /// The file has ended with `rest`, less than a record.
    mutating func finish(
        rest: Span<UInt8>, at byte: Int64, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        if !rest.isEmpty { try takeRest(rest, at: byte, into: &sink) }
        let end = byte + Int64(rest.count)
        if let records = header.records, record < records {
            output.count(
                .truncated, at: ReadPosition(byte: end),
                found: "fewer data records than the header counts",
                expected: "as many as it counts", samplesLost: 0)
        }
        flushLanes(ReadPosition(byte: byte, record: record), into: &sink)
        output.finish(into: &sink)
    }

    private mutating func takeRest(
        _ rest: Span<UInt8>, at byte: Int64, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        let isExcess = isBehindTheLast
        try take(rest, at: byte, into: &sink)
        guard !isExcess, header.duration > 0 else { return }
        // Signals of one sample a record have one column; an accelerometer's sample is one of three.
        let delivered = lanes.reduce(0) { $0 + $1.whole(in: rest.count) }
        let all = lanes.reduce(0) { $0 + $1.samples }
        output.count(
            .truncated, at: ReadPosition(byte: byte + Int64(rest.count), record: record),
            found: "the end of the file inside a data record", expected: "a whole data record",
            samplesLost: all - delivered)
    }
}
