// SPDX-License-Identifier: Apache-2.0
import CHearthSystem
import Foundation
import HearthBiosignals
import HearthFormats
import HearthIntake
import HearthTestSupport
import Testing

@testable import HearthPipeline

/// The worker gives what this process would, and dies alone.
@Suite struct IsolationTests {
    static let products = URL(filePath: ProcessInfo.processInfo.arguments[0])
        .resolvingSymlinksInPath().deletingLastPathComponent()
    /// A worker that misbehaves as the input's 17th byte says.
    static let rogue = products.appending(path: "hearth-sandbox-check").path

    private struct Reading: Equatable {
        var verdicts: [FileVerdict]
        var blocks: [String: [SampleBlock]]
    }

    private func reading(_ path: String, _ isolation: Isolation) -> Reading {
        var options = IngestOptions()
        options.isolation = isolation
        var blocks: [String: [SampleBlock]] = [:]
        let verdicts = Inspector(options: options).inspect(path) { name, block in
            blocks[name, default: []].append(block)
        }
        return Reading(verdicts: verdicts, blocks: blocks)
    }

    private func compare(below folder: URL) -> (files: Int, samples: Int) {
        var files = 0
        var samples = 0
        for url in SeedFiles.files(below: folder) {
            let inside = reading(url.path, .required)
            let here = reading(url.path, .off)
            #expect(inside == here, "\(url.path)")
            files += 1
            samples += here.verdicts.reduce(0) { $0 + $1.samples }
        }
        return (files, samples)
    }

    @Test func `every sample file reads the same in the worker`() {
        let (files, samples) = compare(below: ScoringServiceTests.samples)
        #expect(files > 40)
        #expect(samples > 50_000)
    }

    @Test(.enabled(if: SharedData.isPresent, "HEARTH_DATA names no folder"))
    func `every shared file reads the same in the worker`() throws {
        let folder = try #require(SharedData.folder).appending(path: "formats")
        let (files, samples) = compare(below: folder)
        #expect(files > 200)
        #expect(samples > 100_000)
    }

    @Test(arguments: [
        ("s", "forbidden call"), ("t", "time limit"), ("m", "memory limit"),
        ("k", "memory limit"), ("c", "internal error of the reader"),
        ("a", "internal error of the reader"), ("g", "internal error of the reader"),
        ("n", "internal error of the reader"), ("l", "internal error of the reader"),
        ("w", "internal error of the reader"), ("z", "internal error of the reader"),
        ("x", "internal error of the reader"),
    ])
    func `a worker that is stopped costs its file only, with the reason`(
        _ way: String, _ reason: String
    ) throws {
        let home = try TemporaryVault()
        // The 17th byte is the way.
        let bad = try home.write(
            "quantity,value, \(way)time,time\n2026-01-05T00:00:00Z\n", to: "bad.csv")
        var options = IngestOptions()
        options.workerProgram = Self.rogue
        let report = try home.ingest(bad, options: options)
        #expect(report.verdicts.map(\.status) == [.rejected], "\(way)")
        #expect(report.verdicts.first?.reason == "the reader was stopped: \(reason)", "\(way)")
        #expect(report.added == 0)
        let good = try home.write(heartRates(from: "2026-01-05T00:00:00Z", [60]), to: "a.csv")
        #expect(try home.ingest(good).added == 1)
    }

    @Test func `isolation that cannot be had refuses if it is required`() throws {
        let home = try TemporaryVault()
        let path = try home.write(heartRates(from: "2026-01-05T00:00:00Z", [60]), to: "a.csv")
        var options = IngestOptions()
        options.workerProgram = nil
        options.isolation = .required
        let refused = try home.ingest(path, options: options)
        #expect(refused.verdicts.first?.status == .rejected)
        #expect(refused.verdicts.first?.reason?.contains("not installed") == true)
        options.isolation = .bestEffort
        #expect(try home.ingest(path, options: options).added == 1)
    }

