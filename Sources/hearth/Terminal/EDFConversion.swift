// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthFormats
import HearthPipeline
import HearthRights

/// Writes a recording as EDF in two passes: the first sees what there is, the second writes it.
struct EDFConversion {
    private let file: String
    private let output: String?
    private let options: IngestOptions

    init(file: String, output: String?, _ options: IngestOptions) {
        self.file = file
        self.output = output
        self.options = options
    }

    func run() throws -> [FileVerdict] {
        var zones: [ZoneSpan] = []
        var planner = EDFPlanner(zone: options.zone ?? ZoneTimeline(), allowsBDF: true)
        let verdicts = Inspector(options: options).inspect(file) { _, block in
            zones.append(contentsOf: block.zoneSpans)
            if block.quantity != .zoneOffset { planner.add(block) }
        }
        guard verdicts.contains(where: { $0.samples > 0 }) else { return verdicts }
        let plan = planner.plan()
        for refused in plan.refused {
            Messages.note(
                "left out \(refused.stream.quantity.name): \(refused.reason.sentence)")
        }
        guard !plan.files.isEmpty else {
            throw RightsError(.cannotWrite, "nothing in \(file) can be written as EDF")
        }
        guard plan.files.count == 1 || output != nil else {
            throw RightsError(
                .cannotWrite,
                "\(plan.files.count) EDF files are needed, as streams cover different stretches of "
                    + "time; name them with --output")
        }
        for (number, planned) in plan.files.enumerated() { try write(planned, number, plan) }
        return verdicts
    }

    private func write(_ planned: EDFFilePlan, _ number: Int, _ plan: EDFPlan) throws {
        let path = output.map { Self.path($0, number, of: plan.files.count, planned.isBDF) }
        let sink = try StreamedOutput(path: path)
        var writer = EDFWriter(planned)
        var bytes: [UInt8] = []
        var failure: EDFWriter.Failure?
        writer.appendHeader(to: &bytes)
        sink.write(bytes)
        _ = Inspector(options: options).inspect(file) { _, block in
            guard failure == nil else { return }
            bytes.removeAll(keepingCapacity: true)
            do throws(EDFWriter.Failure) { try writer.append(block, to: &bytes) } catch {
                failure = error
            }
            sink.write(bytes)
        }
        bytes.removeAll(keepingCapacity: true)
        if failure == nil {
            do throws(EDFWriter.Failure) { try writer.finish(to: &bytes) } catch {
                failure = error
            }
        }
        sink.write(bytes)
        try sink.finish(keep: failure == nil)
        if failure != nil {
            throw RightsError(.cannotWrite, "the recording changed while it was converted")
        }
        if planned.samplesLeftOut > 0 {
            Messages.note(
                "\(planned.samplesLeftOut) samples at the ends do not fill a data record of "
                    + "\(path ?? "the file") and are left out")
        }
        if let path { Messages.note("wrote \(path)") }
    }

    /// `night.edf`, or `night-1.edf` and so on; `.bdf` where integers of 24 bits are needed.
    private static func path(_ path: String, _ number: Int, of count: Int, _ isBDF: Bool) -> String
    {
        guard count > 1 || isBDF else { return path }
        let url = URL(filePath: path)
        let ending = isBDF ? "bdf" : (url.pathExtension.isEmpty ? "edf" : url.pathExtension)
        let stem = url.deletingPathExtension().relativePath
        return count > 1 ? "\(stem)-\(number + 1).\(ending)" : "\(stem).\(ending)"
    }
}
