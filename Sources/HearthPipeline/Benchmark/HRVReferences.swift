// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthDSP
import HearthIntake
import HearthModels

/// pyHRV's two sample series and what it published of them.
enum PyHRVReference {
    private typealias Rules = HRVReferenceRules

    private static let explanations = [
        ("SDSD", "pyHRV takes the deviation of the differences without their sign."),
        (
            "SD1, SD2",
            "pyHRV divides by n, Hearth by n - 1; its SD2 is that of the sums themselves."
        ),
        (
            "VLF, LF, HF by Welch",
            "Same resampling and window. pyHRV's VLF begins at 0 Hz, Hearth's at 0.0033 Hz; of a"
                + " series beyond five minutes pyHRV takes segments of 75 s, Hearth of 300 s."
        ),
        (
            "LF/HF by Lomb–Scargle",
            "pyHRV hands its method 2 pi / f in place of 2 pi f, and times in milliseconds: its"
                + " numbers are of other frequencies. Nothing to agree with."
        ),
        (
            "DFA alpha 1",
            "pyHRV takes the mean over the boxes of their root mean squares; Peng's F(n) is the"
                + " root of the mean over all boxes."
        ),
    ]

    private static let welchKeys = ["VLF, Welch", "LF, Welch", "HF, Welch"]

    static func short(
        _ intervals: [Double], _ published: [String: Any]
    ) -> HRVBenchmarkReport.Reference {
        var numbers: [String: PublishedNumber] = [:]
        let keys = [
            "mean NN": "nni_mean", "SDNN": "sdnn", "RMSSD": "rmssd", "SDSD": "sdsd",
            "pNN50": "pnn50", "pNN20": "pnn20", "triangular index": "tri_index", "SD1": "sd1",
            "SD2": "sd2", "LF/HF, Welch": "fft_ratio", "LF/HF, Lomb–Scargle": "lomb_ratio",
            "DFA alpha 1": "dfa_alpha1", "sample entropy": "sampen",
        ]
        for (name, key) in keys {
            if let value = published[key] as? Double {
                numbers[name] = PublishedNumber(exact: value)
            }
        }
        let powers = published["fft_abs"] as? [Double] ?? []
        for (name, value) in zip(welchKeys, powers) {
            numbers[name] = PublishedNumber(exact: value)
        }
        return reference("pyHRV, short sample series", intervals, numbers, theirSegment: nil)
    }

    static func long(_ intervals: [Double], _ report: String) -> HRVBenchmarkReport.Reference {
        var numbers: [String: PublishedNumber] = [:]
        let names = [
            "Mean NNI": "mean NN", "SDNN": "SDNN", "RMSSD": "RMSSD", "SDSD": "SDSD",
            "pNN50": "pNN50", "pNN20": "pNN20", "Triangular Index": "triangular index",
            "SD1": "SD1", "SD2": "SD2", "Sample Entropy": "sample entropy",
            "DFA alpha 1": "DFA alpha 1",
        ]
        var method = ""
        var isPowers = false
        var powers: [PublishedNumber] = []
        for line in report.split(whereSeparator: \.isNewline) {
            if line.hasPrefix("Frequency Domain") || line.hasPrefix("Nonlinear") {
                method = String(line)
            }
            let parts = line.split(separator: ";", maxSplits: 1)
            guard parts.count == 2 else {
                let isListed = line.hasPrefix("\t-\t") && isPowers && method.contains("Welch")
                if isListed, let one = PublishedNumber(line.dropFirst(3)) { powers.append(one) }
                continue
            }
            let title = parts[0].prefix { $0 != "(" }.trimmingCharacters(in: .whitespaces)
            isPowers = title == "Absolute Powers"
            guard let number = PublishedNumber(parts[1]) else { continue }
            if let name = names[title] { numbers[name] = number }
            if title.hasPrefix("LF/HF") {
                if method.contains("Welch") { numbers["LF/HF, Welch"] = number }
                if method.contains("Lomb") { numbers["LF/HF, Lomb–Scargle"] = number }
            }
        }
        for (name, value) in zip(welchKeys, powers) { numbers[name] = value }
        // Its segments are 300 samples there, not 300 seconds.
        return reference("pyHRV, long sample series", intervals, numbers, theirSegment: 300)
    }

