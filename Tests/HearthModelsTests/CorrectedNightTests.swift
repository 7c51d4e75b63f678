// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthTestSupport
import Testing

@testable import HearthModels

/// What the person says of a night wins, and what was found stays beside it.
@Suite struct CorrectedNightTests {
    static let day = LocalDate(dayNumber: 19_800)

    private func plain() -> DayBuilder {
        var builder = DayBuilder()
        builder.addPlainDay(Self.day, seed: 5)
        return builder
    }

    private func correction(
        _ builder: DayBuilder, _ id: UInt32, _ kind: SleepCorrection.Kind, _ from: Int, _ to: Int,
        made: Int64? = nil
    ) -> SleepCorrection {
        SleepCorrection(
            id: CorrectionID(rawValue: id), kind: kind,
            start: Timestamp(nanoseconds: builder.instant(Self.day, minute: from)),
            end: Timestamp(nanoseconds: builder.instant(Self.day, minute: to)),
            made: Timestamp(seconds: made ?? Int64(id)))
    }

    private func features(
        _ builder: DayBuilder, _ corrections: [SleepCorrection], day: LocalDate = day
    ) -> DayFeatures {
        var input = builder.input(day)
        input.corrections = corrections
        return DayScorer.features(input)
    }

    private func minute(_ builder: DayBuilder, _ time: Timestamp?) -> Int? {
        time.map {
            Int(($0.nanoseconds - builder.instant(Self.day, minute: 0)) / DayBuilder.minute)
        }
    }

    @Test func `an edited night has the person's times and keeps what was found`() throws {
        let builder = plain()
        let found = try #require(builder.features(Self.day).night)
        let edit = correction(builder, 1, .edit, -150, 510)
        let result = features(builder, [edit])
        let night = try #require(result.night)
        #expect(minute(builder, night.start) == -150 && minute(builder, night.end) == 510)
        #expect(night.hypnogram.start == night.start && night.hypnogram.stages.count == 1320)
        #expect(result.value(of: "time-in-bed") == 660)
        let kept = try #require(night.correction?.found)
        #expect(kept.start == found.start && kept.end == found.end && kept.stagedBy == "hearth")
        #expect(kept.sleepMinutes == builder.features(Self.day).value(of: "total-sleep-time"))
        #expect(night.correction?.id == edit.id && night.correction?.missing == nil)
        // Heart rate is raised outside 23:00 to 07:00, so the added hours are mostly wake.
        let slept = try #require(result.value(of: "total-sleep-time"))
        #expect(abs(slept - 480) < 40)
        #expect(result.ownWindow == builder.features(Self.day).ownWindow)
        #expect(result.corrections?.sleep == [AppliedCorrection(edit)])
    }

    @Test func `an edited night goes on with the vendor's stages, and Hearth's where it has none`()
        throws
    {
        var builder = plain()
        // Light to 02:00, deep to 04:00, REM to 06:00.
        builder.add(.sleepStage, Self.day, [(-30, 150, 3), (120, 120, 4), (240, 120, 5)])
        let found = try #require(builder.features(Self.day).night)
        #expect(found.stagedBy == "Test" && found.second?.stagedBy == "hearth")
        let night = try #require(features(builder, [correction(builder, 1, .edit, -60, 360)]).night)
        #expect(night.stagedBy == "Test")
        #expect(night.hypnogram.stages.count == 840)
        for (index, stage) in night.hypnogram.stages.enumerated() {
            let minute = -60 + index / 2
            switch minute {
            case ..<(-30): #expect(stage == .asleep || stage == .wake)
            case ..<120: #expect(stage == .light)
            case ..<240: #expect(stage == .deep)
            default: #expect(stage == .rem)
            }
        }
        #expect(night.hypnogram.stages.prefix(60).contains(.asleep))
        #expect(night.correction?.found?.stagedBy == "Test")
        let cut = try #require(features(builder, [correction(builder, 1, .edit, 100, 300)]).night)
        #expect(cut.hypnogram.stages.count == 400 && !cut.hypnogram.stages.contains(.asleep))
    }

    @Test func `a removed night is no sleep`() throws {
        let builder = plain()
        let night = try #require(builder.features(Self.day).night)
        var remove = correction(builder, 1, .remove, 0, 1)
        (remove.start, remove.end) = (night.start, night.end)
        let result = features(builder, [remove])
        #expect(result.night == nil)
        #expect(result.nightMissing?.contains("You said") == true)
        #expect(result.corrections?.sleep.map(\.correction) == [remove])
        // Less than half of it: the night still stands.
        remove.end = night.start.advanced(
            byNanoseconds: night.end.nanoseconds(since: night.start) * 49 / 100)
        #expect(features(builder, [remove]).night == night)
        remove.end = night.start.advanced(
            byNanoseconds: night.end.nanoseconds(since: night.start) * 51 / 100)
        #expect(features(builder, [remove]).night == nil)
    }

