// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthFormats
import HearthTestSupport
import Testing

/// The simulated watch in `SampleData`, whose truth is known.
@Suite struct FITSampleDataTests {
    private struct Truth: Decodable {
        struct Day: Decodable {
            var day: String
            var steps: Int
        }
        var day: [Day]
    }

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "SampleData")

    private static func sink(_ path: String) throws -> CollectingSink {
        readFIT([UInt8](try Data(contentsOf: folder.appending(path: "garmin/" + path))))
    }

    @Test func `every file is read without damage`() throws {
        let files = FileManager.default.enumerator(
            atPath: Self.folder.appending(path: "garmin").path)
        let names = (files?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(".fit") }
        #expect(names.count > 200)
        for name in names {
            let sink = try Self.sink(name)
            #expect(sink.error == nil, "\(name)")
            let known: Set<ReadIssueCode> = [.ignored, .unknownElement, .sentinelValue]
            for issue in sink.issues { #expect(known.contains(issue.code), "\(name): \(issue)") }
        }
    }

    @Test func `each day has the steps that were drawn`() throws {
        let truth = try JSONDecoder().decode(
            Truth.self, from: Data(contentsOf: Self.folder.appending(path: "truth.json")))
        for day in truth.day {
            guard let sink = try? Self.sink("monitoring/\(day.day).fit") else { continue }
            #expect(Int(sink.values(.steps).reduce(0, +)) == day.steps, "\(day.day)")
        }
    }

    @Test func `a night's levels follow each other minute by minute`() throws {
        let stages = try Self.sink("sleep/2026-02-02.fit").samples(of: .sleepStage)
        #expect(stages.count == 470)
        #expect(stages.allSatisfy { $0.duration == 60_000_000_000 })
        for (one, next) in zip(stages, stages.dropFirst()) {
            #expect(next.time == one.time + one.duration)
        }
    }
}
