// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// The files a watch writes after a night: sleep levels, and HRV with skin temperature.
enum FITNightFiles {
    /// One sleep level a minute; each is stamped with the end of its minute, and the unpublished
    /// messages 273 and 276 mark the beginning and the end, as the real files have them.
    static func sleep(_ wearer: SimulatedWearer, _ night: SimulatedNight) -> [UInt8] {
        var encoder = FITDevice.begin(.sleep, created: night.bed, number: night.day)
        let offset = Int64(wearer.offset(at: night.bed))
        encoder.define(0, 273, [.timestamp, .uint32(2), .uint16(1), .enumeration(0)])
        encoder.write(0, [.time(night.bed), .time(night.bed + offset), .short(60), .byte(2)])
        encoder.define(2, 275, [.timestamp, .enumeration(0)])
        for (index, stage) in night.stages.enumerated() {
            encoder.write(2, [.time(night.bed + Int64(index + 1) * 60), .byte(level(stage))])
        }
        encoder.define(3, 276, [.timestamp])
        encoder.write(3, [.time(night.rise)])
        return encoder.finished()
    }

    /// RMSSD every five minutes, its summary, and the skin temperature of the night.
    static func overnight(_ wearer: SimulatedWearer, _ night: SimulatedNight) -> [UInt8] {
        var encoder = FITDevice.begin(.hrvStatus, created: night.rise, number: night.day)
        encoder.define(2, 371, [.timestamp, .uint16(0)])
        for point in night.vitals.rmssd {
            encoder.write(2, [.time(point.time + 300), .short(raw(point.value))])
        }
        encoder.define(0, 370, [.timestamp] + (0..<6).map { .uint16($0) } + [.enumeration(6)])
        encoder.write(0, summary(wearer, night))
        encoder.define(3, 398, [.timestamp, .uint32(0), .float32(1), .float32(2), .float32(4)])
        let local = night.rise + Int64(wearer.offset(at: night.rise))
        let week = recentNights(wearer, night)
            .map(\.vitals.skinTemperatureDeviation)
        let mean = week.reduce(0, +) / Double(week.count)
        encoder.write(
            3,
            [
                .time(night.rise), .time(local),
                .float(hundredths(night.vitals.skinTemperatureDeviation)),
                .float(hundredths(mean)), .float(hundredths(night.vitals.skinTemperature)),
            ])
        return encoder.finished()
    }

    /// Averages of the week and the night, the best five minutes, and a band around 47 ms.
    private static func summary(_ wearer: SimulatedWearer, _ night: SimulatedNight) -> [FITValue] {
        let week = recentNights(wearer, night).map(\.vitals.meanRMSSD)
        let mean = night.vitals.meanRMSSD
        let best = night.vitals.rmssd.map(\.value).max() ?? mean
        let band = [36.0, 41, 55]
        let status: UInt8 = mean < band[0] ? 2 : (mean < band[1] || mean > band[2] ? 3 : 4)
        return [
            .time(night.rise), .short(raw(week.reduce(0, +) / Double(week.count))),
            .short(raw(mean)), .short(raw(best)),
        ] + band.map { .short(raw($0)) } + [.byte(status)]
    }

    /// The recorded nights of the seven days that end with this one.
    private static func recentNights(
        _ wearer: SimulatedWearer, _ night: SimulatedNight
    ) -> [SimulatedNight] {
        wearer.nights.filter { $0.isRecorded && $0.day <= night.day && $0.day > night.day - 7 }
    }

    private static func level(_ stage: SleepStage) -> UInt8 {
        switch stage {
        case .light: 2
        case .deep: 3
        case .rem: 4
        default: 1
        }
    }

    /// Milliseconds in 128ths.
    private static func raw(_ milliseconds: Double) -> UInt16 {
        UInt16((milliseconds * 128).rounded())
    }

    private static func hundredths(_ value: Double) -> Float {
        Float((value * 100).rounded() / 100)
    }
}
