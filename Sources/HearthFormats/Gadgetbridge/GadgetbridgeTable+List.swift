// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

extension GadgetbridgeTable {
    /// Activity samples: seconds, one row a stretch of mostly a minute.
    static let activities: [GadgetbridgeTable] = [
        activity(
            "MI_BAND_ACTIVITY_SAMPLE", [minuteSteps, heartRate], kind: .huami,
            leftOut: ["RAW_INTENSITY"]),
        activity(
            "HUAMI_EXTENDED_ACTIVITY_SAMPLE", [minuteSteps, heartRate], kind: .huamiExtended,
            leftOut: ["RAW_INTENSITY"]),
        activity(
            "XIAOMI_ACTIVITY_SAMPLE",
            [
                minuteSteps, heartRate, oxygen(),
                GadgetbridgeRead(
                    column: "STRESS", quantity: .stress, derivation: .derived,
                    blank: .notPositiveOr255),
            ]),
        activity(
            "GARMIN_ACTIVITY_SAMPLE",
            [minuteSteps, heartRate, distance("DISTANCE_CM", metres: 0.01)],
            leftOut: ["RAW_INTENSITY", "RAW_KIND", "ACTIVE_CALORIES"]),
        activity("BANGLE_JS_ACTIVITY_SAMPLE", [steps, heartRate]),
        activity("CASIO_GBX100_ACTIVITY_SAMPLE", [steps], leftOut: ["RAW_KIND", "CALORIES"]),
        // Steps count up from midnight here.
        activity(
            "CMF_ACTIVITY_SAMPLE", [heartRate],
            leftOut: ["RAW_INTENSITY", "RAW_KIND", "STEPS", "DISTANCE", "CALORIES"]),
        activity(
            "COLMI_ACTIVITY_SAMPLE", [steps, heartRate],
            leftOut: ["RAW_KIND", "DISTANCE", "CALORIES"]),
        activity(
            "FIT_PRO_ACTIVITY_SAMPLE",
            [steps, heartRate, distance("DISTANCE_METERS"), oxygen("SPO2_PERCENT")],
            leftOut: [
                "RAW_KIND", "CALORIES_BURNT", "PRESSURE_LOW_MM_HG", "PRESSURE_HIGH_MM_HG",
                "ACTIVE_TIME_MINUTES",
            ]),
        activity(
            "HUAWEI_ACTIVITY_SAMPLE", [steps, heartRate, oxygen("SPO")],
            leftOut: ["RAW_INTENSITY", "RAW_KIND", "DISTANCE", "CALORIES"]),
        activity(
            "HYBRID_HR_ACTIVITY_SAMPLE", [minuteSteps, heartRate],
            leftOut: ["CALORIES", "VARIABILITY", "MAX_VARIABILITY", "WEAR_TYPE"]),
        activity(
            "H_PLUS_HEALTH_ACTIVITY_SAMPLE", [steps, heartRate],
            leftOut: ["RAW_INTENSITY", "RAW_KIND", "DISTANCE", "CALORIES"]),
        activity(
            "ID115_ACTIVITY_SAMPLE", [steps, distance("DISTANCE_METERS")],
            leftOut: ["RAW_KIND", "CALORIES_BURNT", "ACTIVE_TIME_MINUTES"]),
        activity(
            "J_YOU_ACTIVITY_SAMPLE", [steps, heartRate, distance("DISTANCE_METERS")],
            leftOut: ["RAW_KIND", "CALORIES_BURNT", "ACTIVE_TIME_MINUTES"]),
        activity(
            "LEFUN_ACTIVITY_SAMPLE", [steps, heartRate],
            leftOut: ["RAW_KIND", "DISTANCE", "CALORIES"]),
        activity("MAKIBES_HR3_ACTIVITY_SAMPLE", [steps, heartRate], leftOut: ["RAW_KIND"]),
        activity("NO1_F1_ACTIVITY_SAMPLE", [steps, heartRate]),
        activity(
            "PEBBLE_HEALTH_ACTIVITY_SAMPLE", [minuteSteps, heartRate], leftOut: ["RAW_INTENSITY"]),
        activity("PINE_TIME_ACTIVITY_SAMPLE", [steps, heartRate], leftOut: ["RAW_KIND"]),
        activity("SONY_SWR12_SAMPLE", [steps, heartRate]),
        activity("TLW64_ACTIVITY_SAMPLE", [steps]),
        activity(
            "VIVOMOVE_HR_ACTIVITY_SAMPLE", [steps, heartRate],
            leftOut: ["RAW_INTENSITY", "RAW_KIND", "CALORIES_BURNT", "FLOORS_CLIMBED"]),
        activity(
            "WATCH_X_PLUS_ACTIVITY_SAMPLE", [steps, heartRate],
            leftOut: ["RAW_INTENSITY", "RAW_KIND", "DISTANCE", "CALORIES"]),
        activity("WENA3_ACTIVITY_SAMPLE", [steps, heartRate], leftOut: ["RAW_KIND"]),
        activity(
            "WITHINGS_STEEL_HR_ACTIVITY_SAMPLE", [steps, heartRate],
            leftOut: ["RAW_INTENSITY", "RAW_KIND", "DISTANCE", "CALORIES"]),
        activity("X_WATCH_ACTIVITY_SAMPLE", [steps, heartRate]),
        activity(
            "ZE_TIME_ACTIVITY_SAMPLE", [steps, heartRate, distance("DISTANCE_METERS")],
            leftOut: ["RAW_INTENSITY", "RAW_KIND", "CALORIES_BURNT", "ACTIVE_TIME_MINUTES"]),
    ]

