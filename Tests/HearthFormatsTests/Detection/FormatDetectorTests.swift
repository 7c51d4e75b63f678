// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats
import HearthTestSupport
import Testing

@Suite struct FormatDetectorTests {
    private func detect(_ bytes: [UInt8]) -> DetectedFormat? {
        FormatDetector.detect(Array(bytes.prefix(FormatDetector.prefixBytes)).span)
    }

    private func detect(_ text: String) -> DetectedFormat? { detect(Array(text.utf8)) }

    @Test func `FIT is known by the word in its header`() {
        let header: [UInt8] = [14, 0x20, 0x54, 0x08, 0, 0, 0, 0] + Array(".FIT".utf8) + [0, 0]
        #expect(detect(header) == .recording(.fit))
        #expect(detect([12] + header.dropFirst()) == .recording(.fit))
        #expect(detect([13] + header.dropFirst()) == nil)
        #expect(detect(Array(header.prefix(11))) == nil)
    }

    @Test func `archives are known by their first bytes`() {
        #expect(detect([0x50, 0x4B, 3, 4, 20]) == .container(.zip))
        #expect(detect([0x50, 0x4B, 5, 6]) == .container(.zip))
        #expect(detect([0x1F, 0x8B, 8, 0]) == .container(.gzip))
        #expect(
            detect([UInt8](repeating: 0x61, count: 257) + Array("ustar\0".utf8)) == .container(.tar)
        )
        #expect(detect("PK") == nil)
    }

    @Test func `Apple Health is known even when its document type fills the prefix`() {
        let declaration = "\u{FEFF}<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        let type =
            "<!DOCTYPE HealthData [\n" + String(repeating: "<!ELEMENT Record EMPTY>\n", count: 400)
        #expect(
            detect(declaration + type + "]>\n<HealthData locale=\"de_DE\">")
                == .recording(.appleHealth))
        #expect(detect(declaration + "<HealthData locale=\"de_DE\">") == .recording(.appleHealth))
        #expect(detect("<HealthData>") == .recording(.appleHealth))
        #expect(detect(declaration + "<HealthDatabase>") == nil)
        #expect(detect(declaration + "<ClinicalDocument>") == nil)
        #expect(detect("HealthData") == nil)
    }

    @Test func `our own formats are known by their columns and keys`() {
        #expect(detect("time,quantity,value\n") == .recording(.hearthCSV))
        #expect(detect("\u{FEFF}\"Value\"; Quantity ;time") == .recording(.hearthCSV))
        #expect(detect("time,value\n") == nil)
        #expect(
            detect(#"{"quantity":"steps","x":[{"a":1}],"time":"20"#) == .recording(.hearthNDJSON))
        #expect(detect(#"{"a":{"quantity":1,"time":2}}"#) == nil)
        #expect(detect(#"{"quantity":"steps"}"# + "\n" + #"{"time":1}"#) == nil)
        var export: [UInt8] = []
        HearthNDJSONWriter().append(ReferenceBlocks.all(seed: 1)[0], to: &export)
        #expect(detect(export) == .recording(.hearthNDJSON))
    }

    @Test(arguments: [
        #"[{"dateTime":"06/24/95 16:00:10","value":{"bpm":70,"#,
        #"[{"dateTime":"06/24/95 16:00:00","value":"0"}]"#,
        #"[{"logId":1,"dateOfSleep":"1995-07-11""#,
        "timestamp,beats per minute,data source\n",
        "timestamp,rmssd,coverage,low_frequency,high_frequency\r\n",
        "timestamp,value\n", "timestamp,infrared to red signal ratio",
    ])
    func `Fitbit's files are known by their keys and headers`(text: String) {
        #expect(detect(text) == .recording(.fitbit))
    }

    @Test(arguments: [
        "", " ", "no data", "[]", "[1]", "{}", "[{\"a\":1}]",
        "timestamp,steps,distance millimeters\n",
        "name,email\nx,y\n", "timestamp,calories,steps\n", "\u{0}\u{0}",
        "heart_rate-1995-06-24.json",
        "export.xml", "{\"dateTime\":\"06/24/95 16:00:00\",\"value\":\"0\"}",
    ])
    func `anything else is not known`(text: String) {
        #expect(detect(text) == nil)
    }

    @Test func `a zone source is known before it is read`() {
        func isZoneSource(_ text: String) -> Bool {
            let bytes = Array(text.utf8)
            return FitbitReader.isZoneSource(bytes.span)
        }
        #expect(isZoneSource("sleep_id,start_utc_offset,sleep_start,end_utc_offset,sleep_end\n"))
        #expect(isZoneSource("sleep_id,sleep_stage_type,sleep_stage_start,sleep_stage_end\n"))
        #expect(!isZoneSource("timestamp,steps,data source\n"))
    }

    @Test func `random bytes and cut prefixes never trap`() {
        var random = SeededRandom(seed: 5)
        let starts = [
            "[{\"dateTime\":\"06/24/95 16:00:10\",", "{\"time\":", "time,quantity,value", "<", "",
        ]
        for _ in 0..<4000 {
            let start = starts.randomElement(using: &random) ?? ""
            let tail = (0..<Int.random(in: 0...80, using: &random)).map { _ in
                UInt8(truncatingIfNeeded: random.next())
            }
            _ = detect(Array(start.utf8) + tail)
        }
    }

    @Test(
        .enabled(if: SharedData.isPresent, "needs the shared recordings"),
        arguments: [
            ("fitbit/GGIRread/heart_rate-1995-06-24.json", FileKind.fitbit),
            ("fitbit/GGIRread/sleep-1995-06-23_Fitbit.json", .fitbit),
            ("fitbit/GGIRread/steps-1995-06-23_Fitbit.json", .fitbit),
            ("fitbit/GGIRread/calories-1995-06-23_Fitbit.json", .fitbit),
        ])
    func `real files are known`(path: String, kind: FileKind) throws {
        #expect(detect(try SharedData.bytes("formats/" + path)) == .recording(kind))
    }
}
