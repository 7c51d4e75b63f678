// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthFormats
import HearthTestSupport
import Testing

/// The reader against a slow obvious one, on built exports, their mutants and real ones.
@Suite struct AppleHealthReferenceTests {
    static func expectAgreement(
        _ text: String, _ what: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let fast = AppleHealthExport.read(Array(text.utf8))
        let match = ReferenceAppleHealth(text).comparison(with: fast)
        #expect(
            match.differences == [:], "\(what): \(match.sentence)", sourceLocation: sourceLocation)
    }

    @Test func `both read one of everything alike`() {
        Self.expectAgreement(AppleHealthExport.everything().text, "everything")
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `both read random exports alike`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        Self.expectAgreement(
            AppleHealthExport.random(records: 120, &random).text, "seed \(seed)")
    }

    @Test func `a random export passes the contract`() {
        var random = SeededRandom(seed: 99)
        let export = AppleHealthExport.random(records: 40, &random)
        checkReader(export.bytes, exhaustive: 1024) { AppleHealthReader() }
    }

    @Test(
        .enabled(if: SharedData.isPresent, "needs the real exports"),
        arguments: [
            "apple-health-parser/export.xml", "applehealthdata/export6s3sample.xml",
            "health-export-cli/export.xml", "healthkit-to-sqlite/export.xml",
            "healthkit-to-sqlite/zip_contents/export.xml",
        ])
    func `both read real exports alike`(path: String) throws {
        let bytes = try SharedData.bytes("formats/apple-health/" + path)
        Self.expectAgreement(String(decoding: bytes, as: UTF8.self), path)
        checkReader(bytes, exhaustive: 256) { AppleHealthReader() }
    }

    @Test(.enabled(if: SharedData.isPresent, "needs the real exports"))
    func `another tool's tables hold the same values`() throws {
        let path = "formats/apple-health/applehealthdata/export6s3sample.xml"
        let folder = try #require(SharedData.folder)
        let sink = AppleHealthExport.read(try SharedData.bytes(path))
        let matches = try AppleHealthTables.matches(folder.appending(path: path), sink)
        #expect(matches.count == 4)
        for match in matches { #expect(match.holds, "\(match.sentence)") }
    }
}

extension AppleHealthExport {
    /// An export with sound, odd and useless records in random order.
    static func random(
        records: Int, _ random: inout some RandomNumberGenerator
    ) -> AppleHealthExport {
        var export = AppleHealthExport()
        export.add(" <ExportDate value=\"\(date(&random))\"/>")
        for _ in 0..<records {
            switch Int.random(in: 0..<20, using: &random) {
            case 0: export.randomBeats(&random)
            case 1: export.randomWorkout(&random)
            case 2:
                export.add(" <Correlation type=\"x\">")
                export.randomRecord(&random)
                export.add(" </Correlation>")
            case 3: export.add(" <!-- <Record type=\"none\"/> < -->")
            default: export.randomRecord(&random)
            }
        }
        return export
    }

    private static let types = [
        "HeartRate", "RestingHeartRate", "StepCount", "DistanceCycling", "ActiveEnergyBurned",
        "OxygenSaturation", "BodyTemperature", "BodyMass", "VO2Max", "RespiratoryRate", "Dietary",
        "HeartRateVariabilitySDNN", "HKCategoryTypeIdentifierSleepAnalysis",
    ]
    private static let units = [
        "count/min", "count", "km", "mi", "kcal", "kJ", "Cal", "%", "degC", "degF", "kg", "lb",
        "mL/min·kg", "ms", "s", "x", nil,
    ]
    private static let rightUnits = [
        "HeartRate": "count/min", "RestingHeartRate": "count/s", "StepCount": "count",
        "DistanceCycling": "mi", "ActiveEnergyBurned": "kJ", "OxygenSaturation": "%",
        "BodyTemperature": "degF", "BodyMass": "st", "VO2Max": "mL/min·kg",
        "RespiratoryRate": "count/min", "HeartRateVariabilitySDNN": "ms",
    ]
    private static let oddValues = [
        "", "x", "1e2", "-1", "+50", ".5", "5.", "0x10", "nan", "97,5", "1e-300", " 60",
        "60.00000000000000000001", "HKCategoryValueSleepAnalysisAwake",
        "HKCategoryValueSleepAnalysisAsleepREM", "HKCategoryValueSleepAnalysis",
    ]
    private static let sources = ["Sam’s Watch", "A&amp;B", "&#x2019;&#65;", "", "Z\u{B}"]

