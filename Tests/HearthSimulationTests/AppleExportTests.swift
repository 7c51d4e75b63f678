// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthSimulation
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// Collects every element; an error of the parser fails the test.
private final class ElementCollector: NSObject, XMLParserDelegate {
    struct Element {
        let name: String
        let attributes: [String: String]
        let parent: String?
    }
    var elements: [Element] = []
    private var open: [String] = []

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
        qualifiedName: String?, attributes: [String: String] = [:]
    ) {
        elements.append(Element(name: name, attributes: attributes, parent: open.last))
        open.append(name)
    }

    func parser(
        _ parser: XMLParser, didEndElement name: String, namespaceURI: String?,
        qualifiedName: String?
    ) {
        open.removeLast()
    }
}

@Suite struct AppleExportTests {
    /// The document type is cut out first: Foundation's parser on Linux crashes on its
    /// declarations, which have their own test.
    private func elements(_ bytes: [UInt8]) throws -> [ElementCollector.Element] {
        let text = String(decoding: bytes, as: UTF8.self)
        let start = try #require(text.range(of: "<!DOCTYPE")).lowerBound
        let end = try #require(text.range(of: "]>")).upperBound
        let parser = XMLParser(data: Data((text[..<start] + text[end...]).utf8))
        let collector = ElementCollector()
        parser.delegate = collector
        #expect(parser.parse(), "the XML is well-formed")
        return collector.elements
    }

