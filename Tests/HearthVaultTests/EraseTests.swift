// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthTestSupport
import Testing

@testable import HearthVault

@Suite struct EraseTests {
    /// A vault of one person with four days of everything, and results of those days.
    static func filled() throws -> (VaultFixture, PersonID) {
        let fixture = try VaultFixture()
        let person = try fixture.vault.addPerson(label: "Ada Marker").id
        try fixture.vault.ingest(blocks, for: person)
        try fixture.vault.storeResults(
            (0..<10).map {
                StoredResult(
                    day: LocalDate(dayNumber: Made.firstDay + $0), model: "day/1",
                    inputDigest: [1], payload: Array("result of day \($0)".utf8))
            }, of: person)
        return (fixture, person)
    }

    static var blocks: [SampleBlock] {
        [
            Made.heartRate(days: 0..<4), Made.heartRate(days: 0..<4, device: Made.ring, seed: 2),
            Made.steps(days: 0..<4), Made.acceleration(day: 1, seconds: 60),
        ]
    }

    static func span(_ day: Int64, _ from: Int64, _ to: Int64) -> (Timestamp, Timestamp) {
        (
            Timestamp(nanoseconds: Made.time(day: day, second: from)),
            Timestamp(nanoseconds: Made.time(day: day, second: to))
        )
    }

    /// Erases and holds the result against what plain filtering of the old contents gives.
    func check(
        _ scope: (PersonID, Vault) throws -> ErasureScope, _ isErased: (StreamID, Int64) -> Bool,
        _ sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let (fixture, person) = try Self.filled()
        let scope = try scope(person, fixture.vault)
        let before = try fixture.vault.contents(of: person)
        var expected = Contents()
        for (stream, samples) in before.streams {
            let kept = samples.filter { !isErased(stream, $0.time) }
            if !kept.isEmpty { expected.streams[stream] = kept }
        }
        let impact = try fixture.vault.impact(of: scope)
        #expect(impact.samples == before.count - expected.count, sourceLocation: sourceLocation)
        let record = try fixture.vault.erase(scope)
        #expect(record.samples == impact.samples, sourceLocation: sourceLocation)
        #expect(record.packs == impact.packs, sourceLocation: sourceLocation)
        #expect(record.samples > 0 && record.keySlots > 0, sourceLocation: sourceLocation)
        #expect(record.readBackPassed && record.scanPassed, sourceLocation: sourceLocation)
        #expect(record.auditHeadAfter == fixture.vault.auditHead, sourceLocation: sourceLocation)
        #expect(try fixture.vault.contents(of: person) == expected, sourceLocation: sourceLocation)
        #expect(try fixture.vault.verify().problems == [], sourceLocation: sourceLocation)
        try fixture.reopen()
        #expect(try fixture.vault.contents(of: person) == expected, sourceLocation: sourceLocation)
        // The same files again: what was erased stays away and is counted.
        let again = try fixture.vault.ingest(Self.blocks, for: person)
        #expect(again.added == 0, sourceLocation: sourceLocation)
        #expect(again.suppressedByErasure == record.samples, sourceLocation: sourceLocation)
        #expect(again.duplicates == expected.count, sourceLocation: sourceLocation)
        #expect(try fixture.vault.contents(of: person) == expected, sourceLocation: sourceLocation)
    }

    @Test func `a day is erased and stays away`() throws {
        let (from, to) = Self.span(1, 0, 86_400)
        try check({ person, _ in ErasureScope(person: person, from: from, to: to) }) {
            (from.nanoseconds..<to.nanoseconds).contains($1)
        }
    }

    @Test func `a part of a day is erased and the rest stays`() throws {
        let (from, to) = Self.span(1, 20, 30_000)
        try check({ person, _ in ErasureScope(person: person, from: from, to: to) }) {
            (from.nanoseconds..<to.nanoseconds).contains($1)
        }
    }