    private static func reference(
        _ name: String, _ intervals: [Double], _ numbers: [String: PublishedNumber],
        theirSegment: Int?
    ) -> HRVBenchmarkReport.Reference {
        let measures = HRVMeasures(normal: intervals)
        var comparisons: [HRVComparison] = []
        func add(_ metric: String, _ ours: Double?, _ way: HRVComparison.Way = .own) {
            guard let one = numbers[metric] else { return }
            comparisons.append(
                HRVComparison(
                    metric, way: way, ours: ours, published: one.value, rounding: one.rounding))
        }
        func add(_ measure: HRVMeasure) { add(measure.facts.label, measures.values[measure]) }
        let own: [HRVMeasure] = [
            .meanNN, .sdnn, .rmssd, .sdsd, .pnn50, .pnn20, .triangularIndex, .sd1, .sd2, .vlfWelch,
            .lfWelch, .hfWelch, .ratioWelch, .ratioLomb, .dfaAlpha1, .sampleEntropy,
        ]
        for one in own { add(one) }
        add("SDSD", Rules.deviationOfMagnitudes(intervals), .theirs)
        if let both = Rules.poincare(intervals) {
            add("SD1", both.sd1, .theirs)
            add("SD2", both.sd2, .theirs)
        }
        let tachogram = Tachogram(intervals: intervals)
        let theirs = theirSegment.map { WelchPeriodogram(segment: $0, padded: 4096) }
        if let spectrum = HRVMeasures.welchSpectrum(tachogram, theirs) {
            let bands = [0..<0.04, HRVMeasures.low, HRVMeasures.high]
            for (metric, band) in zip(welchKeys, bands) {
                add(metric, spectrum.power(in: band), .theirs)
            }
            let high = spectrum.power(in: HRVMeasures.high)
            add(
                "LF/HF, Welch", high > 0 ? spectrum.power(in: HRVMeasures.low) / high : nil, .theirs
            )
        }
        add("DFA alpha 1", Rules.meanFluctuationExponent(intervals, boxes: 4...16), .theirs)
        return HRVBenchmarkReport.Reference(
            name: name,
            account: "\(intervals.count) intervals, taken as normal by both; numbers as published"
                + " with the series.", records: 1, agreements: HRVAgreement.all(comparisons),
            explanations: explanations.map { (metric: $0.0, text: $0.1) })
    }
}

/// The demonstration of the PhysioNet Cardiovascular Signal Toolbox: windows of five minutes every
/// 30 s over two hours of annotated beats.
enum ToolboxReference {
    /// The demonstration counts 125 samples a second, whatever the header of the record says.
    private static let ticksPerSecond = 125.0
    private static let windowSeconds = 300.0

    private static let explanations = [
        (
            "all",
            "The demonstration takes 125 samples a second where the records have 128: all its times"
                + " are 2.4 % long. Here too, so that the formulae can be compared."
        ),
        (
            "Hearth's cleaning",
            "The toolbox leaves out intervals 20 % off the median of the five before, seen from both"
                + " ends, and takes differences across what it left out; Hearth's rule names other"
                + " beats and takes none across."
        ),
        (
            "vlf, lf, hf",
            "The toolbox multiplies by the step of its grid but not by the mean interval: its"
                + " powers are Hearth's divided by that interval in seconds, and not in ms2."
        ),
        ("SampEn", "The toolbox takes r = 0.15 of the deviation, less than r as alike."),
        ("pnn50", "Printed as a share; 50 ms themselves count there."),
    ]

    /// - Parameter skipped: gains the records that cannot be read.
    static func reference(
        _ rows: [[String: String]], in folder: URL, skipped: inout [HRVBenchmarkReport.Skipped]
    ) -> HRVBenchmarkReport.Reference? {
        let byRecord = Dictionary(grouping: rows) { $0["patID"] ?? "" }
        var comparisons: [HRVComparison] = []
        var windows = 0
        for id in byRecord.keys.sorted() where isPlain(id) {
            let url = folder.appending(path: "\(id).ecg")
            do throws(IntakeError) {
                let samples = try HRVReferenceFiles.annotatedSamples(url)
                let own = byRecord[id] ?? []
                windows += own.count
                comparisons += record(samples, own)
            } catch {
                skipped.append(.init(id: id, reason: error.message))
            }
        }
        guard !comparisons.isEmpty else { return nil }
        return HRVBenchmarkReport.Reference(
            name: "PhysioNet Cardiovascular Signal Toolbox, demonstration on the NSR database",
            account: "\(windows) windows of \(byRecord.count) records: the intervals that the"
                + " toolbox keeps, and again those that Hearth's cleaning keeps.",
            records: windows, agreements: HRVAgreement.all(comparisons),
            explanations: explanations.map { (metric: $0.0, text: $0.1) })
    }

