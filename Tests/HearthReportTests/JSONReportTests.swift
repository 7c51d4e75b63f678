// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthTestSupport
import Testing

@testable import HearthReport

struct JSONReportTests {
    private func check() throws -> JSONSchemaCheck {
        let file = TestFiles.schemas.appending(path: "daily-summary.schema.json")
        return try JSONSchemaCheck(schema: TestFiles.text(file))
    }

    @Test func `every fixture passes the contract of renderers`() {
        checkRenderer("JSON") { summary in
            // JSON keeps what files said, bidirectional marks and all; only its own text is checked.
            var summary = summary
            summary.dataQuality.sources = []
            return JSONReport.render(summary)
        }
    }

    @Test func `every fixture of sound models is valid`() throws {
        let check = try check()
        for (name, summary) in SummaryFixtures.all where name != "hostile-catalog" {
            let value = try JSONValue(parsing: JSONReport.render(summary))
            #expect(check.problems(in: value) == [], "\(name)")
        }
    }

    @Test func `an id, a unit or a model that no catalogue has is invalid`() throws {
        let value = try JSONValue(parsing: JSONReport.render(SummaryFixtures.hostileCatalog))
        let problems = try check().problems(in: value)
        #expect(problems.contains { $0.hasPrefix("/vitals/2/id") })
        #expect(problems.contains { $0.hasPrefix("/vitals/2/model") })
        #expect(problems.contains { $0.hasPrefix("/activity/0/unit") })
    }

    @Test func `the valid examples are what the renderer prints`() throws {
        let folder = TestFiles.schemas.appending(path: "examples/valid/daily-summary")
        let check = try check()
        for name in ["calibrating", "no-data", "clock-change"] {
            let summary = try #require(SummaryFixtures.all.first { $0.name == name }).summary
            let file = folder.appending(path: name + ".json")
            try TestFiles.compare(JSONReport.render(summary), with: file)
            #expect(check.problems(in: try JSONValue(parsing: TestFiles.text(file))) == [])
        }
    }

    /// Each invalid example and the place where it is wrong.
    private static let invalid: [String: String] = [
        "alert-as-text": "/verdict/isAlert", "another-schema": "/schema",
        "coverage-above-one": "/vitals/0/coverage", "day-of-another-length": "/rhythm",
        "day-out-of-calendar": "/day",
        "epoch-of-no-length": "/night/hypnogram/epochSeconds",
        "fraction-of-a-sample": "/dataQuality/sources/0/samples",
        "instant-as-number": "/night/start", "instant-in-local-time": "/night/start",
        "missing-coverage": "/vitals/0/coverage", "missing-person": "/person",
        "nights-below-one": "/verdict/signals/0/nights", "no-night-and-no-reason": "/night",
        "no-value-and-no-reason": "/vitals/0", "range-without-an-end": "/vitals/0/range",
        "unknown-member": "/night/mood",
        "unknown-stage-letter": "/night/hypnogram/stages", "unknown-state": "/verdict/state",
        "unknown-unit": "/vitals/0/unit", "value-and-reason": "/vitals/0",
        "value-as-text": "/vitals/0/value",
    ]

    @Test func `every invalid example is refused where it is wrong`() throws {
        let folder = TestFiles.schemas.appending(path: "examples/invalid/daily-summary")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(files == Self.invalid.keys.sorted().map { $0 + ".json" })
        let check = try check()
        for (name, place) in Self.invalid {
            let text = try TestFiles.text(folder.appending(path: name + ".json"))
            let problems = check.problems(in: try JSONValue(parsing: text))
            #expect(problems.contains { $0.hasPrefix(place) }, "\(name): \(problems)")
        }
    }

    @Test func `the schema knows the unit of every quantity that can be summarised`() throws {
        let file = TestFiles.schemas.appending(path: "daily-summary.schema.json")
        let schema = try JSONValue(parsing: TestFiles.text(file))
        guard case .list(let units) = schema["$defs"]?["unit"]?["enum"] else {
            Issue.record("the schema lists no units")
            return
        }
        for quantity in Quantity.allCases where quantity.facts.aggregation != .none {
            #expect(units.contains(.text(quantity.facts.unit)), "\(quantity.name)")
        }
    }

