// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// One main sleep as it truly was. Instants are Unix seconds at full minutes.
public struct SimulatedNight: Sendable, Hashable {
    /// The day (0 is the first) on which the night ends.
    public let day: Int
    /// Lights out.
    public let bed: Int64
    /// Getting up.
    public let rise: Int64
    /// One stage a minute from `bed` to `rise`; only wake, light, deep and REM.
    public let stages: [SleepStage]
    /// True if the wrist device was worn all night.
    public internal(set) var isRecorded = true
    /// What the body did.
    public internal(set) var vitals = NightVitals()

    /// The first minute asleep.
    public var asleep: Int64 { bed + 60 * Int64(stages.firstIndex(where: \.isSleep) ?? 0) }
    /// The end of the last minute asleep.
    public var wake: Int64 {
        bed + 60 * Int64((stages.lastIndex(where: \.isSleep) ?? stages.count - 1) + 1)
    }
    /// Minutes asleep.
    public var totalSleepMinutes: Int { stages.count(where: \.isSleep) }

    /// Minutes of one stage.
    public func minutes(of stage: SleepStage) -> Int { stages.count { $0 == stage } }

    /// The same night in 30 s epochs.
    public var hypnogram: Hypnogram {
        Hypnogram(start: Timestamp(seconds: bed), stages: stages.flatMap { [$0, $0] })
    }
}

/// Vital signs of a night, before any device rounded them.
public struct NightVitals: Sendable, Hashable {
    /// A value and the Unix second of its middle or moment.
    public struct Point: Sendable, Hashable {
        /// Unix second.
        public let time: Int64
        /// In the unit of the series.
        public let value: Double
    }

    /// The lowest mean of five minutes in a row while in bed, /min.
    public internal(set) var restingHeartRate = 0.0
    /// Mean while asleep, /min.
    public internal(set) var meanHeartRate = 0.0
    /// RMSSD of the five minutes that begin at `time`, ms.
    public internal(set) var rmssd: [Point] = []
    /// Breaths a minute, every five minutes.
    public internal(set) var respiratoryRate: [Point] = []
    /// Percent, every fifteen minutes.
    public internal(set) var oxygenSaturation: [Point] = []
    /// Against the wearer's own usual, Cel.
    public internal(set) var skinTemperatureDeviation = 0.0
    /// Cel.
    public internal(set) var skinTemperature = 0.0

    /// Mean of the five minutes, ms.
    public var meanRMSSD: Double { Self.mean(rmssd) }
    /// Breaths a minute.
    public var meanRespiratoryRate: Double { Self.mean(respiratoryRate) }
    /// Percent.
    public var meanOxygenSaturation: Double { Self.mean(oxygenSaturation) }

    private static func mean(_ points: [Point]) -> Double {
        points.isEmpty ? 0 : points.reduce(0) { $0 + $1.value } / Double(points.count)
    }
}