    /// Samples of one metric: milliseconds.
    static let metrics: [GadgetbridgeTable] =
        ["CMF", "COLMI", "WENA3"].map { metric("\($0)_HEART_RATE_SAMPLE", [heartRate]) }
        + ["CMF", "COLMI", "GARMIN", "HUAMI", "WENA3"].map {
            metric("\($0)_STRESS_SAMPLE", [stress])
        }
        + ["CMF", "COLMI", "GARMIN", "HUAMI", "HYBRID_HR"].map {
            metric("\($0)_SPO2_SAMPLE", [oxygen()])
        }
        + [
            metric("HUAMI_HEART_RATE_MANUAL_SAMPLE", [heartRate]),
            metric("HUAMI_HEART_RATE_RESTING_SAMPLE", [restingHeartRate]),
            metric("GARMIN_HEART_RATE_RESTING_SAMPLE", [restingHeartRate]),
            metric(
                "HUAMI_SLEEP_RESPIRATORY_RATE_SAMPLE",
                [GadgetbridgeRead(column: "RATE", quantity: .respiratoryRate, blank: .notPositive)]
            ),
            metric(
                "GARMIN_RESPIRATORY_RATE_SAMPLE",
                [
                    GadgetbridgeRead(
                        column: "RESPIRATORY_RATE", quantity: .respiratoryRate, blank: .notPositive)
                ]),
            metric(
                "GARMIN_HRV_VALUE_SAMPLE",
                [GadgetbridgeRead(column: "VALUE", quantity: .hrvRMSSD, blank: .notPositive)]),
            metric(
                "GARMIN_HRV_SUMMARY_SAMPLE",
                [
                    GadgetbridgeRead(
                        column: "LAST_NIGHT_AVERAGE", quantity: .hrvRMSSD, derivation: .derived,
                        blank: .notPositive)
                ],
                leftOut: ["WEEKLY_AVERAGE", "LAST_NIGHT5_MIN_HIGH", "STATUS_NUM"]),
            metric("GARMIN_BODY_ENERGY_SAMPLE", [energy]),
            metric("WENA3_ENERGY_SAMPLE", [energy]),
            metric(
                "FEMOMETER_VINCA2_TEMPERATURE_SAMPLE",
                [
                    GadgetbridgeRead(
                        column: "TEMPERATURE", quantity: .bodyTemperature, blank: .notPositive)
                ]),
            metric(
                "MI_SCALE_WEIGHT_SAMPLE",
                [GadgetbridgeRead(column: "WEIGHT_KG", quantity: .bodyMass, blank: .notPositive)]),
            metric(
                "XIAOMI_DAILY_SUMMARY_SAMPLE",
                [
                    GadgetbridgeRead(
                        column: "HR_RESTING", quantity: .restingHeartRate, derivation: .derived,
                        blank: .notPositiveOr255)
                ],
                leftOut: ["STEPS", "HR_AVG", "STRESS_AVG", "SPO2_AVG", "CALORIES"]),
        ]

