// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthTestSupport
import Testing

/// The checker of FHIR resources against published examples, and against damaged ones.
@Suite struct FHIRCheckTests {
    static let folder = SharedData.folder?.appending(path: "formats/interop/fhir-phd")

    @Test(
        .enabled(if: SharedData.isPresent, "the FHIR examples are not on this machine"))
    func `every published example passes, but for one with a known fault`() throws {
        let folder = try #require(Self.folder)
        let files = try FileManager.default.contentsOfDirectory(
            at: folder, includingPropertiesForKeys: nil
        ).filter { $0.pathExtension == "json" }
        #expect(files.count == 29)
        for url in files {
            let value = try JSONValue(parsing: String(contentsOf: url, encoding: .utf8))
            // One has a no-break space in its data, where the specification wants a space (U+0020).
            let known =
                url.lastPathComponent == "rtsa-example-2.json"
                ? ["/valueSampledData/data: neither decimals nor E, U or L"] : []
            #expect(FHIRCheck().problems(in: value) == known, "\(url.lastPathComponent)")
        }
    }

    /// Each damage makes one rule fail that the whole example keeps.
    static let damages: [(file: String, from: String, to: String, rule: String)] = [
        ("rtsa-example.json", "\"final\"", "\"finished\"", "not in the value set"),
        ("rtsa-example.json", "\"period\"", "\"rate\"", "missing"),
        ("rtsa-example.json", "123 110", "123 1e5", "neither decimals"),
        ("rtsa-example.json", "\"dimensions\": 1", "\"dimensions\": 4", "not whole rows"),
        ("rtsa-example.json", "02:25:24-04:00", "02:25:24", "not a dateTime"),
        ("rtsa-example.json", "02:25:24-04:00", "02:25:24-15:00", "not a dateTime"),
        ("rtsa-example.json", "\"valueSampledData\"", "\"valueSamples\"", "not an element"),
        (
            "numeric-observation-not-a-number.json", "\"device\"",
            "\"valueInteger\": 3, \"device\"", "obs-6"
        ),
        (
            "numeric-spotnumeric.json", "\"http://unitsofmeasure.org\"", "\"\"",
            "not an absolute URI"
        ),
        ("glucose-observation.json", "\"mg/dL\"", "\"mgs/dL\"", "no unit of UCUM"),
        ("bundle-example-1.json", "\"type\": \"transaction\"", "\"type\": \"heap\"", "value set"),
        ("phg-example.json", "\"manufacturer\"", "\"maker\"", "not an element"),
    ]

    @Test(
        .enabled(if: SharedData.isPresent, "the FHIR examples are not on this machine"),
        arguments: damages.indices)
    func `a damaged example fails the rule it breaks`(number: Int) throws {
        let damage = Self.damages[number]
        let url = try #require(Self.folder).appending(path: damage.file)
        let text = try String(contentsOf: url, encoding: .utf8)
        let damaged = text.replacing(damage.from, with: damage.to)
        #expect(damaged != text, "\(damage.file) has nothing to damage")
        let problems = FHIRCheck().problems(in: try JSONValue(parsing: damaged))
        #expect(problems.contains { $0.contains(damage.rule) }, "\(problems)")
    }

    @Test(arguments: [
        "/min", "ms", "%", "Cel", "kg", "[g]", "mm[Hg]", "mL/(kg.min)", "{steps}", "1", "uV",
        "deg/s",
        "kcal", "lx", "m2", "kg/m2", "10*3/uL".replacing("10*3", with: "g"), "s-1",
    ])
    func `units of UCUM pass`(unit: String) { #expect(UCUMCheck.isUnit(unit)) }

    @Test(arguments: ["bpm", "steps", "", "C/", "{}", "mgs", "beats/min", "g g", "(m", "°C"])
    func `what is no unit fails`(unit: String) { #expect(!UCUMCheck.isUnit(unit)) }
}
