// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// The second of two passes: writes one planned file as EDF+C, or EDF+D where there are gaps.
///
/// Blocks come as the planner saw them; streams may alternate as they like, but what is far ahead of
/// the others is kept in memory until they follow, up to ``pendingSamples``. The header holds no
/// personal data, and no text of a person.
/// - Source: `kemp1992`, `kemp2003`.
public struct EDFWriter: Sendable {
    /// Samples kept in memory at most: 128 MiB.
    public static let pendingSamples = 32 << 20

    /// A block that is not the one planned for.
    public enum Failure: Error, Sendable, Equatable {
        /// A block that does not follow the one before it in its stream, or was not planned.
        case unplanned
        /// One stream is too far ahead of the others.
        case tooFarAhead
        /// The blocks ended before the planned records were full.
        case incomplete
    }

    private struct Queue: Sendable {
        var values: [Int32] = []
        var head = 0
        /// Where in the plan the next sample lies.
        var segment = 0
        var index: Int64 = 0
        /// By how much the stream's own start differs from the segment's: less than half a sample.
        var shift: Int64 = 0

        var count: Int { values.count - head }
    }

    private let plan: EDFFilePlan
    private var queues: [Queue]
    private let signalsOf: [EDFStream: [Int]]
    private var segment = 0
    private var record: Int64 = 0
    private var written: Int64 = 0
    private var nextNote = 0
    private var pending = 0

    public init(_ plan: EDFFilePlan) {
        self.plan = plan
        queues = Array(repeating: Queue(), count: plan.signals.count)
        signalsOf = Dictionary(grouping: plan.signals.indices) { plan.signals[$0].stream }
        skipEmptySegments()
    }

    /// Appends the file's header.
    public func appendHeader(to output: inout [UInt8]) {
        EDFHeaderWriter(plan).append(to: &output)
    }

    /// Takes a block and appends the data records that it completes. Blocks of streams that are not in
    /// this file are passed over.
    public mutating func append(
        _ block: SampleBlock, to output: inout [UInt8]
    ) throws(Failure) {
        guard let signals = signalsOf[EDFStream(block)], block.count > 0 else { return }
        for index in signals { try take(block, index) }
        guard pending <= Self.pendingSamples else { throw .tooFarAhead }
        appendRecords(to: &output)
        guard pending <= Self.pendingSamples else { throw .tooFarAhead }
    }

    /// Ends the file.
    public mutating func finish(to output: inout [UInt8]) throws(Failure) {
        if plan.signals.isEmpty {
            plan.appendNotes(
                recordStart: plan.base, until: nil, from: &nextNote, room: plan.noteBytes,
                to: &output)
            return
        }
        guard written == plan.records else { throw .incomplete }
    }

    // MARK: Taking

    private mutating func take(_ block: SampleBlock, _ index: Int) throws(Failure) {
        let signal = plan.signals[index]
        guard case .regular(let start, _, let count) = block.times,
            block.columns.indices.contains(signal.column)
        else { throw .unplanned }
        try advance(index, to: start)
        let queue = queues[index]
        let room = plan.segments[queue.segment].records * Int64(signal.samples) - queue.index
        let wanted = Int(min(Int64(count), max(0, room)))
        queues[index].index += Int64(count)
        push(block.columns[signal.column], wanted, signal.mapping, index)
    }

    /// Moves to the segment a block belongs to; it must follow what was taken before.
    private mutating func advance(_ index: Int, to start: Timestamp) throws(Failure) {
        let signal = plan.signals[index]
        let tolerance = UInt64(max(1, signal.period.nanoseconds(times: 1) / 2))
        while queues[index].segment < plan.segments.count {
            let segment = plan.segments[queues[index].segment]
            let taken = queues[index].index
            let next = segment.start.advanced(
                byNanoseconds: signal.period.nanoseconds(times: taken) &+ queues[index].shift)
            let shift = start.nanoseconds(since: next)
            if shift.magnitude <= tolerance {
                if taken == 0 { queues[index].shift = shift }
                return
            }
            guard taken >= segment.records * Int64(signal.samples) else { throw .unplanned }
            queues[index].segment += 1
            queues[index].index = 0
            queues[index].shift = 0
        }
        throw .unplanned
    }

    private mutating func push(
        _ column: SampleColumn, _ count: Int, _ mapping: EDFMapping, _ index: Int
    ) {
        pending += count
        switch column {
        case .int16(let values, _) where mapping.isExact:
            for place in 0..<count { queues[index].values.append(Int32(values[place])) }
        case .int32(let values, _) where mapping.isExact:
            queues[index].values += values[..<count]
        default:
            for place in 0..<count { queues[index].values.append(mapping.digit(column[place])) }
        }
    }

    // MARK: Writing

