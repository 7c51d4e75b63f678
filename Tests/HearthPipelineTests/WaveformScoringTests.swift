// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthDSP
import HearthFormats
import HearthModels
import HearthPipeline
import HearthReport
import HearthTestSupport
import HearthVault
import Testing

/// An ECG from a file through the vault into heart-rate variability, rhythm and report.
@Suite struct WaveformScoringTests {
    /// RMSSD of the night from the operators, one after the other.
    private static func byHand(
        _ leads: [(start: Timestamp, period: Period, values: [Float])], sleep: TimeSpan
    ) throws -> Double? {
        var beats: [DetectedBeat] = []
        for lead in leads {
            var detector = try ECGBeats(start: lead.start, period: lead.period)
            beats += detector.batch(lead.values)
        }
        var toIntervals = BeatIntervals(lowestQuality: DayBeats.lowestQuality)
        let intervals = toIntervals.batch(beats).filter { sleep.contains($0.time) }.map {
            Timed($0.time, Double(Float($0.value)))
        }
        var chain = Chain(BeatCleaner(), HRVWindows(origin: sleep.start))
        let clean = chain.batch(intervals).filter(\.isClean).compactMap(\.rmssd).sorted()
        guard clean.count >= 3 else { return nil }
        let half = clean.count / 2
        return clean.count.isMultiple(of: 2) ? (clean[half - 1] + clean[half]) / 2 : clean[half]
    }

    private static func csv(
        _ signal: WaveformSignal, from start: Timestamp, skipping hole: Range<Int>
    )
        -> String
    {
        let kept = signal.values.indices.filter { !hole.contains($0) }
        let block = SampleBlock(
            device: SourceDevice(vendor: "Made up", model: "recorder"), quantity: .ecg,
            origin: Origin(file: .hearthCSV),
            times: .irregular(
                kept.map {
                    start.advanced(byNanoseconds: signal.period.nanoseconds(times: Int64($0)))
                        .nanoseconds
                }),
            columns: [.float32(kept.map { 1000 * signal.values[$0] })])
        var bytes: [UInt8] = []
        HearthCSVWriter().appendHeader(to: &bytes)
        HearthCSVWriter().append(block, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private static let sleepRow = """
        time,duration_s,quantity,value
        2026-01-06T22:00:00Z,28800,sleep-stage,2

        """

    private func summary(_ home: TemporaryVault, _ day: String) throws -> DailySummary {
        let scoring = try ScoringService(vault: home.vault, person: home.person.id)
        return try scoring.summary(of: try #require(LocalDate(day)), label: "me")
    }

    @Test func `a night's ECG gives the numbers of the operators run by hand`() throws {
        let home = try TemporaryVault()
        let start = Timestamp(seconds: 1_767_751_200)  // 2026-01-07T02:00:00Z
        let signal = WaveformSignal.ecg(rate: 125, seconds: 1500, seed: 11)
        let hole = 60_000..<61_000
        try home.write(Self.csv(signal, from: start, skipping: hole), to: "ecg.csv")
        try home.write(Self.sleepRow, to: "sleep.csv")
        let report = try home.ingest(
            home.folder.appending(path: "ecg.csv").path,
            home.folder.appending(path: "sleep.csv").path)
        #expect(report.verdicts.filter(\.isProblem).isEmpty)
        let summary = try summary(home, "2026-01-07")
        let metric = try #require(summary.metrics.first { $0.id == "rmssd" })
        let asleep = TimeSpan(
            start: Timestamp(seconds: 1_767_736_800), end: Timestamp(seconds: 1_767_765_600))
        // One detector over the hole, as a recorder that fell silent.
        let later = start.advanced(
            byNanoseconds: signal.period.nanoseconds(times: Int64(hole.upperBound)))
        var detector = try ECGBeats(start: start, period: signal.period)
        var beats: [DetectedBeat] = []
        let collect: (Span<DetectedBeat>) -> Void = { span in
            for index in span.indices { beats.append(span[index]) }
        }
        let microvolts = signal.values.map { 1000 * $0 }
        detector.push(Array(microvolts[..<hole.lowerBound]).span, emit: collect)
        detector.skip(to: later, emit: collect)
        detector.push(Array(microvolts[hole.upperBound...]).span, emit: collect)
        detector.finish(emit: collect)
        var toIntervals = BeatIntervals(lowestQuality: DayBeats.lowestQuality)
        let intervals = toIntervals.batch(beats).map { Timed($0.time, Double(Float($0.value))) }
        var chain = Chain(BeatCleaner(), HRVWindows(origin: asleep.start))
        let clean = chain.batch(intervals).filter(\.isClean).compactMap(\.rmssd).sorted()
        #expect(clean.count >= 3)
        let half = clean.count / 2
        let expected =
            clean.count.isMultiple(of: 2) ? (clean[half - 1] + clean[half]) / 2 : clean[half]
        #expect(metric.value == expected)
        #expect(metric.sources == ["beats found in the ECG of Made up recorder"])
        let style = TerminalStyle(colour: false, unicode: true, width: 100, footer: [])
        #expect(HTMLReport.render(summary).contains("beats found in the ECG of Made up recorder"))
        #expect(TerminalReport.render(summary, style: style).contains("RMSSD"))
        let judged = summary.heartRhythm?.metrics.first { $0.id == "rhythm-analysed-time" }
        #expect((judged?.value ?? 0) > 0.3)
    }

    @Test(.enabled(if: SharedData.isPresent, "needs HEARTH_DATA"))
    func `a record of the arrhythmia database, ingested, equals the operators run by hand`() throws
    {
        let folder = try #require(SharedData.folder).appending(path: "mitdb")
        guard FileManager.default.fileExists(atPath: folder.appending(path: "122.dat").path) else {
            return
        }
        let home = try TemporaryVault()
        let record = home.folder.appending(path: "record")
        try FileManager.default.createDirectory(at: record, withIntermediateDirectories: true)
        // Without its annotations, which would give intervals of their own.
        for name in ["122.hea", "122.dat"] {
            try FileManager.default.copyItem(
                at: folder.appending(path: name), to: record.appending(path: name))
        }
        let sleep = """
            time,duration_s,quantity,value
            1969-12-31T23:00:00Z,18000,sleep-stage,2

            """
        try home.write(sleep, to: "sleep.csv")
        let stored = try home.ingest(record.path, home.folder.appending(path: "sleep.csv").path)
        #expect(stored.verdicts.filter(\.isProblem).isEmpty)
        let metric = try #require(
            try summary(home, "1970-01-01").metrics.first { $0.id == "rmssd" })
        let lead = try #require(metric.sources.first?.split(separator: " ").last)
        var leads: [String: (start: Timestamp, period: Period, values: [Float])] = [:]
        _ = Inspector().inspect(record.appending(path: "122.hea").path) { _, block in
            guard block.quantity == .ecg, case .regular(let start, let period, _) = block.times
            else { return }
            var one = leads[block.device.model] ?? (start, period, [])
            for index in 0..<block.count { one.values.append(block.columns[0][index]) }
            leads[block.device.model] = one
        }
        let asleep = TimeSpan(
            start: Timestamp(seconds: -3600), end: Timestamp(seconds: 14_400))
        let expected = try Self.byHand([try #require(leads[String(lead)])], sleep: asleep)
        #expect(metric.value != nil && metric.value == expected)
    }
}
