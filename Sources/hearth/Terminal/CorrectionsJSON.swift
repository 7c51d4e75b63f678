// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthModels

/// What the person said, and the sleeps that came of it, as JSON: `Schemas/corrections.schema.json`.
///
/// Instants are ISO 8601 in UTC; days are those of the wall clock.
struct CorrectionsJSON: Encodable {
    struct Sleep: Encodable {
        var day: String
        var start: String
        var end: String
        var sleepMinutes: Double?
        var stagedBy: String
        var correction: UInt32?
        var isMain: Bool

        init(_ day: LocalDate, _ sleep: ScoredSleep, _ zone: ZoneTimeline) {
            self.day = day.description
            start = CorrectionsJSON.iso(sleep.span.start)
            end = CorrectionsJSON.iso(sleep.span.end)
            sleepMinutes = sleep.sleepMinutes
            stagedBy = sleep.stagedBy
            correction = sleep.correction?.rawValue
            isMain = sleep.isMain
        }
    }

    struct Correction: Encodable {
        var id: UInt32
        var kind: String
        var day: String
        var start: String
        var end: String
        var made: String
        var note: String?

        init(_ correction: SleepCorrection, _ zone: ZoneTimeline) {
            id = correction.id.rawValue
            kind = correction.kind.name
            day = zone.localDate(at: correction.end).description
            start = CorrectionsJSON.iso(correction.start)
            end = CorrectionsJSON.iso(correction.end)
            made = CorrectionsJSON.iso(correction.made)
            note = correction.note
        }
    }

    struct Tag: Encodable {
        var id: UInt32
        var label: String
        var day: String
        /// Absent for a whole day.
        var time: String?
        var made: String

        init(_ tag: DayTag, _ zone: ZoneTimeline) {
            id = tag.id.rawValue
            label = tag.label
            day = tag.day(in: zone).description
            time = tag.isWholeDay ? nil : CorrectionsJSON.iso(tag.time)
            made = CorrectionsJSON.iso(tag.made)
        }
    }

    let schema = "hearth.corrections/1"
    var sleeps: [Sleep]?
    var corrections: [Correction]?
    var tags: [Tag]?

    func print() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        Swift.print(String(decoding: try encoder.encode(self), as: UTF8.self))
    }

    /// Whole seconds are enough: people do not say more.
    private static func iso(_ time: Timestamp) -> String {
        Date(timeIntervalSince1970: TimeInterval(time.seconds)).formatted(.iso8601)
    }
}

extension Timestamp {
    /// The time of the system's clock.
    static var now: Timestamp {
        Timestamp(nanoseconds: Int64(Date().timeIntervalSince1970 * 1_000_000) * 1000)
    }
}
