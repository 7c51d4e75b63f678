// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthModels
import HearthTestSupport
import HearthVault
import Testing

@testable import HearthPipeline

/// A live session in a vault of its own, its output in a file.
private final class LiveFixture {
    let place: TemporaryVault
    var options = LiveOptions()
    let output: String

    init() throws {
        place = try TemporaryVault()
        output = place.folder.appending(path: "lines.ndjson").path
        options.settings.persistence = 60_000_000_000
        options.lateness = 10_000_000_000
        options.commitSamples = 200
    }

    func session(store: Bool = true, path: String? = nil) throws -> LiveSession {
        try LiveSession(
            store: store ? LiveStore(vault: place.vault, person: place.person.id) : nil,
            output: LiveOutput(path: path ?? output), options: options,
            clock: { Timestamp(seconds: 2_000_000_000) })
    }

    var lines: [String] {
        ((try? String(contentsOfFile: output, encoding: .utf8)) ?? "")
            .split(separator: "\n").map(String.init)
    }

    func alerts() throws -> [String] {
        try LiveStore.alerts(of: options.name, in: place.vault, of: place.person.id)
            .map { String($0.line.dropLast()) }
    }

    func stored() throws -> Int {
        try place.vault.streams(of: place.person.id).reduce(0) { $0 + $1.samples }
    }
}

/// Heart rates, one a second from a time on: calm, and high in the middle of every 600 s.
private func rates(_ seconds: Range<Int>) -> [String] {
    seconds.map { second in
        let value = (300..<420).contains(second % 600) ? 140 : 62 + second % 5
        let time = Timestamp(seconds: 1_700_000_000 + Int64(second))
        return "{\"time\":\"\(time.text)\",\"quantity\":\"heart-rate\",\"value\":\(value)}"
    }
}

extension Timestamp {
    fileprivate var text: String {
        Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
    }
}

/// Feeds lines in pieces of bytes that do not end where lines do.
private func feed(
    _ lines: [String], _ session: LiveSession, piece: Int = 1000, finish: Bool = false
) throws {
    var input = LiveInput(format: nil, zone: ZoneTimeline())
    var sink = LiveSink(session: session)
    let bytes = Array((lines.joined(separator: "\n") + "\n").utf8)
    for start in stride(from: 0, to: bytes.count, by: piece) {
        let part = Array(bytes[start..<min(bytes.count, start + piece)])
        try input.read(part.span, into: &sink)
        try session.settle(isDue: false)
    }
    if finish {
        try input.finish(into: &sink)
        try session.finish()
    }
}

@Suite struct LiveSessionTests {
    @Test func `scores and alerts are numbered, samples stored, alerts kept`() throws {
        let fixture = try LiveFixture()
        try feed(rates(0..<1800), fixture.session(), finish: true)
        let numbers = fixture.lines.map { $0.components(separatedBy: "\"sequence\":")[1] }
            .map { $0.prefix { $0.isNumber } }.map { Int($0) ?? 0 }
        #expect(numbers == Array(1...fixture.lines.count))
        let printed = fixture.lines.filter { $0.contains("\"type\":\"alert\"") }
        #expect(printed.count == 3)
        #expect(try fixture.alerts() == printed)
        #expect(try fixture.stored() == 1800)
    }

    @Test(arguments: [1, 17, 4096, 1 << 20])
    func `lines do not depend on how the input is cut`(piece: Int) throws {
        let whole = try LiveFixture()
        try feed(rates(0..<1300), whole.session(), finish: true)
        let cut = try LiveFixture()
        try feed(rates(0..<1300), cut.session(), piece: piece, finish: true)
        #expect(cut.lines == whole.lines && !whole.lines.isEmpty)
    }

    @Test func `abandoned at any point and sent again, nothing is lost or doubled`() throws {
        var random = SeededRandom(seed: 21)
        var input = rates(0..<3000)
        for index in stride(from: 0, to: input.count - 9, by: 7) {
            input.swapAt(index, index + Int.random(in: 0..<9, using: &random))
        }
        let expected = try LiveFixture()
        try feed(input, expected.session(), finish: true)
        #expect(expected.lines.count > 10)
        let fixture = try LiveFixture()
        for round in 0..<12 {
            let end = round == 11 ? input.count : Int.random(in: 0..<input.count, using: &random)
            // No end, no farewell: what is not committed is gone.
            try feed(Array(input[..<end]), fixture.session(), finish: round == 11)
        }
        #expect(fixture.lines == expected.lines)
        #expect(try fixture.alerts() == expected.alerts())
        #expect(try fixture.stored() == 3000)
    }

    @Test func `what was committed and not written is written by the next session`() throws {
        let fixture = try LiveFixture()
        let first = try fixture.session()
        try feed(rates(0..<700), first)
        try first.end()
        let all = fixture.lines
        #expect(all.count >= 2)
        // As if the last line had been cut in the middle of its writing, before a farewell.
        let other = try LiveFixture()
        try feed(rates(0..<700), other.session())
        let text = try Data(contentsOf: URL(filePath: other.output))
        #expect(text.count > 50)
        try text.dropLast(30).write(to: URL(filePath: other.output))
        _ = try other.session()
        #expect(other.lines.count == text.split(separator: UInt8(ascii: "\n")).count)
    }

    @Test func `an output file that somebody else wrote to is refused`() throws {
        let fixture = try LiveFixture()
        try feed(rates(0..<700), fixture.session(), finish: true)
        let url = URL(filePath: fixture.output)
        let text = try Data(contentsOf: url)
        for changed in [text + Data("mine\n".utf8), text.dropLast(10)] {
            try Data(changed).write(to: url)
            #expect(throws: LiveError.self) { _ = try fixture.session() }
        }
    }

