// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthVault

/// What a person said about their days, as tables: `sleep-corrections`, `tags` and `settings`.
///
/// Instants are UTC, as in the samples. The same query selects as in an erase: corrections with
/// the quantity `sleep-stage`, tags with `event`, none where devices are asked for.
struct CorrectionTables {
    struct Table {
        var name: String
        var text: String
        var rows: Int
    }

    private struct Correction: Encodable {
        var id: UInt32
        var kind: String
        var start: String
        var end: String
        var made: String
        var note: String?
    }

    private struct Tag: Encodable {
        var id: UInt32
        var label: String
        var day: String
        /// The instant; absent for a whole day.
        var time: String?
        var made: String
    }

    private struct Setting: Encodable {
        var setting: String
        var value: Int
    }

    private let corrections: [Correction]
    private let settings: [Setting]
    private let tags: [Tag]

    init(_ all: Corrections, _ query: SampleQuery) {
        let said = ExportVocabulary.selected(all, query)
        corrections = said.sleep.map {
            Correction(
                id: $0.id.rawValue, kind: $0.kind.name, start: Self.iso($0.start),
                end: Self.iso($0.end), made: Self.iso($0.made), note: $0.note)
        }
        tags = said.tags.map {
            Tag(
                id: $0.id.rawValue, label: $0.label, day: $0.day.description,
                time: $0.isWholeDay ? nil : Self.iso($0.time), made: Self.iso($0.made))
        }
        settings = PersonSettings.Key.allCases.compactMap { key in
            said.settings[key].map { Setting(setting: key.facts.name, value: $0) }
        }
    }

    /// The tables that have rows.
    func tables(_ format: ExportFormat) -> [Table] {
        let both: [Table] =
            switch format {
            case .csv:
                [
                    Table(
                        name: "observed/sleep-corrections.csv",
                        text: ExportText.csv(
                            ["id", "kind", "start", "end", "made", "note"],
                            corrections.map {
                                ["\($0.id)", $0.kind, $0.start, $0.end, $0.made, $0.note ?? ""]
                            }), rows: corrections.count),
                    Table(
                        name: "observed/tags.csv",
                        text: ExportText.csv(
                            ["id", "label", "day", "time", "made"],
                            tags.map { ["\($0.id)", $0.label, $0.day, $0.time ?? "", $0.made] }),
                        rows: tags.count),
                    Table(
                        name: "observed/settings.csv",
                        text: ExportText.csv(
                            ["setting", "value"], settings.map { [$0.setting, "\($0.value)"] }),
                        rows: settings.count),
                ]
            default:
                [
                    Table(
                        name: "observed/sleep-corrections.ndjson", text: Self.lines(corrections),
                        rows: corrections.count),
                    Table(name: "observed/tags.ndjson", text: Self.lines(tags), rows: tags.count),
                    Table(
                        name: "observed/settings.ndjson", text: Self.lines(settings),
                        rows: settings.count),
                ]
            }
        return both.filter { $0.rows > 0 }
    }

    private static func lines(_ rows: [some Encodable]) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return rows.map { row in
            guard let data = try? encoder.encode(row) else {
                preconditionFailure("a row of text and numbers has a JSON form")
            }
            return String(decoding: data, as: UTF8.self) + "\n"
        }.joined()
    }

    /// ISO 8601 in UTC, with nanoseconds where there are any.
    private static func iso(_ time: Timestamp) -> String {
        let second = Calendrical.floorModulo(time.seconds, 86_400)
        let nano = Calendrical.floorModulo(time.nanoseconds, 1_000_000_000)
        func pad(_ number: Int64, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let clock = [second / 3600, second / 60 % 60, second % 60].map { pad($0, 2) }
        let fraction = nano == 0 ? "" : "." + pad(nano, 9)
        return "\(LocalDate(dayNumber: time.utcDay))T\(clock.joined(separator: ":"))\(fraction)Z"
    }
}