    private static let energy = GadgetbridgeRead(
        column: "ENERGY", quantity: .bodyBattery, derivation: .derived, blank: .negativeOr255)

    /// Sleep stages: milliseconds.
    static let nights: [GadgetbridgeTable] = [
        night(
            "CMF_SLEEP_STAGE_SAMPLE", .lasting(second), [1: .deep, 2: .light, 3: .rem]),
        night(
            "COLMI_SLEEP_STAGE_SAMPLE", .lasting(minute),
            [2: .light, 3: .deep, 4: .rem, 5: .wake]),
        night(
            "XIAOMI_SLEEP_STAGE_SAMPLE", .untilNext, [2: .deep, 3: .light, 4: .rem, 5: .wake]),
        night(
            "GARMIN_SLEEP_STAGE_SAMPLE", .sinceLast,
            [0: .unscored, 1: .wake, 2: .light, 3: .deep, 4: .rem]),
    ]

    private static func night(
        _ name: String, _ stages: GadgetbridgeStages, _ codes: [Int64: SleepStage]
    ) -> GadgetbridgeTable {
        GadgetbridgeTable(name: name, unit: millisecond, rows: .stages(stages, codes))
    }

    /// Tables that are read in a way of their own, and those that are not read.
    static let others: [GadgetbridgeTable] =
        [
            GadgetbridgeTable(name: "BASE_ACTIVITY_SUMMARY", unit: millisecond, rows: .workouts),
            GadgetbridgeTable(name: "XIAOMI_MANUAL_SAMPLE", unit: millisecond, rows: .manual),
        ]
        + ["DEVICE", "GARMIN_EVENT_SAMPLE", "XIAOMI_SLEEP_TIME_SAMPLE"].map {
            GadgetbridgeTable(name: $0, unit: 0, rows: .auxiliary)
        }
        + notReadNames.map { GadgetbridgeTable(name: $0, unit: 0, rows: .notRead) }
        + personalNames.map { GadgetbridgeTable(name: $0, unit: 0, rows: .personal) }

    private static let notReadNames = [
        "CMF_SLEEP_SESSION_SAMPLE", "COLMI_HRV_SUMMARY_SAMPLE", "COLMI_HRV_VALUE_SAMPLE",
        "COLMI_SLEEP_SESSION_SAMPLE", "CYCLING_SAMPLE", "GARMIN_FIT_FILE",
        "GARMIN_INTENSITY_MINUTES_SAMPLE", "GARMIN_RESTING_METABOLIC_RATE_SAMPLE",
        "GARMIN_SLEEP_STATS_SAMPLE", "HEART_PULSE_SAMPLE", "HUAMI_HEART_RATE_MAX_SAMPLE",
        "HUAMI_PAI_SAMPLE", "HUAWEI_DICT_DATA", "HUAWEI_DICT_DATA_VALUES",
        "HUAWEI_WORKOUT_DATA_SAMPLE", "HUAWEI_WORKOUT_PACE_SAMPLE",
        "HUAWEI_WORKOUT_SUMMARY_SAMPLE", "HUAWEI_WORKOUT_SWIM_SEGMENTS_SAMPLE",
        "H_PLUS_HEALTH_ACTIVITY_OVERLAY", "LEFUN_BIOMETRIC_SAMPLE", "LEFUN_SLEEP_SAMPLE",
        "PEBBLE_HEALTH_ACTIVITY_OVERLAY", "PEBBLE_MISFIT_SAMPLE", "PEBBLE_MORPHEUZ_SAMPLE",
        "WATCH_X_PLUS_HEALTH_ACTIVITY_OVERLAY", "WENA3_BEHAVIOR_SAMPLE", "WENA3_CALORIES_SAMPLE",
        "WENA3_VO2_SAMPLE",
    ]

    private static let personalNames = [
        "ACTIVITY_DESCRIPTION", "ALARM", "APP_SPECIFIC_NOTIFICATION_SETTING", "BATTERY_LEVEL",
        "CALENDAR_SYNC_STATE", "CMF_WORKOUT_GPS_SAMPLE", "CONTACT", "DEVICE_ATTRIBUTES",
        "NOTIFICATION_FILTER", "NOTIFICATION_FILTER_ENTRY", "PENDING_FILE", "REMINDER", "TAG",
        "USER", "USER_ATTRIBUTES", "WORLD_CLOCK",
    ]
}
