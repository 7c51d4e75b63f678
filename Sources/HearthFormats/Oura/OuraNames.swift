// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// The scalars of Oura's documents that are looked at; the account export's columns have the same names.
enum OuraField: String, JSONNames {
    case day
    case type
    case timestamp
    case bpm
    case bedtimeStart = "bedtime_start"
    case bedtimeEnd = "bedtime_end"
    case phases = "sleep_phase_5_min"
    case heartInterval = "heart_rate.interval"
    case heartTime = "heart_rate.timestamp"
    case heartItem = "heart_rate.items[]"
    case variabilityInterval = "hrv.interval"
    case variabilityTime = "hrv.timestamp"
    case variabilityItem = "hrv.items[]"
    case averageVariability = "average_hrv"
    case averageRate = "average_heart_rate"
    case lowestRate = "lowest_heart_rate"
    case averageBreath = "average_breath"
    case oxygen = "spo2_percentage.average"
    case temperatureDeviation = "temperature_deviation"
    case skinTemperature = "skin_temp"
    case steps
    case activeEnergy = "active_calories"
    case oxygenUptake = "vo2_max"
    // Known and not read.
    case score
    case stageTotals =
        "deep_sleep_duration|light_sleep_duration|rem_sleep_duration|awake_time|total_sleep_duration|time_in_bed"
    case movement = "movement_30_sec|class_5_min"
    case metItem = "met.items[]"
    case stress = "stress_value|recovery_value|stress_high|recovery_high"
    case paging = "next_token"
}

/// Elements of the lists that Oura wraps documents into.
enum OuraCut: String, JSONNames {
    case element =
        "data[]|sleep[]|daily_sleep[]|daily_activity[]|daily_readiness[]|daily_spo2[]|heartrate[]|vo2_max[]"
}
