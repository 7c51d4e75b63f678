// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthModels
import HearthPipeline
import HearthReport
import Testing

/// The access report tells of every score how it comes about.
@Suite struct ScoreLogicTests {
    private let ids = Set(ScoreLogic.all.flatMap { $0.id.components(separatedBy: ", ") })

    @Test func `no metric is missing and none is told twice`() {
        for metric in MetricCatalog.all { #expect(ids.contains(metric.id), "\(metric.id)") }
        #expect(ScoreLogic.all.flatMap { $0.id.components(separatedBy: ", ") }.count == ids.count)
        for score in ScoreLogic.all {
            for text in [score.label, score.formula, score.baseline, score.source, score.model] {
                #expect(!text.isEmpty, "\(score.id)")
            }
            #expect(!score.inputs.isEmpty, "\(score.id)")
        }
    }

    /// What the sources name as a model or as a rule of a live stream.
    @Test func `no model and no rule of the sources is missing`() throws {
        let project = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let folder = project.appending(path: "Sources/HearthModels")
        let files = try #require(FileManager.default.enumerator(atPath: folder.path))
        let told = ScoreLogic.all.map(\.model).joined(separator: " ")
        var models = 0
        var rules = 0
        for case let name as String in files where name.hasSuffix(".swift") {
            let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
            for match in text.matches(of: /static let (?:model|name) = "([a-z-]+)\/[0-9]+"/) {
                models += 1
                #expect(told.contains(match.1), "\(name): \(match.1)")
            }
            for match in text.matches(of: /rule: "([a-z-]+)"/) {
                rules += 1
                #expect(ids.contains(String(match.1)), "\(name): \(match.1)")
            }
        }
        #expect(models >= 15 && rules >= 5, "the search found too little: \(models), \(rules)")
    }
}
