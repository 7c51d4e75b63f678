// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// A day of heart rate, steps, intensity, stress, respiration and oxygen saturation.
///
/// Heart rate comes every minute in bed and every second minute otherwise, with 16-bit times.
/// Step counts are totals since local midnight, written at the end of each minute with steps and
/// once at the start of each such stretch, so that a difference never spans rest.
struct FITMonitoringFile {
    private enum Local {
        static let info = 0
        static let heartRate = 1
        static let steps = 2
        static let intensity = 3
        static let stress = 4
        static let respiration = 5
        static let oxygen = 6
        static let resting = 7
        static let anchor = 8
    }

    /// Codes of `activity_type` and the intensity written with each.
    private enum ActivityType: UInt8 {
        case running = 1
        case walking = 6
        case sedentary = 8

        var intensity: UInt8 {
            switch self {
            case .running: 6
            case .walking: 3
            case .sedentary: 0
            }
        }
    }

    let wearer: SimulatedWearer
    let day: Int
    private var encoder: FITEncoder
    private var random: SimulationRandom
    private var totals: [UInt8: Int] = [:]
    /// By activity type: the last minute with steps of it.
    private var lastActive: [UInt8: Int] = [:]
    private var lastType: ActivityType?
    private var lastFullTime: Int64 = 0

    /// The file of local day `day`, or `nil` if the watch had no power that day.
    static func bytes(_ wearer: SimulatedWearer, day: Int) -> [UInt8]? {
        let minutes = wearer.minuteRange(ofDay: day)
        guard let first = minutes.first(where: { wearer.minutes.isPowered[$0] }) else { return nil }
        var file = FITMonitoringFile(wearer, day, start: wearer.minutes.second(first))
        return file.written(first..<minutes.upperBound)
    }

    private init(_ wearer: SimulatedWearer, _ day: Int, start: Int64) {
        self.wearer = wearer
        self.day = day
        random = SimulationRandom(seed: wearer.settings.seed, for: "fit", day: day)
        encoder = FITDevice.begin(.monitoring, created: start, number: day + 1)
    }

    private mutating func written(_ minutes: Range<Int>) -> [UInt8] {
        defineMessages()
        let start = wearer.minutes.second(minutes.lowerBound)
        var offset = wearer.offset(at: start)
        writeInfo(start, offset)
        for type in [ActivityType.walking, .running] { writeSteps(0, type, start) }
        let night = nightValues(minutes)
        for index in minutes where wearer.minutes.isPowered[index] {
            let time = wearer.minutes.second(index)
            let now = wearer.offset(at: time)
            if now != offset {
                offset = now
                writeInfo(time, offset)
            }
            writeHeartRate(index, time)
            writeStress(index, time)
            if let values = night[index] { writeNight(values, time) }
            writeResting(index, time)
            writeMotion(index, time)
        }
        return encoder.finished()
    }

    private mutating func defineMessages() {
        encoder.define(Local.info, 103, [.timestamp, .uint32(0), .uint16(5)])
        encoder.define(Local.heartRate, 55, [.uint16(26), .uint8(27)])
        encoder.define(Local.steps, 55, [.uint32(3), .uint16(26), .enumeration(5)])
        encoder.define(Local.intensity, 55, [.timestamp, .byte(24)])
        encoder.define(Local.stress, 227, [.sint16(0), .uint32(1)])
        encoder.define(Local.respiration, 297, [.timestamp, .sint16(0)])
        encoder.define(Local.oxygen, 269, [.timestamp, .uint8(0), .uint8(1), .enumeration(2)])
        encoder.define(Local.resting, 211, [.timestamp, .uint8(0), .uint8(1)])
        encoder.define(Local.anchor, 55, [.timestamp, .uint8(27)])
    }

    private mutating func writeInfo(_ time: Int64, _ offset: Int32) {
        encoder.write(Local.info, [.time(time), .time(time + Int64(offset)), .short(1680)])
        lastFullTime = time
    }

    /// On getting up: the week's and the night's resting heart rate.
    private mutating func writeResting(_ index: Int, _ time: Int64) {
        guard let night = wearer.night(day), wearer.minutes.index(night.rise) == index else {
            return
        }
        let week = wearer.nights
            .filter { $0.isRecorded && $0.day <= day && $0.day > day - 7 }
            .map(\.vitals.restingHeartRate)
        guard night.isRecorded else { return }
        let mean = week.reduce(0, +) / Double(week.count)
        encoder.write(
            Local.resting,
            [
                .time(time), .byte(UInt8(mean.rounded())),
                .byte(UInt8(night.vitals.restingHeartRate.rounded())),
            ])
        lastFullTime = time
    }

