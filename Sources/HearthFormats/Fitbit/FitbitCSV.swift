// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Reads a Fitbit CSV file: what it holds is told by its header row.
struct FitbitCSV: CSVRows, Sendable {
    var scanner: CSVScanner
    private var table: FitbitTable?
    /// Rows of ``FitbitShape/beats`` held back until their spacing tells what they are.
    private var beats: [Beat] = []
    private var beatQuantity: Quantity?
    private var isUndecided = false
    let base: Int64
    private let limits: ReadLimits

    struct Beat: Sendable {
        var time: TextTime
        var value: Float
        var device: Int
        var position: ReadPosition
    }

    init(limits: ReadLimits, base: Int64) {
        self.scanner = CSVScanner(limits: limits)
        self.base = base
        self.limits = limits
    }

    mutating func finish(
        _ output: inout FitbitOutput, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        let nothing: [UInt8] = []
        try read(nothing.span, isLast: true, &output, into: &sink)
        beatQuantity = beatQuantity ?? Self.quantity(ofBeatsAt: beats.map(\.time))
        try settleBeats(&output, into: &sink)
    }

    mutating func take(
        _ outcome: CSVScanner.Outcome, _ row: Span<UInt8>, _ output: inout FitbitOutput,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        guard let table else {
            self.table = try Self.table(outcome, row, scanner.fields, at: position)
            return
        }
        if let fault = outcome.fault(limits) {
            output.count(fault.code, at: position, found: fault.found, expected: fault.expected)
            return
        }
        if scanner.fields.count == 1, scanner.fields[0].isEmpty { return }
        guard scanner.fields.count == table.columns else {
            output.count(
                .damaged, at: position, found: "a row with another number of fields",
                expected: "as many fields as the header row")
            return
        }
        try takeRow(row, table, &output, into: &sink)
    }

    /// The table of a header row.
    static func table(
        _ outcome: CSVScanner.Outcome, _ row: Span<UInt8>, _ fields: [CSVField],
        at position: ReadPosition
    ) throws(ReadError) -> FitbitTable {
        if case .row = outcome {
            let names = fields.map { field in
                var name: [UInt8] = []
                for index in field.start..<field.end { name.append(row[index]) }
                return String(decoding: name, as: UTF8.self)
            }
            if let table = FitbitTable(header: names) { return table }
        }
        throw ReadError(
            .unsupported, at: position, found: "a first row that is no known header",
            expected: "the header row of one of Fitbit's files")
    }

    private mutating func takeRow(
        _ row: Span<UInt8>, _ table: borrowing FitbitTable, _ output: inout FitbitOutput,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        if case .unread(let what) = table.shape {
            output.count(.unsupported, at: position, found: what, expected: "another file")
            return
        }
        guard let time = TextTime(row.extracting(bounds(table.time))) else {
            output.countInvalidTime(position)
            return
        }
        switch table.shape {
        case .timed(let seconds):
            guard let start = output.instant(time, position: position) else { return }
            try takeValues(row, table, start, seconds * 1_000_000_000, &output, into: &sink)
        case .daily:
            guard let day = output.midnight(time, position: position) else { return }
            try takeValues(row, table, day, 0, &output, into: &sink)
        case .night:
            guard let start = output.instant(time, position: position),
                let duration = duration(row, table, from: start, &output)
            else { return }
            try takeValues(row, table, start, duration, &output, into: &sink)
        case .beats: try takeBeat(row, table, time, &output, into: &sink)
        case .stages, .sleeps: try takeStage(row, table, time, &output, into: &sink)
        case .unread: break
        }
    }

    private mutating func takeValues(
        _ row: Span<UInt8>, _ table: borrowing FitbitTable, _ time: Timestamp,
        _ duration: Int64, _ output: inout FitbitOutput,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        let device = device(row, table, &output)
        for readout in table.readouts {
            guard let value = value(row, readout, &output) else { continue }
            try output.add(
                value, readout.quantity, table.derivation, device: device, at: time,
                duration: duration, position: position, into: &sink)
        }
    }

    /// The value of a column, or `nil`: nothing there, a mark for no value, or an issue.
    private func value(
        _ row: Span<UInt8>, _ readout: FitbitTable.Readout, _ output: inout FitbitOutput
    ) -> Float? {
        let bytes = row.extracting(bounds(readout.column))
        if bytes.isEmpty { return nil }
        guard let value = TextNumber.float(bytes) else {
            if Self.isNaN(bytes) {
                output.countSentinel(position)
            } else {
                output.countInvalidValue(position)
            }
            return nil
        }
        switch readout.rule {
        case .plain: return value
        case .oxygen where value == 50, .positive where value <= 0, .milliBreaths where value <= 0:
            output.countSentinel(position)
            return nil
        case .oxygen, .positive: return value
        case .grams: return Float(Double(value) / 1000)
        case .milliBreaths: return value >= 1000 ? Float(Double(value) / 1000) : value
        case .above(let column):
            let baseline = TextNumber.float(row.extracting(bounds(column)))
            return baseline.map { Float(Double(value) - Double($0)) }
        }
    }

