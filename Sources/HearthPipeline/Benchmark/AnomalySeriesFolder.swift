// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthDSP
import HearthIntake
import HearthModels

/// A folder in the layout of the Numenta Anomaly Benchmark: `data/CATEGORY/FILE.csv` of
/// `timestamp,value`, and `labels/combined_windows.json`.
struct AnomalySeriesFolder {
    struct Skipped: Sendable, Hashable {
        var id: String
        var reason: String
    }

    var series: [LabelledSeries] = []
    var skipped: [Skipped] = []
    var profiles = NABProfile.published

    private static let bytesAtMost = 64 << 20

    /// - Throws: if the labels cannot be read or no series can; messages hold no value.
    init(_ path: String) throws(IntakeError) {
        let folder = URL(filePath: path)
        let labels = folder.appending(path: "labels/combined_windows.json")
        guard let bytes = try? Self.bytes(labels),
            let windows = try? JSONDecoder().decode([String: [[String]]].self, from: bytes)
        else {
            throw IntakeError(
                .notReadable,
                "\(path) has no labels/combined_windows.json that lists windows by file")
        }
        for name in windows.keys.sorted() {
            do {
                series.append(try Self.series(name, windows[name] ?? [], in: folder))
            } catch {
                skipped.append(Skipped(id: name, reason: error.message))
            }
        }
        guard !series.isEmpty else {
            throw IntakeError(
                .holdsNoRecording, "\(path) holds none of the series its labels name")
        }
        readProfiles(folder.appending(path: "config/profiles.json"))
    }

    private static func bytes(_ file: URL) throws -> Data {
        let handle = try FileHandle(forReadingFrom: file)
        defer { try? handle.close() }
        return try handle.read(upToCount: bytesAtMost) ?? Data()
    }

    private static func series(
        _ name: String, _ windows: [[String]], in folder: URL
    ) throws(IntakeError) -> LabelledSeries {
        let parts = name.split(separator: "/")
        guard !parts.isEmpty, !parts.contains(".."), !name.hasPrefix("/"),
            let bytes = try? bytes(folder.appending(path: "data").appending(path: name))
        else { throw IntakeError(.notReadable, "it cannot be read") }
        var values: [Timed<Double>] = []
        var rowOfTime: [Timestamp: Int] = [:]
        let lines = [UInt8](bytes).split { $0 == 10 || $0 == 13 }
        for (index, line) in lines.enumerated().dropFirst() {
            let fields = line.split(separator: 44, omittingEmptySubsequences: false)
            guard fields.count == 2, let time = time(String(decoding: fields[0], as: UTF8.self)),
                let value = Double(String(decoding: fields[1], as: UTF8.self))
            else {
                throw IntakeError(
                    .notReadable, "line \(index + 1): expected a time and a number")
            }
            if rowOfTime[time] == nil { rowOfTime[time] = values.count }
            values.append(Timed(time, value))
        }
        guard !values.isEmpty else { throw IntakeError(.holdsNoRecording, "it has no rows") }
        var ranges: [ClosedRange<Int>] = []
        for window in windows {
            guard window.count == 2, let start = time(window[0]), let end = time(window[1]),
                let first = rowOfTime[start], let last = rowOfTime[end], first <= last
            else { throw IntakeError(.notReadable, "a window names a time without a row") }
            ranges.append(first...last)
        }
        ranges.sort { $0.lowerBound < $1.lowerBound }
        return LabelledSeries(
            name: name, values: values, labels: NABLabels(rows: values.count, windows: ranges))
    }

    /// `yyyy-MM-dd HH:mm:ss`, with or without a fraction, taken as UTC.
    static func time(_ text: String) -> Timestamp? {
        let fields = text.split { "-: T.".contains($0) }
        guard fields.count >= 6 else { return nil }
        let numbers = fields.prefix(6).compactMap { Int($0) }
        guard numbers.count == 6,
            let date = LocalDate(year: numbers[0], month: numbers[1], day: numbers[2]),
            (0...23).contains(numbers[3]), (0...59).contains(numbers[4]),
            (0...60).contains(numbers[5])
        else { return nil }
        let seconds = numbers[3] * 3_600 + numbers[4] * 60 + numbers[5]
        return Timestamp(seconds: date.dayNumber * 86_400 + Int64(seconds))
    }

    private struct Weights: Decodable {
        struct Costs: Decodable {
            var tpWeight, fnWeight, fpWeight: Double
        }
        var costs: Costs

        enum CodingKeys: String, CodingKey { case costs = "CostMatrix" }
    }

    /// The folder's own weights, if it has them.
    private mutating func readProfiles(_ file: URL) {
        guard let bytes = try? Self.bytes(file),
            let found = try? JSONDecoder().decode([String: Weights].self, from: bytes)
        else { return }
        for index in profiles.indices {
            guard let costs = found[profiles[index].name]?.costs else { continue }
            profiles[index].found = costs.tpWeight
            profiles[index].missed = costs.fnWeight
            profiles[index].falseAlarm = costs.fpWeight
        }
    }
}