    private func sampleElements() throws -> [ElementCollector.Element] {
        try elements(#require(Fixtures.files("apple-health/export.xml").first).bytes)
    }

    @Test func `the export is well-formed and has every kind of element`() throws {
        let found = try sampleElements()
        let names = Set(found.map(\.name))
        let expected: Set = [
            "HealthData", "ExportDate", "Me", "Record", "MetadataEntry", "Correlation", "Workout",
            "WorkoutEvent", "WorkoutStatistics", "ActivitySummary",
            "HeartRateVariabilityMetadataList", "InstantaneousBeatsPerMinute",
        ]
        #expect(names == expected)
        #expect(found.count { $0.name == "Record" && $0.parent == "Correlation" } == 2)
    }

    @Test func `the document type declares every element and attribute`() throws {
        let bytes = try #require(Fixtures.files("apple-health/export.xml").first).bytes
        let text = String(decoding: bytes, as: UTF8.self)
        let end = try #require(text.range(of: "]>")).lowerBound
        var declared: [String: Set<String>] = [:]
        for declaration in text[..<end].components(separatedBy: "<!").dropFirst() {
            let words = declaration.split(whereSeparator: \.isWhitespace).map(String.init)
            if words[0] == "ELEMENT" { declared[words[1], default: []] = [] }
            guard words[0] == "ATTLIST" else { continue }
            // Name, CDATA, #REQUIRED or #IMPLIED, again and again.
            for index in stride(from: 2, to: words.count - 2, by: 3) {
                declared[words[1], default: []].insert(words[index])
            }
        }
        for element in try sampleElements() {
            let known = try #require(declared[element.name], "\(element.name)")
            #expect(known.isSuperset(of: element.attributes.keys), "\(element.name)")
        }
    }

    @Test func `every record carries the offset of the export`() throws {
        for element in try sampleElements() {
            for key in ["startDate", "endDate", "creationDate"] {
                guard let value = element.attributes[key] else { continue }
                #expect(value.hasSuffix(" +0200"), "\(value)")
            }
        }
    }

    /// The watch charges for half an hour in the evening and misses what is walked meanwhile.
    @Test func `the watch counts nearly the true steps and the phone fewer`() throws {
        var steps: [String: Int] = [:]
        for element in try sampleElements() where element.parent == "HealthData" {
            guard element.attributes["type"] == "HKQuantityTypeIdentifierStepCount",
                let value = element.attributes["value"].flatMap(Int.init),
                let source = element.attributes["sourceName"]
            else { continue }
            steps[source, default: 0] += value
        }
        let days = Fixtures.sample.settings.appleDays
        let truth = Fixtures.sampleTruth.days[days].reduce(0) { $0 + $1.steps }
        let watch = try #require(steps["Sim\u{2019}s Apple\u{A0}Watch"])
        let phone = try #require(steps["Sim\u{2019}s iPhone"])
        #expect(steps.count == 2)
        #expect(watch <= truth && Double(watch) > 0.97 * Double(truth))
        #expect(phone < watch)
    }

    @Test func `the stages of the watch are the truth`() throws {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.dateFormat = "yyyy-MM-dd HH:mm:ss Z"
        var minutes: [String: Int] = [:]
        for element in try sampleElements() {
            guard element.attributes["type"] == "HKCategoryTypeIdentifierSleepAnalysis",
                let value = element.attributes["value"],
                let start = element.attributes["startDate"].flatMap(formatter.date(from:)),
                let end = element.attributes["endDate"].flatMap(formatter.date(from:))
            else { continue }
            minutes[value, default: 0] += Int(end.timeIntervalSince(start)) / 60
        }
        let nights = Fixtures.sample.settings.appleDays.compactMap(Fixtures.sample.night)
        func truth(_ stage: SleepStage) -> Int { nights.reduce(0) { $0 + $1.minutes(of: stage) } }
        let prefix = "HKCategoryValueSleepAnalysis"
        #expect(minutes[prefix + "AsleepCore"] == truth(.light))
        #expect(minutes[prefix + "AsleepDeep"] == truth(.deep))
        #expect(minutes[prefix + "AsleepREM"] == truth(.rem))
        #expect(minutes[prefix + "Awake"] == truth(.wake))
        #expect(minutes[prefix + "InBed"] == nights.reduce(0) { $0 + $1.stages.count })
    }

    /// The free conformance test of the format: SDNN is that of 60,000 / bpm.
    @Test func `SDNN agrees with its beats`() throws {
        var values: [(sdnn: Double, beats: [Double])] = []
        for element in try sampleElements() {
            if element.attributes["type"] == "HKQuantityTypeIdentifierHeartRateVariabilitySDNN" {
                let value = try #require(element.attributes["value"].flatMap(Double.init))
                values.append((value, []))
            } else if element.name == "InstantaneousBeatsPerMinute" {
                let rate = try #require(element.attributes["bpm"].flatMap(Double.init))
                values[values.count - 1].beats.append(60_000 / rate)
            }
        }
        #expect(values.count >= 25)
        for (sdnn, beats) in values {
            let mean = beats.reduce(0, +) / Double(beats.count)
            let square = beats.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            let expected = (square / Double(beats.count)).squareRoot()
            #expect((sdnn - expected).magnitude < 0.001 && beats.count > 40)
        }
    }

    @Test func `the archive holds the earlier export, uncompressed`() throws {
        let bytes = try #require(Fixtures.files("apple-health/earlier-export.zip").first).bytes
        #expect(bytes.starts(with: [0x50, 0x4B, 3, 4, 20, 0, 0, 0, 0, 0]))
        func integer(_ at: Int, _ count: Int) -> Int {
            (at..<at + count).reversed().reduce(0) { $0 * 256 + Int(bytes[$1]) }
        }
        let size = integer(22, 4)
        #expect(integer(18, 4) == size)
        let start = 30 + integer(26, 2)
        let content = Array(bytes[start..<start + size])
        #expect(Array(bytes[30..<start]) == Array("apple_health_export/export.xml".utf8))
        let end = bytes.count - 22
        #expect(integer(end, 4) == 0x0605_4B50)
        #expect(integer(end + 16, 4) == start + size, "the directory follows the content")
        #expect(integer(integer(end + 16, 4), 4) == 0x0201_4B50)
        let records = try elements(content).filter { $0.name == "Record" }
        #expect(records.count > 200)
        let offsets = Set(records.compactMap { $0.attributes["startDate"]?.suffix(5) })
        #expect(offsets == ["+0100"], "the earlier export was made in winter time")
    }
}
