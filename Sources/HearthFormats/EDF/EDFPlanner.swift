// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// The first of two passes: sees every block once and keeps only what the files' headers need.
///
/// Blocks of one stream come in order of time. Memory grows with streams, gaps, stages and events, not
/// with samples.
public struct EDFPlanner: Sendable {
    private var summaries: [EDFSummary] = []
    private var indices: [EDFStream: Int] = [:]
    private var notes: [EDFFilePlan.Note] = []
    private var refusedNotes: [EDFStream] = []
    private let zone: ZoneTimeline
    private let limits: ReadLimits
    private let allowsBDF: Bool

    /// Stretches of one stream and notes kept in mind.
    static let mostStretches = 100_000
    static let mostNotes = 1_000_000

    /// - Parameters:
    ///   - zone: the person's wall clock, which the header's start is written in; UTC if empty.
    ///   - allowsBDF: files whose integers need more than 16 bits are written as BDF+ instead of
    ///     rounded.
    public init(
        zone: ZoneTimeline = ZoneTimeline(), allowsBDF: Bool = false,
        limits: ReadLimits = .standard
    ) {
        self.zone = zone
        self.allowsBDF = allowsBDF
        self.limits = limits
    }

    public mutating func add(_ block: SampleBlock) {
        let stream = EDFStream(block)
        switch block.quantity {
        case .sleepStage, .event:
            guard notes.count + block.count <= Self.mostNotes else {
                if !refusedNotes.contains(stream) { refusedNotes.append(stream) }
                return
            }
            notes += EDFNotes.notes(block)
        default:
            let index = indices[stream] ?? summaries.count
            if index == summaries.count {
                indices[stream] = index
                summaries.append(EDFSummary(stream, mostStretches: Self.mostStretches))
            }
            summaries[index].add(block)
        }
    }

    /// The files that all blocks seen so far will fill.
    public func plan() -> EDFPlan {
        var plan = EDFPlan()
        var groups: [EDFGroup] = []
        for summary in summaries {
            if let reason = Self.refusal(summary) {
                plan.refused.append(EDFPlan.Refused(stream: summary.stream, reason: reason))
                continue
            }
            var isTaken = false
            for index in groups.indices where !isTaken { isTaken = groups[index].take(summary) }
            if !isTaken { groups.append(EDFGroup(summary, limits: limits)) }
        }
        for group in groups {
            let file = group.file(allowsBDF: allowsBDF, plan: &plan)
            if let file { plan.files.append(file) }
        }
        plan.refused += refusedNotes.map { .init(stream: $0, reason: .tooManyAnnotations) }
        if !notes.isEmpty {
            if plan.files.isEmpty { plan.files.append(EDFFilePlan(isBDF: false)) }
            plan.files[0].notes = notes.enumerated()
                .sorted { ($0.element.onset, $0.offset) < ($1.element.onset, $1.offset) }
                .map(\.element)
        }
        for index in plan.files.indices { place(&plan.files[index]) }
        return plan
    }

    private static func refusal(_ summary: EDFSummary) -> EDFRefusal? {
        if summary.stream.quantity == .zoneOffset || summary.stream.quantity == .workout {
            return .notASignal
        }
        if let reason = summary.refusal { return reason }
        return summary.period == nil ? .tooShort : nil
    }

    /// Start of the header's clock, and room for annotations.
    private func place(_ file: inout EDFFilePlan) {
        let first = file.segments.first?.start ?? file.notes.first?.onset
        file.base = Timestamp(seconds: (first ?? Timestamp(nanoseconds: 0)).seconds)
        file.offsetSeconds = zone.span(at: file.base).offsetSeconds
        let longest = file.notes.reduce(0) { most, note in
            max(most, note.text.utf8.count + 48)
        }
        var room = Self.rounded(24 + longest)
        let most = file.signals.isEmpty ? limits.signalRecordBytes / 2 : 1 << 20
        while !file.fits(room), room < most { room = min(most, Self.rounded(room * 2)) }
        file.noteBytes = room
    }

    /// A whole number of samples of both widths.
    private static func rounded(_ bytes: Int) -> Int { (bytes + 5) / 6 * 6 }
}

extension EDFFilePlan {
    /// Starts and ends of all data records, in order.
    func record(_ number: Int64, of segment: Segment) -> (start: Timestamp, end: Timestamp) {
        let start = segment.start.advanced(byNanoseconds: recordDuration &* number)
        return (start, start.advanced(byNanoseconds: recordDuration))
    }

    /// Whether all notes find a place with so many bytes in each record.
    fileprivate func fits(_ room: Int) -> Bool {
        var next = 0
        var scratch: [UInt8] = []
        if signals.isEmpty {
            appendNotes(recordStart: base, until: nil, from: &next, room: room, to: &scratch)
            return next == notes.count
        }
        for (index, segment) in segments.enumerated() {
            for number in 0..<segment.records where next < notes.count {
                let (start, end) = record(number, of: segment)
                let isLast = index == segments.count - 1 && number == segment.records - 1
                guard isLast || notes[next].onset < end else { continue }
                scratch.removeAll(keepingCapacity: true)
                appendNotes(
                    recordStart: start, until: isLast ? nil : end, from: &next, room: room,
                    to: &scratch)
            }
        }
        return next == notes.count
    }
}
