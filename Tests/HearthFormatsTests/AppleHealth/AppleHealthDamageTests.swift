// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats
import HearthTestSupport
import Testing

@Suite struct AppleHealthDamageTests {
    /// Document types as broken as iOS 16 wrote them, and worse.
    static let brokenDocumentTypes = [
        // A `>` too many.
        AppleHealthExport.soundDocumentType.replacing("locale CDATA #REQUIRED\n>", with: ">\n>>"),
        // One missing.
        AppleHealthExport.soundDocumentType.replacing("CDATA #IMPLIED\n>", with: "CDATA #IMPLIED"),
        AppleHealthExport.soundDocumentType.replacing("]>", with: ""),
        AppleHealthExport.soundDocumentType.replacing("-->", with: "--"),
        AppleHealthExport.soundDocumentType.replacing("<!DOCTYPE HealthData [", with: "<!DOCTYPE"),
        "<!DOCTYPE HealthData [ <!ATTLIST \" ' \" <HealthDataX> <Rec> <!-- <a>",
        "<!DOCTYPE HealthData SYSTEM \"http://example.com/x.dtd\">\n",
        "",
    ]

    @Test(arguments: brokenDocumentTypes)
    func `a broken document type loses no record`(documentType: String) {
        var export = AppleHealthExport()
        export.documentType = documentType
        export.record("HeartRate", "60")
        export.record("HeartRate", "61")
        let sink = export.read()
        #expect(sink.error == nil)
        #expect(sink.values(.heartRate) == [60, 61])
        #expect(sink.issues.isEmpty)
        checkReader(export.bytes, samples: 2, exhaustive: 512) { AppleHealthReader() }
    }

    @Test func `control characters and odd white space are survived`() {
        var export = AppleHealthExport()
        export.add("\u{B}\t\r\n\u{0}")
        export.record("HeartRate", "60", source: "a\u{B}b\u{1}c\nd")
        export.add(
            " <Record\u{B}type=\"HKQuantityTypeIdentifierHeartRate\"\n\t\tunit = 'count/min'")
        export.add("startDate  =\"\(AppleHealthExport.start)\"endDate='\(AppleHealthExport.start)'")
        export.add("value=\"61\"\n/>")
        let sink = export.read()
        #expect(sink.values(.heartRate).sorted() == [60, 61])
        #expect(sink.issues.isEmpty)
    }

    @Test(arguments: [
        "1st=\"x\"", "Foo Bar=\"x\"", "=\"x\"", "a:b.c-d=\"x\"", "novalue", "unquoted=12",
        "\"stray\"", "x=\"a>b\"", "é=\"ü\"", "x=\"&unknown;\"", "/", "value=\"59\" value=\"60\"",
        "x=''", "Hey, you=\"x\"",
    ])
    func `an attribute that is none leaves the others`(attribute: String) {
        var export = AppleHealthExport()
        let times =
            "startDate=\"\(AppleHealthExport.start)\" endDate=\"\(AppleHealthExport.start)\""
        export.add(
            " <Record \(attribute) type=\"HKQuantityTypeIdentifierHeartRate\" unit=\"count/min\""
                + " \(times) \(attribute) value=\"60\"/>")
        export.record("HeartRate", "61")
        let sink = export.read()
        #expect(sink.values(.heartRate) == [60, 61])
        #expect(sink.issues.isEmpty)
    }

    @Test(arguments: [
        " <Record type=\"HKQuantityTypeIdentifierHeartRate\" value=\"60/>",
        " <Record type=\"HKQuantityTypeIdentifierHeartRate\" value=\"60\"",
        " <Record type='x",
        " <Record",
    ])
    func `a tag without its end costs itself`(damaged: String) throws {
        var export = AppleHealthExport()
        export.record("HeartRate", "59")
        export.add(damaged)
        export.record("HeartRate", "61")
        let sink = export.read()
        #expect(sink.values(.heartRate) == [59, 61])
        let issue = try #require(sink.issue(.damaged))
        #expect(issue.samplesLost == 1)
        #expect(issue.position.record == 2)
        #expect(issue.position.byte == Int64(export.text.utf8.count - export.tailBytes(from: 1)))
    }

