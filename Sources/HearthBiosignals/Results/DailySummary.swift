// SPDX-License-Identifier: Apache-2.0

/// Everything one daily report says: the value that the terminal, HTML and JSON voices render.
public struct DailySummary: Sendable, Codable, Hashable {
    /// Version of this structure, as in `Schemas/daily-summary.schema.json`.
    public static let schemaName = "hearth.daily-summary/1"

    public var schema: String
    public var day: LocalDate
    /// The person's label in this vault, given by the person.
    public var person: String
    public var verdict: Verdict
    /// The main sleep that ended on this day; `nil` with the reason in ``nightMissing``.
    public var night: NightSummary?
    public var nightMissing: String?
    /// Overnight vital signs, each against the person's own band.
    public var vitals: [Metric]
    /// Steps, active minutes and the like.
    public var activity: [Metric]
    public var dataQuality: DataQuality
    /// Past days that changed because data came late, a model changed or the person corrected them.
    public var changes: [ResultChange]
    /// What the person said about this day.
    public var corrections: DayCorrections
    /// The rhythm of the weeks up to this day; `nil` if no night of them is known.
    public var rhythm: RhythmSummary?
    /// Training load of the day and of the weeks before; empty without heart rate.
    public var load: [Metric]
    /// `nil` if the person switched it off.
    public var readiness: Readiness?
    /// The rhythm of the heart on this day; `nil` if the day has no input.
    public var heartRhythm: HeartRhythmSummary?

    public init(
        day: LocalDate, person: String, verdict: Verdict, night: NightSummary?,
        nightMissing: String? = nil, vitals: [Metric], activity: [Metric],
        dataQuality: DataQuality, changes: [ResultChange] = [],
        corrections: DayCorrections = DayCorrections(), rhythm: RhythmSummary? = nil,
        load: [Metric] = [], readiness: Readiness? = nil,
        heartRhythm: HeartRhythmSummary? = nil
    ) {
        self.schema = Self.schemaName
        self.day = day
        self.person = person
        self.verdict = verdict
        self.night = night
        self.nightMissing = nightMissing
        self.vitals = vitals
        self.activity = activity
        self.dataQuality = dataQuality
        self.changes = changes
        self.corrections = corrections
        self.rhythm = rhythm
        self.load = load
        self.readiness = readiness
        self.heartRhythm = heartRhythm
    }

    /// Every number of the report, in its order.
    public var metrics: [Metric] {
        (night?.metrics ?? []) + vitals + (heartRhythm?.metrics ?? []) + (rhythm?.metrics ?? [])
            + activity + load
    }
}

/// Whether the signals are within the person's usual range, and for how long not.
public struct Verdict: Sendable, Codable, Hashable {
    public enum State: String, Sendable, Codable {
        /// Every signal with a band is inside it.
        case typical
        /// At least one signal is outside its band.
        case signalsOff = "signals-off"
        /// Too few days to know the person's band.
        case calibrating
        /// No input for this day.
        case noData = "no-data"
    }

    public var state: State
    /// One sentence for the top of the report; states only, no causes.
    public var sentence: String
    public var signals: [SignalOff]
    /// True when signals stay off long enough to act on: the exit code of `report --alert`.
    public var isAlert: Bool
    /// Nights with a usable baseline so far, and how many are needed.
    public var calibrationDays: Int
    public var calibrationNeeded: Int
    /// State of the NightSignal machine for this night; `nil` without input.
    public var nightSignal: NightSignalState?

    public init(
        state: State, sentence: String, signals: [SignalOff] = [], isAlert: Bool = false,
        calibrationDays: Int, calibrationNeeded: Int, nightSignal: NightSignalState? = nil
    ) {
        self.state = state
        self.sentence = sentence
        self.signals = signals
        self.isAlert = isAlert
        self.calibrationDays = calibrationDays
        self.calibrationNeeded = calibrationNeeded
        self.nightSignal = nightSignal
    }
}