    private mutating func appendRecords(to output: inout [UInt8]) {
        while segment < plan.segments.count,
            queues.indices.allSatisfy({ queues[$0].count >= plan.signals[$0].samples })
        {
            for index in queues.indices { appendSamples(index, to: &output) }
            appendNotes(to: &output)
            written += 1
            record += 1
            if record == plan.segments[segment].records {
                segment += 1
                record = 0
                skipEmptySegments()
            }
        }
    }

    private mutating func skipEmptySegments() {
        while segment < plan.segments.count, plan.segments[segment].records == 0 { segment += 1 }
    }

    private mutating func appendSamples(_ index: Int, to output: inout [UInt8]) {
        let count = plan.signals[index].samples
        let head = queues[index].head
        for place in head..<head + count {
            let value = UInt32(bitPattern: queues[index].values[place])
            output.append(UInt8(truncatingIfNeeded: value))
            output.append(UInt8(truncatingIfNeeded: value >> 8))
            if plan.isBDF { output.append(UInt8(truncatingIfNeeded: value >> 16)) }
        }
        pending -= count
        queues[index].head += count
        // Moved to the front once the taken part is the larger one: each sample moves once or less.
        if queues[index].head >= queues[index].count {
            queues[index].values.removeFirst(queues[index].head)
            queues[index].head = 0
        }
    }

    private mutating func appendNotes(to output: inout [UInt8]) {
        let (start, end) = plan.record(record, of: plan.segments[segment])
        let isLast = written == plan.records - 1
        plan.appendNotes(
            recordStart: start, until: isLast ? nil : end, from: &nextNote, room: plan.noteBytes,
            to: &output)
    }
}

/// The header's text fields.
struct EDFHeaderWriter {
    private let plan: EDFFilePlan

    init(_ plan: EDFFilePlan) { self.plan = plan }

    func append(to output: inout [UInt8]) {
        let count = plan.signals.count + 1
        let kind = (plan.isBDF ? "BDF+" : "EDF+") + (plan.isDiscontinuous ? "D" : "C")
        if plan.isBDF {
            output.append(0xFF)
            field("BIOSEMI", 7, to: &output)
        } else {
            field("0", 8, to: &output)
        }
        let local = plan.base.seconds + Int64(plan.offsetSeconds)
        let date = LocalDate(dayNumber: Calendrical.floorDivide(local, 86_400))
        let (year, month, day) = date.components
        field("X X X X", 80, to: &output)
        field(
            "Startdate \(pad(day))-\(Self.months[month - 1])-\(year) X X \(recorder)", 80,
            to: &output)
        let short = (1985...2084).contains(year) ? pad(year % 100) : "yy"
        field("\(pad(day)).\(pad(month)).\(short)", 8, to: &output)
        let seconds = Int(Calendrical.floorModulo(local, 86_400))
        field(
            "\(pad(seconds / 3600)).\(pad(seconds / 60 % 60)).\(pad(seconds % 60))", 8, to: &output)
        field("\(256 * (count + 1))", 8, to: &output)
        field(kind, 44, to: &output)
        field("\(plan.records)", 8, to: &output)
        field(EDFNumber.seconds(plan.recordDuration) ?? "0", 8, to: &output)
        field("\(count)", 4, to: &output)
        appendSignals(to: &output)
    }

    private static let months = [
        "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
    ]

    private func pad(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    /// A recorder this library knows; the stream's own word for its maker may be anything.
    private var recorder: String {
        let vendor = plan.signals.first?.stream.device.vendor ?? ""
        let known = EDFRecorder.vendor(Array(vendor.utf8)[...])
        return known.isEmpty ? "X" : known
    }

    private func appendSignals(to output: inout [UInt8]) {
        let signals = plan.signals
        let full: ClosedRange<Int32> = plan.isBDF ? -8_388_608...8_388_607 : -32_768...32_767
        func column(_ width: Int, _ last: String, _ text: (EDFFilePlan.Signal) -> String) {
            for signal in signals { field(text(signal), width, to: &output) }
            field(last, width, to: &output)
        }
        column(16, plan.isBDF ? "BDF Annotations" : "EDF Annotations") { $0.label }
        column(80, "") { _ in "" }
        column(8, "") { $0.unit }
        column(8, "-1") { $0.mapping.physical[0].text }
        column(8, "1") { $0.mapping.physical[1].text }
        column(8, "\(full.lowerBound)") { "\($0.mapping.digital.lowerBound)" }
        column(8, "\(full.upperBound)") { "\($0.mapping.digital.upperBound)" }
        column(80, "") { _ in "" }
        column(8, "\(plan.noteBytes / plan.width)") { "\($0.samples)" }
        column(32, "") { _ in "" }
    }

    /// Text in printable ASCII, filled up with blanks.
    private func field(_ text: String, _ width: Int, to output: inout [UInt8]) {
        let bytes = text.utf8.map { (0x20..<0x7F).contains($0) ? $0 : UInt8(ascii: "?") }
            .prefix(width)
        output.append(contentsOf: bytes)
        output.append(contentsOf: repeatElement(0x20, count: width - bytes.count))
    }
}
