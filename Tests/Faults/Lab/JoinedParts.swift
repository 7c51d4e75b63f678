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
            return ranges(values) ?? names([values]).joined(separator: "; ")
        }
        return (0..<width).map { place in
            String(counts.reduce(0) { $0 + ($1[place] ?? 0) })
        }.joined(separator: " of ")
    }

    /// Texts that differ in whole numbers alone as one, each such number as its least and greatest.
    private static func ranges(_ values: [String]) -> String? {
        let texts = values.map { $0.split(separator: " ") }
        guard let first = texts.first, texts.allSatisfy({ $0.count == first.count }) else {
            return nil
        }
        var words: [String] = []
        for place in first.indices {
            let found = texts.map { $0[place] }
            guard Set(found).count > 1 else {
                words.append(String(found[0]))
                continue
            }
            let tail = found[0].hasSuffix(",") ? "," : ""
            let numbers = found.compactMap { Int($0.dropLast($0.hasSuffix(",") ? 1 : 0)) }
            guard numbers.count == found.count, let least = numbers.min(),
                let greatest = numbers.max()
            else { return nil }
            words.append("\(least) to \(greatest)\(tail)")
        }
        return words.joined(separator: " ")
    }
}
