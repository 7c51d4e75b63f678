// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthTestSupport
import Testing

@testable import HearthVault

/// What a person says is a layer of its own: stored, sealed, counted, erased.
@Suite struct CorrectionsTests {
    private func time(_ day: Int64, _ second: Int64) -> Timestamp {
        Timestamp(nanoseconds: Made.time(day: day, second: second))
    }

    private func say(_ vault: Vault, _ person: PersonID) throws {
        // 22:00 of day 0 to 06:00 of day 1, a nap on day 2, tags on days 1 and 3.
        _ = try vault.addSleepCorrection(
            .edit, from: time(0, 79_200), to: time(1, 21_600), note: "zebra stayed up", of: person)
        _ = try vault.addSleepCorrection(
            .remove, from: time(2, 50_000), to: time(2, 53_600), of: person)
        for (day, label) in [(Int64(1), "xylophone"), (3, DayTag.workDay)] {
            _ = try vault.addTag(
                label, day: LocalDate(dayNumber: Made.firstDay + day), time: time(day, 43_200),
                isWholeDay: true, of: person)
        }
    }

    @Test func `what is said comes back after opening again, in order`() throws {
        let (fixture, person) = try EraseTests.filled()
        #expect(try fixture.vault.corrections(of: person).isEmpty)
        try say(fixture.vault, person)
        let before = try fixture.vault.corrections(of: person)
        #expect(before.sleep.map(\.kind) == [.edit, .remove])
        #expect(before.sleep.map(\.note) == ["zebra stayed up", nil])
        #expect(before.tags.map(\.label) == ["xylophone", "work-day"])
        #expect((before.sleep.map(\.id) + before.tags.map(\.id)).map(\.rawValue) == [1, 2, 3, 4])
        try fixture.reopen()
        #expect(try fixture.vault.corrections(of: person) == before)
        let report = try fixture.vault.verify()
        #expect(report.problems == [] && report.corrections == 4)
        // An ingest leaves it alone.
        try fixture.vault.ingest([Made.heartRate(days: 4..<6)], for: person)
        #expect(try fixture.vault.corrections(of: person) == before)
    }

