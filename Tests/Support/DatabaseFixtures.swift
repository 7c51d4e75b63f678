// SPDX-License-Identifier: Apache-2.0

/// Small databases in the published layouts, with what they hold.
public enum DatabaseFixtures {
    /// 2023-11-14T22:00:00Z.
    public static let second = 1_699_999_200
    public static let millisecond = second * 1000

    /// Samples delivered and lost in ``gadgetbridge``.
    ///
    /// Mi Band: 6 steps, 6 heart rates, 4 stages, 1 not worn. Xiaomi: 2 steps, 2 heart rates,
    /// 2 oxygen, 2 stress, 3 stages. Garmin: 3 stages, 2 RMSSD, 1 mean RMSSD, 1 breathing, 1
    /// distance, 1 step count, 1 heart rate. Huami: 1 heart rate by hand and 1 offset. One weight,
    /// one workout, one reading by hand.
    public static let gadgetbridgeSamples = 17 + 11 + 10 + 2 + 3

    public static let gadgetbridge = SimulatedRowSource([
        SimulatedTable(
            "DEVICE",
            [
                "_id", "NAME", "MANUFACTURER", "IDENTIFIER", "TYPE", "TYPE_NAME", "MODEL", "ALIAS",
            ],
            [
                [1, "Sam's Bip", "Huami", "C8:0F:10:11:22:33", 12, "AMAZFITBIP", "", "Sam"],
                [2, "MI1S", "Xiaomi", "C8:0F:10:44:55:66", 10, "MIBAND", "1S", nil],
                [3, "Venu", "Garmin", "F0:99:10:11:22:33", 0, "GARMIN_VENU", "Venu 3", nil],
                [4, "Smart Band 8", "Xiaomi", "D0:0F:10:11:22:33", 0, "MIBAND8", "M2239B1", nil],
            ]),
        SimulatedTable("USER", ["_id", "NAME", "BIRTHDAY", "GENDER"], [[1, "Sam", 0, 1]]),
        SimulatedTable(
            "MI_BAND_ACTIVITY_SAMPLE",
            [
                "TIMESTAMP", "DEVICE_ID", "USER_ID", "RAW_INTENSITY", "STEPS", "RAW_KIND",
                "HEART_RATE",
            ],
            [
                [second, 1, 1, 20, 12, 1, 70],
                [second + 60, 1, 1, 3, 0, 0x79, 60],
                [second + 120, 1, 1, 2, 0, 0x70, 255],
                [second + 150, 1, 1, 1, 0, 0x7B, 0],
                [second + 210, 1, 1, 0, 0, 3, -1],
                [second, 2, 1, 5, 0, 4, 80],
            ]),
        SimulatedTable(
            "XIAOMI_ACTIVITY_SAMPLE",
            [
                "TIMESTAMP", "DEVICE_ID", "USER_ID", "RAW_INTENSITY", "STEPS", "RAW_KIND",
                "STRESS", "SPO2", "HEART_RATE",
            ],
            [
                [second, 4, 1, 10, 30, 1, 33, 97, 88],
                [second + 60, 4, 1, 10, 5, 1, 0, 0, 0],
            ]),
        SimulatedTable(
            "XIAOMI_SLEEP_STAGE_SAMPLE", ["TIMESTAMP", "DEVICE_ID", "USER_ID", "STAGE"],
            [
                [millisecond, 4, 1, 3], [millisecond + 600_000, 4, 1, 2],
                [millisecond + 1_200_000, 4, 1, 4],
            ]),
        SimulatedTable(
            "XIAOMI_SLEEP_TIME_SAMPLE", ["TIMESTAMP", "DEVICE_ID", "USER_ID", "WAKEUP_TIME"],
            [[millisecond, 4, 1, millisecond + 1_500_000]]),
        SimulatedTable(
            "GARMIN_EVENT_SAMPLE",
            ["TIMESTAMP", "DEVICE_ID", "USER_ID", "EVENT", "EVENT_TYPE", "DATA"],
            [[millisecond, 3, 1, 74, 0, nil], [millisecond + 7_200_000, 3, 1, 74, 1, nil]]),
        SimulatedTable(
            "GARMIN_SLEEP_STAGE_SAMPLE", ["TIMESTAMP", "DEVICE_ID", "USER_ID", "STAGE"],
            [
                [millisecond + 900_000, 3, 1, 2], [millisecond + 2_700_000, 3, 1, 3],
                [millisecond + 3_600_000, 3, 1, 4],
            ]),
        SimulatedTable(
            "GARMIN_HRV_VALUE_SAMPLE", ["TIMESTAMP", "DEVICE_ID", "USER_ID", "VALUE"],
            [[millisecond, 3, 1, 41], [millisecond + 300_000, 3, 1, 0]]),
        SimulatedTable(
            "GARMIN_HRV_SUMMARY_SAMPLE",
            ["TIMESTAMP", "DEVICE_ID", "USER_ID", "WEEKLY_AVERAGE", "LAST_NIGHT_AVERAGE"],
            [[millisecond, 3, 1, 40, 43]]),
        SimulatedTable(
            "GARMIN_RESPIRATORY_RATE_SAMPLE",
            ["TIMESTAMP", "DEVICE_ID", "USER_ID", "RESPIRATORY_RATE"],
            [[millisecond, 3, 1, 13.5]]),
        SimulatedTable(
            "GARMIN_ACTIVITY_SAMPLE",
            [
                "TIMESTAMP", "DEVICE_ID", "USER_ID", "RAW_INTENSITY", "STEPS", "RAW_KIND",
                "DISTANCE_CM", "ACTIVE_CALORIES", "HEART_RATE",
            ],
            [[second, 3, 1, -1, 20, 1, 1500, 2, 90]]),
        SimulatedTable(
            "HUAMI_HEART_RATE_MANUAL_SAMPLE",
            ["TIMESTAMP", "DEVICE_ID", "USER_ID", "UTC_OFFSET", "HEART_RATE"],
            [[millisecond, 1, 1, 3_600_000, 71]]),
        SimulatedTable(
            "MI_SCALE_WEIGHT_SAMPLE", ["TIMESTAMP", "DEVICE_ID", "USER_ID", "WEIGHT_KG"],
            [[millisecond, 1, 1, 72.5]]),
        SimulatedTable(
            "BASE_ACTIVITY_SUMMARY",
            [
                "_id", "NAME", "START_TIME", "END_TIME", "ACTIVITY_KIND", "BASE_LONGITUDE",
                "DEVICE_ID", "USER_ID",
            ],
            [[1, "Home", millisecond, millisecond + 1_800_000, 0x10, 123, 1, 1]]),
        SimulatedTable(
            "XIAOMI_MANUAL_SAMPLE", ["TIMESTAMP", "DEVICE_ID", "USER_ID", "TYPE", "VALUE"],
            [[millisecond, 4, 1, 0x12, 98], [millisecond, 4, 1, 0x44, 36]]),
        SimulatedTable(
            "COLMI_HRV_VALUE_SAMPLE", ["TIMESTAMP", "DEVICE_ID", "VALUE"], [[1, 1, 1]]),
        SimulatedTable(
            "SAMS_TABLE", ["TIMESTAMP", "DEVICE_ID", "VALUE"], [[1, 1, 1], [2, 1, 1]]),
    ])

