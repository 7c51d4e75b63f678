// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Adds up like issues, so that a recording with a million bad rows reports each kind once.
public struct IssueTally: Sendable {
    private struct Key: Hashable {
        var code: ReadIssueCode
        var found: String
    }
    private var issues: [Key: ReadIssue] = [:]
    private let kinds: Int

    public init(limits: ReadLimits = .standard) { self.kinds = max(1, limits.issueKinds) }

    /// Counts one occurrence, or `times` at once; the first position of each kind is kept.
    public mutating func count(
        _ code: ReadIssueCode, at position: ReadPosition, found: String, expected: String,
        samplesLost: Int = 0, times: Int = 1
    ) {
        var key = Key(code: code, found: found)
        if issues[key] == nil, issues.count >= kinds {
            key = Key(code: code, found: "further kinds of this issue")
        }
        if issues[key] == nil {
            issues[key] = ReadIssue(
                code, at: position, found: key.found, expected: expected, count: 0)
        }
        issues[key]?.count += times
        issues[key]?.samplesLost += samplesLost
    }

    /// Reports everything counted, in order of first position.
    public mutating func flush(into sink: inout some SampleSink & ~Copyable) {
        let ordered = issues.values.sorted {
            ($0.position.byte, $0.code.name, $0.found) < ($1.position.byte, $1.code.name, $1.found)
        }
        for issue in ordered { sink.report(issue) }
        issues.removeAll()
    }
}