    @Test func `settings come back after opening again and can be taken back`() throws {
        let (fixture, person) = try EraseTests.filled()
        try fixture.vault.set(.maximumHeartRate, to: 187, of: person)
        try fixture.vault.set(.readiness, to: 0, of: person)
        try say(fixture.vault, person)
        try fixture.reopen()
        let all = try fixture.vault.corrections(of: person)
        #expect(all.settings[.maximumHeartRate] == 187 && !all.settings.wantsReadiness)
        #expect(all.sleep.count == 2 && all.tags.count == 2)
        #expect(throws: VaultError.self) {
            try fixture.vault.set(.maximumHeartRate, to: 20, of: person)
        }
        try fixture.vault.set(.maximumHeartRate, to: nil, of: person)
        try fixture.vault.set(.readiness, to: nil, of: person)
        try fixture.reopen()
        #expect(try fixture.vault.corrections(of: person).settings.isEmpty)
        #expect(try fixture.vault.verify().problems == [])
    }

    @Test func `settings outside their range or unknown are refused when read`() throws {
        var document = CorrectionsDocument()
        let isSet = document.corrections.settings.set(.readinessSleep, to: 100)
        #expect(isSet)
        let bytes = document.encoded()
        #expect(try CorrectionsDocument(bytes) == document)
        for (place, value) in [(bytes.count - 5, UInt8(99)), (bytes.count - 4, 101)] {
            var damaged = bytes
            damaged[place] = value
            #expect(throws: VaultError.self) { _ = try CorrectionsDocument(damaged) }
        }
    }

    @Test func `numbers are never given twice`() throws {
        let (fixture, person) = try EraseTests.filled()
        try say(fixture.vault, person)
        let ids = Set([2, 4, 99].map { CorrectionID(rawValue: $0) })
        #expect(try fixture.vault.removeCorrections(ids, of: person) == 2)
        #expect(try fixture.vault.removeCorrections(ids, of: person) == 0)
        try fixture.reopen()
        let next = try fixture.vault.addSleepCorrection(
            .add, from: time(1, 0), to: time(1, 600), of: person)
        #expect(next.id.rawValue == 5)
        let all = try fixture.vault.corrections(of: person)
        #expect(all.sleep.map(\.id.rawValue) == [1, 5] && all.tags.map(\.id.rawValue) == [3])
        #expect(try fixture.vault.verify().problems == [])
    }

    @Test func `a day is a working day or a free one`() throws {
        let (fixture, person) = try EraseTests.filled()
        let day = LocalDate(dayNumber: Made.firstDay)
        func add(_ label: String) throws -> DayTag {
            try fixture.vault.addTag(
                label, day: day, time: time(0, 43_200), isWholeDay: true, of: person)
        }
        let work = try add(DayTag.workDay)
        #expect(try add(DayTag.workDay) == work)
        _ = try add("ill")
        _ = try add(DayTag.freeDay)
        #expect(try fixture.vault.corrections(of: person).tags.map(\.label) == ["ill", "free-day"])
        _ = try add("Ill")
        #expect(try fixture.vault.corrections(of: person).tags.count == 2)
    }

    @Test func `what is no line, no span or no person is refused, and the refusal repeats nothing`()
        throws
    {
        let (fixture, person) = try EraseTests.filled()
        func refusal(_ body: () throws -> Void) -> VaultError? {
            do { try body() } catch { return error as? VaultError }
            return nil
        }
        let vault = try #require(fixture.vault)
        let long = String(repeating: "quagga ", count: 200)
        let note = refusal {
            _ = try vault.addSleepCorrection(
                .add, from: time(0, 0), to: time(0, 60), note: long, of: person)
        }
        #expect(note?.code == .limitExceeded)
        #expect(note.map { !"\($0)".contains("quagga") } == true)
        for end in [time(0, 0), time(0, -5), time(1, 1)] {
            let error = refusal {
                _ = try vault.addSleepCorrection(.add, from: time(0, 0), to: end, of: person)
            }
            #expect(error?.code == .limitExceeded)
        }
        let label = refusal {
            _ = try vault.addTag(
                "a\u{7}", day: LocalDate(dayNumber: 0), time: time(0, 0), isWholeDay: true,
                of: person)
        }
        #expect(label?.code == .limitExceeded)
        #expect(
            refusal { _ = try vault.corrections(of: PersonID(rawValue: 1)) }?.code == .unknownPerson
        )
        #expect(try vault.corrections(of: person).isEmpty)
    }

    @Test func `neither files nor the audit log hold the words`() throws {
        let (fixture, person) = try EraseTests.filled()
        try say(fixture.vault, person)
        _ = try fixture.vault.removeCorrections([CorrectionID(rawValue: 3)], of: person)
        let trail = try fixture.vault.auditTrail().map { "\($0.command) \($0.outcome)" }
        for said in ["sleep edit ", "tag remove "] {
            #expect(trail.contains { $0.hasPrefix(said) && $0.hasSuffix(" done") })
        }
        fixture.vault.close()
        let words = ["zebra", "xylophone", "work-day"]
        for word in words { #expect(!trail.contains { $0.contains(word) }) }
        for (name, bytes) in try VaultFixture.files(fixture.location) {
            for word in words {
                #expect(Data(bytes).range(of: Data(word.utf8)) == nil, "\(name) holds \(word)")
            }
        }
    }

    @Test func `an erase takes what overlaps its range and the results of those days`() throws {
        let (fixture, person) = try EraseTests.filled()
        try say(fixture.vault, person)
        let before = try fixture.vault.corrections(of: person)
        // Day 1: the edited night reaches into it, and a tag is put to it.
        let scope = ErasureScope(
            person: person, quantities: [.sleepStage, .event], from: time(1, 0), to: time(2, 0))
        let impact = try fixture.vault.impact(of: scope)
        #expect(impact.corrections == 2 && impact.samples == 0)
        let record = try fixture.vault.erase(scope)
        #expect(record.corrections == 2 && record.samples == 0)
        #expect(record.readBackPassed && record.scanPassed)
        let after = try fixture.vault.corrections(of: person)
        #expect(after.sleep == [before.sleep[1]] && after.tags == [before.tags[1]])
        let results = try fixture.vault.results(
            of: person, from: LocalDate(dayNumber: Made.firstDay),
            through: LocalDate(dayNumber: Made.firstDay + 9))
        #expect(results.map { $0.day.dayNumber - Made.firstDay } == [4, 5, 6, 7, 8, 9])
        #expect(try fixture.vault.verify().problems == [])
        try fixture.reopen()
        #expect(try fixture.vault.corrections(of: person) == after)
    }

    @Test func `quantities and devices narrow an erase`() throws {
        func left(_ scope: (PersonID) -> ErasureScope) throws -> [UInt32] {
            let (fixture, person) = try EraseTests.filled()
            try say(fixture.vault, person)
            _ = try fixture.vault.erase(scope(person))
            #expect(try fixture.vault.verify().problems == [])
            try fixture.reopen()
            let all = try fixture.vault.corrections(of: person)
            return (all.sleep.map(\.id) + all.tags.map(\.id)).map(\.rawValue)
        }
        #expect(try left { ErasureScope(person: $0, quantities: [.sleepStage]) } == [3, 4])
        #expect(try left { ErasureScope(person: $0, quantities: [.event, .steps]) } == [1, 2])
        #expect(try left { ErasureScope(person: $0, quantities: [.heartRate]) } == [1, 2, 3, 4])
        let watch = { (vault: Vault, person: PersonID) throws in
            try vault.streams(of: person).map(\.device.id)
        }
        let (fixture, person) = try EraseTests.filled()
        let devices = Set(try watch(fixture.vault, person))
        try say(fixture.vault, person)
        _ = try fixture.vault.erase(ErasureScope(person: person, devices: devices))
        #expect(try fixture.vault.corrections(of: person).count == 4)
        #expect(try left { ErasureScope(person: $0, from: time(3, 0)) } == [1, 2, 3])
    }

    @Test func `an erased person takes the words along, and their old pages do not open`() throws {
        let (fixture, person) = try EraseTests.filled()
        try say(fixture.vault, person)
        let record = try fixture.vault.erase(ErasureScope(person: person))
        #expect(record.corrections == 4 && record.readBackPassed && record.scanPassed)
        #expect(fixture.vault.people.isEmpty)
        #expect(try fixture.vault.verify().problems == [])
    }

    @Test func `a tag that was erased stays away, even one of a time to come`() throws {
        let (fixture, person) = try EraseTests.filled()
        let today = Int64(Date.now.timeIntervalSince1970 / 86_400)
        let ahead = today + 30 - Made.firstDay
        func say() throws {
            _ = try fixture.vault.addTag(
                "xylophone", day: LocalDate(dayNumber: Made.firstDay + ahead),
                time: time(ahead, 43_200), isWholeDay: true, of: person)
        }
        try say()
        _ = try fixture.vault.erase(ErasureScope(person: person, quantities: [.event]))
        let stone = try #require(fixture.vault.state.people[0].node.tombstones.last)
        #expect(stone.from <= time(ahead, 43_200).nanoseconds)
        #expect(stone.to > time(ahead, 43_200).nanoseconds)
        try say()
        _ = try fixture.vault.erase(ErasureScope(person: person))
        let gone = try #require(fixture.vault.state.gone.last)
        #expect(gone.time >= time(ahead, 43_200).nanoseconds)
    }

    @Test func `a crash at any step leaves what was said before or after`() throws {
        let (fixture, person) = try EraseTests.filled()
        try say(fixture.vault, person)
        let before = try fixture.vault.corrections(of: person)
        var copies: [VaultLocation] = []
        fixture.vault.onStep = { step in
            if let place = try? fixture.copy("\(step.rawValue)-\(copies.count)") {
                copies.append(place)
            }
        }
        _ = try fixture.vault.addSleepCorrection(
            .add, from: time(3, 0), to: time(3, 3600), of: person)
        fixture.vault.onStep = nil
        let after = try fixture.vault.corrections(of: person)
        fixture.vault.close()
        #expect(copies.count >= 3)
        for place in copies {
            let opened = try VaultFixture.open(place)
            let found = try opened.corrections(of: person)
            #expect(found == before || found == after)
            #expect(try opened.verify().problems == [])
            opened.close()
        }
    }

    @Test func `a vault from before has the bytes it had`() throws {
        // The node of somebody who never said anything ends behind the fingerprints.
        var node = PersonNode(label: "Ada")
        let bare = node.encoded()
        #expect(try PersonNode(bare) == node)
        node.corrections = [PackRef(id: 7, generation: 1, hash: .zero)]
        #expect(node.encoded() == bare + [1, 0, 0, 0] + node.encoded().suffix(32))
        #expect(try PersonNode(node.encoded()) == node)
    }

    @Test func `a document of damaged bytes is refused or read, never trapped`() throws {
        let (fixture, person) = try EraseTests.filled()
        try say(fixture.vault, person)
        let bytes = try fixture.vault.correctionsDocument(of: person).encoded()
        #expect(try CorrectionsDocument(bytes).encoded() == bytes)
        for count in bytes.indices {
            #expect(throws: VaultError.self) { try CorrectionsDocument(Array(bytes[..<count])) }
        }
        for index in bytes.indices {
            for bit in 0..<8 {
                var flipped = bytes
                flipped[index] ^= 1 << bit
                _ = try? CorrectionsDocument(flipped)
            }
        }
    }
}