    private static func isNaN(_ bytes: Span<UInt8>) -> Bool {
        let word = Array("nan".utf8)
        return bytes.count == 3 && word.indices.allSatisfy { bytes[$0] | 0x20 == word[$0] }
    }

    /// Nanoseconds from `start` to the time in the end column.
    private func duration(
        _ row: Span<UInt8>, _ table: borrowing FitbitTable, from start: Timestamp,
        _ output: inout FitbitOutput
    ) -> Int64? {
        guard let column = table.end, let time = TextTime(row.extracting(bounds(column))),
            let end = output.instant(time, position: position), end >= start
        else {
            output.countInvalidTime(position)
            return nil
        }
        return end.nanoseconds(since: start)
    }

    private func device(
        _ row: Span<UInt8>, _ table: borrowing FitbitTable, _ output: inout FitbitOutput
    ) -> Int {
        guard let column = table.source else { return FitbitOutput.defaultDevice }
        return output.device(row.extracting(bounds(column)))
    }

    @inline(__always)
    private func bounds(_ column: Int) -> Range<Int> {
        scanner.fields[column].start..<scanner.fields[column].end
    }
}

extension FitbitCSV {
    /// Rows held back to see whether heart rates come every few seconds or once a day.
    private static let beatsToTell = 8
    /// Rows held back at most, all with one time.
    private static let mostBeats = 64

    /// Daily values are at least half a day apart; `nil` if no two times differ.
    static func quantity(ofBeatsAt times: [TextTime]) -> Quantity? {
        let gaps = zip(times, times.dropFirst()).map { abs($1.wallSeconds - $0.wallSeconds) }
        let apart = gaps.filter { $0 > 0 }
        if apart.isEmpty { return nil }
        return apart.allSatisfy { $0 >= 43_200 } ? .restingHeartRate : .heartRate
    }

    private mutating func takeBeat(
        _ row: Span<UInt8>, _ table: borrowing FitbitTable, _ time: TextTime,
        _ output: inout FitbitOutput, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        guard let value = value(row, table.readouts[0], &output) else { return }
        let beat = Beat(
            time: time, value: value, device: device(row, table, &output), position: position)
        if beatQuantity != nil || isUndecided {
            try deliver(beat, &output, into: &sink)
            return
        }
        beats.append(beat)
        guard beats.count >= Self.beatsToTell else { return }
        beatQuantity = Self.quantity(ofBeatsAt: beats.map(\.time))
        if beatQuantity != nil || beats.count >= Self.mostBeats {
            try settleBeats(&output, into: &sink)
        }
    }

    private mutating func settleBeats(
        _ output: inout FitbitOutput, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        isUndecided = beatQuantity == nil
        for beat in beats { try deliver(beat, &output, into: &sink) }
        beats = []
    }

    private func deliver(
        _ beat: Beat, _ output: inout FitbitOutput, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        guard let quantity = beatQuantity else {
            output.count(
                .unsupported, at: beat.position,
                found: "heart rates that do not tell whether they are daily",
                expected: "rows of several times")
            return
        }
        let isDaily = quantity == .restingHeartRate
        let time =
            isDaily
            ? output.midnight(beat.time, position: beat.position)
            : output.instant(beat.time, position: beat.position)
        guard let time else { return }
        try output.add(
            beat.value, quantity, isDaily ? .derived : .measured, device: beat.device, at: time,
            position: beat.position, into: &sink)
    }

    /// A sleep stage, or a whole night: both tell the clock's offset at start and end.
    private mutating func takeStage(
        _ row: Span<UInt8>, _ table: borrowing FitbitTable, _ time: TextTime,
        _ output: inout FitbitOutput, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        guard let column = table.end, let endTime = TextTime(row.extracting(bounds(column))),
            // The columns are documented as UTC, so a missing zone means UTC here.
            let start = time.instant(offset: time.offsetSeconds ?? 0),
            let end = endTime.instant(offset: endTime.offsetSeconds ?? 0), end >= start
        else {
            output.countInvalidTime(position)
            return
        }
        try takeOffset(row, table.startOffset, at: start, &output, into: &sink)
        if let kind = table.kind {
            var name: [UInt8] = []
            for index in bounds(kind) { name.append(row[index]) }
            if let stage = FitbitNight.stage(name) {
                try output.add(
                    Float(stage.stage.rawValue), .sleepStage, .derived,
                    device: device(row, table, &output), at: start,
                    duration: end.nanoseconds(since: start), quality: stage.quality,
                    position: position, into: &sink)
            } else {
                output.countUnknownStage(position)
            }
        }
        try takeOffset(row, table.endOffset, at: end, &output, into: &sink)
    }

    private func takeOffset(
        _ row: Span<UInt8>, _ column: Int?, at time: Timestamp, _ output: inout FitbitOutput,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        guard let column else { return }
        let bounds = bounds(column)
        if bounds.isEmpty { return }
        guard let offset = TextTime.offset(row.extracting(bounds)) else {
            output.count(
                .invalidValue, at: position, found: "an offset in another form",
                expected: "an offset such as +02:00", samplesLost: 0)
            return
        }
        try output.addOffset(offset, at: time, position: position, into: &sink)
    }
}
