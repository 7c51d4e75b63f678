// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthDSP
import HearthIntake
import HearthModels

/// A folder of nights with polysomnography, in the layout of sleep-accel: for each person
/// `ID_cleaned_hr.out` (seconds, beats a minute), `ID_cleaned_counts.out` (seconds, count of 15 s) and
/// `ID_cleaned_psg.out` (seconds, stage; a line every 30 s), columns parted by blanks or a comma.
struct SleepStudyFolder {
    /// A person who is not measured.
    struct Skipped: Sendable, Hashable {
        var id: String
        var reason: String
    }

    /// By number, then by name.
    var recordings: [BenchmarkRecording] = []
    var skipped: [Skipped] = []

    private static let kinds = ["hr", "counts", "psg"]
    private static let bytesAtMost = 64 << 20
    /// Seconds; nights are shorter, and so are studies of days.
    private static let longest = 14.0 * 86_400
    /// Any whole minute: the methods look at no clock.
    private static let start = Timestamp(seconds: 1_600_000_020)

    /// - Throws: if the folder or a file in it cannot be read; the message names file and line, and
    ///   holds no value.
    init(_ path: String) throws(IntakeError) {
        let folder = URL(filePath: path)
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
            throw IntakeError(.notReadable, "\(path) is no folder that can be read")
        }
        var found: [String: Set<String>] = [:]
        for name in names {
            for kind in Self.kinds where name.hasSuffix(Self.suffix(kind)) {
                let id = String(name.dropLast(Self.suffix(kind).count))
                if Self.isPlain(id) { found[id, default: []].insert(kind) }
            }
        }
        guard !found.isEmpty else {
            throw IntakeError(
                .holdsNoRecording,
                "\(path) holds no files called ID_cleaned_hr.out, ID_cleaned_counts.out and ID_cleaned_psg.out"
            )
        }
        for id in found.keys.sorted(by: Self.isBefore) {
            let missing = Self.kinds.filter { found[id]?.contains($0) != true }
            if missing.isEmpty {
                try add(id, in: folder)
            } else {
                let files = missing.map { "\(id)\(Self.suffix($0))" }.joined(separator: " and ")
                skipped.append(Skipped(id: id, reason: "\(files) is missing"))
            }
        }
    }

    private static func suffix(_ kind: String) -> String { "_cleaned_\(kind).out" }

    private static func isPlain(_ id: String) -> Bool {
        let marks = Set("-_.".utf8)
        func isPlain(_ byte: UInt8) -> Bool {
            let character = Character(UnicodeScalar(byte))
            return byte < 128 && (character.isLetter || character.isNumber || marks.contains(byte))
        }
        return !id.isEmpty && !id.hasPrefix(".") && id.utf8.allSatisfy(isPlain)
    }

    private static func isBefore(_ a: String, _ b: String) -> Bool {
        switch (UInt64(a), UInt64(b)) {
        case (let x?, let y?): x == y ? a < b : x < y
        case (_?, nil): true
        case (nil, _?): false
        case (nil, nil): a < b
        }
    }

    private mutating func add(_ id: String, in folder: URL) throws(IntakeError) {
        func file(_ kind: String) throws(IntakeError) -> [Row] {
            try Self.rows(of: folder.appending(path: "\(id)\(Self.suffix(kind))"))
        }
        func timed(_ rows: [Row]) -> [Timed<Double>] {
            rows.map {
                Timed(Self.start.advanced(byNanoseconds: Int64($0.seconds * 1e9)), $0.value)
            }
        }
        let stages = try file("psg")
        let truth = try Self.stages(stages, "\(id)\(Self.suffix("psg"))")
        let heartRate = try file("hr")
        let counts = try file("counts")
        guard truth.contains(where: { $0 != .unscored }) else {
            skipped.append(Skipped(id: id, reason: "no epoch is scored"))
            return
        }
        let first = Self.start.advanced(byNanoseconds: Int64((stages.first?.seconds ?? 0) * 1e9))
        recordings.append(
            BenchmarkRecording(
                id: id, start: first, heartRate: timed(heartRate), counts: timed(counts),
                truth: truth))
    }

    // MARK: Lines

    private struct Row {
        var line: Int
        var seconds: Double
        var value: Double
    }

    private static func rows(of file: URL) throws(IntakeError) -> [Row] {
        let name = file.lastPathComponent
        guard let handle = try? FileHandle(forReadingFrom: file),
            let data = try? handle.read(upToCount: bytesAtMost + 1) ?? Data()
        else { throw IntakeError(.notReadable, "\(name) cannot be read") }
        guard data.count <= bytesAtMost else {
            throw IntakeError(.notReadable, "\(name) is larger than \(bytesAtMost >> 20) MB")
        }
        let bytes = [UInt8](data)
        var rows: [Row] = []
        for (index, line) in bytes.split(separator: 10, omittingEmptySubsequences: false)
            .enumerated()
        {
            let fields = line.split { $0 == 32 || $0 == 44 || $0 == 9 || $0 == 13 }
            if fields.isEmpty { continue }
            func fault(_ found: String) -> IntakeError {
                Self.fault(name, index + 1, found, "two numbers: seconds and a value")
            }
            guard fields.count == 2 else {
                throw fault("\(fields.count) column\(fields.count == 1 ? "" : "s")")
            }
            guard let seconds = Double(String(decoding: fields[0], as: UTF8.self)),
                let value = Double(String(decoding: fields[1], as: UTF8.self)),
                seconds.isFinite, value.isFinite
            else { throw fault("something that is not a number") }
            guard abs(seconds) <= longest else { throw fault("a time beyond two weeks") }
            rows.append(Row(line: index + 1, seconds: seconds, value: value))
        }
        return rows
    }

    private static func fault(
        _ name: String, _ line: Int, _ found: String, _ expected: String
    ) -> IntakeError {
        IntakeError(.notReadable, "\(name): line \(line): found \(found); expected \(expected)")
    }

    /// The stages of Rechtschaffen and Kales's or the AASM's numbers.
    private static func stages(_ rows: [Row], _ name: String) throws(IntakeError) -> [SleepStage] {
        let known: [Double: SleepStage] = [
            -1: .unscored, 0: .wake, 1: .light, 2: .light, 3: .deep, 4: .deep, 5: .rem,
        ]
        var stages: [SleepStage] = []
        let first = rows.first?.seconds ?? 0
        for row in rows {
            let expected = first + Double(stages.count) * Double(SleepEpoch.seconds)
            guard abs(row.seconds - expected) < 0.01 else {
                throw fault(name, row.line, "another time", "30 s after the line before")
            }
            guard let stage = known[row.value] else {
                throw fault(
                    name, row.line, "another code",
                    "0 wake, 1 N1, 2 N2, 3 N3, 4 N4, 5 REM, -1 unscored")
            }
            stages.append(stage)
        }
        return stages
    }
}