    private static let common = [
        "row_id", "uuid", "last_modified_time", "client_record_id", "device_info_id",
        "app_info_id", "recording_method",
    ]

    private static func record(_ id: Int, app: Int = 1, _ rest: [Any?]) -> [Any?] {
        [id, [UInt8(id)], 0, nil, 1, app, 1] + rest
    }

    private static let instant = common + ["time", "zone_offset", "local_date"]
    private static let interval =
        common + ["start_time", "start_zone_offset", "end_time", "end_zone_offset", "local_date"]

    /// Samples of ``healthConnect`` but for the clock: 3 heart rates, 1 resting, 1 RMSSD, 2 oxygen,
    /// 2 steps, 2 energy, 2 weights, 3 sleep, 1 workout.
    public static let healthConnectSamples = 17

    /// A flight from Zurich to New York between the two step counts.
    public static let healthConnect = SimulatedRowSource([
        SimulatedTable("android_metadata", ["locale"], [["de_CH"]]),
        SimulatedTable(
            "application_info_table", ["row_id", "package_name", "app_name", "app_icon"],
            [[1, "com.example.band", "Sam's band", [UInt8](repeating: 1, count: 9)]]),
        SimulatedTable(
            "device_info_table", ["row_id", "manufacturer", "model", "device_type"],
            [[1, "Example", "Band 3", 1]]),
        SimulatedTable(
            "heart_rate_record_table", interval,
            [record(7, [millisecond, 3600, millisecond + 60_000, 3600, 19_675])]),
        SimulatedTable(
            "heart_rate_record_series_table", ["parent_key", "beats_per_minute", "epoch_millis"],
            [
                [7, 61, millisecond], [7, 300, millisecond + 1000],
                [99, 63, millisecond + 2000],
            ]),
        SimulatedTable(
            "resting_heart_rate_record_table", instant + ["beats_per_minute"],
            [record(1, [millisecond, 3600, 19_675, 52])]),
        SimulatedTable(
            "heart_rate_variability_rmssd_record_table",
            instant + ["heart_rate_variability_millis"],
            [record(1, [millisecond, 3600, 19_675, 45.5])]),
        SimulatedTable(
            "oxygen_saturation_record_table", instant + ["percentage"],
            [
                record(1, [millisecond, 3600, 19_675, 97.0]),
                record(2, [millisecond + 1, 3600, 19_675, 0.97]),
            ]),
        SimulatedTable(
            "StepsRecordTable", interval + ["count"],
            [
                record(1, [millisecond, 3600, millisecond + 600_000, 3600, 19_675, 700]),
                record(
                    2, app: 2,
                    [
                        millisecond + 36_000_000, -18_000, millisecond + 36_600_000, -18_000,
                        19_676, 90,
                    ]),
            ]),
        SimulatedTable(
            "active_calories_burned_record_table", interval + ["energy"],
            [
                record(1, [millisecond, 3600, millisecond + 600_000, 3600, 19_675, 50_000.0]),
                record(2, [millisecond, 3600, millisecond + 60_000, 3600, 19_675, 5_000_000.0]),
            ]),
        SimulatedTable(
            "weight_record_table", instant + ["weight"],
            [
                record(1, [millisecond, 3600, 19_675, 72_500.0]),
                record(2, [millisecond + 1, 3600, 19_675, 72.5]),
            ]),
        SimulatedTable(
            "sleep_session_record_table", interval + ["title", "notes"],
            [
                record(
                    3,
                    [millisecond, 3600, millisecond + 3_600_000, 3600, 19_675, "Night", "tired"])
            ]),
        SimulatedTable(
            "sleep_stages_table",
            ["parent_key", "stage_start_time", "stage_end_time", "stage_type"],
            [
                [3, millisecond, millisecond + 1_800_000, 4],
                [3, millisecond + 1_800_000, millisecond + 3_600_000, 7],
            ]),
        SimulatedTable(
            "exercise_session_record_table", interval + ["exercise_type", "title"],
            [record(1, [millisecond, 3600, millisecond + 60_000, 3600, 19_675, 56, "Home"])]),
        SimulatedTable("height_record_table", instant + ["height"], []),
        SimulatedTable(
            "total_calories_burned_record_table", interval + ["energy"],
            [record(1, [millisecond, 3600, millisecond + 60_000, 3600, 19_675, 9.0])]),
        SimulatedTable("sams_table", ["a"], [["x"]]),
    ])

