// SPDX-License-Identifier: Apache-2.0
import HearthModels

/// `hearth benchmark rhythm --format json`; a figure that is undefined is left out.
struct RhythmBenchmarkJSON: Encodable {
    struct Figures: Encodable {
        var method: String
        var sensitivity, specificity, specificityWithFlutter: Double?
        var positivePredictiveValue, positivePredictiveValueWithFlutter: Double?
        var sensitivityByTime, specificityByTime: Double?
        var inconclusiveShare, burdenError: Double?
        var beatsInFibrillation, beatsInFlutter, beatsInOther: Double
        var calledInFibrillation, calledInFlutter, calledInOther: Double
        var episodes, falseEpisodes: Int?

        init(_ method: RhythmBenchmark.Method, _ tally: RhythmTally) {
            self.method = method.rawValue
            sensitivity = tally.sensitivity()
            specificity = tally.specificity(withFlutter: false)
            specificityWithFlutter = tally.specificity(withFlutter: true)
            positivePredictiveValue = tally.positivePredictiveValue(withFlutter: false)
            positivePredictiveValueWithFlutter = tally.positivePredictiveValue(withFlutter: true)
            sensitivityByTime = tally.sensitivity(.time)
            specificityByTime = tally.specificity(withFlutter: false, .time)
            inconclusiveShare = tally.unknownShare()
            burdenError = tally.burdenError
            beatsInFibrillation = tally.total(.fibrillation)
            beatsInFlutter = tally.total(.flutter)
            beatsInOther = tally.total(.other)
            calledInFibrillation = tally.count(.fibrillation, .irregular)
            calledInFlutter = tally.count(.flutter, .irregular)
            calledInOther = tally.count(.other, .irregular)
        }
    }

    struct Ectopy: Encodable {
        var hits, missed, extra: Int
        var sensitivity, positivePredictiveValue: Double?

        init(_ score: EctopyScore) {
            hits = score.hits
            missed = score.missed
            extra = score.extra
            sensitivity = score.sensitivity
            positivePredictiveValue = score.positivePredictiveValue
        }
    }

    struct Record: Encodable {
        var record, set: String
        var hours: Double
        var beats: Int
        var wasTrainedOn: Bool
        var figures: [Figures]
        var ectopy: Ectopy?
    }

    struct Total: Encodable {
        var set: String
        var records: Int
        var figures: [Figures]
    }

    struct Rare: Encodable {
        var method: String
        var prevalence: Double
        var byTime, byPerson: Double?
    }

    struct Skipped: Encodable { var record, reason: String }

    var schema = "hearth.benchmark.rhythm/1"
    var leavesOneOut: Bool
    var sets: [Total]
    var rare: [Rare]
    var records: [Record]
    var skipped: [Skipped]

    init(_ report: RhythmBenchmarkReport) {
        let benchmark = report.benchmark
        leavesOneOut = report.leavesOneOut
        sets = RhythmSet.allCases.compactMap { set in
            let records = benchmark.records.filter { $0.set == set }
            guard !records.isEmpty else { return nil }
            return Total(
                set: set.rawValue, records: records.count,
                figures: benchmark.methods.map { Figures($0, benchmark.total(set, $0)) })
        }
        rare = benchmark.methods.flatMap { method in
            RhythmBenchmark.prevalences.map { prevalence in
                Rare(
                    method: method.rawValue, prevalence: prevalence,
                    byTime: benchmark.rareByTime(method, prevalence),
                    byPerson: benchmark.rareByPerson(method, prevalence))
            }
        }
        records = benchmark.records.map { record in
            Record(
                record: record.id, set: record.set.rawValue, hours: record.hours,
                beats: record.beats, wasTrainedOn: record.wasTrainedOn,
                figures: benchmark.methods.compactMap { method in
                    guard let tally = record.tallies[method] else { return nil }
                    var figures = Figures(method, tally)
                    figures.episodes = record.episodes[method]
                    figures.falseEpisodes = record.falseEpisodes[method]
                    return figures
                },
                ectopy: record.ectopy.map(Ectopy.init))
        }
        skipped = report.skipped.map { Skipped(record: $0.id, reason: $0.reason) }
    }
}
