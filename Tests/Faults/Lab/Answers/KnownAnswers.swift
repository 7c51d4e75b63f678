// SPDX-License-Identifier: Apache-2.0
import HearthCrypto

/// R17: published test vectors, through our own wrappers.
public enum KnownAnswers: Experiment {
    public static let number = "R17"
    public static let title = "known answers"
    public static let promise =
        "every published vector of what we call ends as its collection says"

    public static func run(on bench: Bench) throws -> Outcome {
        try HearthCrypto.start()
        var outcome = Outcome()
        var (damaged, noticed) = (0, 0)
        for set in WycheproofVectors.sets + [AgeVectors.set] {
            let rows = VectorTable(set.table).rows
            outcome.show(set.name, rows.count)
            if rows.count != set.count { outcome.fail("\(set.name): there are \(rows.count)") }
            for row in rows {
                outcome.attempts += 1
                if try !set.isRight(row) { outcome.fail("\(set.name), vector \(row["number"])") }
                guard set.isGood(row), let other = row.damaged(set.answer) else { continue }
                damaged += 1
                if try !set.isRight(other) { noticed += 1 }
            }
        }
        outcome.control(
            "good vectors whose answer has one other bit", isCaught: damaged == noticed,
            "\(noticed) of \(damaged)")
        return outcome
    }
}

/// The vectors of one primitive or format.
struct VectorSet {
    var name: String
    var table: String
    var count: Int
    /// The field that holds the answer of a good vector.
    var answer: String
    /// Whether it is one with an answer.
    var isGood: (VectorTable.Row) -> Bool = { $0["result"] == "valid" }
    var isRight: (VectorTable.Row) throws -> Bool
}
