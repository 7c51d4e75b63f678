// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthDSP
import HearthModels
import HearthPipeline

/// `hearth-bench beats RECORD.hea`: beats of the first two leads, each alone and both together, best of
/// five rounds. Reading is not timed.
func benchmarkBeats(_ arguments: [String]) -> Int32 {
    guard let path = arguments.first, arguments.count == 1 else {
        print("usage: hearth-bench beats RECORD.hea")
        return 64
    }
    var order: [SourceDevice] = []
    var leads: [SourceDevice: [Float]] = [:]
    var period: Period?
    var options = IngestOptions()
    options.isolation = .off
    _ = Inspector(options: options).inspect(path) { _, block in
        guard block.quantity == .ecg, case .regular(_, let step, _) = block.times else { return }
        period = step
        if leads[block.device] == nil { order.append(block.device) }
        for index in 0..<block.count {
            leads[block.device, default: []].append(block.columns[0][index])
        }
    }
    let columns = order.compactMap { leads[$0] }
    guard let period, columns.count > 1, columns[0].count == columns[1].count else {
        print("no two leads of ECG")
        return 65
    }
    report("each lead alone") {
        columns.prefix(2).map { lead in
            guard var detector = try? ECGBeats(start: Timestamp(seconds: 0), period: period) else {
                return 0
            }
            return detector.batch(lead).count
        }
    }
    report("both together") {
        guard
            var detector = try? TwoLeadECGBeats(start: Timestamp(seconds: 0), period: period)
        else { return [] }
        var count = 0
        let (first, second) = (columns[0], columns[1])
        detector.push(first.span, second.span) { count += $0.count }
        detector.finish { count += $0.count }
        return [count]
    }
    return 0
}

private func report(_ name: String, _ body: () -> [Int]) {
    var best = Double.infinity
    var beats: [Int] = []
    for _ in 0..<5 {
        let start = clock()
        beats = body()
        best = min(best, Double(clock() - start) / Double(CLOCKS_PER_SEC))
    }
    print("\(name): beats \(beats), \(String(format: "%.4f", best)) s of CPU time")
}
