// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats
import HearthTestSupport
import Testing

@Suite struct HearthCSVReaderTests {
    private func read(_ text: String, limits: ReadLimits = .standard) -> CollectingSink {
        readAll(Array(text.utf8)) { HearthCSVReader(limits: limits) }
    }

    private func codes(_ sink: CollectingSink) -> [String] { sink.issues.map(\.code.name) }

    @Test func `three columns are enough`() {
        let sink = read("time,quantity,value\n2026-01-02T03:04:05Z,heart-rate,61.5\n")
        #expect(sink.issues == [])
        #expect(sink.streams.keys.map(\.origin) == [Origin(file: .hearthCSV)])
        #expect(
            sink.samples(of: .heartRate)
                == [FlatSample(time: 1_767_323_045_000_000_000, values: [61.5])])
    }

    @Test func `the columns may come in any order, with a mark, CRLF and spaces`() {
        let sink = read(
            "\u{FEFF}Value, Quantity ,TIME\r\n 61.5,heart-rate,1970-01-01T00:00:01Z\r\n\r\n")
        #expect(sink.issues == [])
        #expect(sink.samples(of: .heartRate) == [FlatSample(time: 1_000_000_000, values: [61.5])])
    }

    @Test func `semicolons bring the decimal comma`() {
        let sink = read(
            "time;quantity;value;duration_s\n1970-01-01T00:00:00Z;steps;12,5;0,5\n"
                + "1970-01-01T00:00:00Z;steps;12.5;0.5\n")
        #expect(sink.issues == [])
        #expect(
            sink.samples(of: .steps)
                == Array(
                    repeating: FlatSample(time: 0, duration: 500_000_000, values: [12.5]), count: 2)
        )
    }

    @Test func `an offset gives the instant and tells the wall clock when it changes`() {
        let sink = read(
            """
            time,quantity,value
            2026-03-29T01:00:00+01:00,heart-rate,60
            2026-03-29T01:30:00+01:00,heart-rate,61
            2026-03-29T03:00:00+02:00,heart-rate,62
            2026-03-29T02:00:00Z,heart-rate,63

            """)
        #expect(sink.issues == [])
        #expect(sink.samples(of: .heartRate).map { $0.values[0] } == [60, 61, 62, 63])
        let zones = sink.samples(of: .zoneOffset)
        #expect(zones.map(\.values) == [[3600, 2], [7200, 2]])
        #expect(zones.map(\.time) == [1_774_742_400_000_000_000, 1_774_746_000_000_000_000])
    }

    @Test func `a time without a zone is named and the accepted forms are told`() {
        let sink = read("time,quantity,value\n2026-01-02T03:04:05,heart-rate,61\n")
        #expect(sink.sampleCount == 0)
        #expect(sink.issues.count == 1)
        #expect(sink.issues.first?.code == .unanchoredTime)
        #expect(sink.issues.first?.position == ReadPosition(byte: 20, record: 2))
        #expect(
            sink.issues.first?.expected == "a time that ends in Z or in an offset such as +02:00")
        #expect(sink.issues.first?.samplesLost == 1)
    }

    @Test(arguments: [
        ("T,heart-rate,60,,,,,", "invalid-value"),
        ("1970-01-01T00:00:00Z,heartbeat,60,,,,,", "unknown-element"),
        ("1970-01-01T00:00:00Z,heart-rate,,,,,,", "invalid-value"),
        ("1970-01-01T00:00:00Z,heart-rate,x,,,,,", "invalid-value"),
        ("1970-01-01T00:00:00Z,heart-rate,\"6,5\",,,,,", "invalid-value"),
        ("1970-01-01T00:00:00Z,heart-rate,1000,,,,,", "implausible-value"),
        ("1970-01-01T00:00:00Z,heart-rate,60,1,,,,", "invalid-value"),
        ("1970-01-01T00:00:00Z,acceleration,1,1,,,,", "invalid-value"),
        ("1970-01-01T00:00:00Z,heart-rate,60,,,ms,,", "invalid-value"),
        ("1970-01-01T00:00:00Z,heart-rate,60,,,,00,", "invalid-value"),
        ("1970-01-01T00:00:00Z,heart-rate,60,,,,,256", "invalid-value"),
        ("1970-01-01T00:00:00Z,heart-rate,60,,,,,,", "damaged"),
        ("1970-01-01T00:00:00Z,heart-rate,\"60,,,,,", "damaged"),
        ("9970-01-01T00:00:00Z,heart-rate,60,,,,,", "invalid-value"),
    ])
    func `a bad row costs itself and is named`(row: String, code: String) {
        let good = "1970-01-01T00:00:00Z,heart-rate,60,,,/min,,0\n"
        let sink = read(
            "time,quantity,value,value2,value3,unit,device,quality\n" + good + row + "\n" + good)
        #expect(sink.sampleCount == 2)
        #expect(codes(sink) == [code])
        #expect(sink.issues.first?.position == ReadPosition(byte: 99, record: 3))
        #expect(sink.samplesLost == 1)
    }

    @Test func `an unknown column is reported once and the rest is read`() {
        let sink = read("time,mood,quantity,value\n1970-01-01T00:00:00Z,x,steps,5\n")
        #expect(codes(sink) == ["unknown-field"])
        #expect(sink.sampleCount == 1 && sink.samplesLost == 0)
    }

    @Test(arguments: ["a,b,c\n1,2,3\n", "time,value\n", "time,quantity,value,time\n", "\"x\n", ""])
    func `a file without our header is refused`(text: String) {
        #expect(read(text).error != nil)
    }

    @Test func `limits on rows, samples and bytes are kept and named`() {
        let header = "time,quantity,value\n"
        let row = "1970-01-01T00:00:00Z,steps,5\n"
        var limits = ReadLimits()
        limits.recordBytes = 40
        let long = read(
            header + row + String(repeating: "x", count: 50) + "\n" + row, limits: limits)
        #expect(codes(long) == ["limit-exceeded"] && long.sampleCount == 2)
        limits = ReadLimits()
        limits.samples = 2
        #expect(read(header + row + row, limits: limits).error == nil)
        #expect(read(header + row + row + row, limits: limits).error?.code == .limitExceeded)
        limits = ReadLimits()
        limits.recordingBytes = 30
        #expect(read(header + row, limits: limits).error?.code == .limitExceeded)
        limits = ReadLimits()
        limits.streams = 1
        let streams = read(
            header + row + "1970-01-01T00:00:00Z,heart-rate,60\n" + row, limits: limits)
        #expect(codes(streams) == ["limit-exceeded"] && streams.sampleCount == 2)
    }

    @Test func `two spellings of one stream are one stream`() {
        let sink = read(
            "time,quantity,value,unit,origin\n1970-01-01T00:00:00Z,steps,5,,\n"
                + "1970-01-01T00:01:00Z,steps,6,{steps},hearth-csv\n")
        #expect(sink.streams.count == 1)
        #expect(sink.sampleCount == 2)
    }

    @Test func `thousands of mutants never trap`() {
        var random = SeededRandom(seed: 77)
        let sound = Array(
            #"""
            time,duration_s,quantity,value,value2,value3,quality,unit,device,vendor,model,origin,derivation
            2026-01-02T03:04:05.5+02:00,60,steps,12,,,3,{steps},00000000000000ff,"V ""x""",'=M,fit,derived
            2026-01-02T03:04:05Z,,acceleration,0.1,-2e-3,3,,g,,,,,

            """#.utf8)
        let tokens: [[UInt8]] = [
            "\"", ",", "\n", ";", "1e38", "-", "9999999999999999999", "\u{FEFF}", "'",
        ]
        .map { Array($0.utf8) }
        for round in 0..<3000 {
            var bytes = sound
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let at = Int.random(in: 0...bytes.count, using: &random)
                let token = tokens.randomElement(using: &random) ?? []
                bytes.replaceSubrange(at..<min(bytes.count, at + round % 3), with: token)
            }
            let sink = readAll(bytes) { HearthCSVReader() }
            #expect(sink.issues.allSatisfy { $0.position.byte <= Int64(bytes.count) })
        }
    }
}
