// SPDX-License-Identifier: Apache-2.0
import HearthModels

extension RhythmBenchmarkReport {
    private typealias Text = BenchmarkText
    private typealias Table = BenchmarkDocument.Table

    var document: BenchmarkDocument {
        var document = BenchmarkDocument()
        document.heading("Irregular rhythm against annotations", level: 1)
        document.paragraph(standing)
        document.paragraph(
            "Shares are in percent. Intervals are those of the set: annotated beats in mitdb, an automatic detector in afdb-rr. A beat a "
                + "method does not answer counts as not called. Published works leave atrial flutter out or count it as "
                + "another rhythm; both are shown. A call stands for the beat in the middle of its window, which a "
                + "live stream has to wait for.")
        for set in RhythmSet.allCases {
            let records = benchmark.records.filter { $0.set == set }
            guard !records.isEmpty else { continue }
            document.heading("\(set.rawValue), \(Text.records(records.count))")
            document.table(overview(set))
            document.table(byRecord(records))
            document.table(ectopy(records))
        }
        addRare(to: &document)
        if !skipped.isEmpty {
            document.heading("Left out")
            var table = Table(["record", "reason"])
            for one in skipped { table.add([one.id, one.reason]) }
            document.table(table)
        }
        return document
    }

    /// How the figures came about.
    var standing: String {
        let seen = benchmark.records.count { $0.wasTrainedOn }
        let all = benchmark.records.count
        let folds =
            leavesOneOut
            ? " The row \(name(.leftOut)) uses for each record a model made without it."
            : " Models made without each record can be handed in with --folds."
        guard seen > 0 else {
            return "The screen's model was made with none of these \(all) records." + folds
        }
        return
            "IN-SAMPLE: the screen's model was made with \(seen) of these \(all) records (marked *)."
            + folds
    }

    private func name(_ method: RhythmBenchmark.Method) -> String {
        switch method {
        case .screen: "rhythm screen"
        case .leftOut: "rhythm screen, record left out"
        case .heartRateStates: "heart-rate states (Zhou 2015)"
        case .sampleEntropy: "COSEn, 12 beats (Lake 2011)"
        case .relativeRMSSD: "RMSSD / mean, 128 beats"
        }
    }

    private func overview(_ set: RhythmSet) -> Table {
        var table = Table([
            "method, by beat", "sensitivity", "specificity", "with flutter", "PPV", "with flutter",
            "flutter called", "se. by time", "sp. by time", "inconclusive", "burden error, mean",
            "largest",
        ])
        for method in benchmark.methods {
            let tally = benchmark.total(set, method)
            let flutter = tally.total(.flutter)
            let errors = benchmark.records.filter { $0.set == set }
                .compactMap { $0.tallies[method]?.burdenError.map(abs) }
            table.add([
                name(method), Text.percent(tally.sensitivity()),
                Text.percent(tally.specificity(withFlutter: false)),
                Text.percent(tally.specificity(withFlutter: true)),
                Text.percent(tally.positivePredictiveValue(withFlutter: false)),
                Text.percent(tally.positivePredictiveValue(withFlutter: true)),
                flutter > 0 ? Text.percent(tally.count(.flutter, .irregular) / flutter) : "-",
                Text.percent(tally.sensitivity(.time)),
                Text.percent(tally.specificity(withFlutter: false, .time)),
                Text.percent(tally.unknownShare()),
                Text.percent(Spread(errors)?.mean), Text.percent(errors.max()),
            ])
        }
        return table
    }

    /// By the method that says most of records not seen.
    private func byRecord(_ records: [RhythmBenchmark.Record]) -> Table {
        let method: RhythmBenchmark.Method = leavesOneOut ? .leftOut : .screen
        var table = Table([
            "record (\(name(method)))", "hours", "beats", "in fibrillation", "sensitivity",
            "specificity", "PPV", "flutter called", "inconclusive", "burden error", "episodes",
            "false",
        ])
        for record in records {
            guard let tally = record.tallies[method] else { continue }
            let flutter = tally.total(.flutter)
            table.add([
                record.id + (record.wasTrainedOn ? " *" : ""), Text.fixed(record.hours, 1),
                "\(record.beats)", Text.fixed(tally.total(.fibrillation), 0),
                Text.percent(tally.sensitivity()),
                Text.percent(tally.specificity(withFlutter: false)),
                Text.percent(tally.positivePredictiveValue(withFlutter: false)),
                flutter > 0 ? Text.percent(tally.count(.flutter, .irregular) / flutter) : "-",
                Text.percent(tally.unknownShare()), Text.percent(tally.burdenError),
                "\(record.episodes[method] ?? 0)", "\(record.falseEpisodes[method] ?? 0)",
            ])
        }
        return table
    }

    private func ectopy(_ records: [RhythmBenchmark.Record]) -> Table {
        var table = Table([
            "premature beats, by intervals", "annotated", "sensitivity", "PPV", "extra",
        ])
        var all = EctopyScore()
        func row(_ name: String, _ score: EctopyScore) {
            table.add([
                name, "\(score.hits + score.missed)", Text.percent(score.sensitivity),
                Text.percent(score.positivePredictiveValue), "\(score.extra)",
            ])
        }
        for record in records {
            guard let score = record.ectopy else { continue }
            all = all + score
            row(record.id, score)
        }
        if !table.rows.isEmpty { row("all", all) }
        return table
    }

    private func addRare(to document: inout BenchmarkDocument) {
        guard benchmark.personSpecificity(.screen) != nil else { return }
        document.heading("People in sinus rhythm, and how rare fibrillation is")
        var table = Table([
            "method", "specificity by beat", "people without an episode", "episodes in 24 h",
            "PPV by time at 1 %", "at 2 %", "at 5 %", "PPV by person at 1 %", "at 2 %", "at 5 %",
        ])
        for method in benchmark.methods {
            let rates = RhythmBenchmark.prevalences
            table.add(
                [
                    name(method),
                    Text.percent(benchmark.sinus(method).specificity(withFlutter: false)),
                    Text.percent(benchmark.personSpecificity(method)),
                    benchmark.falseEpisodesADay(method).map { Text.fixed($0, 2) } ?? "-",
                ] + rates.map { Text.percent(benchmark.rareByTime(method, $0)) }
                    + rates.map { Text.percent(benchmark.rareByPerson(method, $0)) })
        }
        document.table(table)
        document.paragraph(
            "Computed from the sensitivity on afdb-rr and the specificity on rr-24h. An episode lasts 30 s or "
                + "more; a person counts as called with one episode in the whole record.")
    }
}

extension BenchmarkText {
    /// A share in percent, two digits.
    static func percent(_ share: Double?) -> String {
        share.map { fixed(100 * $0, 2) } ?? "-"
    }

    static func records(_ count: Int) -> String { count == 1 ? "1 record" : "\(count) records" }
}
