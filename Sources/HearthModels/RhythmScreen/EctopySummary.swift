// SPDX-License-Identifier: Apache-2.0
/// How often beats came early, and in which pattern; by the intervals only.
public struct EctopySummary: Codable, Sendable, Hashable {
    /// Beats judged: those in time the screen could judge and did not find irregular.
    public var beats: Int
    public var premature: Int
    /// Premature beats in none of the patterns below.
    public var isolated: Int
    /// In groups of two or three in a row.
    public var grouped: Int
    /// Every second beat, three times in a row or more.
    public var bigeminy: Int
    /// Every third beat, three times in a row or more.
    public var trigeminy: Int
    /// Hours of the intervals judged.
    public var hours: Double

    /// 0...1; `nil` below ``fewestBeats``.
    public var share: Double? {
        beats < Self.fewestBeats ? nil : Double(premature) / Double(beats)
    }
    /// Premature beats an hour; `nil` below ``fewestBeats``.
    public var perHour: Double? {
        beats < Self.fewestBeats || hours <= 0 ? nil : Double(premature) / hours
    }

    /// With fewer (about a quarter of an hour) a rate by the hour says little.
    public static let fewestBeats = 1000
    /// Premature beats at one spacing that make a pattern.
    static let patternLength = 3

    /// - Parameters:
    ///   - beats: what ``PrematureBeats`` emitted.
    ///   - judged: one a beat; false where single early beats cannot be told, such as in an irregular
    ///     rhythm. Beats beyond its end are not judged. `nil`: all are.
    public init(_ beats: [TimedBeat], judged: [Bool]? = nil) {
        self.init()
        var spacing = SpacingRun()
        for (index, beat) in beats.enumerated() {
            let isJudged = judged.map { index < $0.count && $0[index] } ?? true
            let counts = beat.kind != .artefact && isJudged
            if !counts || !beat.followsPrevious { spacing.end(into: &self) }
            guard counts else { continue }
            self.beats += 1
            hours += beat.interval / 3_600_000
            spacing.take(isPremature: beat.kind == .premature, into: &self)
        }
        spacing.end(into: &self)
    }

    init() {
        (beats, premature, isolated, grouped, bigeminy, trigeminy) = (0, 0, 0, 0, 0, 0)
        hours = 0
    }
}

/// Premature beats at one spacing in a row.
private struct SpacingRun {
    private var sinceLast: Int?
    private var spacing = 0
    /// Premature beats whose pattern is not yet known.
    private var length = 0

    mutating func take(isPremature: Bool, into summary: inout EctopySummary) {
        guard isPremature else {
            sinceLast = sinceLast.map { $0 + 1 }
            // Beyond three beats no pattern goes on.
            if let since = sinceLast, since > 3 { end(into: &summary) }
            return
        }
        summary.premature += 1
        if let since = sinceLast {
            let found = since + 1
            if length > 1, found != spacing {
                // The last beat of the old run may begin the next.
                length -= 1
                close(into: &summary)
                length = 1
            }
            spacing = found
        }
        length += 1
        sinceLast = 0
    }

    mutating func end(into summary: inout EctopySummary) {
        close(into: &summary)
        sinceLast = nil
    }

    private mutating func close(into summary: inout EctopySummary) {
        switch (spacing, length) {
        case (_, 0): break
        case (1, 2...): summary.grouped += length
        case (2, EctopySummary.patternLength...): summary.bigeminy += length
        case (3, EctopySummary.patternLength...): summary.trigeminy += length
        default: summary.isolated += length
        }
        length = 0
        spacing = 0
    }
}
