// SPDX-License-Identifier: Apache-2.0

/// Documents of web services and account exports as their published layouts have them.
public enum CloudFixtures {
    // MARK: Garmin Connect

    /// A day of heart rates; `list` stands in front of the rows or behind them.
    public static func garminRates(
        _ rows: String,
        list: String = #"[{"key":"timestamp","index":0},{"key":"heartrate","index":1}]"#,
        isListFirst: Bool = true, local: String = "2026-01-07T00:00:00.0"
    ) -> String {
        let descriptors = "\"heartRateValueDescriptors\":\(list)"
        let values = "\"heartRateValues\":[\(rows)]"
        let lists = isListFirst ? [descriptors, values] : [values, descriptors]
        return """
            {"userProfilePK":0,"calendarDate":"2026-01-07",
            "startTimestampGMT":"2026-01-07T06:00:00.0","endTimestampGMT":"2026-01-08T06:00:00.0",
            "startTimestampLocal":"\(local)",
            "maxHeartRate":115,"minHeartRate":49,"restingHeartRate":52,
            \(lists.joined(separator: ",\n"))}
            """
    }

    public static let garminSleep = """
        {"dailySleepDTO":{"id":1,"calendarDate":"2025-10-26","sleepTimeSeconds":24180,
        "sleepStartTimestampGMT":1761427800000,"sleepEndTimestampGMT":1761456600000,
        "sleepStartTimestampLocal":1761435000000,"sleepEndTimestampLocal":1761460200000,
        "deepSleepSeconds":3600,"lightSleepSeconds":3600,"remSleepSeconds":3600,"awakeSleepSeconds":600,
        "averageSpO2Value":93.0,"averageRespirationValue":13.0,"avgSleepStress":14.0,
        "sleepScores":{"overall":{"value":83,"qualifierKey":"GOOD"}}},
        "sleepMovement":[
        {"startGMT":"2025-10-25T21:30:00.0","endGMT":"2025-10-25T21:31:00.0","activityLevel":5.25},
        {"startGMT":"2025-10-25T21:31:00.0","endGMT":"2025-10-25T21:32:00.0","activityLevel":0.5}],
        "sleepLevels":[
        {"startGMT":"2025-10-25T21:30:00.0","endGMT":"2025-10-25T22:30:00.0","activityLevel":1.0},
        {"startGMT":"2025-10-25T22:30:00.0","endGMT":"2025-10-26T00:30:00.0","activityLevel":0.0},
        {"startGMT":"2025-10-26T00:30:00.0","endGMT":"2025-10-26T02:30:00.0","activityLevel":2.0},
        {"startGMT":"2025-10-26T02:30:00.0","endGMT":"2025-10-26T05:30:00.0","activityLevel":3.0},
        {"startGMT":"2025-10-26T05:30:00.0","endGMT":"2025-10-26T05:31:00.0","activityLevel":9.0}],
        "sleepRestlessMoments":[{"value":1,"startGMT":1761427800000}],
        "wellnessEpochSPO2DataDTOList":[
        {"epochTimestamp":"2025-10-25T22:00:00.0","epochDuration":60,"spo2Reading":95,"readingConfidence":2}],
        "wellnessEpochRespirationDataDTOList":[
        {"startTimeGMT":1761429600000,"respirationValue":14.0},
        {"startTimeGMT":1761429720000,"respirationValue":-1.0}],
        "sleepHeartRate":[{"value":51,"startGMT":1761429600000}],
        "sleepStress":[{"value":12,"startGMT":1761429600000}],
        "sleepBodyBattery":[{"value":40,"startGMT":1761429600000}],
        "hrvData":[{"value":61.0,"startGMT":1761429600000}],
        "avgSkinTempDeviationC":-0.4,"restingHeartRate":44}
        """

    public static let garminArchive = """
        [{"sleepStartTimestampGMT":"2024-05-02T21:00:00.0","sleepEndTimestampGMT":"2024-05-03T05:00:00.0",
        "calendarDate":"2024-05-03","deepSleepSeconds":4000,"lightSleepSeconds":9000,"remSleepSeconds":5000,
        "awakeSleepSeconds":600,"unmeasurableSeconds":0,"averageRespiration":14.0,
        "spo2SleepSummary":{"averageSPO2":95.0,"lowestSPO2":88},"sleepScores":{"overallScore":86},
        "napList":[{"napTimeSec":1800,"napStartTimestampGMT":"2024-05-03T12:00:00.0",
        "napEndTimestampGMT":"2024-05-03T12:30:00.0"}]}]
        """

    public static let garminHealthStatus = """
        [{"calendarDate":"2024-05-03","metrics":[
        {"type":"HRV","value":62.0,"status":"IN_RANGE"},{"type":"HR","value":57.0},
        {"value":97.0,"type":"SPO2"},{"type":"SKIN_TEMP_C","value":-0.3},
        {"type":"SKIN_TEMP_F","value":-0.5},{"type":"RESPIRATION","value":0.0,"status":"UNKNOWN"}]}]
        """

