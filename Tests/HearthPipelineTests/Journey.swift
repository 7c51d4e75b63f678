// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthFormats
import HearthPipeline
import HearthTestSupport
import HearthVault
import Testing

/// Follows an export through the product: looked at, stored, stored again, in the worker and without.
struct Journey {
    typealias File = (name: String, bytes: [UInt8])

    let home: TemporaryVault

    init() throws { home = try TemporaryVault() }

    /// A folder of the given files below the vault's own.
    func folder(_ files: [File], named name: String = "in") throws
        -> String
    {
        let folder = home.folder.appending(path: name)
        for (name, bytes) in files {
            let url = folder.appending(path: name)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(bytes).write(to: url)
        }
        return folder.path
    }

    func zip(_ files: [File], named name: String = "export.zip")
        -> String
    {
        let path = home.folder.appending(path: name).path
        ArchiveBuilder.write(files, as: .zip, to: path)
        return path
    }

    func zipped(_ files: [File]) throws -> [UInt8] {
        let path = zip(files, named: "inner-\(UUID().uuidString).zip")
        defer { try? FileManager.default.removeItem(atPath: path) }
        return [UInt8](try Data(contentsOf: URL(filePath: path)))
    }

    /// What an inspection finds below a path: the verdicts, and the samples as text.
    func inspect(_ path: String, _ isolation: Isolation) -> (verdicts: [FileVerdict], text: String)
    {
        var options = IngestOptions()
        options.isolation = isolation
        var bytes: [UInt8] = []
        var verdicts: [FileVerdict] = []
        for input in InputListing.files(below: [path]) {
            verdicts += Inspector(options: options).inspect(input.path) { name, block in
                bytes += Array("\(name)\n".utf8)
                HearthCSVWriter().append(block, to: &bytes)
            }.filter { input.isNamed || !$0.isPassedOverInFolders }
        }
        return (verdicts, String(decoding: bytes, as: UTF8.self))
    }

    /// Checks the whole way of one file, folder or archive.
    ///
    /// - Parameters:
    ///   - recordings: how many recordings of which kind are in it.
    ///   - isFlawed: some hold rows that are no good.
    ///   - empty: how many hold no samples.
    func expect(
        _ path: String, _ recordings: [FileKind: Int], isFlawed: Bool = false, empty: Int = 0
    ) throws {
        let inside = inspect(path, .off)
        let apart = inspect(path, .bestEffort)
        #expect(inside.text == apart.text, "the worker reads other samples")
        #expect(inside.verdicts == apart.verdicts)
        let found = inside.verdicts.compactMap(\.kind)
        #expect(Dictionary(grouping: found, by: \.self).mapValues(\.count) == recordings)
        for verdict in inside.verdicts where verdict.status != .ignored {
            #expect(verdict.status == .ingested || isFlawed, "\(verdict)")
        }
        let withSamples = inside.verdicts.count { $0.samples > 0 }
        #expect(withSamples == found.count - empty, "\(inside.verdicts)")

        let first = try home.ingest(path)
        #expect(first.added > 0)
        #expect(first.verdicts.allSatisfy { !$0.isProblem || isFlawed }, "\(first.verdicts)")
        #expect(
            first.verdicts.compactMap(\.kind).count == found.count,
            "an ingest reads other recordings than an inspection")
        let second = try home.ingest(path)
        #expect(second.added == 0)
        #expect(
            second.verdicts.allSatisfy { [.alreadyStored, .ignored].contains($0.status) },
            "\(second.verdicts)")
    }

    /// The samples that a kind of file left in the vault: when, and of what.
    func stored(_ kind: FileKind, _ quantities: Set<Quantity>? = nil) throws -> [Timestamp] {
        var times: [Timestamp] = []
        try home.vault.read(SampleQuery(person: home.person.id, quantities: quantities)) {
            _, block in
            guard block.origin.file == kind else { return }
            times += (0..<block.count).map { block.times[$0] }
        }
        return times.sorted()
    }

    /// The wall clock that the vault knows of.
    func clock() throws -> ZoneTimeline {
        var spans: [ZoneSpan] = []
        try home.vault.read(SampleQuery(person: home.person.id, quantities: [.zoneOffset])) {
            _, block in
            spans += block.zoneSpans
        }
        return ZoneTimeline(spans)
    }
}

extension Timestamp {
    /// Of a time in ISO 8601.
    init(_ text: String) {
        let date = (try? Date(text, strategy: .iso8601)) ?? .distantPast
        self.init(seconds: Int64(date.timeIntervalSince1970))
    }
}

/// Bytes of a text.
func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
