// SPDX-License-Identifier: Apache-2.0

/// One thing a person said: a correction of sleep, a tag of a day, or a setting.
public enum DayStatement: Sendable, Hashable {
    case sleep(SleepCorrection)
    case tag(DayTag)
    case setting(PersonSettings.Key, Int)

    /// The number; 0 for a setting, which has none.
    public var id: CorrectionID {
        switch self {
        case .sleep(let correction): correction.id
        case .tag(let tag): tag.id
        case .setting: CorrectionID(rawValue: 0)
        }
    }

    /// Half of what there is: a file cannot use up the numbers.
    static let highestNumber: UInt32 = 1 << 31

    /// Whether a vault can hold it: a sound length, texts of one bounded line, a number.
    public var isSound: Bool {
        if case .setting(let key, let value) = self { return key.facts.range.contains(value) }
        guard (1...Self.highestNumber).contains(id.rawValue) else { return false }
        switch self {
        case .sleep(let one):
            guard SleepCorrection.isSound(from: one.start, to: one.end) else { return false }
            return one.note.map { OwnText.line($0, limit: OwnText.longestNote) == $0 } ?? true
        case .tag(let tag):
            return OwnText.line(tag.label, limit: OwnText.longestLabel) == tag.label
                && Int32(exactly: tag.day.dayNumber) != nil
        case .setting: return true
        }
    }

    /// The tag of a whole day at its noon on a wall clock; everything else as it is.
    public func placed(in zone: ZoneTimeline) -> DayStatement {
        guard case .tag(var tag) = self, tag.isWholeDay else { return self }
        tag.time = zone.instant(of: tag.day, secondsOfDay: 12 * 3600)
        return .tag(tag)
    }
}
