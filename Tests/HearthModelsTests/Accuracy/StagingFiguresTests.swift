// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthTestSupport
import Testing

@testable import HearthModels

@Suite struct StagingFiguresTests {
    static func isNear(_ found: Double?, _ expected: Double, within limit: Double = 1e-12) -> Bool {
        found.map { abs($0 - expected) <= limit } ?? false
    }

    @Test func `a confusion matrix by hand`() {
        // Truth 12, 20, 8; agreed 30 of 40.
        let score = StageScore(counts: [[9, 2, 1], [3, 16, 1], [0, 3, 5]])
        #expect(score.accuracy == 0.75)
        // Chance: (12·12 + 20·21 + 8·7) / 1600 = 0.3875.
        #expect(Self.isNear(score.kappa, (0.75 - 0.3875) / (1 - 0.3875)))
        #expect(score.sensitivity(of: 0) == 0.75)
        #expect(Self.isNear(score.precision(of: 1), 16.0 / 21))
        #expect(Self.isNear(score.f1(of: 2), 10.0 / 15))
        #expect(score.majority == 1 && score.majorityAccuracy == 0.5)
        let two = SleepWakeScore(score.merged([0, 1, 1]))
        #expect(two.score.counts == [[9, 3], [3, 25]])
        #expect(two.specificity == 0.75 && Self.isNear(two.sensitivity, 25.0 / 28))
        #expect(Self.isNear(two.balanced, (0.75 + 25.0 / 28) / 2))
        #expect(two.sleepTimeError == 0)
        let late = SleepWakeScore(StageScore(counts: [[4, 6], [1, 9]]))
        #expect(late.sleepTimeError == 2.5)
    }

