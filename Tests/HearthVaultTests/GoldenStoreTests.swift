// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthCrypto
import HearthTestSupport
import Testing

@testable import HearthVault

/// Stores of every form that a vault was ever written in open for ever and give the same samples.
///
/// Each folder of `Fixtures/Golden` holds `keys.a` (`keys.b` is equal), `store.db`, the anchor,
/// `samples.tsv` and, from 1.1 on, a sealed arrival, made by ``GoldenStore/make(at:)`` with the program
/// of its time; the keys of those that end in `rotated` were rotated twice. The passphrase is
/// `correct horse`.
@Suite struct GoldenStoreTests {
    @Test(arguments: GoldenStore.names)
    func `a store of an earlier form gives the exact samples`(_ name: String) throws {
        let golden = try GoldenStore(name)
        let vault = try VaultFixture.open(golden.location)
        defer { vault.close() }
        #expect(try GoldenStore.lines(vault) == golden.lines)
        #expect(golden.lines.count > 150)
        #expect(try vault.verify().problems == [])
        #expect(try vault.auditTrail().count >= 3)
        let person = try #require(vault.people.first)
        #expect(person.label == "Ada")
        #expect(try vault.corrections(of: person.id).tags.map(\.label) == ["work-day"])
    }

    @Test(arguments: GoldenStore.names)
    func `writing to a store of an earlier form loses nothing`(_ name: String) throws {
        let golden = try GoldenStore(name)
        var vault = try VaultFixture.open(golden.location)
        let verifyKey = vault.verifyKey
        let person = try #require(vault.people.first).id
        try vault.ingest([Made.heartRate(days: 30..<31, step: 3600)], for: person)
        vault.close()
        vault = try VaultFixture.open(golden.location)
        defer { vault.close() }
        let now = try GoldenStore.lines(vault)
        #expect(Set(golden.lines).isSubset(of: now))
        #expect(now.count == golden.lines.count + 24)
        #expect(vault.verifyKey == verifyKey)
        #expect(try vault.verify().problems == [])
        // What was erased stays away.
        let again = try vault.ingest([Made.steps(days: 0..<1)], for: person)
        #expect(again.suppressedByErasure == 24)
    }

    @Test(arguments: GoldenStore.names)
    func `an arrival in an earlier form is opened`(_ name: String) throws {
        let golden = try GoldenStore(name)
        let vault = try VaultFixture.open(golden.location)
        defer { vault.close() }
        #expect(vault.inboxFiles.count == (golden.hasArrival ? 1 : 0))
        for file in vault.inboxFiles {
            let (header, content) = try InboxTests.open(vault, file)
            #expect(header == ArrivalHeader(name: "day.fit", person: "Ada", size: 1000))
            #expect(content == InboxTests.bytes(1000))
        }
    }

    /// HEARTH_GOLDEN_WRITE names the new folder below `Fixtures/Golden`.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["HEARTH_GOLDEN_WRITE"] != nil))
    func `a golden store is made`() throws {
        let name = try #require(ProcessInfo.processInfo.environment["HEARTH_GOLDEN_WRITE"])
        try GoldenStore.make(at: GoldenStore.folder.appending(path: name))
    }
}

/// A copy of a golden store in a temporary folder, removed with it.
final class GoldenStore {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Fixtures/Golden")
    static let names =
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()

    let root: URL
    let location: VaultLocation
    let lines: [String]
    let hasArrival: Bool

