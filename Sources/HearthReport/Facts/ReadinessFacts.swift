// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// What every voice says about the readiness score.
struct ReadinessFacts {
    let readiness: Readiness

    static let meaning =
        "50 is a usual night. The weights are a choice, yours to set; the score predicts nothing."

    /// `50 + 4 − 6 = 48`
    var sum: String {
        let parts = readiness.terms.map { term in
            (term.points < 0 ? " − " : " + ") + NumberText.integer(abs(term.points))
        }
        return "\(Readiness.start)\(parts.joined()) = \(readiness.score ?? Readiness.start)"
    }

    /// `lnRMSSD +4 · resting heart rate −6`
    var terms: String {
        readiness.terms.map { "\($0.label) \(Self.signed($0.points))" }.joined(separator: " · ")
    }

    /// `no number: …`
    var missing: String? { readiness.missing.map { "no number: \($0)" } }

    /// What has a weight and no place in the sum; `nil` if nothing.
    var absent: String? {
        guard readiness.missing == nil, !readiness.absent.isEmpty else { return nil }
        return "Not in the sum, for want of a value or of your usual range: "
            + readiness.absent.joined(separator: ", ") + "."
    }

    static func signed(_ points: Int) -> String { NumberText.signed(Double(points), digits: 0) }
}