    @Test func `the worker says that every layer is in force, on a system that has them`() throws {
        let report = try #require(WorkerProgram.report())
        #expect(report.layers & UInt32(Isolation.essential) == UInt32(Isolation.essential))
        #expect(report.archiveLibrary.hasPrefix("libarchive"))
    }

    // MARK: Bombs

    private struct Cost {
        var verdicts: [FileVerdict]
        var milliseconds: Int64
        var bytes: Int64
    }

    private func cost(_ bytes: [UInt8], _ name: String) throws -> Cost {
        let path = FileManager.default.temporaryDirectory
            .appending(path: "hearth-bomb-\(UUID().uuidString)-\(name)")
        try Data(bytes).write(to: path)
        defer { try? FileManager.default.removeItem(at: path) }
        var options = IngestOptions()
        options.isolation = .required
        let inspector = Inspector(options: options)
        let verdicts = inspector.inspect(path.path)
        let outcome = try #require(inspector.driver.lastOutcome)
        return Cost(
            verdicts: verdicts, milliseconds: outcome.cpu_milliseconds, bytes: outcome.peak_bytes)
    }

    @Test func `bombs are refused soon, in little memory, with the limit's name`() throws {
        let million = 1_000_000
        let open = [UInt8](repeating: UInt8(ascii: "["), count: million)
        let line = Array("{\"time\":\"2026-01-05T00:00:00Z\",\"quantity\":\"steps\",\"x\":".utf8)
        let laughs =
            "<?xml version=\"1.0\"?><!DOCTYPE HealthData [<!ENTITY a \"ha\">"
            + (0..<30).map { "<!ENTITY a\($0 + 1) \"&a\($0 == 0 ? "" : "\($0)");&a;\">" }.joined()
            + "]><HealthData>&a30;</HealthData>"
        var fit: [UInt8] = [14, 0x20, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]
        fit += Array(".FIT".utf8) + [0, 0] + [0x40, 0, 0, 20, 0, 255]
        let zeros = TemporaryArchive.zip(
            Array("time,quantity,value\n".utf8) + [UInt8](repeating: 10, count: 40 << 20))
        let bombs: [(String, [UInt8], String)] = [
            ("zeros.zip", zeros, "limit"),
            ("deep.json", line + open, "nesting"),
            (
                "deep.xml",
                Array("<HealthData>".utf8) + Array(String(repeating: "<a>", count: million).utf8),
                "depth"
            ),
            ("laughs.xml", Array(laughs.utf8), "ENTITY"),
            ("long.fit", fit, "truncated"),
        ]
        for (name, bytes, word) in bombs {
            let cost = try cost(bytes, name)
            let told = cost.verdicts.flatMap { verdict in
                [verdict.reason ?? ""] + verdict.issues.map(\.description)
            }.joined(separator: "\n")
            #expect(told.lowercased().contains(word.lowercased()), "\(name): \(told)")
            #expect(cost.verdicts.allSatisfy { $0.status == .rejected }, "\(name): \(told)")
            // A process that was just started counts the memory of the one that started it.
            #expect(cost.bytes < max(64 << 20, Self.ownPeak), "\(name): \(cost.bytes) bytes")
            #expect(cost.milliseconds < 1000 * Self.slowness, "\(name): \(cost.milliseconds) ms")
        }
    }

    private static var ownPeak: Int64 {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return Int64(usage.ru_maxrss) << 10 + 1
    }

    #if DEBUG
        /// Without optimisation the readers take many times as long.
        static let slowness: Int64 = 10
    #else
        static let slowness: Int64 = 1
    #endif
}

/// A zip of one deflated entry.
enum TemporaryArchive {
    static func zip(_ bytes: [UInt8]) -> [UInt8] {
        let path = FileManager.default.temporaryDirectory
            .appending(path: "hearth-zip-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: path) }
        ArchiveBuilder.write([("a.csv", bytes)], as: .zip, to: path.path)
        return (try? Data(contentsOf: path)).map { [UInt8]($0) } ?? []
    }
}
