// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats
import HearthTestSupport
import Testing

@testable import HearthIntake

@Suite struct FrameTests {
    private func frames(_ tell: (FrameWriter) -> Void) -> [UInt8] {
        var bytes: [UInt8] = []
        let writer = FrameWriter {
            bytes += $0
            return true
        }
        writer.hello(layers: 127, landlock: 7)
        tell(writer)
        writer.flush()
        return bytes
    }

    /// Decodes as the parent does, in pieces of `cut` bytes; `nil` if refused.
    private func decoded(_ bytes: [UInt8], cut: Int = .max) -> CollectedIntake? {
        var decoder = FrameDecoder(IntakeOptions())
        let sink = CollectedIntake()
        var buffer: [UInt8] = []
        var index = 0
        while index < bytes.count {
            let count = min(cut, bytes.count - index)
            buffer += bytes[index..<index + count]
            index += count
            guard let taken = decoder.decode(buffer, filled: buffer.count, into: sink) else {
                return nil
            }
            buffer.removeSubrange(..<taken)
        }
        return sink
    }

    private let recording = IntakeRecording(place: "!ä b.csv", kind: .fit, hasNewerTwin: true)

    private func block(
        _ count: Int, times: TimeAxis? = nil, columns: [SampleColumn]? = nil,
        quantity: Quantity = .heartRate
    ) -> SampleBlock {
        SampleBlock(
            device: SourceDevice(
                vendor: "v", model: "m", unit: 9, pseudonym: DeviceID(rawValue: 3)),
            quantity: quantity, origin: Origin(file: .fit, derivation: .derived),
            times: times ?? .irregular((0..<count).map { Int64($0) }),
            columns: columns ?? [.float32(Array(repeating: 60, count: count))])
    }

    @Test func `what is written is what is read, in any cut`() throws {
        let issue = ReadIssue(
            .damaged, at: ReadPosition(byte: 7, record: 2), found: "x", expected: "y", count: 3,
            samplesLost: 4)
        var full = block(3)
        full.durations = [1, 2, 3]
        full.quality = [0, 1, 255]
        let period = Period(numerator: 1_000_000_000, denominator: 3)
        let regular = block(
            5,
            times: .regular(
                start: Timestamp(nanoseconds: -5), period: period, count: 5),
            columns: (0..<3).map {
                .int16([1, 2, 3, 4, Int16($0)], Scale(factor: 0.5, offset: 1))
            },
            quantity: .acceleration)
        let bytes = frames { writer in
            writer.passOver("!a")
            writer.begin(recording)
            writer.accept(full)
            writer.report(issue)
            writer.accept(regular)
            writer.progress(1234)
            writer.end(reason: "stopped")
            writer.refuse("!b", IntakeError(.archiveLimit, "m"))
            writer.finish()
        }
        let expected: [CollectedIntake.Event] = [
            .passOver("!a"), .begin(recording), .block(full), .issue(issue), .block(regular),
            .end("stopped"), .refuse("!b", IntakeError(.archiveLimit, "m")),
        ]
        for cut in [1, 7, 100, Int.max] {
            let found = try #require(decoded(bytes, cut: cut))
            #expect(found.events == expected)
            #expect(found.bytes == 1234)
        }
    }

    @Test func `a block larger than a frame is cut and stays the same samples`() throws {
        let count = 300_000
        let thirds = Period(numerator: 100, denominator: 3)
        for times in [
            TimeAxis.irregular((0..<count).map { Int64($0) * 5 }),
            .regular(
                start: Timestamp(nanoseconds: 1), period: Period(hertz: 100), count: count),
            .regular(start: Timestamp(nanoseconds: 1), period: thirds, count: count),
        ] {
            let values = (0..<count).map { Float($0 % 200 + 30) }
            let big = block(count, times: times, columns: [.float32(values)])
            let bytes = frames { writer in
                writer.begin(recording)
                writer.accept(big)
                writer.end(reason: nil)
            }
            let found = try #require(decoded(bytes))
            var index = 0
            for case .block(let part) in found.events {
                for row in 0..<part.count {
                    guard part.times[row] == times[index], part.columns[0][row] == values[index]
                    else {
                        Issue.record("sample \(index) differs")
                        return
                    }
                    index += 1
                }
            }
            #expect(index == count)
        }
    }

