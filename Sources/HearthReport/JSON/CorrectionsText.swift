// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// The person's corrections and tags, and a second hypnogram, for programs.
enum CorrectionsText {
    static func correction(_ applied: AppliedCorrection) -> JSONText {
        let one = applied.correction
        return .object([
            "id": .integer(Int(one.id.rawValue)),
            "kind": .text(one.kind.name),
            "start": .text(WallClock.iso(one.start)),
            "end": .text(WallClock.iso(one.end)),
            "made": .text(WallClock.iso(one.made)),
            "note": .optional(one.note),
            "replacedBy": applied.replacedBy.map { .integer(Int($0.rawValue)) } ?? .null,
            "missing": .optional(applied.missing),
        ])
    }

    static func amended(_ one: AmendedSamples) -> JSONText {
        .object([
            "number": .integer(Int(one.number)),
            "quantity": .text(one.quantity.name),
            "from": .text(WallClock.iso(one.from)),
            "to": .text(WallClock.iso(one.to)),
            "change": .text(one.isRemoved ? "remove" : "replace"),
        ])
    }

    static func tag(_ tag: DayTag) -> JSONText {
        .object([
            "id": .integer(Int(tag.id.rawValue)),
            "label": .text(tag.label),
            "time": tag.isWholeDay ? .null : .text(WallClock.iso(tag.time)),
            "made": .text(WallClock.iso(tag.made)),
        ])
    }

    static func night(_ correction: NightCorrection) -> JSONText {
        .object([
            "id": .integer(Int(correction.id.rawValue)),
            "kind": .text(correction.kind.name),
            "made": .text(WallClock.iso(correction.made)),
            "missing": .optional(correction.missing),
            "found": correction.found.map { found in
                .object([
                    "start": .text(WallClock.iso(found.start)),
                    "end": .text(WallClock.iso(found.end)),
                    "stagedBy": .text(found.stagedBy),
                    "sleepMinutes": .optional(found.sleepMinutes),
                ])
            } ?? .null,
        ])
    }

    static func second(_ second: SecondHypnogram) -> JSONText {
        .object([
            "stagedBy": .text(second.stagedBy),
            "hypnogram": JSONReport.hypnogram(second.hypnogram),
            "agreement": second.agreement.flatMap { $0.agreement.isFinite ? $0 : nil }.map {
                agreement in
                .object([
                    "classes": .text(agreement.classes.rawValue),
                    "epochSeconds": .integer(agreement.epochSeconds),
                    "epochs": .integer(agreement.epochs),
                    "agreement": .optional(agreement.agreement),
                    "kappa": .optional(agreement.kappa),
                ])
            } ?? .null,
        ])
    }
}