    private static func date(_ random: inout some RandomNumberGenerator) -> String {
        func two(_ range: Range<Int>) -> String {
            let number = Int.random(in: range, using: &random)
            return (number < 10 ? "0" : "") + String(number)
        }
        let zone = ["+0100", "-0330", "+0000", "+1345"].randomElement(using: &random) ?? ""
        return "20\(two(0..<38))-\(two(1..<13))-\(two(1..<29)) \(two(0..<24)):\(two(0..<60)):"
            + "\(two(0..<60)) \(zone)"
    }

    private mutating func randomRecord(_ random: inout some RandomNumberGenerator) {
        let type = Self.types.randomElement(using: &random) ?? ""
        let isOdd = Int.random(in: 0..<4, using: &random) == 0
        let unit =
            isOdd ? Self.units.randomElement(using: &random) ?? nil : Self.rightUnits[type]
        let value =
            Bool.random(using: &random)
            ? Self.oddValues.randomElement(using: &random) ?? ""
            : String(Double(Int.random(in: 1..<100_000, using: &random)) / 1000)
        let start = Self.date(&random)
        let oddDate = ["", "x", Self.date(&random)].randomElement(using: &random) ?? ""
        record(
            type, value, unit: unit, from: start, to: isOdd ? oddDate : start,
            source: Self.sources.randomElement(using: &random) ?? "",
            device: Bool.random(using: &random) ? Self.watch : nil,
            children: Bool.random(using: &random) ? ["<MetadataEntry key=\"k\" value=\"v\"/>"] : [])
    }

    private mutating func randomBeats(_ random: inout some RandomNumberGenerator) {
        var list: [(bpm: String, time: String)] = []
        var hundredths = Int.random(in: 0..<8_640_000, using: &random)
        for _ in 0..<Int.random(in: 0..<12, using: &random) {
            let interval = Int.random(in: 60..<150, using: &random)
            hundredths += interval * (Int.random(in: 0..<8, using: &random) == 0 ? 2 : 1)
            let parts = [360_000, 6000, 100, 1].map { hundredths / $0 }
            let numbers = [parts[0] % 24, parts[1] % 60, parts[2] % 60, parts[3] % 100]
            let text = numbers.map { ($0 < 10 ? "0" : "") + String($0) }
            let isBroken = Int.random(in: 0..<10, using: &random) == 0
            list.append(
                (
                    String(6000 / interval),
                    isBroken ? "?" : "\(text[0]):\(text[1]):\(text[2]),\(text[3])"
                ))
        }
        beats(list, at: Self.date(&random))
    }

    private mutating func randomWorkout(_ random: inout some RandomNumberGenerator) {
        let sport = ["Running", "Cycling", "Yoga", "X"].randomElement(using: &random) ?? ""
        let start = Self.date(&random)
        add(
            " <Workout workoutActivityType=\"HKWorkoutActivityType\(sport)\" totalDistance=\"3\" "
                + "totalDistanceUnit=\"km\" sourceName=\"x\" startDate=\"\(start)\" "
                + "endDate=\"\(start)\">")
        if Bool.random(using: &random) {
            add(
                "  <WorkoutStatistics type=\"\(Self.quantity)ActiveEnergyBurned\" "
                    + "sum=\"\(Int.random(in: 0..<900, using: &random))\" unit=\"kJ\"/>")
        }
        add(" </Workout>")
    }
}