    @Test func `an added sleep without any data is kept and has no stages`() throws {
        let builder = DayBuilder()
        let add = correction(builder, 3, .add, -90, 405)
        let result = features(builder, [add])
        let night = try #require(result.night)
        #expect(minute(builder, night.start) == -90 && minute(builder, night.end) == 405)
        #expect(night.hypnogram.stages.allSatisfy { $0 == .unscored })
        #expect(night.correction?.missing?.contains("No data") == true)
        #expect(night.correction?.found == nil)
        #expect(result.value(of: "time-in-bed") == 495)
        #expect(result.value(of: "total-sleep-time") == nil)
        #expect(result.metric("total-sleep-time")?.missing?.contains("No data") == true)
        #expect(result.corrections?.sleep.first?.missing?.contains("No data") == true)
    }

    @Test func `an added nap counts as one and the night stays as it was`() throws {
        let builder = plain()
        let before = builder.features(Self.day)
        let result = features(builder, [correction(builder, 1, .add, 840, 900)])
        #expect(result.night?.start == before.night?.start)
        #expect(result.night?.correction == nil)
        // Awake by heart rate: sixty minutes were stated, what they hold is in the stages.
        let nap = try #require(DayScorer.sleeps(input(builder, 840, 900)).last)
        #expect(nap.correction?.rawValue == 1 && !nap.isMain)
        #expect(result.value(of: "nap-time") == (nap.sleepMinutes ?? 0))
        #expect((nap.sleepMinutes ?? 0) > 30, "the test is empty")
    }

    private func input(_ builder: DayBuilder, _ from: Int, _ to: Int) -> DayInput {
        var input = builder.input(Self.day)
        input.corrections = [correction(builder, 1, .add, from, to)]
        return input
    }

    @Test func `of two corrections of one time the one made last counts`() throws {
        let builder = plain()
        let first = correction(builder, 7, .edit, -90, 390, made: 100)
        let second = correction(builder, 3, .edit, -30, 450, made: 200)
        for both in [[first, second], [second, first]] {
            let result = features(builder, both)
            #expect(result.night?.correction?.id == second.id)
            #expect(minute(builder, result.night?.start) == -30)
            let replaced = try #require(
                result.corrections?.sleep.first { $0.correction.id == first.id })
            #expect(replaced.replacedBy == second.id)
        }
        #expect(features(builder, [first]).night?.correction?.id == first.id)
        let remove = correction(builder, 9, .remove, -90, 450, made: 300)
        #expect(features(builder, [first, second, remove]).night == nil)
        let again = correction(builder, 10, .edit, -60, 420, made: 400)
        #expect(features(builder, [first, remove, again]).night?.correction?.id == again.id)
    }

    @Test func `an edit that is shorter than what was found replaces all of it`() throws {
        let builder = plain()
        let result = features(builder, [correction(builder, 1, .edit, 60, 300)])
        #expect(result.value(of: "time-in-bed") == 240)
        #expect(result.value(of: "nap-time") == 0)
    }

    @Test func `an end late in the evening moves a sleep to the next day`() throws {
        let builder = plain()
        let late = correction(builder, 1, .add, 1300, 1400)
        #expect(features(builder, [late]).corrections == nil)
        let next = features(builder, [late], day: Self.day.advanced(by: 1))
        #expect(next.corrections?.sleep.map(\.correction) == [late])
        let found = builder.features(Self.day)
        #expect(features(builder, [late]).night == found.night)
    }

    @Test func `corrections of another time change no byte`() throws {
        let builder = plain()
        let plain = try DayScorerTests.bytes(builder.features(Self.day))
        let far = correction(builder, 1, .edit, -2000, -1500)
        #expect(try DayScorerTests.bytes(features(builder, [far])) == plain)
    }

    @Test func `tags are those of the day on its wall clock`() throws {
        let builder = plain()
        var input = builder.input(Self.day)
        func tag(_ id: UInt32, _ label: String, _ day: LocalDate, minute: Int, whole: Bool)
            -> DayTag
        {
            DayTag(
                id: CorrectionID(rawValue: id), label: label, day: day,
                time: Timestamp(nanoseconds: builder.instant(Self.day, minute: minute)),
                isWholeDay: whole, made: Timestamp(seconds: 0))
        }
        input.tags = [
            tag(2, "ill", Self.day, minute: 720, whole: true),
            tag(1, "coffee", Self.day, minute: 900, whole: false),
            tag(3, "travel", Self.day.advanced(by: 1), minute: 2160, whole: true),
            tag(4, "late coffee", Self.day, minute: 1500, whole: false),
        ]
        #expect(DayScorer.features(input).corrections?.tags.map(\.label) == ["coffee", "ill"])
    }
}
