// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Where the sleep level that comes next begins.
struct FITSleepState: Sendable {
    /// No level of a night is longer; one that comes later has a beginning that is not known.
    static let longest: Int64 = 3 * 3600 * 1_000_000_000

    /// Seconds of one sample; the files at hand all say 60.
    var sampleSeconds: Int64 = 60
    /// End of the level ahead, or where the file begins: nanoseconds of FIT's clock. `nil` behind a
    /// raw sample, whose level the device did not decide.
    var reached: Int64?

    /// The stage of a code: 0 unmeasurable, 1 awake, 2 light, 3 deep, 4 REM.
    static func stage(_ code: Int64) -> SleepStage? {
        switch code {
        case 0: .unscored
        case 1: .wake
        case 2: .light
        case 3: .deep
        case 4: .rem
        default: nil
        }
    }
}

extension FITSampler {
    /// A sleep level (275) ends at its time. It began where the level ahead ended; behind raw
    /// samples, or with nothing ahead, it is one sample long.
    ///
    /// Its time is the end: in real files the end marker bears the time of the last sample, which
    /// therefore cannot lie behind it.
    mutating func sleepLevel(
        _ values: FITValues, _ seconds: UInt32?, into sink: inout some SampleSink & ~Copyable
    ) {
        guard values.has(1) else { return }
        guard let code = values[1] else {
            return losses.count(.sentinel, .sleepStage, at: here)
        }
        guard let stage = FITSleepState.stage(code) else {
            return losses.count(.unknownLevel, .sleepStage, at: here)
        }
        guard let seconds else { return losses.count(.untimed, .sleepStage, at: here) }
        let end = Self.nanoseconds(seconds)
        var length = sleep.sampleSeconds * 1_000_000_000
        if let reached = sleep.reached {
            let whole = end - reached
            if (1...FITSleepState.longest).contains(whole) {
                length = whole
            } else {
                losses.count(.levelGap, .sleepStage, at: here)
            }
        }
        sleep.reached = end
        emit(
            .sleepStage, Float(stage.rawValue), at: end - length, duration: length, into: &sink)
    }

    /// The head of a sleep file (273, not published): where it begins and how long a sample is.
    mutating func sleepHead(_ values: FITValues, _ seconds: UInt32?) {
        if let length = values[1], (1...3600).contains(length) { sleep.sampleSeconds = length }
        sleep.reached = seconds.map(Self.nanoseconds)
    }

    /// A nap (412) is a stretch asleep, unless it was deleted on the device.
    mutating func nap(_ values: FITValues, into sink: inout some SampleSink & ~Copyable) {
        let start = values[1].flatMap { UInt32(exactly: $0) }
        let end = values[3].flatMap { UInt32(exactly: $0) }
        if let start, Int64(start) >= FITClock.earliest, let minutes = values[2] {
            let quarters = Calendrical.floorDivide(minutes * 60 + 450, 900)
            _ = zone(offset: quarters * 900, from: start, into: &sink)
        }
        if values[4] == 1 { return losses.count(.deletedNap, .sleepStage, at: here) }
        guard let start, let end, end >= start else {
            return losses.count(.untimed, .sleepStage, at: here)
        }
        emit(
            .sleepStage, Float(SleepStage.asleep.rawValue), at: Self.nanoseconds(start),
            duration: Self.nanoseconds(end - start), into: &sink)
    }
}