    /// Packs outside are sealed anew as they are; those across the ends are cut.
    @Test func `a part of a day of a fast quantity is erased and the rest stays`() throws {
        let fixture = try VaultFixture()
        let person = try fixture.vault.addPerson(label: "Ada Marker").id
        var blocks = [
            Made.acceleration(day: 1, seconds: 900),
            Made.acceleration(day: 1, seconds: 100, device: Made.ring),
        ]
        var random = SeededRandom(seed: 20_260_103)
        blocks[0].columns = (0..<3).map { _ in
            // Noise, so that it takes several packs.
            .int16(
                (0..<90_000).map { _ in Int16.random(in: -9000...9000, using: &random) },
                Scale(factor: 1 / 256))
        }
        try fixture.vault.ingest(blocks, for: person)
        func packs() throws -> [MonthIndex.RawPack] {
            let month = try #require(fixture.vault.state.people.first?.node.months.first).month
            return try fixture.vault.monthIndex(MonthKey(person: person, month: month))
                .cells.flatMap(\.packs)
        }
        let (before, old) = (try fixture.vault.contents(of: person), try packs())
        let (from, to) = Self.span(1, 300, 600)
        let watch = try #require(
            try fixture.vault.streams(of: person).first { $0.device.model != "Annulus" }?.device.id)
        let scope = ErasureScope(person: person, devices: [watch], from: from, to: to)
        var expected = before
        for stream in before.streams.keys where stream.device == watch {
            expected.streams[stream]?.removeAll {
                (from.nanoseconds..<to.nanoseconds).contains($0.time)
            }
        }
        let record = try fixture.vault.erase(scope)
        #expect(record.samples == before.count - expected.count && record.samples == 30_000)
        #expect(record.readBackPassed && record.scanPassed)
        #expect(try fixture.vault.contents(of: person) == expected)
        let new = try packs()
        #expect(Set(new.map(\.ref.id)).isDisjoint(with: old.map(\.ref.id)))
        let outside = old.filter { !$0.entries.contains(where: scope.touches) }
        #expect(outside.count > 2 && outside.count < old.count - 2)
        #expect(Set(outside.map(\.entries)).isSubset(of: new.map(\.entries)))
        #expect(try fixture.vault.database.packs(old.map(\.ref.id)).allSatisfy { $0 == nil })
        try fixture.reopen()
        #expect(try fixture.vault.verify().problems == [])
        let again = try fixture.vault.ingest(blocks, for: person)
        #expect(again.added == 0 && again.suppressedByErasure == record.samples)
        #expect(try fixture.vault.contents(of: person) == expected)
    }

    @Test func `a quantity is erased`() throws {
        try check({ person, _ in ErasureScope(person: person, quantities: [.heartRate]) }) {
            stream, _ in stream.quantity == .heartRate
        }
    }

    @Test func `a device is erased`() throws {
        var ring: DeviceID?
        try check({ person, vault in
            ring = try vault.streams(of: person).first { $0.device.model == "Annulus" }?.device.id
            return ErasureScope(person: person, devices: [try #require(ring)])
        }) { stream, _ in stream.device == ring }
    }

    @Test func `a person is erased with label, results and keys`() throws {
        let (fixture, person) = try Self.filled()
        let other = try fixture.vault.addPerson(label: "Ben")
        try fixture.vault.ingest([Made.heartRate(days: 0..<2)], for: other.id)
        let kept = try fixture.vault.contents(of: other.id)
        #expect(try fixture.vault.impact(of: ErasureScope(person: person)).wholePerson)
        let record = try fixture.vault.erase(ErasureScope(person: person))
        #expect(record.readBackPassed && record.scanPassed)
        #expect(fixture.vault.people == [other])
        try fixture.reopen()
        #expect(fixture.vault.people == [other])
        #expect(try fixture.vault.contents(of: other.id) == kept)
        #expect(try fixture.vault.verify().problems == [])
        #expect(throws: VaultError.self) { try fixture.vault.streams(of: person) }
    }

    @Test func `results of days near the erased one go and others stay`() throws {
        let (fixture, person) = try Self.filled()
        let (from, to) = Self.span(3, 0, 86_400)
        _ = try fixture.vault.erase(ErasureScope(person: person, from: from, to: to))
        let first = LocalDate(dayNumber: Made.firstDay)
        let days = try fixture.vault.results(
            of: person, from: first, through: first.advanced(by: 20)
        ).map { $0.day.dayNumber - Made.firstDay }
        #expect(days == [0, 1, 6, 7, 8, 9])
    }

    @Test func `the bytes of destroyed keys and packs are in no file`() throws {
        let (fixture, person) = try Self.filled()
        let slots = try fixture.vault.erasePlan(ErasureScope(person: person)).items.map(\.cell.slot)
        let wrapped = slots.map { Array(fixture.vault.keyFile.wrappedBytes(Int($0))[16..<88]) }
        let packs = try fixture.vault.database.allIDs()
        let sealed = try fixture.vault.database.packs(packs).compactMap { $0 }
        // The control: before the erase they are there.
        var files = try VaultFixture.files(fixture.location)
        for name in KeyFile.names {
            #expect(wrapped.allSatisfy { files[name]!.firstRange(of: $0) != nil })
        }
        _ = try fixture.vault.erase(ErasureScope(person: person))
        files = try VaultFixture.files(fixture.location)
        for (name, content) in files {
            for bytes in wrapped { #expect(content.firstRange(of: bytes) == nil, "\(name)") }
            for bytes in sealed {
                #expect(content.firstRange(of: bytes[100..<116]) == nil, "\(name)")
            }
        }
    }

    @Test func `data recorded after an erase is taken in`() throws {
        let (fixture, person) = try Self.filled()
        _ = try fixture.vault.erase(ErasureScope(person: person, quantities: [.heartRate]))
        let now = SystemError.now
        let block = SampleBlock(
            device: Made.watch, quantity: .heartRate, origin: Origin(file: .fit),
            times: .irregular([now + 5_000_000_000]), columns: [.float32([60])])
        #expect(try fixture.vault.ingest([block], for: person).added == 1)
    }

    /// Every kind of scope, by name.
    static func scopes(_ person: PersonID, _ vault: Vault) throws -> [String: ErasureScope] {
        let (from, to) = span(1, 20, 30_000)
        let ring = try #require(
            try vault.streams(of: person).first { $0.device.model == "Annulus" }?.device.id)
        return [
            "person": ErasureScope(person: person),
            "dates": ErasureScope(person: person, from: from, to: to),
            "quantity": ErasureScope(person: person, quantities: [.heartRate]),
            "device": ErasureScope(person: person, devices: [ring]),
            "all of these": ErasureScope(
                person: person, quantities: [.heartRate, .steps], devices: [ring], from: from,
                to: to),
        ]
    }

    /// At the time of each step of an erase the folder is copied, as a crash would leave it.
    @Test(arguments: ["person", "dates", "quantity", "device", "all of these"])
    func `a crash at any step of an erase is finished when opening`(name: String) throws {
        let (fixture, person) = try Self.filled()
        let scope = try #require(try Self.scopes(person, fixture.vault)[name])
        func contents(_ vault: Vault) throws -> Contents? {
            vault.people.isEmpty ? nil : try vault.contents(of: person)
        }
        let before = try contents(fixture.vault)
        var copies: [(step: VaultStep, place: VaultLocation)] = []
        fixture.vault.onStep = { step in
            if let copy = try? fixture.copy("\(copies.count)-\(step)") {
                copies.append((step, copy))
            }
        }
        let record = try fixture.vault.erase(scope)
        fixture.vault.onStep = nil
        #expect(record.samples > 0)
        let after = try contents(fixture.vault)
        #expect(after != before)
        // All but the step that only a rotation has.
        #expect(Set(copies.map(\.step)) == Set(VaultStep.allCases).subtracting([.nextWritten]))
        for (step, copy) in copies {
            let vault = try VaultFixture.open(copy)
            let found = try contents(vault)
            #expect(found == before || found == after, "\(step)")
            #expect(vault.state.pending.isEmpty, "\(step)")
            #expect(try vault.verify().problems == [], "\(step)")
            if found == after {
                let back = try vault.people.first ?? vault.addPerson(label: "Ada Marker")
                let again = try vault.ingest(Self.blocks, for: back.id)
                #expect(again.added == 0, "\(step)")
                #expect(again.suppressedByErasure == record.samples, "\(step)")
            }
            vault.close()
            VaultFixture.remove(copy)
        }
    }
}

/// Runs on a small file system of its own: HEARTH_SMALL_DISK names a folder with some 64 MB.
@Suite(
    .serialized,
    .enabled(if: ProcessInfo.processInfo.environment["HEARTH_SMALL_DISK"] != nil))
struct FullDiskTests {
    @Test func `on a full disk reading and erasing go on and ingest is refused whole`() throws {
        let disk = try #require(ProcessInfo.processInfo.environment["HEARTH_SMALL_DISK"])
        let fixture = try VaultFixture(in: disk)
        let person = try fixture.vault.addPerson(label: "Ada").id
        try fixture.vault.ingest(EraseTests.blocks, for: person)
        let before = try fixture.vault.contents(of: person)
        let filler = fixture.root + "/filler"
        try Self.fill(filler)
        #expect(try fixture.vault.contents(of: person) == before)
        do {
            try fixture.vault.ingest([Made.acceleration(day: 20, seconds: 3000)], for: person)
            Issue.record("there was room after all")
        } catch let error as VaultError { #expect(error.code == .diskFull) }
        #expect(try fixture.vault.contents(of: person) == before)
        let (from, to) = EraseTests.span(1, 20, 30_000)
        let record = try fixture.vault.erase(ErasureScope(person: person, from: from, to: to))
        #expect(record.readBackPassed && record.scanPassed)
        #expect(try fixture.vault.contents(of: person).count == before.count - record.samples)
        try fixture.reopen()
        try FileManager.default.removeItem(atPath: filler)
        #expect(try fixture.vault.ingest([Made.heartRate(days: 9..<10)], for: person).added > 0)
        #expect(try fixture.vault.verify().problems == [])
    }

    @Test func `without ballast the keys of whole days go first and the rest later`() throws {
        let disk = try #require(ProcessInfo.processInfo.environment["HEARTH_SMALL_DISK"])
        let fixture = try VaultFixture(in: disk)
        let person = try fixture.vault.addPerson(label: "Ada").id
        try fixture.vault.ingest(EraseTests.blocks, for: person)
        let before = try fixture.vault.contents(of: person)
        _ = try Ballast.release(in: fixture.location.store)
        let filler = fixture.root + "/filler"
        try Self.fill(filler)
        let (from, to) = EraseTests.span(1, 0, 86_400)
        let scope = ErasureScope(person: person, from: from, to: to)
        let expected = try fixture.vault.impact(of: scope).samples
        do {
            _ = try fixture.vault.erase(scope)
            Issue.record("there was room after all")
        } catch { #expect(error.code == .diskFull) }
        #expect(try fixture.vault.contents(of: person).count == before.count - expected)
        try FileManager.default.removeItem(atPath: filler)
        try fixture.reopen()
        #expect(try fixture.vault.contents(of: person).count == before.count - expected)
        let record = try fixture.vault.erase(scope)
        #expect(record.readBackPassed && record.scanPassed)
        #expect(try fixture.vault.verify().problems == [])
        #expect(
            try fixture.vault.ingest(EraseTests.blocks, for: person).suppressedByErasure == expected
        )
    }

    /// Writes until nothing more fits.
    static func fill(_ path: String) throws {
        _ = FileManager.default.createFile(atPath: path, contents: nil)
        let file = try #require(FileHandle(forWritingAtPath: path))
        for size in [1 << 20, 4096, 64] {
            let block = Data(repeating: 7, count: size)
            while (try? file.write(contentsOf: block)) != nil {}
        }
        try? file.close()
    }
}