    init(_ name: String) throws {
        let files = FileManager.default
        let source = Self.folder.appending(path: name)
        root = files.temporaryDirectory.appending(path: "hearth-golden-\(UUID().uuidString)")
        let store = root.appending(path: "store")
        try files.createDirectory(at: store, withIntermediateDirectories: true)
        for (from, to) in [("keys.a", "keys.a"), ("keys.a", "keys.b"), ("store.db", "store.db")] {
            try files.copyItem(at: source.appending(path: from), to: store.appending(path: to))
        }
        let arrival = source.appending(path: "arrival")
        hasArrival = files.fileExists(atPath: arrival.path)
        if hasArrival {
            try files.createDirectory(
                at: store.appending(path: "inbox"), withIntermediateDirectories: true)
            try files.copyItem(at: arrival, to: store.appending(path: "inbox/a.sealed"))
        }
        let keys = try Data(contentsOf: source.appending(path: "keys.a"))
        let state = root.appending(path: "state/\(hex([UInt8](keys[28..<44])))")
        try files.createDirectory(at: state, withIntermediateDirectories: true)
        try files.copyItem(
            at: source.appending(path: "anchor"), to: state.appending(path: "anchor"))
        location = VaultLocation(store: store.path, state: root.appending(path: "state").path)
        lines = try String(contentsOf: source.appending(path: "samples.tsv"), encoding: .utf8)
            .split(separator: "\n").map(String.init)
        try HearthCrypto.start()
    }

    deinit { try? FileManager.default.removeItem(at: root) }

    /// Every sample as a line, sorted.
    static func lines(_ vault: Vault) throws -> [String] {
        var lines: [String] = []
        for person in vault.people {
            for (stream, samples) in try vault.contents(of: person.id).streams {
                for sample in samples {
                    let values = sample.values.map(String.init).joined(separator: ",")
                    lines.append(
                        [
                            String(stream.device.rawValue), String(stream.quantity.rawValue),
                            String(stream.origin.file.rawValue), String(sample.time),
                            String(sample.duration), values, String(sample.quality),
                        ].joined(separator: "\t"))
                }
            }
        }
        return lines.sorted()
    }

    /// Makes a small store with samples of each class, a tag, an erase and an audit log.
    static func make(at folder: URL) throws {
        let fixture = try VaultFixture(slots: 64)
        let vault = try #require(fixture.vault)
        let person = try vault.addPerson(label: "Ada").id
        try vault.ingest(
            [
                Made.heartRate(days: 0..<2, step: 900), Made.steps(days: 0..<2),
                Made.acceleration(day: 1, seconds: 1),
            ], for: person)
        _ = try vault.addTag(
            "work-day", day: LocalDate(dayNumber: Made.firstDay),
            time: Timestamp(nanoseconds: Made.time(day: 0, second: 43_200)), isWholeDay: true,
            of: person)
        try vault.appendAudit(command: "ingest", outcome: "done")
        _ = try vault.erase(
            ErasureScope(
                person: person, quantities: [.steps],
                to: Timestamp(nanoseconds: Made.time(day: 1, second: 0))))
        let written = try lines(vault)
        vault.close()
        if folder.lastPathComponent.hasSuffix("rotated") {
            let other = try Vault.open(
                at: fixture.location, with: RotationTests.credential("correct horse"))
            _ = try other.rotateKeys(to: RotationTests.credential("between"), kdf: .minimum)
            let again = try Vault.open(
                at: fixture.location, with: RotationTests.credential("between"))
            _ = try again.rotateKeys(
                to: RotationTests.credential("correct horse"), kdf: .minimum)
        }
        try InboxTests.add(InboxTests.bytes(1000), person: "Ada", to: fixture.location)
        let files = FileManager.default
        try files.createDirectory(at: folder, withIntermediateDirectories: true)
        for name in ["keys.a", "store.db"] {
            try files.copyItem(
                at: URL(filePath: fixture.location.store + "/" + name),
                to: folder.appending(path: name))
        }
        let inbox = fixture.location.store + "/inbox/"
        let arrival = try #require(
            files.contentsOfDirectory(atPath: inbox).first { $0.hasSuffix(".sealed") })
        try files.copyItem(
            at: URL(filePath: inbox + arrival), to: folder.appending(path: "arrival"))
        let anchor = try #require(
            files.subpathsOfDirectory(atPath: fixture.location.state)
                .first { $0.hasSuffix("anchor") })
        try files.copyItem(
            at: URL(filePath: fixture.location.state + "/" + anchor),
            to: folder.appending(path: "anchor"))
        try Data(written.joined(separator: "\n").utf8).write(
            to: folder.appending(path: "samples.tsv"))
    }
}
