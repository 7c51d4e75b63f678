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
    /// Of the samples in `series`, those that the person set right; told, not applied again.
    public var amended: [AmendedSamples]
    /// Raw acceleration of the window, one a device; empty without any.
    public var motion: [DayMotion]
    /// Beats found in ECG and pulse waves of the window, one a stream; empty without any.
    public var beats: [DayBeats]
    /// `nil`: sleep and wake only, by the baseline.
    public var stager: SleepModel?

    public init(
        day: LocalDate, zone: ZoneTimeline, series: [InputSeries], deviceOrder: [DeviceID] = [],
        corrections: [SleepCorrection] = [], tags: [DayTag] = [],
        amended: [AmendedSamples] = [], motion: [DayMotion] = [], beats: [DayBeats] = [],
        stager: SleepModel? = nil
    ) {
        self.day = day
        self.zone = zone
        self.series = series
        self.deviceOrder = deviceOrder
        self.corrections = corrections
        self.tags = tags
        self.amended = amended
        self.motion = motion
        self.beats = beats
        self.stager = stager
    }
}

/// When the device was worn on a day, and the sleeps of the day beside its night.
public struct DayRecord: Sendable, Hashable {
    /// From midnight to midnight, ascending, without overlap; whole seconds.
    public let worn: [TimeSpan]
    /// Those that ended on the day, in time order.
    public var naps: [Hypnogram]

    /// Parts of a second at either end of a stretch are left out.
    public init(worn: [TimeSpan], naps: [Hypnogram]) {
        var whole: [TimeSpan] = []
        for span in worn {
            let start = -Calendrical.floorDivide(-span.start.nanoseconds, 1_000_000_000)
            let next = TimeSpan(
                start: Timestamp(seconds: start), end: Timestamp(seconds: span.end.seconds))
            if let last = whole.last, next.start <= last.end {
                whole[whole.count - 1] = last.union(next)
            } else if !next.isEmpty {
                whole.append(next)
            }
        }
        self.worn = whole
        self.naps = naps
    }
}

/// The stretches are the first second and, in turn, how many seconds the device was worn and was not.
extension DayRecord: Codable {
    private enum CodingKeys: CodingKey { case start, worn, naps }

    /// - Throws: `DecodingError` for a stretch that lasts no time or an unreasonable one.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let start = try container.decode(Int64.self, forKey: .start)
        let lengths = try container.decode([Int64].self, forKey: .worn)
        let most = Self.longestSeconds
        guard start.magnitude < 1 << 33, lengths.allSatisfy({ (1...most).contains($0) }) else {
            throw DecodingError.dataCorruptedError(
                forKey: .worn, in: container, debugDescription: "a stretch lasts some of a day")
        }
        var time = Timestamp(seconds: start)
        var worn: [TimeSpan] = []
        for (index, length) in lengths.enumerated() {
            let end = time.advanced(bySeconds: length)
            if index.isMultiple(of: 2) { worn.append(TimeSpan(start: time, end: end)) }
            time = end
        }
        self.init(worn: worn, naps: try container.decode([Hypnogram].self, forKey: .naps))
    }

    /// More than a day of any wall clock.
    private static let longestSeconds: Int64 = 4 * 86_400

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        var lengths: [Int64] = []
        var last: Timestamp?
        for span in worn {
            if let last { lengths.append(span.start.seconds - last.seconds) }
            lengths.append(span.end.seconds - span.start.seconds)
            last = span.end
        }
        try container.encode(worn.first?.start.seconds ?? 0, forKey: .start)
        try container.encode(lengths, forKey: .worn)
        try container.encode(naps, forKey: .naps)
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
    /// For the training load; `nil` without heart rate.
    public var heartRateMinutes: HeartRateMinutes?
    /// Activity by the hour; `nil` without any.
    public var hours: DayHours?
    /// The rhythm of the heart from midnight to midnight; `nil` in features made before there was one.
    public var heartRhythm: HeartRhythmSummary?

    public init(
        day: LocalDate, model: String, night: NightSummary?, nightMissing: String?,
        ownWindow: TimeSpan?, vitals: [Metric], activity: [Metric], dataQuality: DataQuality,
        corrections: DayCorrections? = nil, record: DayRecord? = nil, hours: DayHours? = nil,
        heartRateMinutes: HeartRateMinutes? = nil,
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
        self.heartRateMinutes = heartRateMinutes
        self.hours = hours
        self.heartRhythm = heartRhythm
    }

    /// Night, vitals, heart rhythm and activity in the order of the report.
    public var metrics: [Metric] {
        (night?.metrics ?? []) + vitals + (heartRhythm?.metrics ?? []) + activity
    }

    /// The value of a metric, if the day has it.
    public func value(of id: String) -> Double? { metrics.first { $0.id == id }?.value }
}
