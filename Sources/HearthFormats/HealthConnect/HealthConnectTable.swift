// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// The facts about one table of a Health Connect export.
///
/// Names are compared without case and underscores, and without the ending "table": Android has
/// written both `heart_rate_record_table` and `SpeedRecordTable`.
struct HealthConnectTable {
    enum Rows {
        /// A value at `time`.
        case instant
        /// A value from `start_time` to `end_time`.
        case interval
        /// Values at `epoch_millis`, each with the key of its record in another table.
        case series(parent: String)
        case sleepSession
        case sleepStages(parent: String)
        case workout
        /// Read together with another table.
        case auxiliary
        case notRead
        case personal
    }

    /// As compared.
    var key: String
    /// As shown in issues.
    var name: String
    var rows: Rows
    /// What the column of the value may be called, as compared.
    var values: [String] = []
    var quantity = Quantity.event
    var derivation = Derivation.measured
    var factor = 1.0
    /// Values an hour that are plausible, in the quantity's unit.
    var hourly: ClosedRange<Double>?

    static let keyed: [String: HealthConnectTable] = Dictionary(
        all.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })

    /// A name as it is compared.
    static func key(_ name: String) -> String {
        var bytes = name.lowercased().utf8.filter { $0 != UInt8(ascii: "_") }
        if bytes.suffix(5).elementsEqual("table".utf8) { bytes.removeLast(5) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func value(
        _ name: String, _ rows: Rows, _ values: [String], _ quantity: Quantity,
        _ derivation: Derivation = .measured, factor: Double = 1,
        hourly: ClosedRange<Double>? = nil
    ) -> HealthConnectTable {
        HealthConnectTable(
            key: key(name), name: name, rows: rows, values: values.map(key), quantity: quantity,
            derivation: derivation, factor: factor, hourly: hourly)
    }

    private static let all: [HealthConnectTable] =
        [
            value(
                "heart_rate_record_series_table", .series(parent: "heartraterecord"),
                ["beats_per_minute", "bpm"], .heartRate),
            value(
                "skin_temperature_delta_table", .series(parent: "skintemperaturerecord"),
                ["delta", "temperature_delta"], .skinTemperatureDeviation, .derived),
            value(
                "resting_heart_rate_record_table", .instant, ["beats_per_minute", "bpm"],
                .restingHeartRate, .derived),
            value(
                "heart_rate_variability_rmssd_record_table", .instant,
                ["heart_rate_variability_millis", "heart_rate_variability", "rmssd"], .hrvRMSSD,
                .derived),
            value(
                "oxygen_saturation_record_table", .instant, ["percentage"], .oxygenSaturation),
            value(
                "respiratory_rate_record_table", .instant, ["rate"], .respiratoryRate, .derived),
            value(
                "body_temperature_record_table", .instant, ["temperature"], .bodyTemperature),
            value(
                "basal_body_temperature_record_table", .instant, ["temperature"],
                .bodyTemperature),
            // Grams.
            value("weight_record_table", .instant, ["weight"], .bodyMass, factor: 0.001),
            value(
                "vo2_max_record_table", .instant,
                ["vo2_milliliters_per_minute_kilogram", "vo2_max"], .maximalOxygenUptake, .derived),
            value("steps_record_table", .interval, ["count"], .steps),
            value("distance_record_table", .interval, ["distance"], .distance),
            value("floors_climbed_record_table", .interval, ["floors"], .flightsClimbed),
            // Small calories. Nobody spends more than 3,000 kcal an hour.
            value(
                "active_calories_burned_record_table", .interval, ["energy", "calories"],
                .activeEnergy, .derived, factor: 0.001, hourly: 0...3000),
            value("sleep_session_record_table", .sleepSession, [], .sleepStage, .derived),
            value(
                "sleep_stages_table", .sleepStages(parent: "sleepsessionrecord"), [], .sleepStage,
                .derived),
            value("exercise_session_record_table", .workout, [], .workout),
        ]
        + names([
            "heart_rate_record_table", "skin_temperature_record_table", "application_info_table",
            "device_info_table",
        ]) { _ in .auxiliary }
        + names([
            "activity_intensity_record_table", "basal_metabolic_rate_record_table",
            "blood_glucose_record_table", "blood_pressure_record_table", "body_fat_record_table",
            "body_water_mass_record_table", "bone_mass_record_table",
            "cycling_pedaling_cadence_record_table", "elevation_gained_record_table",
            "exercise_laps_record_table", "exercise_segments_record_table",
            "height_record_table", "hydration_record_table", "lean_body_mass_record_table",
            "mindfulness_session_record_table", "nutrition_record_table", "power_record_table",
            "speed_record_table", "steps_cadence_record_table",
            "total_calories_burned_record_table", "wheelchair_pushes_record_table",
        ]) { _ in .notRead }
        + names([
            "cervical_mucus_record_table", "exercise_route_record_table",
            "intermenstrual_bleeding_record_table", "medical_data_source_table",
            "medical_resource_table", "menstruation_flow_record_table",
            "menstruation_period_record_table", "ovulation_test_record_table",
            "planned_exercise_session_record_table", "sexual_activity_record_table",
        ]) { _ in .personal }

    private static func names(
        _ names: [String], _ rows: (String) -> Rows
    ) -> [HealthConnectTable] {
        names.map { HealthConnectTable(key: key($0), name: $0, rows: rows($0)) }
    }

    /// Tables about the app's own running; they hold no measurements.
    static let running: Set<String> = [
        "androidmetadata", "changelogs", "changelogrequest", "changelogsrequest", "accesslogs",
        "activitydate", "preference", "healthdatacategorypriority", "migrationentity",
        "prioritymigration", "backupchangetokens", "readaccesslogs",
    ]
}
