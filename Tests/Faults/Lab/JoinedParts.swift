// SPDX-License-Identifier: Apache-2.0

extension Laboratory.Record {
    /// The parts of an experiment as one record: what was counted is added up.
    ///
    /// All are of one experiment and of one number of parts.
    static func joined(_ parts: [Laboratory.Record]) -> Laboratory.Record? {
        let parts = parts.sorted { ($0.share?.number ?? 1) < ($1.share?.number ?? 1) }
        guard var whole = parts.first, parts.count > 1 else { return parts.first }
        let outcomes = parts.map(\.outcome)
        whole.seconds = parts.reduce(0) { $0 + $1.seconds }
        whole.outcome = Outcome(attempts: outcomes.reduce(0) { $0 + $1.attempts })
        whole.outcome.failures = outcomes.flatMap(\.failures)
        for name in names(outcomes.map { $0.figures.map(\.name) }) {
            let values = outcomes.compactMap { $0.figures.first { $0.name == name }?.value }
            whole.outcome.show(name, sum(values))
        }
        for name in names(outcomes.map { $0.controls.map(\.name) }) {
            let found = outcomes.compactMap { $0.controls.first { $0.name == name } }
            let caught = found.count(where: \.isCaught)
            whole.outcome.control(
                name, isCaught: caught == parts.count, "in \(caught) of \(parts.count) parts")
        }
        return whole
    }

    /// Each name once, in the order of the parts.
    private static func names(_ lists: [[String]]) -> [String] {
        lists.joined().reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    /// Counts, and counts of counts such as `3 of 8`, are added; other texts stand once.
    private static func sum(_ values: [String]) -> String {
        let counts = values.map { $0.split(separator: " of ").map { Int($0) } }
        let width = counts.first?.count ?? 0
        guard counts.allSatisfy({ $0.count == width && !$0.contains(nil) }) else {
            return names([values]).joined(separator: "; ")
        }
        return (0..<width).map { place in
            String(counts.reduce(0) { $0 + ($1[place] ?? 0) })
        }.joined(separator: " of ")
    }
}
