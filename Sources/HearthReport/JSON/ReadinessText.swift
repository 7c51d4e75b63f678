// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// The readiness score and its terms, for programs.
enum ReadinessText {
    static func readiness(_ readiness: Readiness) -> JSONText {
        .object([
            "score": readiness.score.map { .integer($0) } ?? .null,
            "start": .integer(Readiness.start),
            "missing": .optional(readiness.missing),
            "model": .text(readiness.model),
            "absent": .list(readiness.absent.map { .text($0) }),
            "terms": .list(readiness.terms.map(term)),
        ])
    }

    private static func term(_ term: Readiness.Term) -> JSONText {
        .object([
            "metric": .text(term.metric),
            "label": .text(term.label),
            "value": .optional(term.value),
            "unit": .text(term.unit),
            "digits": .integer(min(max(term.digits, 0), 6)),
            "median": .optional(term.median),
            "spread": .optional(term.spread),
            "zScore": .optional(term.zScore),
            "weight": .integer(term.weight),
            "points": .integer(term.points),
        ])
    }
}
