// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthIntake
import HearthModels

/// A folder in the layout of Welltory's COVID-19 set: `participants.csv` and `wearables.csv`.
struct IllnessFolder {
    var records: [IllnessRecord] = []
    /// People without a date of onset.
    var withoutOnset = 0
    var unreadableRows = 0

    private static let bytesAtMost = 64 << 20
    private static let columns: [(name: String, signal: WatchedSignal)] = [
        ("resting_pulse", .restingHeartRate), ("pulse_min", .lowestHeartRate),
        ("body_temperature_avg", .temperature), ("average_spo2_value", .oxygenSaturation),
    ]

    /// - Throws: if a file cannot be read; messages hold no value.
    init(_ path: String) throws(IntakeError) {
        let named = URL(filePath: path)
        let inner = named.appending(path: "data")
        let isOuter = FileManager.default.fileExists(
            atPath: inner.appending(path: "participants.csv").path)
        let folder = isOuter ? inner : named
        let people = try Self.rows(folder.appending(path: "participants.csv"))
        let days = try Self.rows(folder.appending(path: "wearables.csv"))
        let onsets = try readOnsets(people)
        try readDays(days, onsets)
        guard !records.isEmpty else {
            throw IntakeError(
                .holdsNoRecording, "\(path) holds no person with a date of onset and days of values"
            )
        }
    }

    private mutating func readOnsets(
        _ rows: [[String]]
    ) throws(IntakeError) -> [String: LocalDate] {
        guard let id = rows.first?.firstIndex(of: "user_code"),
            let onset = rows.first?.firstIndex(of: "symptoms_onset")
        else {
            throw IntakeError(
                .notReadable, "participants.csv: expected the columns user_code and symptoms_onset")
        }
        var onsets: [String: LocalDate] = [:]
        for row in rows.dropFirst() {
            guard row.count > max(id, onset) else {
                unreadableRows += 1
                continue
            }
            if row[onset].isEmpty {
                withoutOnset += 1
            } else if let day = Self.monthFirst(row[onset]) {
                onsets[row[id]] = day
            } else {
                unreadableRows += 1
            }
        }
        return onsets
    }

    private mutating func readDays(
        _ rows: [[String]], _ onsets: [String: LocalDate]
    ) throws(IntakeError) {
        guard let id = rows.first?.firstIndex(of: "user_code"),
            let day = rows.first?.firstIndex(of: "day")
        else {
            throw IntakeError(
                .notReadable, "wearables.csv: expected the columns user_code and day")
        }
        let signals = Self.columns.compactMap { column in
            rows.first?.firstIndex(of: column.name).map { ($0, column.signal) }
        }
        var nights: [String: [LocalDate: [WatchedSignal: Double]]] = [:]
        for row in rows.dropFirst() {
            guard row.count > max(id, day), let date = LocalDate(row[day]) else {
                unreadableRows += 1
                continue
            }
            guard onsets[row[id]] != nil else { continue }
            for (column, signal) in signals where column < row.count {
                guard let value = Double(row[column]), value.isFinite else { continue }
                nights[row[id], default: [:]][date, default: [:]][signal] = value
            }
        }
        for (id, days) in nights.sorted(by: { $0.key < $1.key }) {
            guard let onset = onsets[id] else { continue }
            let sorted = days.sorted { $0.key < $1.key }
            records.append(
                IllnessRecord(
                    id: id, onset: onset,
                    nights: sorted.map { NightSignals(day: $0.key, values: $0.value) }))
        }
    }

    /// `M/D/YYYY`
    private static func monthFirst(_ text: String) -> LocalDate? {
        let parts = text.split(separator: "/").compactMap { Int($0) }
        guard parts.count == 3 else { return nil }
        return LocalDate(year: parts[2], month: parts[0], day: parts[1])
    }

    /// Comma-separated, fields in double quotes or plain.
    private static func rows(_ file: URL) throws(IntakeError) -> [[String]] {
        guard let handle = try? FileHandle(forReadingFrom: file),
            let data = try? handle.read(upToCount: bytesAtMost)
        else { throw IntakeError(.notReadable, "\(file.lastPathComponent) cannot be read") }
        var rows: [[String]] = []
        for line in data.split(whereSeparator: { $0 == 10 || $0 == 13 }) {
            var fields: [String] = []
            var field: [UInt8] = []
            var isQuoted = false
            for byte in line {
                if byte == 34 {
                    isQuoted.toggle()
                } else if byte == 44, !isQuoted {
                    fields.append(String(decoding: field, as: UTF8.self))
                    field = []
                } else {
                    field.append(byte)
                }
            }
            fields.append(String(decoding: field, as: UTF8.self))
            rows.append(fields)
        }
        return rows
    }
}
