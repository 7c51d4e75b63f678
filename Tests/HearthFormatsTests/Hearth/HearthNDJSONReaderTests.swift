// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats
import HearthTestSupport
import Testing

@Suite struct HearthNDJSONReaderTests {
    private func read(_ text: String, limits: ReadLimits = .standard) -> CollectingSink {
        readAll(Array(text.utf8)) { HearthNDJSONReader(limits: limits) }
    }

    private func codes(_ sink: CollectingSink) -> [String] { sink.issues.map(\.code.name) }

    @Test func `three keys are enough`() {
        let sink = read(
            #"{"time":"1970-01-01T00:00:01Z","quantity":"heart-rate","value":61.5}"# + "\n")
        #expect(sink.issues == [])
        #expect(sink.streams.keys.map(\.origin) == [Origin(file: .hearthNDJSON)])
        #expect(sink.samples(of: .heartRate) == [FlatSample(time: 1_000_000_000, values: [61.5])])
    }

    @Test func `several columns come as a list, nulls mean nothing, the last line needs no end`() {
        let sink = read(
            "\u{FEFF}\r\n"
                + #" { "values" : [0.5, -1, 2e0], "quantity":"acceleration", "vendor":null,"#
                + #""time":"1970-01-01T02:00:00+02:00","duration_s":0.01,"quality":4}"#)
        #expect(sink.issues == [])
        #expect(
            sink.samples(of: .acceleration)
                == [FlatSample(time: 0, duration: 10_000_000, values: [0.5, -1, 2], quality: 4)])
        #expect(sink.samples(of: .zoneOffset).map(\.values) == [[7200, 2]])
    }

    @Test(arguments: [
        (#"{"time":"1970-01-01T00:00:00Z","quantity":"steps","value":"5"}"#, "damaged"),
        (#"{"time":"1970-01-01T00:00:00Z","quantity":"steps","value":5"#, "truncated"),
        (#"{"time":"1970-01-01T00:00:00Z","quantity":"steps","value":5}}"#, "damaged"),
        (#"{"time":"1970-01-01T00:00:00Z","quantity":"steps","value":5} {}"#, "damaged"),
        (#"[1]"#, "damaged"),
        (#"7"#, "damaged"),
        (#"{"time":0,"quantity":"steps","value":5}"#, "damaged"),
        (#"{"time":"1970-01-01T00:00:00Z","quantity":"steps","value":5,"value":6}"#, "damaged"),
        (#"{"time":"1970-01-01T00:00:00Z","quantity":"steps","values":[5,6]}"#, "invalid-value"),
        (#"{"time":"1970-01-01T00:00:00Z","quantity":"steps","values":[1,2,3,4]}"#, "damaged"),
        (#"{"time":"1970-01-01T00:00:00","quantity":"steps","value":5}"#, "unanchored-time"),
        (#"{"time":"1970-01-01T00:00:00Z","quantity":"steps"}"#, "invalid-value"),
        (#"{"quantity":"steps","value":5}"#, "invalid-value"),
        ("{\"time\":\"\u{FFFD}\",\"quantity\":\"steps\",\"value\":5}", "invalid-value"),
        (#"{}"#, "unknown-element"),
    ])
    func `a bad line costs itself and is named`(line: String, code: String) {
        let good = #"{"time":"1970-01-01T00:00:00Z","quantity":"steps","value":5}"# + "\n"
        let sink = read(good + line + "\n" + good)
        #expect(sink.sampleCount == 2)
        #expect(codes(sink) == [code])
        #expect(sink.issues.first?.position == ReadPosition(byte: 61, record: 2))
        #expect(sink.samplesLost == 1)
    }

    @Test func `unknown keys are counted and their values skipped`() {
        let sink = read(
            #"{"x":{"a":[1,{"b":2}]},"time":"1970-01-01T00:00:00Z","y":1,"quantity":"steps","value":5}"#
        )
        #expect(codes(sink) == ["unknown-field"])
        #expect(sink.sampleCount == 1 && sink.samplesLost == 0)
    }

    @Test func `an apostrophe is a letter like any other`() {
        let sink = read(
            #"{"time":"1970-01-01T00:00:00Z","quantity":"steps","value":5,"vendor":"'=x"}"#)
        #expect(sink.streams.keys.first?.device.vendor == "'=x")
    }

    @Test func `thousands of mutants never trap`() {
        var random = SeededRandom(seed: 78)
        let sound = Array(
            #"{"time":"2026-01-02T03:04:05+02:00","quantity":"acceleration","values":[1,2e-1,-3],"vendor":"\u00e9"}"#
                .utf8)
        let tokens = ["\"", ",", "\n", "{", "}", "[", "]", "\\", "1e38", "-", "null", "\\ud800"]
        for round in 0..<3000 {
            var bytes = sound + [0x0A] + sound
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let at = Int.random(in: 0...bytes.count, using: &random)
                let token = tokens.randomElement(using: &random) ?? ""
                bytes.replaceSubrange(
                    at..<min(bytes.count, at + round % 3), with: Array(token.utf8))
            }
            let sink = readAll(bytes) { HearthNDJSONReader() }
            #expect(sink.error == nil)
            #expect(sink.issues.allSatisfy { $0.position.byte <= Int64(bytes.count) })
        }
    }
}