    @Test func `reading and writing again changes no byte`() throws {
        func again(_ value: JSONValue) -> JSONText {
            switch value {
            case .null: .null
            case .bool(let value): .bool(value)
            case .number(let value): .number(value)
            case .text(let value): .text(value)
            case .list(let items): .list(items.map(again))
            case .object(let members): .object(members.mapValues(again))
            }
        }
        for (name, summary) in SummaryFixtures.all {
            let text = JSONReport.render(summary)
            var second = ""
            again(try JSONValue(parsing: text)).write(into: &second)
            #expect(second + "\n" == text, "\(name)")
        }
    }

    @Test func `the form is canonical`() {
        let text = JSONReport.render(SummaryFixtures.clockChange)
        #expect(text.hasPrefix("{\"activity\":["))
        #expect(!text.dropLast().contains("\n"))
        #expect(text.contains("\"start\":\"2025-03-29T21:58:00Z\""))
        #expect(text.contains("\"stages\":\"WWWWWWWW"))
    }

    @Test func `text and numbers are written as RFC 8785 asks`() {
        func text(_ value: JSONText) -> String {
            var output = ""
            value.write(into: &output)
            return output
        }
        #expect(text(.text("a\"\\\n\u{1}é/")) == "\"a\\\"\\\\\\n\\u0001é/\"")
        #expect(
            text(.object(["b": .null, "a": .list([.bool(true), .integer(3)])]))
                == "{\"a\":[true,3],\"b\":null}")
        #expect(text(.number(.nan)) == "null")
        #expect(text(.number(-0.0)) == "0")
    }
}

struct JSONSchemaCheckTests {
    @Test(arguments: [
        ("{\"type\":\"integer\"}", "3.5", 1), ("{\"type\":\"integer\"}", "3", 0),
        ("{\"type\":\"boolean\"}", "1", 1), ("{\"type\":\"number\"}", "true", 1),
        ("{\"const\":3}", "3", 0), ("{\"const\":3}", "4", 1),
        ("{\"enum\":[\"a\",null]}", "null", 0),
        ("{\"enum\":[\"a\"]}", "\"b\"", 1), ("{\"minimum\":1,\"maximum\":2}", "3", 1),
        ("{\"minimum\":1,\"maximum\":2}", "0", 1), ("{\"pattern\":\"^a+$\"}", "\"ab\"", 1),
        ("{\"anyOf\":[{\"type\":\"null\"},{\"minimum\":1,\"type\":\"number\"}]}", "0", 1),
        ("{\"items\":{\"type\":\"null\"}}", "[null,1,2]", 2),
        (
            "{\"properties\":{\"a\":{}},\"additionalProperties\":false,\"required\":[\"a\"]}",
            "{\"b\":1}", 2
        ),
        ("{\"$ref\":\"#/$defs/x\",\"$defs\":{\"x\":{\"type\":\"null\"}}}", "1", 1),
        ("{\"$ref\":\"#/$defs/x\",\"$defs\":{\"x\":{\"$ref\":\"#/$defs/x\"}}}", "1", 1),
        ("{\"not\":{\"type\":\"null\"}}", "null", 1), ("{\"not\":{\"type\":\"null\"}}", "1", 0),
        ("{\"oneOf\":[{\"minimum\":1},{\"minimum\":2}]}", "1", 0),
        ("{\"oneOf\":[{\"minimum\":1},{\"minimum\":2}]}", "2", 1),
        ("{\"oneOf\":[{\"minimum\":1},{\"minimum\":2}]}", "0", 1),
        ("{\"minItems\":1,\"maxItems\":2}", "[]", 1), ("{\"maxItems\":2}", "[1,2,3]", 1),
        ("{\"multipleOf\":2}", "4", 1),
    ])
    func `a schema finds as many problems as there are`(
        schema: String, value: String, count: Int
    ) throws {
        let check = try JSONSchemaCheck(schema: schema)
        #expect(check.problems(in: try JSONValue(parsing: value)).count == count)
    }
}
