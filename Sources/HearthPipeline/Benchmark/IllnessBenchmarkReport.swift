// SPDX-License-Identifier: Apache-2.0
import Foundation
public import HearthIntake
public import HearthModels

/// Alarms around the first day of an illness, ready to be printed.
public struct IllnessBenchmarkReport: Sendable {
    public let benchmark: IllnessBenchmark
    public let withoutOnset: Int
    public let unreadableRows: Int

    /// - Parameter folder: in the layout of Welltory's COVID-19 set.
    /// - Throws: if the folder cannot be read.
    public init(folder: String) throws(IntakeError) {
        let read = try IllnessFolder(folder)
        benchmark = IllnessBenchmark(read.records)
        withoutOnset = read.withoutOnset
        unreadableRows = read.unreadableRows
    }

    /// For a terminal.
    public var text: String { document.text }
    public var markdown: String { document.markdown }

    private var document: BenchmarkDocument {
        var document = BenchmarkDocument()
        document.heading("Alarms around the first day of an illness", level: 1)
        document.paragraph(
            "\(benchmark.records.count) people with an onset, seven days of heart rate before the "
                + "window and three in it; \(benchmark.tooFew) with an onset have fewer, and "
                + "\(withoutOnset) have no onset. Found: an alarm from seven days before to seven "
                + "after. False: an episode before that or more than 28 days after.")
        var table = BenchmarkDocument.Table([
            "rule", "found", "95 %", "by chance", "days early", "false alarms", "a person-week",
            "95 %",
        ])
        for one in benchmark.outcomes {
            let intervals = one.intervals
            table.add([
                one.rule.name, "\(one.found) of \(one.people.count)",
                Self.range(intervals?.found), Self.number(one.foundByChance, 2),
                Self.number(one.medianDaysEarly, 1), "\(one.falseAlarms)",
                Self.number(one.alarmsPerWeek, 3), Self.range(intervals?.alarms),
            ])
        }
        document.table(table)
        document.paragraph(
            "By chance: the share that alarms at random times at the same rate would find in 15 "
                + "days. Intervals are from 2,000 draws of people. Days early: median of those "
                + "found; below 0 is after the onset.")
        addPeople(to: &document)
        return document
    }

    private func addPeople(to document: inout BenchmarkDocument) {
        let shown = benchmark.outcomes.filter {
            $0.rule == .nightSignal
                || $0.rule == .signalWatch(limit: SignalWatch.defaultLimit)
        }
        var table = BenchmarkDocument.Table(["person", "weeks"] + shown.map(\.rule.name))
        for index in benchmark.records.indices {
            guard let first = shown.first?.people[index] else { continue }
            table.add(
                [first.id, BenchmarkText.fixed(first.weeks, 1)]
                    + shown.map { outcome in
                        let person = outcome.people[index]
                        let early = person.daysEarly.map { "\($0) days early" } ?? "missed"
                        return "\(early), \(person.falseAlarms) false"
                    })
        }
        document.heading("By person")
        document.table(table)
    }

    private static func number(_ value: Double?, _ digits: Int) -> String {
        value.map { BenchmarkText.fixed($0, digits) } ?? "-"
    }

    private static func range(_ range: ClosedRange<Double>?) -> String {
        range.map {
            BenchmarkText.fixed($0.lowerBound, 2) + " to " + BenchmarkText.fixed($0.upperBound, 2)
        } ?? "-"
    }

    private struct JSON: Encodable {
        struct Person: Encodable {
            var id: String
            var found: Bool
            var daysEarly: Int64?
            var falseAlarms: Int
            var weeks: Double
        }
        struct Rule: Encodable {
            var rule: String
            var found, people, falseAlarms: Int
            var weeks: Double
            var alarmsPerPersonWeek, foundByChance, medianDaysEarly: Double?
            var foundInterval, alarmsInterval: [Double]?
            var byPerson: [Person]
        }
        var schema = "hearth.benchmark.illness/1"
        var tooFewDays, withoutOnset, unreadableRows: Int
        var rules: [Rule]
    }

    /// As JSON with sorted members.
    public func json() throws -> String {
        let rules = benchmark.outcomes.map { one in
            JSON.Rule(
                rule: one.rule.name, found: one.found, people: one.people.count,
                falseAlarms: one.falseAlarms, weeks: one.weeks,
                alarmsPerPersonWeek: one.alarmsPerWeek, foundByChance: one.foundByChance,
                medianDaysEarly: one.medianDaysEarly,
                foundInterval: one.intervals.map { [$0.found.lowerBound, $0.found.upperBound] },
                alarmsInterval: one.intervals.map {
                    [$0.alarms.lowerBound, $0.alarms.upperBound]
                },
                byPerson: one.people.map {
                    JSON.Person(
                        id: $0.id, found: $0.isFound, daysEarly: $0.daysEarly,
                        falseAlarms: $0.falseAlarms, weeks: $0.weeks)
                })
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let data = try encoder.encode(
            JSON(
                tooFewDays: benchmark.tooFew, withoutOnset: withoutOnset,
                unreadableRows: unreadableRows, rules: rules))
        return String(decoding: data, as: UTF8.self)
    }
}