    private mutating func writeHeartRate(_ index: Int, _ time: Int64) {
        guard wearer.minutes.isWorn[index] else { return }
        let isInBed = wearer.minutes.stage[index] != nil
        guard isInBed || index % 2 == 0 else { return }
        let reading = wearer.minutes.heartRate[index] + random.normal(0.5)
        let rate = FITValue.byte(UInt8(reading.rounded()))
        // A 16-bit time is good for 18 h after the last full one; an hour leaves room.
        if time < lastFullTime || time - lastFullTime > 3600 {
            encoder.write(Local.anchor, [.time(time), rate])
            lastFullTime = time
        } else {
            encoder.write(Local.heartRate, [shortTime(time), rate])
        }
    }

    /// Every three minutes; -1 off the wrist, -2 in motion, as the real devices do.
    private mutating func writeStress(_ index: Int, _ time: Int64) {
        guard index % 3 == 0 else { return }
        let value: Int16
        if !wearer.minutes.isWorn[index] {
            value = -1
        } else if wearer.minutes.motion[index].rawValue >= Motion.walking.rawValue {
            value = -2
        } else {
            let base = wearer.minutes.stage[index] == nil ? 67.0 : 54
            let scale = wearer.minutes.stage[index] == nil ? 1.8 : 1.4
            let level =
                (wearer.minutes.stage[index] == nil ? 33 : 17)
                + (wearer.minutes.heartRate[index] - base) * scale + random.normal(4)
            value = Int16(min(99, max(1, level)).rounded())
        }
        encoder.write(Local.stress, [.short(UInt16(bitPattern: value)), .time(time)])
    }

    private mutating func writeMotion(_ index: Int, _ time: Int64) {
        guard wearer.minutes.isWorn[index] else { return }
        let motion = wearer.minutes.motion[index]
        let type: ActivityType =
            switch motion {
            case .running: .running
            case .walking: .walking
            case .still, .pottering: .sedentary
            }
        if type != lastType || index % 60 == 0 {
            encoder.write(
                Local.intensity, [.time(time), .byte(type.rawValue | type.intensity << 5)])
            lastType = type
            lastFullTime = time
        }
        let steps = wearer.minutes.recordedSteps(index)
        guard steps > 0 else { return }
        let counted: ActivityType = motion == .running ? .running : .walking
        if lastActive[counted.rawValue] != index - 1 { writeSteps(0, counted, time) }
        writeSteps(steps, counted, time + 60)
        lastActive[counted.rawValue] = index
    }

    private mutating func writeSteps(_ steps: Int, _ type: ActivityType, _ time: Int64) {
        totals[type.rawValue, default: 0] += steps
        let total = UInt32(totals[type.rawValue, default: 0])
        encoder.write(Local.steps, [.long(total), shortTime(time), .byte(type.rawValue)])
    }

    private func shortTime(_ time: Int64) -> FITValue {
        .short(UInt16(truncatingIfNeeded: fitSeconds(time)))
    }

    private struct NightValues {
        var respiration: Double?
        var oxygen: Double?
    }

    /// Respiration and saturation by minute, from the nights that touch this day.
    private func nightValues(_ minutes: Range<Int>) -> [Int: NightValues] {
        var values: [Int: NightValues] = [:]
        for night in wearer.nights where night.day == day || night.day == day + 1 {
            for point in night.vitals.respiratoryRate {
                values[wearer.minutes.index(point.time), default: .init()].respiration = point.value
            }
            for point in night.vitals.oxygenSaturation {
                values[wearer.minutes.index(point.time), default: .init()].oxygen = point.value
            }
        }
        return values.filter { wearer.minutes.isWorn.indices.contains($0.key) }
    }

    private mutating func writeNight(_ values: NightValues, _ time: Int64) {
        guard wearer.minutes.isWorn[wearer.minutes.index(time)] else { return }
        if let respiration = values.respiration {
            let raw = UInt16((respiration * 100).rounded())
            encoder.write(Local.respiration, [.time(time), .short(raw)])
        }
        if let oxygen = values.oxygen {
            encoder.write(
                Local.oxygen, [.time(time), .byte(UInt8(oxygen.rounded())), .byte(80), .byte(3)])
        }
        lastFullTime = time
    }
}
