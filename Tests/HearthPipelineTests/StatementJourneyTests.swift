// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthPipeline
import HearthRights
import HearthVault
import Testing

/// Corrections and tags out of a vault and into another, or back into the same.
@Suite struct StatementJourneyTests {
    /// Heart rates of a day on a wall clock two hours east, corrections and tags with holes in the
    /// numbers.
    private func home() throws -> TemporaryVault {
        let home = try TemporaryVault()
        var text = "time,quantity,value\n"
        for minute in 0..<60 {
            text += "2026-04-01T12:\(minute < 10 ? "0" : "")\(minute):00+02:00,heart-rate,60\n"
        }
        let report = try home.ingest(home.write(text, to: "rates.csv"))
        #expect(report.added == 61)
        let (vault, me) = (home.vault, home.person.id)
        func time(_ hour: Int64) -> Timestamp { Timestamp(seconds: 1_775_000_000 + hour * 3600) }
        _ = try vault.addSleepCorrection(.edit, from: time(0), to: time(8), note: "=1+1", of: me)
        let gone = try vault.addSleepCorrection(.add, from: time(20), to: time(21), of: me)
        _ = try vault.addSleepCorrection(
            .remove, from: time(30), to: time(31), note: "'-\"x\", y", of: me)
        let day = LocalDate(dayNumber: 20_544)
        let noon = try ScoringService(vault: vault, person: me).zoneTimeline
            .instant(of: day, secondsOfDay: 43_200)
        _ = try vault.addTag("free-day", day: day, time: noon, isWholeDay: true, of: me)
        _ = try vault.addTag("@home", day: day, time: time(15), isWholeDay: false, of: me)
        #expect(try vault.removeCorrections([gone.id], of: me) == 1)
        try vault.set(.maximumHeartRate, to: 182, of: me)
        try vault.set(.readinessSleep, to: 0, of: me)
        return home
    }

    private func export(_ home: TemporaryVault, to name: String) throws -> URL {
        let folder = home.folder.appending(path: name)
        let sink = FolderSink(folder)
        _ = try Exporter(vault: home.vault).export(
            SampleQuery(
                person: home.person.id, from: .distantPast, to: .distantFuture), to: sink)
        return folder
    }

    private func files(_ folder: URL) throws -> [String: Data] {
        let paths = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
        var files: [String: Data] = [:]
        for path in paths where path.contains(".") {
            files[path] = try Data(contentsOf: folder.appending(path: path))
        }
        return files
    }

    @Test(arguments: ["", "csv", "ndjson"])
    func `an export in an empty vault says the same and is exported the same`(
        form: String
    ) throws {
        let home = try home()
        let out = try export(home, to: "out")
        let before = try files(out)
        #expect(before["observed/tags.ndjson"] != nil && before["observed/settings.csv"] != nil)
        // One of both forms is enough.
        for name in before.keys where !form.isEmpty && !name.hasSuffix(form) {
            try FileManager.default.removeItem(at: out.appending(path: name))
        }
        let other = try TemporaryVault()
        let report = try other.ingest(out.path)
        #expect(report.verdicts.filter(\.isProblem).isEmpty)
        #expect(report.statementsAdded == 6 && report.statementsKnown == (form.isEmpty ? 6 : 0))
        let ours = try home.vault.corrections(of: home.person.id)
        #expect(try other.vault.corrections(of: other.person.id) == ours)
        #expect(ours.sleep.map(\.id.rawValue) == [1, 3] && ours.tags.count == 2)
        #expect(try files(export(other, to: "again")) == before)
        // A further word gets a number of its own.
        let next = try other.vault.addSleepCorrection(
            .add, from: Timestamp(seconds: 0), to: Timestamp(seconds: 60), of: other.person.id)
        #expect(next.id.rawValue == 6)
    }

    @Test func `it changes nothing where all was said already, and files count as known`() throws {
        let home = try home()
        let out = try export(home, to: "out")
        let ours = try home.vault.corrections(of: home.person.id)
        let first = try home.ingest(out.path)
        #expect(first.added == 0 && first.statementsAdded == 0 && first.statementsKnown == 12)
        #expect(try home.vault.corrections(of: home.person.id) == ours)
        let second = try home.ingest(out.path)
        #expect(second.statementsKnown == 0)
        #expect(second.count(.alreadyStored) == first.count(.ingested))
    }

    @Test func `a number that is taken is not taken from anybody`() throws {
        let home = try home()
        let out = try export(home, to: "out")
        let other = try TemporaryVault()
        let own = try other.vault.addSleepCorrection(
            .add, from: Timestamp(seconds: 0), to: Timestamp(seconds: 60), of: other.person.id)
        #expect(own.id.rawValue == 1)
        _ = try other.ingest(out.path)
        let all = try other.vault.corrections(of: other.person.id)
        #expect(all.sleep.count == 3 && all.sleep.first == own)
        let ids = all.sleep.map(\.id) + all.tags.map(\.id)
        #expect(Set(ids).count == 5)
    }

    @Test func `of a working and a free day the word given last stands`() throws {
        let home = try home()
        let out = try export(home, to: "out")
        let other = try TemporaryVault()
        let day = LocalDate(dayNumber: 20_544)
        let noon = Timestamp(seconds: 1_775_037_600)
        _ = try other.vault.addTag(
            "work-day", day: day, time: noon, isWholeDay: true, of: other.person.id)
        _ = try other.ingest(out.path)
        let labels = try other.vault.corrections(of: other.person.id).tags.map(\.label)
        #expect(labels.sorted() == ["@home", "work-day"])
    }

    @Test func `what was erased does not come back`() throws {
        let home = try home()
        let out = try export(home, to: "out")
        let (vault, me) = (home.vault, home.person.id)
        _ = try vault.erase(
            ErasureScope(
                person: me, quantities: [.sleepStage], from: .distantPast, to: .distantFuture))
        let left = try vault.corrections(of: me)
        #expect(left.sleep.isEmpty && left.tags.count == 2)
        let report = try home.ingest(out.path)
        #expect(report.statementsAdded == 0)
        #expect(report.suppressedByErasure == 4 && report.statementsKnown == 8)
        #expect(try vault.corrections(of: me) == left)
    }
}

private final class FolderSink: ExportSink {
    private let folder: URL
    private var name = ""
    private var bytes: [UInt8] = []

    init(_ folder: URL) { self.folder = folder }

    func begin(_ name: String) { self.name = name }

    func write(_ bytes: Span<UInt8>) {
        for index in bytes.indices { self.bytes.append(bytes[index]) }
    }

    func end() {
        let file = folder.appending(path: name)
        try? FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try? Data(bytes).write(to: file)
        bytes.removeAll()
    }
}