    private static func isPlain(_ id: String) -> Bool {
        !id.isEmpty && !id.hasPrefix(".") && !id.contains("/")
    }

    private static func record(
        _ samples: [Int64], _ rows: [[String: String]]
    ) -> [HRVComparison] {
        let end = rows.compactMap { Double($0["t_end"] ?? "") }.max() ?? 0
        var seconds: [Double] = []
        var times: [Double] = []
        var time = 0.0
        for (a, b) in zip(samples, samples.dropFirst()) {
            let interval = Double(b - a) / ticksPerSecond
            time += interval
            // Three years at most, and no time that is no number.
            guard time < end, abs(time) < 1e8 else { break }
            seconds.append(interval)
            times.append(time)
        }
        let kept = HRVReferenceRules.toolboxSelection(seconds: seconds, times: times)
        var cleaner = BeatCleaner()
        let beats = cleaner.batch(
            zip(times, seconds).map { time, interval in
                Timed(Timestamp(nanoseconds: Int64(time * 1e9)), interval * 1000)
            })
        var comparisons: [HRVComparison] = []
        for row in rows {
            guard let start = Double(row["t_start"] ?? ""), abs(start) < 1e8 else { continue }
            let window = start..<start + windowSeconds
            var published: [String: (value: Double, rounding: Double)] = [:]
            for (column, text) in row {
                if let one = PublishedNumber(text) { published[column] = (one.value, one.rounding) }
            }
            let inside = kept.times.indices.filter { window.contains(kept.times[$0]) }
            comparisons += HRVReferenceRules.toolboxWindow(
                seconds: inside.map { kept.seconds[$0] }, times: inside.map { kept.times[$0] },
                published: published)
            let own = beats.filter { window.contains(Double($0.time.nanoseconds) / 1e9) }
            comparisons += HRVReferenceRules.cleanedWindow(own, published: published)
        }
        return comparisons
    }
}

/// Published measurements that carry their intervals, as in the Welltory set: a row each.
enum MeasurementsReference {
    private static let explanations = [
        ("pnn50", "Printed with two digits, cut off or rounded."),
        (
            "vlf, lf, hf",
            "The method is not published. Against Hearth's Welch spectrum of the same 100"
                + " intervals; Hearth itself gives no LF of less than 120 s and no VLF of less than"
                + " 240 s."
        ),
    ]

    static func reference(_ rows: [[String: String]]) -> HRVBenchmarkReport.Reference? {
        var comparisons: [HRVComparison] = []
        var count = 0
        for row in rows {
            let intervals = (row["rr_data"] ?? "").split(separator: ",").compactMap {
                Double($0.trimmingCharacters(in: .whitespaces))
            }
            guard intervals.count >= 20 else { continue }
            count += 1
            let measures = HRVMeasures(normal: intervals)
            let spectrum = HRVMeasures.welchSpectrum(Tachogram(intervals: intervals))
            func add(_ column: String, _ ours: Double?, rounding: Double? = nil) {
                guard let one = PublishedNumber(row[column] ?? "") else { return }
                comparisons.append(
                    HRVComparison(
                        column, ours: ours, published: one.value, rounding: rounding ?? one.rounding
                    ))
            }
            add("meanrr", measures.values[.meanNN])
            add("sdnn", measures.values[.sdnn])
            add("rmssd", measures.values[.rmssd])
            add("pnn50", measures.values[.pnn50], rounding: 0.01)
            add("vlf", spectrum?.power(in: HRVMeasures.veryLow))
            add("lf", spectrum?.power(in: HRVMeasures.low))
            add("hf", spectrum?.power(in: HRVMeasures.high))
        }
        guard count > 0 else { return nil }
        return HRVBenchmarkReport.Reference(
            name: "Published measurements with their intervals (Welltory)",
            account: "\(count) series, the intervals taken as normal by both.", records: count,
            agreements: HRVAgreement.all(comparisons),
            explanations: explanations.map { (metric: $0.0, text: $0.1) })
    }
}