    public static let garminDay = """
        [{"calendarDate":"2024-05-03","wellnessStartTimeGmt":"2024-05-02T22:00:00.0",
        "wellnessEndTimeGmt":"2024-05-03T22:00:00.0","wellnessStartTimeLocal":"2024-05-03T00:00:00.0",
        "totalSteps":8200,"totalDistanceMeters":6100,"activeKilocalories":410.0,"restingHeartRate":55,
        "allDayStress":{"aggregatorList":[{"type":"TOTAL","averageStressLevel":31},
        {"type":"ASLEEP","averageStressLevel":14},{"type":"AWAKE","averageStressLevel":-1}]}}]
        """

    // MARK: Oura

    /// A period of sleep; times carry their offset.
    public static func ouraPeriod(
        start: String = "2025-10-25T23:30:00+02:00", end: String = "2025-10-26T00:15:00+02:00",
        phases: String = "421133244", type: String = "long_sleep", items: String = "60.0,null,58.0"
    ) -> String {
        """
        {"id":"a","day":"2025-10-26","type":"\(type)","bedtime_start":"\(start)",
        "bedtime_end":"\(end)","average_breath":14.25,"average_heart_rate":56.5,"average_hrv":48,
        "lowest_heart_rate":49,"deep_sleep_duration":600,"sleep_phase_5_min":"\(phases)",
        "heart_rate":{"interval":300.0,"items":[\(items)],"timestamp":"\(start)"},
        "hrv":{"interval":300.0,"items":[-5,45,null],"timestamp":"\(start)"},
        "movement_30_sec":"1123"}
        """
    }

    public static func ouraList(_ documents: [String]) -> String {
        "{\"data\":[\n" + documents.joined(separator: ",\n") + "],\n\"next_token\":null}"
    }

    public static let ouraSleepTable = #"""
        id;average_breath;average_hrv;bedtime_end;bedtime_start;day;heart_rate;hrv;lowest_heart_rate;sleep_phase_5_min;type
        a;14.25;48;2025-10-26T00:15:00+02:00;2025-10-25T23:30:00+02:00;2025-10-26;"{""interval"":300.0,""items"":[60.0,null,58.0],""timestamp"":""2025-10-25T23:30:00+02:00""}";{"interval":300.0,"items":[null,45],"timestamp":"2025-10-25T23:30:00+02:00"};49;421133244;long_sleep
        b;13;40;2025-10-26T07:00:00+01:00;2025-10-26T03:10:00+01:00;2025-10-26;;;50;4421;late_nap