    @Test func `what a sound worker does not send is refused`() {
        let wrong: [(String, (FrameWriter) -> Void)] = [
            ("block outside", { $0.accept(block(1)) }), ("end outside", { $0.end(reason: nil) }),
            ("two hellos", { $0.hello(layers: 0, landlock: 0) }),
            (
                "begin inside",
                {
                    $0.begin(recording); $0.begin(recording)
                }
            ),
            (
                "finished inside",
                {
                    $0.begin(recording); $0.finish()
                }
            ),
            (
                "after the end",
                {
                    $0.finish(); $0.passOver("!a")
                }
            ),
            ("a path", { $0.passOver("/etc/passwd") }),
            ("long name", { $0.passOver("!" + String(repeating: "a", count: 5000)) }),
            (
                "nan",
                {
                    $0.begin(recording); $0.accept(block(1, columns: [.float32([.nan])]))
                }
            ),
            (
                "implausible",
                {
                    $0.begin(recording); $0.accept(block(1, columns: [.float32([9999])]))
                }
            ),
            (
                "columns",
                {
                    $0.begin(recording);
                    $0.accept(block(1, columns: [.float32([60]), .float32([60])]))
                }
            ),
            (
                "scale",
                {
                    $0.begin(recording)
                    $0.accept(block(1, columns: [.int16([60], Scale(factor: .infinity))]))
                }
            ),
            (
                "zone origin",
                {
                    $0.begin(recording)
                    $0.accept(
                        block(
                            1, columns: [.float32([3600]), .float32([-1])], quantity: .zoneOffset))
                }
            ),
            (
                "time beyond",
                {
                    $0.begin(recording)
                    $0.accept(
                        block(
                            2,
                            times: .regular(
                                start: Timestamp(nanoseconds: .max - 10),
                                period: Period(hertz: 1), count: 2)))
                }
            ),
            (
                "negative duration",
                {
                    var bad = block(1)
                    bad.durations = [-1]
                    $0.begin(recording)
                    $0.accept(bad)
                }
            ),
            (
                "negative position",
                {
                    $0.begin(recording)
                    $0.report(
                        ReadIssue(
                            .damaged, at: ReadPosition(byte: -1), found: "a", expected: "b"))
                }
            ),
        ]
        for (name, tell) in wrong { #expect(decoded(frames(tell)) == nil, "\(name)") }
    }

    @Test func `control characters are left out by a sound worker and refused from another`() {
        #expect(decoded(frames { $0.passOver("!a\n\u{1B}b") })?.events == [.passOver("!ab")])
        let forged = frames { $0.passOver("!a~b") }.map { $0 == UInt8(ascii: "~") ? 10 : $0 }
        #expect(decoded(forged) == nil)
    }

    @Test func `thousands of hostile streams are refused or harmless`() {
        let sound = frames { writer in
            writer.passOver("!a")
            for _ in 0..<3 {
                writer.begin(recording)
                for _ in 0..<3 { writer.accept(block(20)) }
                writer.accept(
                    block(
                        6,
                        times: .regular(
                            start: Timestamp(nanoseconds: 0), period: Period(hertz: 50), count: 6),
                        columns: (0..<3).map { _ in .int16([1, 2, 3, 4, 5, 6], Scale()) },
                        quantity: .acceleration))
                writer.report(
                    ReadIssue(.ignored, at: ReadPosition(byte: 1), found: "a", expected: "b"))
                writer.end(reason: nil)
            }
            writer.finish()
        }
        var random = SeededRandom(seed: 5)
        var refused = 0
        for round in 0..<6000 {
            var bytes = sound
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<5, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                case 2: bytes.removeSubrange(place..<min(bytes.count, place + 8))
                case 3: bytes.insert(contentsOf: [0xFF, 0xFF, 0xFF, 0x7F], at: place)
                default: bytes.replaceSubrange(place..<bytes.count, with: sound.prefix(400))
                }
            }
            // Every other round the checksums are made right again, so that the checks behind are met.
            if round.isMultiple(of: 2) { mend(&bytes) }
            if decoded(bytes) == nil { refused += 1 }
        }
        #expect(refused > 4000)
    }

    /// Writes right numbers and checksums into what can be taken for frames.
    private func mend(_ bytes: inout [UInt8]) {
        var index = 0
        var number: UInt64 = 0
        while index + Frame.headerBytes <= bytes.count {
            let length = Int(bytes.little(4, index))
            let start = index + Frame.headerBytes
            guard start + length <= bytes.count else { return }
            let kind = UInt16(bytes.little(2, index + 4))
            bytes.overwrite(number, at: index + 8)
            bytes.overwrite(
                Frame.checksum(bytes, start..<start + length, number: number, kind: kind),
                at: index + 16)
            number += 1
            index = start + length
        }
    }

    @Test func `a request survives the way and damage is refused`() throws {
        var options = IntakeOptions()
        options.limits.depth = 3
        options.archiveLimits.entries = 4
        options.archiveLimits.frontBytes = 5
        options.selection = .survey
        options.zone = ZoneTimeline([
            ZoneSpan(start: Timestamp(seconds: 5), offsetSeconds: -3600, origin: .inferred)
        ])
        let request = WorkerRequest(name: "a.hea", companions: ["b", "c"], options: options)
        #expect(try WorkerRequest(request.bytes) == request)
        for count in 0..<request.bytes.count {
            #expect(throws: FrameError.self) {
                try WorkerRequest(Array(request.bytes.prefix(count)))
            }
        }
    }
}