    @Test func `what is undefined is nil and not a number`() {
        let none = StageScore(classes: 3)
        #expect(none.accuracy == nil && none.kappa == nil && none.majority == nil)
        let one = StageScore(counts: [[0, 0], [0, 9]])
        #expect(one.kappa == nil && one.accuracy == 1)
        #expect(
            one.sensitivity(of: 0) == nil && one.precision(of: 0) == nil && one.f1(of: 0) == nil)
        let empty = StagingFigures(StagedNight())
        for measure in StagingMeasure.allCases {
            #expect(measure.value(of: empty) == nil, "\(measure)")
        }
        #expect(Spread([]) == nil && SleepTimeAgreement(errors: []) == nil)
        #expect(Spread([3])?.standardDeviation == nil)
        #expect(SleepTimeAgreement(errors: [3])?.limits == nil)
    }

    @Test func `wake specificity by hand`() {
        // Ten of sleep: 93 % of ten is 9.3, so the tenth sets the limit of 10; wake above it is 1 of 3.
        let truth = Array(repeating: 1, count: 10) + [0, 0, 0]
        let wake = (1...10).map { Double($0) } + [10, 9.5, 11]
        #expect(
            Self.isNear(StageProbabilities.wakeSpecificity(truth: truth, wake: wake), 1.0 / 3))
        // Nine are kept at 90 %: the limit is 9.
        #expect(
            StageProbabilities.wakeSpecificity(truth: truth, wake: wake, keeping: 0.9) == 1)
        #expect(StageProbabilities.wakeSpecificity(truth: [1, 2], wake: [0, 1]) == nil)
        #expect(StageProbabilities.wakeSpecificity(truth: [0, 0], wake: [0, 1]) == nil)
    }

    @Test func `calibration by hand`() {
        // In one bin: 0.62, right; 0.66, wrong. In the last: 1, right.
        let all: [SIMD4<Double>] = [
            SIMD4(0.62, 0.38, 0, 0), SIMD4(0, 0.66, 0.34, 0), SIMD4(0, 0, 0, 1),
        ]
        let calibration = StageCalibration(truth: [0, 2, 3], all)
        #expect(calibration.bins.map(\.epochs) == [0, 0, 0, 0, 0, 0, 2, 0, 0, 1])
        #expect(calibration.bins[6].right == 0.5)
        #expect(Self.isNear(calibration.bins[6].probability, 0.64))
        #expect(Self.isNear(calibration.error, 0.14 * 2 / 3))
        let first = 0.38 * 0.38 * 2
        let second = 0.66 * 0.66 * 2
        let brier = StageProbabilities.brier(truth: [0, 2, 3], all)
        #expect(Self.isNear(brier, (first + second) / 3))
        let wake = StageProbabilities.wakeBrier(truth: [0, 2, 3], all)
        #expect(Self.isNear(wake, first / 6))
        // Deep and light together outweigh wake.
        let split = [SIMD4<Double>(0.4, 0.3, 0.3, 0)]
        #expect(StageProbabilities.threeClassAccuracy(truth: [2], split) == 1)
        #expect(StageProbabilities.threeClassAccuracy(truth: [0], split) == 0)
    }

    @Test func `epochs the stager leaves open count as light, unscored ones not at all`() {
        let sure = StagedEpoch(stage: .wake, probabilities: SIMD4(1, 0, 0, 0))
        let night = StagedNight(
            truth: [.wake, .unscored, .rem, .light],
            staged: [sure, sure, .unscored, .unscored])
        #expect(night.truth == [0, 3, 1] && night.said == [0, 1, 1] && night.open == 2)
        let figures = StagingFigures(night)
        #expect(figures.epochs == 3 && figures.two.open == 2)
        #expect(Self.isNear(figures.brier, 2.0 / 3))
    }

    @Test func `spread and limits of agreement by hand`() throws {
        let spread = try #require(Spread([4, 1, .nan, 3, 2]))
        #expect(spread.count == 4 && spread.mean == 2.5 && spread.median == 2.5)
        #expect(spread.least == 1 && spread.greatest == 4)
        #expect(Self.isNear(spread.standardDeviation, (5.0 / 3).squareRoot()))
        let errors = try #require(SleepTimeAgreement(errors: [-10, 0, 40]))
        // Squares 400 + 100 + 900 over 2.
        let sd = 700.0.squareRoot()
        #expect(errors.bias == 10 && Self.isNear(errors.standardDeviation, sd))
        #expect(Self.isNear(errors.limits?.lowerBound, 10 - 1.96 * sd))
        #expect(Self.isNear(errors.limits?.upperBound, 10 + 1.96 * sd))
        #expect(Self.isNear(errors.meanAbsolute, 50.0 / 3))
    }

    @Test func `pooled figures are those of the training's metrics`() {
        // Training/hearth_sleep/metrics.py on the same three nights.
        var all = StagedNight()
        for night in SimulatedStaging.all { all.append(night.night) }
        let found = StagingFigures(all)
        #expect(
            found.four.counts == [
                [40, 16, 10, 14], [51, 140, 41, 47], [22, 16, 45, 16], [18, 23, 16, 65],
            ])
        #expect(found.epochs == 580 && found.open == 0)
        #expect(Self.isNear(found.four.kappa, 0.30811219935582856))
        #expect(found.four.accuracy == 0.5)
        #expect(Self.isNear(found.threeByProbability, 0.7034482758620689))
        #expect(Self.isNear(found.three.accuracy, 0.5982758620689655))
        #expect(Self.isNear(found.wakeSpecificity, 0.375))
        #expect(Self.isNear(found.calibration.error, 0.13261865670311038, within: 1e-9))
        #expect(Self.isNear(found.brier, 0.6185141565442661, within: 1e-9))
        #expect(Self.isNear(found.wakeBrier, 0.11218814317087876, within: 1e-9))
        #expect(Self.isNear(found.logLoss, 1.1070491425790636, within: 1e-9))
        #expect(Self.isNear(found.four.majorityAccuracy, 0.4810344827586207))
        #expect(Self.isNear(found.three.majorityAccuracy, 0.6517241379310345))
    }

    @Test func `figures over people are those of the training's metrics`() throws {
        let all = SimulatedStaging.all.map { StagingFigures($0.night) }
        func check(
            _ measure: StagingMeasure, _ expected: [Double],
            _ place: SourceLocation = #_sourceLocation
        ) throws {
            let found = try #require(Spread(all.compactMap(measure.value)), sourceLocation: place)
            let sd = try #require(found.standardDeviation, sourceLocation: place)
            let values = [found.mean, sd, found.least, found.median, found.greatest]
            for (found, expected) in zip(values, expected) {
                #expect(Self.isNear(found, expected, within: 1e-9), sourceLocation: place)
            }
        }
        try check(
            .kappa4,
            [
                0.3184469886180789, 0.03298126665820874, 0.2877321692366425, 0.31430532517302523,
                0.35330347144456886,
            ])
        try check(
            .wakeSpecificityAt93,
            [
                0.39598689598689596, 0.0921976326352712, 0.32432432432432434, 0.36363636363636365,
                0.5,
            ])
        try check(
            .accuracy3,
            [
                0.6980650293150292, 0.035783347787354015, 0.6714285714285714, 0.6840277777777778,
                0.7387387387387387,
            ])
        try check(
            .calibrationError,
            [
                0.1464306788271045, 0.03879663396875154, 0.12049077545200385, 0.12776963516241974,
                0.1910316258668899,
            ])
        try check(
            .brier,
            [
                0.6150007590015134, 0.01387536606824669, 0.6013794743156095, 0.614505839343016,
                0.6291169633459147,
            ])
        let sleep = try #require(SleepTimeAgreement(errors: all.map(\.two.sleepTimeError)))
        #expect(Self.isNear(sleep.bias, -8.5) && Self.isNear(sleep.meanAbsolute, 8.5))
        #expect(Self.isNear(sleep.standardDeviation, 5.894913061275798))
        #expect(Self.isNear(sleep.limits?.lowerBound, -20.054029600100563))
    }
}
