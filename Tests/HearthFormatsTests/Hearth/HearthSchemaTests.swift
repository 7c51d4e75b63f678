// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthTestSupport
import Testing

@testable import HearthFormats

@Suite struct HearthSchemaTests {
    private func schema() throws -> [String: Any] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let data = try Data(
            contentsOf: root.appending(path: "Schemas/hearth-samples.schema.json"))
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    private func strings(_ schema: [String: Any], _ key: String) throws -> Set<String> {
        let properties = try #require(schema["properties"] as? [String: [String: Any]])
        let values = try #require(properties[key]?["enum"] as? [Any])
        return Set(values.compactMap { $0 as? String })
    }

    @Test func `the schema names every key, quantity, unit and origin`() throws {
        let schema = try schema()
        let properties = try #require(schema["properties"] as? [String: Any])
        #expect(Set(properties.keys) == Set(HearthField.allCases.map(\.name) + ["values"]))
        #expect(try strings(schema, "quantity") == Set(Quantity.allCases.map(\.name)))
        #expect(try strings(schema, "unit") == Set(Quantity.allCases.map(\.facts.unit)))
        #expect(try strings(schema, "origin") == Set(FileKind.allCases.map(\.name)))
        #expect(try strings(schema, "derivation") == Set(Derivation.allCases.map(\.name)))
    }

    @Test func `every example of the schema is read`() throws {
        let examples = try #require(try schema()["examples"] as? [[String: Any]])
        for example in examples {
            let bytes = [UInt8](try JSONSerialization.data(withJSONObject: example))
            let sink = readAll(bytes) { HearthNDJSONReader() }
            #expect(sink.issues == [] && sink.samples(of: .zoneOffset).count < sink.sampleCount)
        }
    }
}
