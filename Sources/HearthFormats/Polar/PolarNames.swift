// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// The scalars of Polar Flow's documents that are looked at.
enum PolarField: String, JSONNames {
    // Sessions and exercises.
    case startTime
    case stopTime
    case offsetMinutes = "timezoneOffsetMinutes|timezoneOffset"
    case durationMillis
    case distance = "distanceMeters"
    case calories
    case seriesType = "samples.samples[].type"
    case seriesInterval = "samples.samples[].intervalMillis"
    case seriesValue = "samples.samples[].values[]"
    case rateTime = "samples.heartRate[].dateTime"
    case rateValue = "samples.heartRate[].value"
    // Days.
    case date
    case deviceID = "deviceId"
    case localTime
    case value
    case stepTotal = "summary.stepCount"
    case heartRate
    case secondOfDay = "secondsFromDayStart"
    case beatTime = "sampleDateTime"
    case pulseLength
    // Nights.
    case night
    case sleepStart = "sleepResult.hypnogram.sleepStart"
    case sleepEnd = "sleepResult.hypnogram.sleepEnd"
    case stateOffset = "sleepResult.hypnogram.sleepStateChanges[].offsetFromStart"
    case state = "sleepResult.hypnogram.sleepStateChanges[].state"
    case nightRMSSD = "meanNightlyRecoveryRmssd"
    // Known and not read.
    case nightInterval = "meanNightlyRecoveryRri|meanNightlyRecoveryRespirationInterval"
    case score = "sleepScoreResult.sleepScore|ansStatus|recoveryIndicator"
    case blob = "hrvData.samplingIntervalInMillis|breathingRateData.samplingIntervalInMillis"
    case test = "ownIndex|rrAvgSupine|rmssdSupine|fitnessClass"
    case activityLevel = "summary.activityLevels"
}

enum PolarCut: String, JSONNames {
    case exercise = "exercises[]"
    case step = "samples.steps[]"
    case met = "samples.mets[]|samples.metSources[]"
    case day = "deviceDays[]"
    case rate = "samples[]"
    case beatDevice = "devicePpiSamplesList[]"
    case beat = "ppiSamples[]"
}

/// What a regular series of an exercise holds.
enum PolarSeries {
    /// The quantity of a type, and what a value is multiplied by.
    static func quantity(_ type: String) -> Quantity? {
        switch type {
        case "HEART_RATE": .heartRate
        default: nil
        }
    }

    static func stage(_ state: String) -> SleepStage? {
        switch state {
        case "WAKE": .wake
        case "REM": .rem
        case "NONREM1", "NONREM2", "NONREM12": .light
        case "NONREM3": .deep
        case "UNKNOWN": .unscored
        default: nil
        }
    }
}
