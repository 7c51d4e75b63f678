// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthModels

extension SleepBenchmarkReport {
    private typealias Text = BenchmarkText
    private typealias Table = BenchmarkDocument.Table

    var document: BenchmarkDocument {
        var document = BenchmarkDocument()
        document.heading("Sleep against polysomnography", level: 1)
        document.paragraph(standing)
        document.paragraph(peopleLine)
        for use in StagingUse.allCases {
            let stagings = benchmark.stagings.filter { $0.use == use }
            guard !stagings.isEmpty else { continue }
            document.heading("Stages, \(use.label)")
            document.table(overview(stagings))
            document.table(classes(stagings))
            for staging in stagings where staging.inputs == .both { add(staging, to: &document) }
        }
        document.heading("Sleep and wake")
        document.paragraph(
            "Mean (standard deviation) over people. Sensitivity is for sleep, specificity for wake; epochs a method "
                + "leaves open count as sleep.")
        document.table(sleepAndWake)
        for baseline in benchmark.baselines where baseline.nights.isEmpty {
            document.paragraph(
                "Not run: \(baseline.rule.label); it needs \(baseline.rule.needs).")
        }
        if !skipped.isEmpty {
            document.heading("Left out")
            var table = Table(["person", "reason"])
            for one in skipped { table.add([one.id, one.reason]) }
            document.table(table)
        }
        return document
    }

    private var peopleLine: String {
        let truth = benchmark.truth
        let shares = StageClasses.four.indices.map {
            "\(StageClasses.four[$0].name) \(Text.percent(truth.truths(of: $0), of: truth.total))"
        }
        let nights = benchmark.people.count
        return
            "\(nights) \(nights == 1 ? "person" : "people"), one night each, \(truth.total) scored epochs of "
            + "30 s: \(shares.joined(separator: ", "))."
    }

    // MARK: Stages

    private func overview(_ stagings: [SleepBenchmark.Staging]) -> Table {
        var table = Table([
            "from", "kappa, pooled", "kappa, people", "accuracy 4", "accuracy 3",
            "accuracy 3, hypnogram", "wake spec. at 93 %", "the same, people", "TST error, min",
            "ECE", "Brier",
        ])
        let truth = benchmark.truth
        let three = truth.merged(StageClasses.three)
        table.add([
            "majority class", "0", "0", Text.share(truth.majorityAccuracy),
            Text.share(three.majorityAccuracy), Text.share(three.majorityAccuracy), "0.07", "0.07",
            "", "", "",
        ])
        for staging in stagings {
            let pooled = staging.pooled
            table.add([
                staging.inputs.label, Text.share(pooled.four.kappa),
                Text.spread(staging.spread(of: .kappa4)), Text.share(pooled.four.accuracy),
                Text.share(pooled.threeByProbability), Text.share(pooled.three.accuracy),
                Text.share(pooled.wakeSpecificity),
                Text.spread(staging.spread(of: .wakeSpecificityAt93)),
                Text.agreement(staging.sleepTime), Text.share(pooled.calibration.error),
                Text.share(pooled.brier),
            ])
        }
        return table
    }

    private func classes(_ stagings: [SleepBenchmark.Staging]) -> Table {
        var table = Table(["from", "stage", "epochs", "sensitivity", "precision", "F1"])
        for staging in stagings {
            let score = staging.pooled.four
            for (index, stage) in StageClasses.four.enumerated() {
                table.add([
                    staging.inputs.label, stage.name, "\(score.truths(of: index))",
                    Text.share(score.sensitivity(of: index)),
                    Text.share(score.precision(of: index)), Text.share(score.f1(of: index)),
                ])
            }
        }
        return table
    }

    private func add(_ staging: SleepBenchmark.Staging, to document: inout BenchmarkDocument) {
        let title = "\(staging.inputs.label), \(staging.use.label)"
        document.heading("Confusion: \(title)", level: 3)
        document.paragraph("Rows: polysomnography; columns: the stager. Epochs.")
        var confusion = Table([""] + StageClasses.four.map(\.name))
        for (index, stage) in StageClasses.four.enumerated() {
            confusion.add([stage.name] + staging.pooled.four.counts[index].map { "\($0)" })
        }
        document.table(confusion)
        document.heading("Calibration: \(title)", level: 3)
        document.paragraph("Epochs by the probability of their most probable stage.")
        var calibration = Table(["probability", "epochs", "mean probability", "right"])
        for (index, bin) in staging.pooled.calibration.bins.enumerated() where bin.epochs > 0 {
            calibration.add([
                "\(Text.fixed(Double(index) / 10, 1)) to \(Text.fixed(Double(index + 1) / 10, 1))",
                "\(bin.epochs)", Text.share(bin.probability), Text.share(bin.right),
            ])
        }
        document.table(calibration)
        document.heading("Over people: \(title)", level: 3)
        var spreads = Table(["figure", "mean", "SD", "least", "median", "greatest"])
        for measure in StagingMeasure.allCases {
            guard let spread = staging.spread(of: measure) else { continue }
            let values = [
                spread.mean, spread.standardDeviation, spread.least, spread.median,
                spread.greatest,
            ]
            spreads.add([measure.label] + values.map { Text.share($0) })
        }
        document.table(spreads)
        document.heading("By person: \(title)", level: 3)
        document.table(people(staging))
    }

    private func people(_ staging: SleepBenchmark.Staging) -> Table {
        let seen = Set(benchmark.people.filter(\.wasTrainedOn).map(\.id))
        var table = Table([
            "person", "epochs", "kappa", "accuracy 4", "accuracy 3", "wake spec. at 93 %",
            "TST error, min", "left open", "note",
        ])
        for night in staging.nights {
            let figures = night.figures
            table.add([
                night.id + (seen.contains(night.id) ? " *" : ""), "\(figures.epochs)",
                Text.share(figures.four.kappa), Text.share(figures.four.accuracy),
                Text.share(figures.threeByProbability), Text.share(figures.wakeSpecificity),
                Text.signed(figures.two.sleepTimeError), "\(figures.open)",
                night.stagedFrom.map { "staged from \($0.label) only" } ?? "",
            ])
        }
        return table
    }

    // MARK: Sleep and wake

    private var sleepAndWake: Table {
        var table = Table([
            "method", "accuracy", "sensitivity", "specificity", "balanced", "kappa",
            "TST error, min", "left open",
        ])
        for baseline in benchmark.baselines where !baseline.nights.isEmpty {
            table.add(row(baseline.rule.label, baseline.nights.map(\.score)))
        }
        for staging in benchmark.stagings {
            let label = "stager, \(staging.inputs.label), \(staging.use.label)"
            table.add(row(label, staging.nights.map(\.figures.two)))
        }
        return table
    }

    private func row(_ label: String, _ scores: [SleepWakeScore]) -> [String] {
        func spread(_ measure: (SleepWakeScore) -> Double?) -> String {
            Text.spread(Spread(scores.compactMap(measure)))
        }
        let open = scores.reduce(0) { $0 + $1.open }
        return [
            label, spread(\.accuracy), spread(\.sensitivity), spread(\.specificity),
            spread(\.balanced), spread(\.kappa),
            Text.agreement(SleepTimeAgreement(errors: scores.map(\.sleepTimeError))),
            Text.percent(open, of: scores.reduce(0) { $0 + $1.score.total }),
        ]
    }
}
