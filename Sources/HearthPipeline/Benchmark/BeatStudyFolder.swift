// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthIntake
import HearthModels

/// A folder of ECG records with annotated beats: WFDB records with `NAME.hea` and `NAME.atr`, and pairs
/// of `NAME.csv` (a value a line) and `NAME_ann.csv` (the number of a sample a line).
struct BeatStudyFolder {
    struct Skipped: Sendable, Hashable {
        var id: String
        var reason: String
    }

    private(set) var recordings: [BeatRecording] = []
    private(set) var skipped: [Skipped] = []

    private static let bytesAtMost = 64 << 20
    /// Samples of a lead; two days at 360 Hz.
    private static let samplesAtMost = 1 << 26

    /// - Parameter csvRate: samples a second of CSV files, which do not say.
    /// - Throws: if the folder cannot be read or holds no record.
    init(_ path: String, csvRate: Int64) throws(IntakeError) {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
            throw IntakeError(.notReadable, "\(path) is no folder that can be read")
        }
        let all = Set(names)
        for name in names.sorted() {
            if name.hasSuffix(".hea"), all.contains(Self.stem(name) + ".atr") {
                addRecord(path, Self.stem(name))
            } else if name.hasSuffix(".csv"), all.contains(Self.stem(name) + "_ann.csv") {
                addTable(path, Self.stem(name), csvRate)
            }
        }
        guard !recordings.isEmpty || !skipped.isEmpty else {
            throw IntakeError(
                .holdsNoRecording,
                "\(path) holds no NAME.hea with NAME.atr and no NAME.csv with NAME_ann.csv")
        }
    }

    private static func stem(_ name: String) -> String { String(name.dropLast(4)) }

    // MARK: WFDB

    private mutating func addRecord(_ path: String, _ id: String) {
        let gathered = GatheredRecord()
        let verdicts = Inspector().inspect(path + "/" + id + ".hea") { _, block in
            gathered.take(block)
        }
        if let recording = gathered.recording(id) {
            recordings.append(recording)
        } else {
            let reason = verdicts.compactMap(\.reason).first ?? gathered.lack
            skipped.append(Skipped(id: id, reason: reason))
        }
    }

    // MARK: CSV

    private mutating func addTable(_ path: String, _ id: String, _ rate: Int64) {
        guard let values = Self.numbers(path + "/" + id + ".csv"),
            let beats = Self.numbers(path + "/" + id + "_ann.csv")
        else {
            return skipped.append(Skipped(id: id, reason: "not one number a line"))
        }
        recordings.append(
            BeatRecording(
                id: id, period: Period(hertz: rate), leads: [values.map { Float($0) }],
                truth: beats.map { $0 / Double(rate) }.sorted()))
    }

    private static func numbers(_ path: String) -> [Double]? {
        guard let handle = FileHandle(forReadingAtPath: path),
            let data = try? handle.read(upToCount: bytesAtMost + 1), data.count <= bytesAtMost
        else { return nil }
        var numbers: [Double] = []
        for line in data.split(whereSeparator: { $0 == 10 || $0 == 13 }) {
            guard let number = Double(String(decoding: line, as: UTF8.self)), number.isFinite else {
                return nil
            }
            numbers.append(number)
        }
        return numbers.isEmpty ? nil : numbers
    }

    /// The leads and the annotations of one record, as its blocks come.
    private final class GatheredRecord {
        private var start: Timestamp?
        private var period: Period?
        private var order: [SourceDevice] = []
        private var leads: [SourceDevice: [Float]] = [:]
        private var events: [(Timestamp, Int)] = []
        private var isTooLong = false

        func take(_ block: SampleBlock) {
            switch block.quantity {
            case .ecg: takeSignal(block)
            case .event:
                for index in 0..<block.count {
                    events.append((block.times[index], Int(block.columns[0][index]) - 256))
                }
            default: break
            }
        }

        private func takeSignal(_ block: SampleBlock) {
            guard case .regular(let first, let step, _) = block.times else { return }
            let origin = start ?? first
            let kept = period ?? step
            guard kept == step else { return }
            start = origin
            period = kept
            if leads[block.device] == nil { order.append(block.device) }
            var values = leads[block.device] ?? []
            let seconds = first.seconds(since: origin)
            let rate = 1e9 * Double(kept.denominator) / Double(kept.numerator)
            let place = Int((max(0, seconds) * rate).rounded())
            guard place + block.count <= BeatStudyFolder.samplesAtMost else {
                isTooLong = true
                return
            }
            // What is missing is held by the detectors.
            if place > values.count {
                values.append(contentsOf: repeatElement(.nan, count: place - values.count))
            }
            for index in 0..<block.count { values.append(block.columns[0][index]) }
            leads[block.device] = values
        }

        var lack: String {
            if isTooLong { return "longer than \(BeatStudyFolder.samplesAtMost) samples" }
            return order.isEmpty ? "no ECG that can be read" : "no annotated beats"
        }

        func recording(_ id: String) -> BeatRecording? {
            guard let start, let period, !isTooLong else { return nil }
            let isBeat: (Int) -> Bool = {
                (1...13).contains($0) || [25, 30, 34, 35, 38, 41].contains($0)
            }
            let sorted = events.sorted { $0.0 < $1.0 }
            let beats = sorted.filter { isBeat($0.1) }
            guard !beats.isEmpty else { return nil }
            let length = leads.values.map(\.count).max() ?? 0
            let columns = order.compactMap { leads[$0] }.map { values in
                values + Array(repeating: Float.nan, count: length - values.count)
            }
            return BeatRecording(
                id: id, period: period, leads: columns,
                truth: beats.map { $0.0.seconds(since: start) },
                excluded: flutter(sorted, from: start),
                pacedBeats: beats.count { $0.1 == 12 || $0.1 == 38 })
        }

        /// From the start of flutter or fibrillation (32) to its end (33).
        private func flutter(
            _ events: [(Timestamp, Int)], from start: Timestamp
        ) -> [ClosedRange<Double>] {
            var spans: [ClosedRange<Double>] = []
            var opened: Double?
            for (time, code) in events {
                let second = time.seconds(since: start)
                if code == 32 { opened = opened ?? second }
                if code == 33, let begun = opened {
                    spans.append(begun...second)
                    opened = nil
                }
            }
            if let begun = opened, let last = events.last?.0 {
                spans.append(begun...max(begun, last.seconds(since: start)))
            }
            return spans
        }
    }
}
