// SPDX-License-Identifier: Apache-2.0

/// A word a person put to a day, or to an instant of it.
///
/// Any short text is a label: `alcohol`, `ill`, `travel`. Two are known to Hearth, because social
/// jetlag is the difference between them: ``workDay`` and ``freeDay``.
public struct DayTag: Sendable, Codable, Hashable {
    public static let workDay = "work-day"
    public static let freeDay = "free-day"

    public var id: CorrectionID
    public var label: String
    /// The local day it was put to. For an instant: the day on the wall clock of the time of making.
    public var day: LocalDate
    /// The instant; for a whole day its local noon, which stays within the day if a time zone that
    /// was not known becomes known.
    public var time: Timestamp
    /// False if the tag is of the instant ``time``.
    public var isWholeDay: Bool
    /// When the person said so.
    public var made: Timestamp

    public init(
        id: CorrectionID, label: String, day: LocalDate, time: Timestamp, isWholeDay: Bool,
        made: Timestamp
    ) {
        self.id = id
        self.label = label
        self.day = day
        self.time = time
        self.isWholeDay = isWholeDay
        self.made = made
    }

    /// The local day the tag belongs to on a wall clock.
    public func day(in zone: ZoneTimeline) -> LocalDate {
        isWholeDay ? day : zone.localDate(at: time)
    }

    /// Whether two tags say the same of the same day: upper and lower case are one.
    public func says(_ label: String, of day: LocalDate) -> Bool {
        self.day == day && self.label.lowercased() == label.lowercased()
    }

    /// The label that cannot stand beside `label` on one day; `nil` for free labels.
    public static func opposite(of label: String) -> String? {
        switch label {
        case workDay: freeDay
        case freeDay: workDay
        default: nil
        }
    }
}

/// All that a person said: corrections of sleep, tags of days, and settings.
public struct Corrections: Sendable, Codable, Hashable {
    /// In the order they were made.
    public var sleep: [SleepCorrection]
    /// In the order they were made.
    public var tags: [DayTag]
    public var settings: PersonSettings

    public init(
        sleep: [SleepCorrection] = [], tags: [DayTag] = [],
        settings: PersonSettings = PersonSettings()
    ) {
        self.sleep = sleep
        self.tags = tags
        self.settings = settings
    }

    public var isEmpty: Bool { sleep.isEmpty && tags.isEmpty && settings.isEmpty }
    /// Corrections and tags.
    public var count: Int { sleep.count + tags.count }
}

/// What the person said about one day, as it was applied.
public struct DayCorrections: Sendable, Codable, Hashable {
    public var sleep: [AppliedCorrection]
    public var tags: [DayTag]
    /// Samples of the day's window that were set right, in the order the person did.
    public var amended: [AmendedSamples]
    /// The wall clock through the time of the corrections, for showing them.
    public var clock: ZoneTimeline

    public init(
        sleep: [AppliedCorrection] = [], tags: [DayTag] = [], amended: [AmendedSamples] = [],
        clock: ZoneTimeline = ZoneTimeline()
    ) {
        self.sleep = sleep
        self.tags = tags
        self.amended = amended
        self.clock = clock
    }

    public var isEmpty: Bool { sleep.isEmpty && tags.isEmpty && amended.isEmpty }
}
