// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthDSP
import HearthTestSupport
import Testing

@testable import HearthModels

@Suite struct ActivityMinutesTests {
    /// One letter a quarter of a minute: s(edentary), l(ight), m(oderate), v(igorous), - (missing),
    /// u(ncovered).
    private static func epochs(_ pattern: String) -> [MotionEpoch] {
        pattern.enumerated().flatMap { index, letter -> [MotionEpoch] in
            let level: [Character: Float] = [
                "s": 44.7, "l": 44.9, "m": 100.7, "v": 428.9, "u": 500,
            ]
            guard let enmo = level[letter] else { return [] }
            return (0..<3).map { part in
                MotionEpoch(
                    time: MotionSignal.start.advanced(bySeconds: Int64(index * 15 + part * 5)),
                    enmo: enmo, mad: 0, angle: 0, coverage: letter == "u" ? 0.4 : 1)
            }
        }
    }

    private static func span(_ quarters: Int) -> TimeSpan {
        TimeSpan(
            start: MotionSignal.start,
            end: MotionSignal.start.advanced(bySeconds: Int64(quarters * 15)))
    }

    /// Start and end of bouts, in quarters of a minute.
    private static func bouts(_ pattern: String) -> [[Double]] {
        var operation = ActivityBouts()
        return operation.batch(epochs(pattern)).map { bout in
            [bout.span.start, bout.span.end].map { $0.seconds(since: MotionSignal.start) / 15 }
        }
    }

    @Test func `every minute has one place`() {
        let pattern = "ssssllllmmmmmmmmvvvv----uuuu"
        let minutes = ActivityMinutes(of: Self.epochs(pattern), in: Self.span(32))
        #expect(abs(minutes.sedentary - 1) < 1e-9 && abs(minutes.light - 1) < 1e-9)
        #expect(abs(minutes.moderate - 2) < 1e-9 && abs(minutes.vigorous - 1) < 1e-9)
        #expect(abs(minutes.mvpa - 3) < 1e-9)
        // No epochs, epochs hardly covered, and the end without any.
        #expect(abs(minutes.missing - 3) < 1e-9)
        #expect(minutes.inBoutsOf1 == 3 && minutes.inBoutsOf5 == 0 && minutes.inBoutsOf10 == 0)
    }

    @Test func `sleep and non-wear count for no level`() {
        let epochs = Self.epochs("ssssssssmmmm")
        let minutes = ActivityMinutes(
            of: epochs, in: Self.span(12),
            without: [TimeSpan(start: MotionSignal.start, end: epochs[12].time)])
        #expect(abs(minutes.leftOut - 1) < 1e-9 && abs(minutes.sedentary - 1) < 1e-9)
        #expect(abs(minutes.moderate - 1) < 1e-9 && minutes.missing < 1e-9)
    }

    @Test func `bouts hold short breaks and no long ones`() {
        #expect(Self.bouts("sssssmmmsss").isEmpty)
        #expect(Self.bouts("sssssmmmmsss") == [[5, 9]])
        // One quarter in five is a break: 80 % are active.
        #expect(Self.bouts("mmmmsmmmm") == [[0, 9]])
        #expect(Self.bouts("mmmm-mmmm") == [[0, 9]])
        #expect(Self.bouts("mmmmssmmmm") == [[0, 4], [6, 10]])
        // A break of a minute goes on, one of more does not.
        let long = String(repeating: "m", count: 40)
        #expect(Self.bouts(long + "ssss" + long) == [[0, 84]])
        #expect(Self.bouts(long + "sssss" + long) == [[0, 40], [45, 85]])
        let minutes = ActivityMinutes(
            of: Self.epochs(long + "sssss" + long), in: Self.span(85))
        #expect(minutes.inBoutsOf10 == 20 && minutes.inBoutsOf1 == 20)
    }

    @Test func `a bout tells its active minutes and mean`() {
        var operation = ActivityBouts()
        let bout = operation.batch(Self.epochs("mmmmmmsmmm")).first
        #expect(bout.map { abs($0.activeMinutes - 2.25) < 1e-9 } == true)
        #expect(bout.map { abs($0.enmo - (9 * 100.7 + 44.7) / 10) < 1e-3 } == true)
    }

    @Test func `bouts keep the contract of operators`() {
        var random = SeededRandom(seed: 4)
        let letters = Array("ssmmmmmmmmmmmvl-u")
        let pattern = String((0..<700).map { _ in letters.randomElement(using: &random) ?? "s" })
        #expect(Self.bouts(pattern).count > 5)
        checkOperator({ ActivityBouts() }, input: Self.epochs(pattern))
    }

    @Test func `hostile epochs are left out and nothing traps`() {
        let times: [Timestamp] = [
            .distantPast, MotionSignal.start, MotionSignal.start, .distantPast, .distantFuture,
        ]
        var epochs = times.map {
            MotionEpoch(time: $0, enmo: 200, mad: 0, angle: 0, coverage: 1)
        }
        epochs.append(
            MotionEpoch(time: MotionSignal.start, enmo: .nan, mad: 0, angle: 0, coverage: .nan))
        var operation = ActivityBouts()
        #expect(operation.batch(epochs).isEmpty)
        let whole = TimeSpan(start: .distantPast, end: .distantFuture)
        #expect(ActivityMinutes(of: epochs, in: whole).mvpa.isFinite)
    }
}
