// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthModels

extension HRVComparison.Way {
    var label: String {
        switch self {
        case .own: "Hearth's definition"
        case .theirs: "the reference's definition"
        case .cleaned: "Hearth's cleaning"
        }
    }
}

extension HRVBenchmarkReport {
    var document: BenchmarkDocument {
        var document = BenchmarkDocument()
        document.heading("Heart-rate variability beside published numbers", level: 1)
        document.paragraph(
            "Relative difference to the published number, what that lost by rounding forgiven. By the"
                + " reference's definition: to show that a difference is one of definition.")
        for reference in references {
            document.heading(reference.name)
            document.paragraph(reference.account)
            var table = BenchmarkDocument.Table([
                "metric", "computed by", "n", "without", "median", "worst", "within 0.1 %",
                "within 1 %",
            ])
            for one in reference.agreements {
                table.add([
                    one.metric, one.way.label, "\(one.count)", "\(one.without)",
                    Self.percent(one.median), Self.percent(one.worst),
                    BenchmarkText.fixed(100 * one.withinTenth, 1) + " %",
                    BenchmarkText.fixed(100 * one.withinOne, 1) + " %",
                ])
            }
            document.table(table)
            for one in reference.explanations {
                document.paragraph("\(one.metric): \(one.text)")
            }
        }
        if !skipped.isEmpty {
            document.heading("Left out")
            var table = BenchmarkDocument.Table(["file", "reason"])
            for one in skipped { table.add([one.id, one.reason]) }
            document.table(table)
        }
        return document
    }

    /// A share as a percentage, small ones with their order of magnitude.
    private static func percent(_ share: Double) -> String {
        let value = 100 * share
        if value == 0 { return "0 %" }
        if value < 0.0001 { return String(format: "%.0e %%", value) }
        return BenchmarkText.fixed(value, value < 0.1 ? 4 : 2) + " %"
    }
}

/// `hearth benchmark hrv --format json`.
struct HRVBenchmarkJSON: Encodable {
    struct Agreement: Encodable {
        var metric, computedBy: String
        var count, without: Int
        var medianRelativeDifference, worstRelativeDifference: Double
        var withinTenthPercent, withinOnePercent: Double
    }

    struct Explanation: Encodable {
        var metric, text: String
    }

    struct Reference: Encodable {
        var name, account: String
        var records: Int
        var agreements: [Agreement]
        var explanations: [Explanation]
    }

    struct Skipped: Encodable {
        var id, reason: String
    }

    var schema = "hearth.benchmark.hrv/1"
    var references: [Reference]
    var leftOut: [Skipped]

    init(_ report: HRVBenchmarkReport) {
        references = report.references.map { reference in
            Reference(
                name: reference.name, account: reference.account, records: reference.records,
                agreements: reference.agreements.map {
                    Agreement(
                        metric: $0.metric, computedBy: $0.way.rawValue, count: $0.count,
                        without: $0.without, medianRelativeDifference: $0.median,
                        worstRelativeDifference: $0.worst, withinTenthPercent: $0.withinTenth,
                        withinOnePercent: $0.withinOne)
                },
                explanations: reference.explanations.map {
                    Explanation(metric: $0.metric, text: $0.text)
                })
        }
        leftOut = report.skipped.map { Skipped(id: $0.id, reason: $0.reason) }
    }
}

extension HRVBenchmarkReport {
    /// As JSON with sorted members.
    public func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(HRVBenchmarkJSON(self)), as: UTF8.self)
    }
}
