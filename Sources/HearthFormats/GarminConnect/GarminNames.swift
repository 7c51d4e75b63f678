// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// The scalars of Garmin Connect's documents that are looked at.
enum GarminField: String, JSONNames {
    /// An element of a row.
    case item = "[]"
    case date = "calendarDate|dailySleepDTO.calendarDate|hrvSummary.calendarDate"
    case value = "value"
    // Two clocks side by side.
    case startGMT = "startTimestampGMT|wellnessStartTimeGmt|startGMT|startTimeGMT"
    case endGMT = "endTimestampGMT|wellnessEndTimeGmt|endGMT"
    case startLocal = "startTimestampLocal|wellnessStartTimeLocal"
    case endLocal = "endTimestampLocal|wellnessEndTimeLocal"
    case sleepStartGMT = "sleepStartTimestampGMT|dailySleepDTO.sleepStartTimestampGMT"
    case sleepEndGMT = "sleepEndTimestampGMT|dailySleepDTO.sleepEndTimestampGMT"
    case sleepStartLocal = "sleepStartTimestampLocal|dailySleepDTO.sleepStartTimestampLocal"
    case sleepEndLocal = "sleepEndTimestampLocal|dailySleepDTO.sleepEndTimestampLocal"
    case eventStart = "event.eventStartTimeGmt"
    case eventOffset = "event.timezoneOffset"
    case napStart = "napStartTimestampGMT"
    case napEnd = "napEndTimestampGMT"
    case readingGMT = "readingTimeGMT"
    case readingLocal = "readingTimeLocal"
    case epochTime = "epochTimestamp"
    case epochSeconds = "epochDuration"
    case weighedGMT = "timestampGMT"
    case weighedLocal = "date"
    case asOfDate = "asOfDateGmt"
    // Which position of a row holds what.
    case rateKey = "heartRateValueDescriptors[].key"
    case rateIndex = "heartRateValueDescriptors[].index"
    case stressKey = "stressValueDescriptorsDTOList[].key"
    case stressIndex = "stressValueDescriptorsDTOList[].index"
    case batteryKey = "bodyBatteryValueDescriptorsDTOList[].bodyBatteryValueDescriptorKey"
    case batteryIndex = "bodyBatteryValueDescriptorsDTOList[].bodyBatteryValueDescriptorIndex"
    // Values.
    case hrv = "hrvValue"
    case oxygen = "spo2Reading"
    case respiration = "respirationValue"
    case activityLevel = "activityLevel"
    case weight = "weight"
    case restingRate = "restingHeartRate"
    case nightHRV = "lastNightAvg|hrvSummary.lastNightAvg"
    case nightOxygen = "dailySleepDTO.averageSpO2Value|spo2SleepSummary.averageSPO2"
    case nightRespiration = "dailySleepDTO.averageRespirationValue|averageRespiration"
    case nightTemperature = "avgSkinTempDeviationC"
    case nightStress = "dailySleepDTO.avgSleepStress|avgSleepStress"
    case steps = "totalSteps"
    case distance = "totalDistance|totalDistanceMeters"
    case activeEnergy = "activeKilocalories"
    case dayStress = "values.overallStressLevel"
    case weekSteps = "values.totalSteps"
    case oxygenUptake = "biometricVo2Max|vo2Max"
    case fitnessRate = "rhr"
    case metricType = "metrics[].type"
    case metricValue = "metrics[].value"
    case stressType = "allDayStress.aggregatorList[].type"
    case stressLevel = "allDayStress.aggregatorList[].averageStressLevel"
    // Known and not read.
    case stageTotals =
        "deepSleepSeconds|lightSleepSeconds|remSleepSeconds|awakeSleepSeconds|unmeasurableSeconds|dailySleepDTO.deepSleepSeconds|dailySleepDTO.lightSleepSeconds|dailySleepDTO.remSleepSeconds|dailySleepDTO.awakeSleepSeconds|dailySleepDTO.unmeasurableSleepSeconds"
    case sleepScore =
        "dailySleepDTO.sleepScores.overall.value|sleepScores.overallScore|currentBioAge|fitnessAge"
    case intensityMinutes = "moderateValue|vigorousValue"
    case hydration = "valueInML"
    case extremes =
        "maxHeartRate|minHeartRate|lastSevenDaysAvgRestingHeartRate|maxStressLevel|avgStressLevel|hrvSummary.weeklyAvg|hrvSummary.lastNight5MinHigh|weeklyAvg|lastNight5MinHigh|dailySleepDTO.lowestSpO2Value|dailySleepDTO.highestSpO2Value|dailySleepDTO.lowestRespirationValue|dailySleepDTO.highestRespirationValue|averageStress|lowestRespiration|highestRespiration"
    case bodyComposition = "bodyFat|bodyWater|boneMass|muscleMass"
}

/// The rows and elements that are records of their own.
enum GarminCut: String, JSONNames {
    case rate = "heartRateValues[]"
    case stress = "stressValuesArray[]"
    case battery = "bodyBatteryValuesArray[]"
    case hrvReading = "hrvReadings[]"
    case hrvSummary = "hrvSummaries[]"
    case level = "sleepLevels[]"
    case movement = "sleepMovement[]"
    case restless = "sleepRestlessMoments[]"
    case sleepRate = "sleepHeartRate[]"
    case sleepStress = "sleepStress[]"
    case sleepBattery = "sleepBodyBattery[]"
    case sleepHRV = "hrvData[]"
    case oxygen = "wellnessEpochSPO2DataDTOList[]"
    case respiration = "wellnessEpochRespirationDataDTOList[]"
    case weight = "dateWeightList[]"
    case nap = "napList[]|dailyNapDTOS[]|dailySleepDTO.dailyNapDTOS[]"
}

/// What rows of numbers hold, and where if the document does not say.
enum GarminRows: Int, Sendable, CaseIterable {
    case rate, stress, battery

    init?(_ cut: GarminCut) {
        switch cut {
        case .rate: self = .rate
        case .stress: self = .stress
        case .battery: self = .battery
        default: return nil
        }
    }

    var quantity: Quantity {
        switch self {
        case .rate: .heartRate
        case .stress: .stress
        case .battery: .bodyBattery
        }
    }

    /// Stress and body battery are a vendor's algorithm; heart rate is sensed.
    var derivation: Derivation { self == .rate ? .measured : .derived }

    var key: GarminField {
        switch self {
        case .rate: .rateKey
        case .stress: .stressKey
        case .battery: .batteryKey
        }
    }

    var index: GarminField {
        switch self {
        case .rate: .rateIndex
        case .stress: .stressIndex
        case .battery: .batteryIndex
        }
    }

    /// The name of the value's column in the list of descriptors.
    var valueKey: String {
        switch self {
        case .rate: "heartrate"
        case .stress: "stressLevel"
        case .battery: "bodyBatteryLevel"
        }
    }

    /// Positions as every document seen has them.
    var usual: (time: Int32, value: Int32) { self == .battery ? (0, 2) : (0, 1) }
}
