// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthModels
import HearthPipeline
import HearthReport
import HearthSimulation
import HearthTestSupport
import HearthVault
import Testing

@Suite struct ScoringServiceTests {
    /// The project's own samples: real formats, known truth.
    static let samples = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "SampleData")

    /// The FIT files of the sample wearer, a group a day, ascending: what the watch would hand over.
    static func fitDays() throws -> [[String]] {
        let folder = samples.appending(path: "garmin")
        let names = try #require(FileManager.default.enumerator(atPath: folder.path))
        let files = names.compactMap { $0 as? String }.filter { $0.hasSuffix(".fit") }
        // monitoring/2026-01-20.fit, activity/2026-01-20-run.fit
        let days = Dictionary(grouping: files) { path in
            path.split(separator: "/").last.map { String($0.prefix(10)) } ?? path
        }
        return days.sorted { $0.key < $1.key }.map { _, files in
            files.sorted().map { folder.appending(path: $0).path }
        }
    }

    private func scored(
        _ home: TemporaryVault
    ) throws -> (features: [DayFeatures], changes: [ResultChange]) {
        let scoring = try ScoringService(vault: home.vault, person: home.person.id)
        let days = try #require(scoring.days)
        return try scoring.features(from: days.lowerBound, through: days.upperBound)
    }

    /// The features of all days, each as bytes.
    private func features(_ home: TemporaryVault) throws -> [Data] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return try scored(home).features.map { try encoder.encode($0) }
    }

    private func ingest(_ files: [String], into home: TemporaryVault) throws {
        let ingestor = try Ingestor(vault: home.vault, person: home.person.id)
        let report = try ingestor.ingest(files)
        #expect(report.verdicts.filter(\.isProblem).isEmpty)
    }

    @Test func `late data re-opens days so that the result is byte-equal to a full rebuild`() throws
    {
        let days = Array(try Self.fitDays().prefix(14))
        #expect(days.count == 14)
        let late = days.enumerated().filter { $0.offset % 5 == 3 }.flatMap(\.element)
        let onTime = days.enumerated().filter { $0.offset % 5 != 3 }.flatMap(\.element)

        let inOrder = try TemporaryVault()
        try ingest(days.flatMap(\.self), into: inOrder)
        let expected = try features(inOrder)
        #expect(expected.count >= 14)

        let outOfOrder = try TemporaryVault()
        var random = SeededRandom(seed: 11)
        try ingest(onTime.shuffled(using: &random), into: outOfOrder)
        let early = try features(outOfOrder)
        try ingest(late, into: outOfOrder)
        let repaired = try features(outOfOrder)
        #expect(early != expected, "the late files changed nothing: the test is empty")
        #expect(repaired == expected)
    }

    @Test func `a day is scored once and then read from the cache`() throws {
        let home = try TemporaryVault()
        try ingest(try Self.fitDays().prefix(3).flatMap(\.self), into: home)
        let first = try features(home)
        let everything = (LocalDate(dayNumber: 0), LocalDate(dayNumber: 40_000))
        let stored = try home.vault.results(
            of: home.person.id, from: everything.0, through: everything.1)
        #expect(stored.count == first.count)
        // A changed entry that is shown proves that the cache is read.
        var marked = try #require(stored.first)
        var payload = try JSONDecoder().decode(DayFeatures.self, from: Data(marked.payload))
        payload.nightMissing = "read from the cache"
        marked.payload = [UInt8](try JSONEncoder().encode(payload))
        try home.vault.storeResults([marked], of: home.person.id)
        #expect(try scored(home).features.first?.nightMissing == "read from the cache")
        marked.inputDigest = [UInt8](repeating: 0, count: marked.inputDigest.count)
        try home.vault.storeResults([marked], of: home.person.id)
        #expect(try features(home) == first, "an entry of other input was believed")
    }

    @Test func `changed days are told with what they were before`() throws {
        let home = try TemporaryVault()
        let days = Array(try Self.fitDays().prefix(8))
        let late = try #require(days[4].first { $0.contains("/monitoring/") })
        try ingest(days.flatMap(\.self).filter { $0 != late }, into: home)
        _ = try features(home)
        try ingest([late], into: home)
        let changes = try scored(home).changes
        #expect(!changes.isEmpty)
        #expect(Set(changes.map(\.day)).count <= 3, "more days re-opened than one file touches")
        #expect(try scored(home).changes.isEmpty, "the same change is told twice")
    }

    @Test func `erasing data takes it out of the results`() throws {
        let files = try Self.fitDays().prefix(4).flatMap(\.self)
        let home = try TemporaryVault()
        try ingest(files, into: home)
        let resting = { (features: [DayFeatures]) in
            features.flatMap(\.metrics).filter {
                $0.id == "resting-heart-rate-lowest-5min" && $0.value != nil
            }
        }
        #expect(!resting(try scored(home).features).isEmpty)
        try erase(.heartRate, in: home)
        #expect(resting(try scored(home).features).isEmpty)

        let rebuilt = try TemporaryVault()
        try ingest(files, into: rebuilt)
        try erase(.heartRate, in: rebuilt)
        #expect(try features(home) == features(rebuilt))
    }

    private func erase(_ quantity: Quantity, in home: TemporaryVault) throws {
        _ = try home.vault.erase(
            ErasureScope(
                person: home.person.id, quantities: [quantity], devices: nil, from: nil, to: nil))
    }
}