    @Test func `late samples are stored, counted and not scored`() throws {
        let fixture = try LiveFixture()
        let session = try fixture.session()
        try feed(rates(100..<200) + rates(0..<50) + rates(195..<200), session, finish: true)
        let status = session.status()
        #expect(status.late == 50)
        #expect(status.duplicates == 5)
        #expect(status.scored == 100)
        #expect(try fixture.stored() == 150)
    }

    @Test func `samples from the future do not make the present late`() throws {
        let fixture = try LiveFixture()
        let session = try fixture.session()
        let ahead = "{\"time\":\"2199-01-01T00:00:00Z\",\"quantity\":\"heart-rate\",\"value\":60}"
        try feed(rates(0..<50) + [ahead] + rates(50..<100), session, finish: true)
        let status = session.status()
        #expect(status.ahead == 1 && status.late == 0 && status.scored == 100)
    }

    @Test func `without a store the lines are the same`() throws {
        let kept = try LiveFixture()
        try feed(rates(0..<1300), kept.session(), finish: true)
        let fixture = try LiveFixture()
        try feed(rates(0..<1300), fixture.session(store: false), finish: true)
        #expect(fixture.lines == kept.lines)
        #expect(try fixture.stored() == 0)
    }

    @Test func `other settings begin anew and say so, numbers go on`() throws {
        let fixture = try LiveFixture()
        try feed(rates(0..<700), fixture.session(), finish: true)
        let before = fixture.lines.count
        fixture.options.settings.high = 130
        let session = try fixture.session()
        #expect(session.notes.count == 1)
        try feed(rates(700..<1400), session, finish: true)
        #expect(fixture.lines.count > before)
        #expect(fixture.lines.last?.contains("\"sequence\":\(fixture.lines.count),") == true)
    }

    @Test func `an erase takes the state and the alerts of its days`() throws {
        let fixture = try LiveFixture()
        try feed(rates(0..<1300), fixture.session(), finish: true)
        #expect(try !fixture.alerts().isEmpty)
        let vault = fixture.place.vault
        _ = try vault.erase(
            ErasureScope(person: fixture.place.person.id, quantities: [.heartRate]))
        #expect(try fixture.alerts().isEmpty)
        let saved = try vault.liveCheckpoint(named: "default", of: fixture.place.person.id)
        #expect(saved?.state == [] && saved?.position.isEmpty == false)
        let session = try fixture.session()
        #expect(session.notes.count == 1)
        // What was erased is sent again: neither stored nor scored.
        try feed(rates(0..<1300), session, finish: true)
        #expect(session.status().suppressed == 1300 && session.status().scored == 0)
        #expect(try fixture.alerts().isEmpty)
        #expect(try fixture.stored() == 0)
        #expect(try vault.verify().problems == [])
    }

    @Test func `streams of other names are apart`() throws {
        let fixture = try LiveFixture()
        try feed(rates(0..<700), fixture.session(), finish: true)
        fixture.options.name = "second"
        let path = fixture.place.folder.appending(path: "second").path
        let session = try fixture.session(path: path)
        try feed(rates(0..<700), session, finish: true)
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text.contains("\"stream\":\"second\",\"sequence\":1,"))
        #expect(try fixture.stored() == 700)
        #expect(try fixture.place.vault.verify().problems == [])
    }
}

@Suite struct LiveInputTests {
    @Test(arguments: [
        "", "\n\n", "hello\n", "{\"a\":1}\n", "time,quantity,value\n", "{", "\u{0}\u{1}\u{2}\n",
    ])
    func `odd beginnings are refused or hold nothing`(text: String) throws {
        let fixture = try LiveFixture()
        let session = try fixture.session(store: false)
        var input = LiveInput(format: nil, zone: ZoneTimeline())
        var sink = LiveSink(session: session)
        let bytes = Array(text.utf8)
        do {
            try input.read(bytes.span, into: &sink)
            try input.finish(into: &sink)
        } catch let error as LiveError {
            #expect(error.code == .unreadable)
        }
        #expect(session.counters.samples == 0)
    }

    @Test func `odd samples are counted by kind and cost only themselves`() throws {
        let fixture = try LiveFixture()
        let session = try fixture.session()
        var lines = rates(0..<100)
        lines.insert("{\"time\":\"yesterday\",\"quantity\":\"heart-rate\",\"value\":60}", at: 10)
        lines.insert(
            "{\"time\":\"2023-11-14T22:13:20Z\",\"quantity\":\"heart-rate\",\"value\":-60}", at: 20)
        lines.insert(
            "{\"time\":\"2023-11-14T22:13:20Z\",\"quantity\":\"heart-rate\",\"value\":NaN}", at: 30)
        lines.insert("nonsense", at: 40)
        try feed(lines, session, piece: 33, finish: true)
        #expect(session.counters.samples == 100)
        #expect(session.counters.issues["implausible-value"] == 1)
        #expect(session.counters.issues.values.reduce(0, +) == 4)
        #expect(try fixture.stored() == 100)
    }

    @Test func `the three forms are recognised by their first line`() throws {
        let csv = "time,quantity,value\n2023-11-14T22:13:20Z,heart-rate,60\n"
        let packets = "1700000000000,1640 0304\n"
        for (text, samples) in [(csv, 1), (packets, 2), (rates(0..<3).joined(separator: "\n"), 3)] {
            let fixture = try LiveFixture()
            let session = try fixture.session(store: false)
            var input = LiveInput(format: nil, zone: ZoneTimeline())
            var sink = LiveSink(session: session)
            let bytes = Array(text.utf8)
            for byte in bytes { try input.read([byte].span, into: &sink) }
            try input.finish(into: &sink)
            #expect(session.counters.samples >= samples, "\(text.prefix(20))")
        }
    }
}