    @Test(arguments: [
        " </Record>", " </Workout>", " </Gone>", "text", " <?Record>", " <!x>", " < Record>", " <>",
        " <Unclosed>", " <Workout startDate=\"x\">", "</HeartRateVariabilityMetadataList>",
        " <Record type=\"HKCategoryTypeIdentifierX\">", " <HealthData>", "<![CDATA[ <Record ]]>",
        " <!-- <Record type=\"\"/> -->",
    ])
    func `debris between records costs no record`(debris: String) {
        var export = AppleHealthExport()
        export.record("HeartRate", "60", children: ["<MetadataEntry key=\"a\" value=\"b\"/>"])
        export.add(debris)
        export.record("HeartRate", "61", children: ["<MetadataEntry key=\"a\" value=\"b\"/>"])
        export.record("HeartRate", "62")
        let sink = export.read()
        #expect(sink.error == nil)
        #expect(sink.values(.heartRate) == [60, 61, 62])
    }

    @Test(arguments: [" <?Correlation>", " =/Correlation>", " </Corxelation>", ""])
    func `the damaged end of a correlation hides no record`(end: String) {
        var export = AppleHealthExport()
        export.add(" <Correlation type=\"HKCorrelationTypeIdentifierFood\">")
        export.record("HeartRate", "59")
        export.add(end)
        // Nothing at all in its place cannot be told from a long correlation until it ends.
        if end.isEmpty { export.add(" <Correlation type=\"x\"></Correlation>") }
        export.record("HeartRate", "60")
        #expect(export.read().values(.heartRate) == [60])
    }

    @Test func `the damaged end of a workout is no end of its neighbours`() {
        var export = AppleHealthExport()
        for end in ["", " </Workouz>", " </Workout>"] {
            export.add(
                " <Workout workoutActivityType=\"HKWorkoutActivityTypeRunning\" "
                    + "startDate=\"\(AppleHealthExport.start)\" "
                    + "endDate=\"\(AppleHealthExport.start)\">")
            export.add(
                "<WorkoutStatistics type=\"HKQuantityTypeIdentifierActiveEnergyBurned\" "
                    + "sum=\"7\" unit=\"kcal\"/>")
            export.add(end)
        }
        #expect(export.read().samples(of: .workout).map(\.values[1]) == [7, 7, 7])
    }

    @Test(arguments: ["", "<HeblthData locale=\"en\">\n", "<HealthData locale=\"en\n"])
    func `a damaged root tag loses no record`(root: String) {
        var export = AppleHealthExport()
        export.root = root
        export.record("HeartRate", "60")
        let sink = export.read()
        #expect(sink.error == nil)
        #expect(sink.values(.heartRate) == [60])
        #expect(sink.issue(.damaged) != nil)
    }

    @Test func `an export without its end is reported as truncated`() {
        var export = AppleHealthExport()
        export.record("HeartRate", "60")
        let whole = export.bytes
        export.end = "</HealthData"
        let cut = export.read()
        #expect(cut.values(.heartRate) == [60])
        #expect(cut.issues.map(\.code) == [.truncated])
        let start = export.text.utf8.count - export.tailBytes(from: 0)
        let inside = AppleHealthExport.read(Array(whole[..<(start + 60)]))
        #expect(inside.sampleCount == 0)
        #expect(inside.issues.map(\.code) == [.truncated])
        #expect(inside.samplesLost == 1)
    }

    @Test func `records behind the root's end are not read`() {
        var export = AppleHealthExport()
        export.record("HeartRate", "60")
        var second = AppleHealthExport()
        second.record("HeartRate", "61")
        let sink = AppleHealthExport.read(export.bytes + second.bytes)
        #expect(sink.values(.heartRate) == [60])
        #expect(sink.issue(.misplaced)?.count == 2)
    }

    @Test func `one flipped bit costs no more than the record it is in`() {
        let sound = AppleHealthExport.everything()
        let bytes = sound.bytes
        let base = AppleHealthExport.read(bytes)
        var random = SeededRandom(seed: 7)
        for round in 0..<1500 {
            let bit = Int.random(in: 0..<bytes.count * 8, using: &random)
            var damaged = bytes
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            let sink = AppleHealthExport.read(damaged)
            var missing = 0
            for (stream, samples) in base.streams {
                let rest = Set(sink.streams[stream] ?? [])
                missing += samples.filter { !rest.contains($0) }.count
            }
            // A record with beats gives four samples: SDNN, two intervals and a zone.
            #expect(
                sink.error == nil && missing <= 4,
                "round \(round), seed 7, bit \(bit): \(missing) samples missing")
        }
    }
}

extension AppleHealthExport {
    /// Bytes from the line `index` to the end.
    func tailBytes(from index: Int) -> Int {
        lines[index...].joined().utf8.count + end.utf8.count
            - (lines[index].utf8.first == UInt8(ascii: " ") ? 1 : 0)
    }
}