/// A signal outside the person's band.
public struct SignalOff: Sendable, Codable, Hashable {
    /// ``Metric/id``.
    public var metric: String
    public var label: String
    /// Value minus the band's median, in `unit`.
    public var difference: Double
    public var unit: String
    public var digits: Int
    /// Nights in a row, this one included.
    public var nights: Int

    public init(
        metric: String, label: String, difference: Double, unit: String, digits: Int, nights: Int
    ) {
        self.metric = metric
        self.label = label
        self.difference = difference
        self.unit = unit
        self.digits = digits
        self.nights = nights
    }
}

/// The colour of NightSignal's state machine (`alavi2022`).
public enum NightSignalState: String, Sendable, Codable {
    case green, yellow, red
}

/// The main sleep of a night. Durations in minutes.
public struct NightSummary: Sendable, Codable, Hashable {
    public var start: Timestamp
    public var end: Timestamp
    /// Seconds east of UTC at the end of the night, for showing wall-clock times.
    public var offsetSeconds: Int32
    public var offsetOrigin: ZoneOrigin
    /// The wall clock through the night if it changed (daylight saving, travel); `nil`: it did not,
    /// and `offsetSeconds` holds from start to end.
    public var clock: ZoneTimeline?
    /// Who drew the hypnogram: `hearth` or the vendor's name.
    public var stagedBy: String
    public var hypnogram: Hypnogram
    /// TIB, TST, SE, SOL, WASO and, if a vendor staged, minutes of each stage.
    public var metrics: [Metric]
    /// Present if the times of this night are the person's own.
    public var correction: NightCorrection?
    /// A second hypnogram of the same night, if there are two.
    public var second: SecondHypnogram?

    public init(
        start: Timestamp, end: Timestamp, offsetSeconds: Int32, offsetOrigin: ZoneOrigin,
        stagedBy: String, hypnogram: Hypnogram, metrics: [Metric], clock: ZoneTimeline? = nil,
        correction: NightCorrection? = nil, second: SecondHypnogram? = nil
    ) {
        self.start = start
        self.end = end
        self.offsetSeconds = offsetSeconds
        self.offsetOrigin = offsetOrigin
        self.clock = clock
        self.stagedBy = stagedBy
        self.hypnogram = hypnogram
        self.metrics = metrics
        self.correction = correction
        self.second = second
    }
}

/// What the day's numbers rest on.
public struct DataQuality: Sendable, Codable, Hashable {
    public struct Source: Sendable, Codable, Hashable {
        public var device: String
        public var quantity: String
        public var samples: Int
        /// False if another source was preferred.
        public var used: Bool

        public init(device: String, quantity: String, samples: Int, used: Bool) {
            self.device = device
            self.quantity = quantity
            self.samples = samples
            self.used = used
        }
    }

    /// Share of the day that the device was worn, 0...1: within five minutes of a heart-rate sample;
    /// without heart rate by raw acceleration, else by activity counts.
    public var wearCoverage: Double?
    public var sources: [Source]
    /// What is missing and what the person can do about it, a sentence each.
    public var hints: [String]
    /// Where the day's time zone came from.
    public var zoneOrigin: ZoneOrigin

    public init(
        wearCoverage: Double?, sources: [Source], hints: [String], zoneOrigin: ZoneOrigin
    ) {
        self.wearCoverage = wearCoverage
        self.sources = sources
        self.hints = hints
        self.zoneOrigin = zoneOrigin
    }
}

/// A past result that changed.
public struct ResultChange: Sendable, Codable, Hashable {
    public var day: LocalDate
    /// ``Metric/id``.
    public var metric: String
    public var label: String
    public var unit: String
    public var digits: Int
    public var old: Double?
    public var new: Double?
    /// Why: the data changed, a new model, or the person corrected the night.
    public var reason: String

    public init(
        day: LocalDate, metric: String, label: String, unit: String, digits: Int, old: Double?,
        new: Double?, reason: String
    ) {
        self.day = day
        self.metric = metric
        self.label = label
        self.unit = unit
        self.digits = digits
        self.old = old
        self.new = new
        self.reason = reason
    }
}
