// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthPipeline

// hearth-bench read [--physical] [--worker] FILE: reads an input to its end as the product does,
// keeps nothing, and prints what it saw so that the work can be checked. Without --worker the input is
// parsed in this process; with it in the sandboxed worker.
// hearth-bench beats RECORD.hea: the beats of two leads of ECG.
// hearth-bench inference [--ort LIBRARY] [MODEL ...]: one step of each model, or of each shipped one, beside
// ONNX Runtime.
// hearth-bench sleep night: a night staged at its end, and epoch by epoch.
// hearth-bench sleep raw FILE: a recording of raw acceleration to sleep windows and stages.
// hearth-bench anomaly: one value through the streaming anomaly detector.
// hearth-bench vault FOLDER [ROWS]: rows written, read, verified, backed up and restored.
// hearth-bench hrv FILE: all heart-rate variability of a day of intervals.

/// Counts and sums, so that no sample can be left undecoded.
final class Totals {
    var samples = 0
    var sum = 0.0
    /// Sums of the integers as stored, one an axis or channel.
    var integers: [String: Int] = [:]
    let isPhysical: Bool

    init(isPhysical: Bool) { self.isPhysical = isPhysical }

    func add(_ block: SampleBlock) {
        samples += block.count
        for (index, column) in block.columns.enumerated() {
            let name = "\(block.quantity.name) \(index)"
            switch column {
            case .float32(let values):
                for value in values { sum += Double(value) }
            case .int16(let values, let scale): add(values, scale, name)
            case .int32(let values, let scale): add(values, scale, name)
            }
        }
    }

    private func add<Stored: BinaryInteger>(_ values: [Stored], _ scale: Scale, _ name: String) {
        guard isPhysical else {
            integers[name, default: 0] += values.reduce(0) { $0 &+ Int(truncatingIfNeeded: $1) }
            return
        }
        // Into memory, as whoever wants physical values would have them.
        let physical = values.map { Float($0) * scale.factor + scale.offset }
        sum += Double(physical.reduce(0, +))
    }
}

let arguments = CommandLine.arguments.dropFirst()
if arguments.first == "hrv" { exit(benchmarkHRV(Array(arguments.dropFirst()))) }
if arguments.first == "vault" { exit(benchmarkVault(Array(arguments.dropFirst()))) }
if arguments.first == "beats" { exit(benchmarkBeats(Array(arguments.dropFirst()))) }
if arguments.first == "inference" { exit(benchmarkInference(Array(arguments.dropFirst()))) }
if arguments.first == "sleep" { exit(benchmarkSleep(Array(arguments.dropFirst()))) }
if arguments.first == "anomaly" { exit(AnomalyTiming().run() ? 0 : 1) }
let flags = Set(arguments.filter { $0.hasPrefix("--") })
let words = arguments.filter { !$0.hasPrefix("--") }
guard words.first == "read", words.count == 2, flags.isSubset(of: ["--physical", "--worker"]),
    let path = words.last
else {
    print("usage: hearth-bench read [--physical] [--worker] FILE")
    exit(64)
}
var options = IngestOptions()
options.isolation = flags.contains("--worker") ? .required : .off
let totals = Totals(isPhysical: flags.contains("--physical"))
let verdicts = Inspector(options: options).inspect(path) { _, block in totals.add(block) }
for (name, total) in totals.integers.sorted(by: { $0.key < $1.key }) {
    print("stored sum of \(name): \(total)")
}
print("samples \(totals.samples) sum \(totals.sum)")
for verdict in verdicts where verdict.samples == 0 {
    print("\(verdict.status.rawValue): \(verdict.reason ?? "no samples")")
    exit(1)
}
