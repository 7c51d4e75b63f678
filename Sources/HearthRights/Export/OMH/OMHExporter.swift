// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthVault

/// Samples as Open mHealth and IEEE 1752.1 data points: one file for each quantity and month.
///
/// Quantities without a schema, and samples that their schema cannot hold, are counted as left out.
struct OMHExporter {
    static let folder = "observed/omh"

    private let reader: MonthlyReader
    private let point: OMHDataPoint
    private let person: String

    init(_ reader: MonthlyReader, zone: ZoneTimeline, made: Timestamp) {
        self.reader = reader
        person = FHIRExporter.patientID(reader.query.person)
        point = OMHDataPoint(zone: zone, made: made, user: person)
    }

    func export(to files: ExportFiles) throws {
        for quantity in reader.quantities where quantity != .zoneOffset {
            guard let schema = OMHSchema.of(quantity) else {
                files.leaveOut(
                    .omh, quantity, reader.streams(of: quantity).reduce(0) { $0 + $1.samples },
                    "neither Open mHealth nor IEEE 1752.1 has a schema for it; it is in CSV and NDJSON"
                )
                continue
            }
            if quantity == .sleepStage {
                try exportSleep(to: files)
            } else {
                try export(quantity, schema, to: files)
            }
        }
    }

    private func export(_ quantity: Quantity, _ schema: OMHSchema, to files: ExportFiles) throws {
        var writer = OMHFileWriter(files)
        var withoutLength = 0
        var untrusted = 0
        try reader.forEachMonth(of: quantity) { month, part in
            writer.start("\(Self.folder)/\(quantity.name)-\(month)", quantity: quantity)
            try reader.vault.read(part) { stream, block in
                let source = Self.source(block.device)
                for index in 0..<block.count {
                    if block.quality(at: index) & SampleQuality.untrusted != 0 {
                        untrusted += 1
                        continue
                    }
                    let duration = block.duration(at: index)
                    if duration == 0, OMHSchema.needsInterval(quantity) {
                        withoutLength += 1
                        continue
                    }
                    guard let body = point.body(block, index) else { continue }
                    let end = block.times[index].advanced(byNanoseconds: duration)
                    try writer.add(
                        point.point(
                            schema, id: id(stream, block, index), source: source, at: end,
                            body: body, isAmended: stream.origin.derivation == .amended))
                }
            }
            try writer.close()
        }
        files.leaveOut(
            .omh, quantity, withoutLength, "its schema wants a stretch of time, and none is known")
        files.leaveOut(
            .omh, quantity, untrusted, "the device had no confidence in the value")
    }

    private func id(_ stream: StreamID, _ block: SampleBlock, _ index: Int) -> String {
        let values = block.columns.map { $0[index].description }.joined(separator: " ")
        return ExportText.uuid(
            "hearth/omh/sample \(person) \(stream.device.text) \(stream.quantity.rawValue)"
                + " \(stream.origin.file.rawValue) \(stream.origin.derivation.rawValue)"
                + " \(block.times[index].nanoseconds) \(block.duration(at: index)) \(values)")
    }

    static func source(_ device: SourceDevice) -> String {
        device.label.isEmpty ? "unknown device" : device.label
    }

    /// Vendors' stages as sleeps, each in the file of the month it ended in.
    private func exportSleep(to files: ExportFiles) throws {
        var writer = OMHFileWriter(files)
        var month = ""
        var current: (stream: StreamID, source: String, sleep: OMHSleep)?
        var left = 0
        func write(_ stages: [OMHSleep.Stage]) throws(RightsError) {
            guard let current, let first = stages.first else { return }
            let end = stages.map(\.end).max() ?? first.end
            let name = ExportText.month(end) + "-" + current.stream.device.text
            if name != month {
                try writer.close()
                month = name
                writer.start("\(Self.folder)/sleep-stage-\(name)", quantity: .sleepStage)
            }
            let origin = current.stream.origin
            let body = OMHSleep.body(stages, point)
            let id = ExportText.uuid(
                "hearth/omh/sleep \(person) \(current.stream.device.text) \(origin.file.rawValue)"
                    + " \(origin.derivation.rawValue) \(body)")
            try writer.add(
                point.point(
                    .stageSummary, id: id, source: current.source, at: end, body: body,
                    isAmended: origin.derivation == .amended), rows: stages.count)
        }
        var query = reader.query
        query.quantities = [.sleepStage]
        try reader.vault.read(query) { stream, block in
            if current?.stream != stream {
                if let done = current?.sleep.stages { try write(done) }
                month = ""
                try writer.close()
                current = (stream, Self.source(block.device), OMHSleep())
            }
            for index in 0..<block.count {
                guard
                    let stage = SleepStage(
                        rawValue: UInt8(exactly: block.columns[0][index]) ?? .max),
                    block.duration(at: index) > 0
                else {
                    left += 1
                    continue
                }
                let start = block.times[index]
                let done = current?.sleep.take(
                    OMHSleep.Stage(
                        stage: stage, start: start,
                        end: start.advanced(byNanoseconds: block.duration(at: index))))
                if let done, !done.isEmpty { try write(done) }
            }
        }
        if let done = current?.sleep.stages { try write(done) }
        try writer.close()
        files.leaveOut(
            .omh, .sleepStage, left, "its schema wants a stretch of time, and none is known")
    }
}