        """#

    public static let ouraDays = """
        [{"day":"2025-10-26","score":80,"timestamp":"2025-10-26T00:00:00+00:00","contributors":{"deep_sleep":70}},
        {"day":"2025-10-26","score":75,"temperature_deviation":-0.25,"contributors":{}},
        {"day":"2025-10-26","spo2_percentage":{"average":96.5}},
        {"day":"2025-10-27","spo2_percentage":null},
        {"day":"2025-10-26","steps":9000,"active_calories":350,"equivalent_walking_distance":7000},
        {"day":"2025-10-26","stress_high":3600,"recovery_high":600}]
        """

    public static let ouraRates = """
        {"data":[
        {"bpm":60,"source":"sleep","timestamp":"2025-10-26T01:00:00+00:00"},
        {"bpm":61,"source":"awake","timestamp":"2025-10-26T01:05:00Z"},
        {"bpm":null,"source":"awake","timestamp":"2025-10-26T01:10:00+00:00"}]}
        """

    // MARK: Polar

    /// A session of one exercise; `offset` is a member with its comma, or nothing.
    public static func polarSession(offset: String = "\"timezoneOffsetMinutes\":120,") -> String {
        """
        {"identifier":{"id":"x"},"exportVersion":"1.6","startTime":"2025-07-01T08:00:00.000",
        "exercises":[{"identifier":{"id":"e"},"startTime":"2025-07-01T08:00:00.000",
        "stopTime":"2025-07-01T08:10:00.000",\(offset)"durationMillis":590000,"distanceMeters":1500.0,
        "calories":90,"sport":{"id":"1"},
        "routes":{"route":{"wayPoints":[{"latitude":1.5,"longitude":2.5,"elapsedMillis":0}]}},
        "samples":{"samples":[
        {"type":"HEART_RATE","intervalMillis":1000,"values":[90, NaN, 92, "NaN", 0, 95]},
        {"type":"SPEED","intervalMillis":1000,"values":[8.5, NaN]}]}}]}
        """
    }

    public static let polarRates = """
        {"deviceDays":[{"userId":1,"deviceId":"ABC","date":"2025-07-01","samples":[
        {"heartRate":61,"secondsFromDayStart":3600},
        {"heartRate":62,"secondsFromDayStart":3900},
        {"heartRate":0,"secondsFromDayStart":4200}]},
        {"samples":[{"heartRate":63,"secondsFromDayStart":60}],"date":"2025-07-02","deviceId":"DEF"}]}
        """

    public static let polarActivity = """
        {"exportVersion":"1.6","date":"2025-07-01","summary":{"stepCount":30},
        "samples":{"mets":[{"localTime":"00:00:00","value":1.5}],
        "steps":[{"localTime":"08:00:00","value":10},{"localTime":"08:01:00","value":20}]}}
        """

    public static let polarBeats = """
        [{"date":"2025-07-01","devicePpiSamplesList":[{"deviceId":"ABC","ppiSamples":[
        {"sampleDateTime":"2025-07-01T01:00:00.000","pulseLength":900},
        {"sampleDateTime":"2025-07-01T01:00:00.910","pulseLength":910},
        {"sampleDateTime":"2025-07-01T01:00:01.820","pulseLength":NaN}]}]}]
        """

    public static let polarNight = """
        [{"night":"2025-10-26","evaluation":{"sleepType":"A","age":40},
        "sleepResult":{"hypnogram":{"sleepStart":"2025-10-25T23:00:00.000+02:00",
        "sleepEnd":"2025-10-26T06:00:00.000+01:00","birthday":"1980-01-01","deviceId":"ABC",
        "sleepStateChanges":[
        {"offsetFromStart":"PT0S","state":"WAKE"},{"offsetFromStart":"PT10M","state":"NONREM12"},
        {"offsetFromStart":"PT1H","state":"NONREM3"},{"offsetFromStart":"PT2H30M","state":"REM"},
        {"offsetFromStart":"PT3H","state":"NOTHING"},
        {"offsetFromStart":"PT8H30M","state":"WAKE"}]}}}]
        """

    public static let polarRecovery = """
        [{"night":"2025-07-01","meanNightlyRecoveryRri":1100,"meanNightlyRecoveryRmssd":42,
        "meanNightlyRecoveryRespirationInterval":4200,"ansStatus":2.5,"sleepTip":"x"},
        {"night":"2025-07-02","meanNightlyRecoveryRri":1050,"recoveryIndicator":3}]
        """

    // MARK: Samsung Health

    public static func samsungTable(_ type: String, _ columns: String, _ rows: [String]) -> String {
        "com.samsung.\(type),7006011,11\n\u{FEFF}\(columns)\n"
            + rows.map { $0 + ",\n" }.joined()
    }

    public static let samsungRates = samsungTable(
        "shealth.tracker.heart_rate",
        "com.samsung.health.heart_rate.start_time,com.samsung.health.heart_rate.end_time,"
            + "com.samsung.health.heart_rate.time_offset,com.samsung.health.heart_rate.heart_rate,"
            + "com.samsung.health.heart_rate.binning_data,com.samsung.health.heart_rate.deviceuuid",
        [
            "2025-10-25 08:00:00.000,2025-10-25 08:00:00.000,UTC+0200,61.0,,dev1",
            "2025-10-25 09:00:00.000,2025-10-25 09:59:00.000,UTC+0200,65.0,a.binning_data.json,dev1",
            "2025-10-26 08:00:00.000,2025-10-26 08:00:00.000,UTC+0100,62.0,,dev1",
            "1001-01-01 00:00:00.000,1001-01-01 00:00:00.000,UTC+0100,62.0,,dev1",
            "2025-10-26 09:00:00.000,2025-10-26 09:00:00.000,UTC+0100,,,dev1",
        ])

    public static let samsungStages = samsungTable(
        "health.sleep_stage", "start_time,sleep_id,stage,time_offset,end_time",
        [
            "2025-10-25 23:00:00.000,s,40002,UTC+0200,2025-10-25 23:30:00.000",
            "2025-10-25 23:30:00.000,s,40003,UTC+0200,2025-10-26 00:10:00.000",
            "2025-10-26 00:10:00.000,s,40004,UTC+0200,2025-10-26 00:30:00.000",
            "2025-10-26 00:30:00.000,s,40001,UTC+0200,2025-10-26 00:40:00.000",
            "2025-10-26 00:40:00.000,s,40009,UTC+0200,2025-10-26 00:45:00.000",
        ])

    public static let samsungTrend = samsungTable(
        "shealth.step_daily_trend", "binning_data,source_type,count,distance,calorie,day_time",
        [
            "a.json,-2,8000,6000.5,300,1761350400000", "b.json,0,5000,3500,200,1761350400000",
            "c.json,3,3000,2500.5,100,1761350400000",
        ])

    public static let samsungBins = """
        [{"heart_rate":61.0,"heart_rate_max":65.0,"heart_rate_min":58.0,"start_time":1761379200000,
        "end_time":1761379259999},
        {"heart_rate":62.0,"start_time":1761379260000,"end_time":1761379319999},
        {"heart_rate":0,"start_time":1761379320000,"end_time":1761379379999}]
        """

    public static let samsungVariability = """
        [{"start_time":1761379200000,"end_time":1761379500000,"sdnn":55.5,"rmssd":41.25},
        {"start_time":1761379500000,"end_time":1761379800000,"sdnn":50.5,"rmssd":40.25}]
        """
}
