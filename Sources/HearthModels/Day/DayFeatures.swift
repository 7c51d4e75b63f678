// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// Everything ``DayScorer`` needs for one day: all series that overlap ``DayScorer/window(of:zone:)``,
/// and what the person said of that time.
public struct DayInput: Sendable {
    public var day: LocalDate
    public var zone: ZoneTimeline
    public var series: [InputSeries]
    /// The person's devices, the one known longest first; others rank behind, equal.
    public var deviceOrder: [DeviceID]
    /// Those that do not touch the window have no effect.
    public var corrections: [SleepCorrection]
    /// Tags of this day; those of other days are left out.
    public var tags: [DayTag]
    /// Raw acceleration of the window, one a device; empty without any.
    public var motion: [DayMotion]
    /// `nil`: sleep and wake only, by the baseline.
    public var stager: SleepModel?

    public init(
        day: LocalDate, zone: ZoneTimeline, series: [InputSeries], deviceOrder: [DeviceID] = [],
        corrections: [SleepCorrection] = [], tags: [DayTag] = [], motion: [DayMotion] = [],
        stager: SleepModel? = nil
    ) {
        self.day = day
        self.zone = zone
        self.series = series
        self.deviceOrder = deviceOrder
        self.corrections = corrections
        self.tags = tags
        self.motion = motion
        self.stager = stager
    }
}

/// When the device was worn on a day, and the sleeps of the day beside its night.
public struct DayRecord: Codable, Sendable, Hashable {
    /// From midnight to midnight, ascending, without overlap.
    public var worn: [TimeSpan]
    /// Those that ended on the day.
    public var naps: [Hypnogram]

    public init(worn: [TimeSpan], naps: [Hypnogram]) {
        self.worn = worn
        self.naps = naps
    }
}

/// What one day's samples say, before any comparison with other days.
///
/// This is what is cached: later summaries read it instead of the samples. Encoded as JSON with
/// sorted keys its bytes depend on the samples inside the day's window and on nothing else.
public struct DayFeatures: Codable, Sendable, Hashable {
    public var day: LocalDate
    /// ``DayScorer/model`` that made it.
    public var model: String
    /// The main sleep that ended on this day; its metrics have neither baseline nor history yet.
    public var night: NightSummary?
    public var nightMissing: String?
    /// Hearth's own sleep period, also where a vendor's hypnogram is shown.
    public var ownWindow: TimeSpan?
    public var vitals: [Metric]
    public var activity: [Metric]
    public var dataQuality: DataQuality
    /// What the person said of the day; `nil` if nothing.
    public var corrections: DayCorrections?
    /// What regularity and the raster know of the time outside the night; `nil` where it was not
    /// kept, and then the share of the day that the device was worn has to do.
    public var record: DayRecord?
    /// The rhythm of the heart from midnight to midnight; `nil` in features made before there was one.
    public var heartRhythm: HeartRhythmSummary?

    public init(
        day: LocalDate, model: String, night: NightSummary?, nightMissing: String?,
        ownWindow: TimeSpan?, vitals: [Metric], activity: [Metric], dataQuality: DataQuality,
        corrections: DayCorrections? = nil, record: DayRecord? = nil,
        heartRhythm: HeartRhythmSummary? = nil
    ) {
        self.day = day
        self.model = model
        self.night = night
        self.nightMissing = nightMissing
        self.ownWindow = ownWindow
        self.vitals = vitals
        self.activity = activity
        self.dataQuality = dataQuality
        self.corrections = corrections
        self.record = record
        self.heartRhythm = heartRhythm
    }

    /// Night, vitals, heart rhythm and activity in the order of the report.
    public var metrics: [Metric] {
        (night?.metrics ?? []) + vitals + (heartRhythm?.metrics ?? []) + activity
    }

    /// The value of a metric, if the day has it.
    public func value(of id: String) -> Double? { metrics.first { $0.id == id }?.value }
}
