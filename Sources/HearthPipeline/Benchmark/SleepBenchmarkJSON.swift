// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthModels

/// `hearth benchmark sleep --format json`; a figure that is undefined is left out.
struct SleepBenchmarkJSON: Encodable {
    struct Class: Encodable {
        var stage: String
        var epochs: Int
        var sensitivity, precision, f1: Double?
    }

    struct Bin: Encodable {
        var epochs: Int
        var meanProbability, right: Double
    }

    struct Figures: Encodable {
        var epochs, leftOpen: Int
        var figures: [String: Double]
        var logLoss, wakeBrier: Double?
        var confusion: [[Int]]
        var classes: [Class]
        var calibration: [Bin]
        var sleepTimeErrorMinutes: Double?

        init(_ all: StagingFigures, isNight: Bool) {
            epochs = all.epochs
            leftOpen = all.open
            figures = [:]
            for measure in StagingMeasure.allCases {
                figures[measure.rawValue] = measure.value(of: all)
            }
            logLoss = all.logLoss
            wakeBrier = all.wakeBrier
            confusion = all.four.counts
            classes = StageClasses.four.enumerated().map { index, stage in
                Class(
                    stage: stage.name, epochs: all.four.truths(of: index),
                    sensitivity: all.four.sensitivity(of: index),
                    precision: all.four.precision(of: index), f1: all.four.f1(of: index))
            }
            calibration = all.calibration.bins.map {
                Bin(epochs: $0.epochs, meanProbability: $0.probability, right: $0.right)
            }
            sleepTimeErrorMinutes = isNight ? all.two.sleepTimeError : nil
        }
    }

    struct Summary: Encodable {
        var people: Int
        var mean: Double
        var sd: Double?
        var least, median, greatest: Double

        init?(_ spread: Spread?) {
            guard let spread else { return nil }
            people = spread.count
            mean = spread.mean
            sd = spread.standardDeviation
            least = spread.least
            median = spread.median
            greatest = spread.greatest
        }
    }

    struct SleepTime: Encodable {
        var biasMinutes: Double
        var sdMinutes, lowerLimit, upperLimit: Double?
        var meanAbsoluteMinutes: Double

        init?(_ agreement: SleepTimeAgreement?) {
            guard let agreement else { return nil }
            biasMinutes = agreement.bias
            sdMinutes = agreement.standardDeviation
            lowerLimit = agreement.limits?.lowerBound
            upperLimit = agreement.limits?.upperBound
            meanAbsoluteMinutes = agreement.meanAbsolute
        }
    }

    struct Night: Encodable {
        var person: String
        var stagedFrom: String?
        var measured: Figures
    }

    struct Staging: Encodable {
        var use, inputs: String
        var pooled: Figures
        var overPeople: [String: Summary]
        var sleepTime: SleepTime?
        var nights: [Night]

        init(_ staging: SleepBenchmark.Staging) {
            use = staging.use.rawValue
            inputs = staging.inputs.rawValue
            pooled = Figures(staging.pooled, isNight: false)
            overPeople = [:]
            for measure in StagingMeasure.allCases {
                overPeople[measure.rawValue] = Summary(staging.spread(of: measure))
            }
            sleepTime = SleepTime(staging.sleepTime)
            nights = staging.nights.map {
                Night(
                    person: $0.id, stagedFrom: $0.stagedFrom?.rawValue,
                    measured: Figures($0.figures, isNight: true))
            }
        }
    }

    struct SleepWake: Encodable {
        var person: String?
        var leftOpen: Int
        /// Rows the truth, columns the rule; wake, sleep.
        var confusion: [[Int]]
        var accuracy2, kappa2, sensitivity2, specificity2: Double?

        init(_ score: SleepWakeScore, person: String? = nil) {
            self.person = person
            leftOpen = score.open
            confusion = score.score.counts
            accuracy2 = score.accuracy
            kappa2 = score.kappa
            sensitivity2 = score.sensitivity
            specificity2 = score.specificity
        }
    }

    struct Baseline: Encodable {
        var rule: String
        /// What the recordings lack.
        var needs: String?
        var pooled: SleepWake?
        var overPeople: [String: Summary]
        var sleepTime: SleepTime?
        var nights: [SleepWake]

        init(_ baseline: SleepBenchmark.Baseline) {
            rule = baseline.rule.rawValue
            needs = baseline.nights.isEmpty ? baseline.rule.needs : nil
            pooled = baseline.nights.isEmpty ? nil : SleepWake(baseline.pooled)
            overPeople = [:]
            overPeople["accuracy2"] = Summary(baseline.spread(of: \.accuracy))
            overPeople["kappa2"] = Summary(baseline.spread(of: \.kappa))
            overPeople["sensitivity2"] = Summary(baseline.spread(of: \.sensitivity))
            overPeople["specificity2"] = Summary(baseline.spread(of: \.specificity))
            sleepTime = SleepTime(baseline.sleepTime)
            nights = baseline.nights.map { SleepWake($0.score, person: $0.id) }
        }
    }

    struct Person: Encodable {
        var id: String
        var epochs, scored: Int
        var inTraining, staged: Bool
    }

    struct Skipped: Encodable {
        var id, reason: String
    }

    struct Majority: Encodable {
        var accuracy4, accuracy3, accuracy2: Double?
    }

    var schema = "hearth.benchmark.sleep/1"
    var standing: String
    var inSample, leaveOneSubjectOut: Bool
    var modelVersion: String?
    var refusal: String?
    var people: [Person]
    var leftOut: [Skipped]
    var majority: Majority
    var stagings: [Staging]
    var baselines: [Baseline]

    init(_ report: SleepBenchmarkReport) {
        let benchmark = report.benchmark
        standing = report.standing
        inSample = report.isInSample
        leaveOneSubjectOut = report.leavesOneOut
        modelVersion = report.modelVersion
        refusal = report.refusal
        people = benchmark.people.map {
            Person(
                id: $0.id, epochs: $0.epochs, scored: $0.scored, inTraining: $0.wasTrainedOn,
                staged: $0.isStaged)
        }
        leftOut = report.skipped.map { Skipped(id: $0.id, reason: $0.reason) }
        let truth = benchmark.truth
        majority = Majority(
            accuracy4: truth.majorityAccuracy,
            accuracy3: truth.merged(StageClasses.three).majorityAccuracy,
            accuracy2: truth.merged(StageClasses.two).majorityAccuracy)
        stagings = benchmark.stagings.map(Staging.init)
        baselines = benchmark.baselines.map(Baseline.init)
    }
}

extension SleepBenchmarkReport {
    /// As JSON with sorted members.
    public func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let data = try encoder.encode(SleepBenchmarkJSON(self))
        return String(decoding: data, as: UTF8.self)
    }
}