    private static let watch =
        "<<HKDevice: 0x282a45810>, name:Sam's Watch, manufacturer:Apple Inc., model:Watch, "
        + "hardware:Watch6,2, software:10.6.1>"

    /// 2 heart rates, 1 steps, 2 sleep, 1 weight in pounds, 1 workout, 1 clock.
    public static let healthKitSamples = 8

    public static let healthKit = SimulatedRowSource([
        SimulatedTable(
            "rHeartRate",
            ["startDate", "endDate", "value", "unit", "sourceName", "device", "creationDate"],
            [
                [
                    "2024-03-01 10:00:00 +0100", "2024-03-01 10:00:00 +0100", "61.5", "count/min",
                    "Sam’s Watch", watch, "2024-03-01 10:00:00 +0100",
                ],
                [
                    "2024-03-01 10:05:00 +0100", "2024-03-01 10:05:00 +0100", "x", "count/min",
                    "Sam’s Watch", watch, "2024-03-01 10:05:00 +0100",
                ],
            ]),
        SimulatedTable(
            "rStepCount", ["startDate", "endDate", "value", "unit", "sourceName"],
            [["2024-03-01 10:00:00 +0100", "2024-03-01 10:10:00 +0100", "700", "count", "Phone"]]),
        SimulatedTable(
            "rSleepAnalysis", ["startDate", "endDate", "value", "sourceName"],
            [
                [
                    "2024-03-01 00:00:00 +0100", "2024-03-01 01:00:00 +0100",
                    "HKCategoryValueSleepAnalysisAsleepDeep", "Watch",
                ],
                [
                    "2024-03-01 01:00:00 +0100", "2024-03-01 02:00:00 +0100",
                    "HKCategoryValueSleepAnalysisDreaming", "Watch",
                ],
            ]),
        SimulatedTable(
            "rBodyMass", ["startDate", "endDate", "value", "unit", "sourceName"],
            [["2024-03-01 10:00:00 +0100", "2024-03-01 10:00:00 +0100", 160, "lb", "Scale"]]),
        SimulatedTable(
            "rBodyMassIndex", ["startDate", "endDate", "value", "unit", "sourceName"],
            [["2024-03-01 10:00:00 +0100", "2024-03-01 10:00:00 +0100", "22", "count", "Scale"]]),
        SimulatedTable(
            "workouts",
            [
                "id", "workoutActivityType", "duration", "durationUnit", "totalDistance",
                "totalDistanceUnit", "totalEnergyBurned", "totalEnergyBurnedUnit", "sourceName",
                "device", "startDate", "endDate", "workout_events",
            ],
            [
                [
                    "1", "HKWorkoutActivityTypeRunning", "5", "min", "1", "km", "50", "kcal",
                    "Sam’s Watch", watch, "2024-03-01 10:00:00 +0100", "2024-03-01 10:05:00 +0100",
                    "[]",
                ]
            ]),
        SimulatedTable("workout_points", ["date", "latitude"], [["x", 1.5]]),
        SimulatedTable("activity_summary", ["dateComponents"], [["2024-03-01"]]),
    ])
}
