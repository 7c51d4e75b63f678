// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats
import HearthVault

/// Waveforms and other streams on a grid of time as EDF+, a recording for each UTC day.
///
/// The vault keeps times, not rates: the rate is found in the times, and a sample is written in the
/// slot of the grid that it lies in, to less than half a slot. Three passes over a day: one for the
/// rates, one for the headers, one that writes.
struct EDFExporter {
    static let folder = "waveforms"
    /// A sample farther off the grid than this share of a period begins a new stretch.
    private static let slack = 0.45

    private let reader: MonthlyReader
    private let zone: ZoneTimeline

    init(_ reader: MonthlyReader, zone: ZoneTimeline) {
        self.reader = reader
        self.zone = zone
    }

    private static let noSignal = "it is no signal with a rate; it is in CSV and NDJSON"
    private static let noMark = "EDF has no mark for a value set right; it is in CSV and NDJSON"

    /// Signals, and whatever else comes at least once a second; nothing that was amended.
    private static func mayBeSignal(_ stream: StreamID) -> Bool {
        guard stream.origin.derivation != .amended else { return false }
        return switch stream.quantity {
        case .rrInterval, .sleepStage, .event, .workout, .wear, .steps, .zoneOffset, .distance,
            .activeEnergy, .flightsClimbed, .bodyMass:
            false
        default: true
        }
    }

    func export(to files: ExportFiles) throws {
        var streams: [StreamSummary] = []
        for summary in reader.streams {
            if Self.mayBeSignal(summary.stream) { streams.append(summary) }
        }
        let others = reader.streams.filter { !Self.mayBeSignal($0.stream) }
        for summary in others where summary.stream.quantity != .zoneOffset {
            let isAmended = summary.stream.origin.derivation == .amended
            files.leaveOut(
                .edf, summary.stream.quantity, summary.samples,
                isAmended ? Self.noMark : Self.noSignal)
        }
        try reader.forEachDay(of: streams) { day, part in
            var part = part
            part.quantities = Set(streams.map(\.stream.quantity))
            try export(day, part, to: files)
        }
    }

    private func export(_ day: LocalDate, _ query: SampleQuery, to files: ExportFiles) throws {
        let rates = try rates(query, files)
        guard !rates.isEmpty else { return }
        var planner = EDFPlanner(zone: zone, allowsBDF: true)
        var samples: [Quantity: Int] = [:]
        try forEachStretch(query, rates) { block in
            planner.add(block)
            samples[block.quantity, default: 0] += block.count
        }
        let plan = planner.plan()
        for refused in plan.refused {
            let quantity = refused.stream.quantity
            files.leaveOut(.edf, quantity, samples[quantity] ?? 0, refused.reason.sentence)
        }
        for (number, planned) in plan.files.enumerated() {
            let ending = planned.isBDF ? "bdf" : "edf"
            let name = "\(Self.folder)/\(day)-\(number + 1).\(ending)"
            try write(planned, name, query, rates, files)
            if let quantity = planned.signals.first?.stream.quantity {
                files.leaveOut(
                    .edf, quantity, Int(planned.samplesLeftOut),
                    "at the ends of stretches, where a data record is not full")
            }
        }
    }

    private func write(
        _ planned: EDFFilePlan, _ name: String, _ query: SampleQuery,
        _ rates: [StreamID: Period], _ files: ExportFiles
    ) throws {
        let quantities = Set(planned.signals.map(\.stream.quantity))
        try files.begin(
            name, .edf, quantity: quantities.count == 1 ? quantities.first : nil)
        var writer = EDFWriter(planned)
        let streams = Set(planned.signals.map(\.stream))
        var bytes: [UInt8] = []
        writer.appendHeader(to: &bytes)
        try files.write(bytes)
        try forEachStretch(query, rates) { block in
            guard streams.contains(EDFStream(block)) else { return }
            bytes.removeAll(keepingCapacity: true)
            do { try writer.append(block, to: &bytes) } catch {
                throw RightsError(.cannotWrite, "\(name): a stream does not fit its own plan")
            }
            try files.write(bytes, rows: block.count)
        }
        bytes.removeAll(keepingCapacity: true)
        do { try writer.finish(to: &bytes) } catch {
            throw RightsError(.cannotWrite, "\(name): a stream does not fit its own plan")
        }
        try files.write(bytes)
        try files.end()
    }

    /// The period of each stream that has one of a second or less: that of its longest run.
    private func rates(
        _ query: SampleQuery, _ files: ExportFiles
    ) throws -> [StreamID: Period] {
        var longest: [StreamID: RegularRun] = [:]
        var totals: [StreamID: Int] = [:]
        try reader.vault.read(query) { stream, block in
            guard Self.mayBeSignal(stream) else { return }
            totals[stream, default: 0] += block.count
            guard block.durations.isEmpty else { return }
            for run in RegularRun.all(block.times, tolerance: 0.2, most: 1e9) {
                if run.range.count > longest[stream]?.range.count ?? 1 { longest[stream] = run }
            }
        }
        var found: [StreamID: Period] = [:]
        for (stream, total) in totals.sorted(by: { $0.key < $1.key }) {
            if let run = longest[stream], run.range.count >= 16, run.low <= 1.001e9 {
                found[stream] = run.period
            } else {
                files.leaveOut(.edf, stream.quantity, total, Self.noSignal)
            }
        }
        return found
    }

    /// Hands out the stretches of the streams with a rate, as blocks on their grid.
    private func forEachStretch(
        _ query: SampleQuery, _ rates: [StreamID: Period], _ body: (SampleBlock) throws -> Void
    ) throws {
        var open: (stream: StreamID, start: Timestamp, count: Int64)?
        try reader.vault.read(query) { stream, block in
            guard let period = rates[stream] else { return }
            let slack = Double(period.numerator) / Double(period.denominator) * Self.slack
            var from = 0
            for index in 0..<block.count {
                let time = block.times[index]
                let isNext =
                    open.map { run in
                        run.stream == stream
                            && abs(
                                Double(
                                    time.nanoseconds(
                                        since: run.start.advanced(
                                            byNanoseconds: period.nanoseconds(times: run.count))))
                            ) <= slack
                    } ?? false
                if !isNext {
                    if index > from { try hand(block, from..<index, period, open, body) }
                    // A sample that comes before its slot is free has no place on the grid.
                    open = (stream, time, 0)
                    from = index
                }
                open?.count += 1
            }
            if block.count > from { try hand(block, from..<block.count, period, open, body) }
        }
    }

    /// `open` counts the samples of the stretch up to the end of `range`.
    private func hand(
        _ block: SampleBlock, _ range: Range<Int>, _ period: Period,
        _ open: (stream: StreamID, start: Timestamp, count: Int64)?,
        _ body: (SampleBlock) throws -> Void
    ) throws {
        guard let open else { return }
        let start = open.start.advanced(
            byNanoseconds: period.nanoseconds(times: open.count - Int64(range.count)))
        try body(
            block.slice(range, times: .regular(start: start, period: period, count: range.count)))
    }
}
