// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthTestSupport
import Testing

/// The checker against the cases that the standards' own projects publish.
@Suite struct InteropSchemaTests {
    @Test(
        .enabled(
            if: InteropSchemas.isPresent, "the interoperability schemas are not on this machine"))
    func `the checker passes what should pass and refuses what should fail`() throws {
        let library = try #require(InteropSchemas.library)
        let root = try #require(InteropSchemas.folder).appending(
            path: "openmhealth/test-data/omh")
        var passed = 0
        var failed = 0
        let walker = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)
        while let url = walker?.nextObject() as? URL {
            guard url.pathExtension == "json" else { continue }
            let parts = url.pathComponents.suffix(4)
            let (name, version, verdict) = (
                parts[parts.startIndex], parts[parts.startIndex + 1], parts[parts.startIndex + 2]
            )
            let check = try #require(library.check("\(name)-\(version).json", in: "omh"))
            let value = try JSONValue(parsing: String(contentsOf: url, encoding: .utf8))
            let problems = check.problems(in: value)
            if verdict == "shouldPass" {
                #expect(problems == [], "\(name) \(version) \(url.lastPathComponent)")
                passed += 1
            } else {
                #expect(!problems.isEmpty, "\(name) \(version) \(url.lastPathComponent)")
                failed += 1
            }
        }
        #expect(passed == 54 && failed == 50, "passed \(passed), failed \(failed)")
    }

    @Test(
        .enabled(
            if: InteropSchemas.isPresent, "the interoperability schemas are not on this machine"))
    func `published examples with an IEEE header pass, damaged ones do not`() throws {
        let library = try #require(InteropSchemas.library)
        let folder = try #require(InteropSchemas.folder).appending(
            path: "ieee1752-omh-jupyterhealth/omh/examples/data-points")
        let files = try FileManager.default.contentsOfDirectory(
            at: folder, includingPropertiesForKeys: nil)
        #expect(files.count == 7)
        let header = try #require(library.check("header-1.0.json", in: "ieee"))
        for url in files {
            let text = try String(contentsOf: url, encoding: .utf8)
            let point = try JSONValue(parsing: text)
            #expect(header.problems(in: point["header"] ?? .null) == [], "\(url.lastPathComponent)")
            let damaged = try JSONValue(
                parsing: text.replacing("\"uuid\"", with: "\"id\""))
            #expect(header.problems(in: damaged["header"] ?? .null) != [])
            let local = try JSONValue(
                parsing: text.replacing(/T(\d\d:\d\d:\d\d)[+-]\d\d:\d\d/) { "T\($0.output.1)" })
            #expect(header.problems(in: local["header"] ?? .null) != [])
        }
    }
}
