// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Codes, units and profiles of the FHIR R4 export.
///
/// A LOINC code is given only where it means exactly what is stored; everything else has a code of
/// Hearth's own system, which the export defines in `code-system.json`. RMSSD has no LOINC code.
/// - Source: `hl7fhir2019`, vital-signs profile and value sets.
enum FHIRVocabulary {
    static let loinc = "http://loinc.org"
    static let ucum = "http://unitsofmeasure.org"
    static let category = "http://terminology.hl7.org/CodeSystem/observation-category"
    static let absentReason = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
    /// Own systems are named by UUIDs: they need no address on the web.
    static let own = "urn:uuid:" + ExportText.uuid("hearth/fhir/code-system/1")
    static let tags = "urn:uuid:" + ExportText.uuid("hearth/fhir/tags/1")

    /// What a quantity is called, measured in and filed under.
    struct Entry {
        var codings: [(system: String, code: String, display: String)]
        var ucum: String
        var unit: String
        /// Code of the observation category, if one fits.
        var category: String?
        /// Name of the R4 profile the observation follows.
        var profile: String?
        /// What it means, for the code system.
        var text: String
    }

    static func entry(_ quantity: Quantity) -> Entry {
        let facts = quantity.facts
        var entry = Entry(
            codings: [(own, facts.name, facts.label)], ucum: DataDictionary.ucum(quantity),
            unit: facts.unit, category: category(facts.category), profile: nil, text: facts.label)
        switch quantity {
        case .heartRate:
            vital(&entry, "heartrate", [("8867-4", "Heart rate")])
        case .restingHeartRate:
            // A more specific code stands beside the one of the profile.
            vital(
                &entry, "heartrate",
                [("8867-4", "Heart rate"), ("40443-4", "Heart rate --resting")])
        case .respiratoryRate:
            vital(&entry, "resprate", [("9279-1", "Respiratory rate")])
        case .oxygenSaturation:
            vital(
                &entry, "oxygensat",
                [
                    ("2708-6", "Oxygen saturation in Arterial blood"),
                    ("59408-5", "Oxygen saturation in Arterial blood by Pulse oximetry"),
                ])
        case .bodyTemperature:
            vital(&entry, "bodytemp", [("8310-5", "Body temperature")])
        case .bodyMass:
            vital(&entry, "bodyweight", [("29463-7", "Body weight")])
        case .hrvSDNN:
            add(&entry, "80404-7", "R-R interval.standard deviation (Heart rate variability)")
        case .steps:
            add(&entry, "55423-8", "Number of steps in unspecified time Pedometer")
        default: break
        }
        return entry
    }

    private static func vital(
        _ entry: inout Entry, _ profile: String, _ codes: [(String, String)]
    ) {
        entry.profile = "http://hl7.org/fhir/StructureDefinition/" + profile
        entry.category = "vital-signs"
        entry.codings = codes.map { (loinc, $0.0, $0.1) } + entry.codings
    }

    private static func add(_ entry: inout Entry, _ code: String, _ display: String) {
        entry.codings.insert((loinc, code, display), at: 0)
    }

    private static func category(_ category: Category) -> String? {
        switch category {
        case .movement, .motion, .sleep: "activity"
        case .waveform, .beats, .heart: "procedure"
        default: nil
        }
    }

    static let categoryNames = [
        "vital-signs": "Vital Signs", "activity": "Activity", "procedure": "Procedure",
    ]

    /// LOINC for the metrics of a night that mean exactly that.
    /// - Source: `hl7phr2025`, patient contributed data, sleep.
    static func loinc(metric id: String) -> (code: String, display: String)? {
        switch id {
        case "total-sleep-time": ("93832-4", "Sleep duration")
        case "light-sleep": ("93830-8", "Light sleep duration")
        case "deep-sleep": ("93831-6", "Deep sleep duration")
        case "rem-sleep": ("93829-0", "REM sleep duration")
        default: nil
        }
    }

    /// The own code of a day's result; quantities have the same names and mean samples.
    static func code(metric id: String) -> String { "result.\(id)" }

    /// The code system that defines Hearth's own codes; `metrics` are those of derived results.
    static func codeSystem(_ metrics: [(id: String, label: String)]) -> String {
        var concepts = Quantity.allCases.filter { $0 != .zoneOffset }
            .map { (code: $0.name, text: $0.facts.label) }
        for quantity in Quantity.allCases where quantity.facts.columns.count > 1 {
            guard quantity != .zoneOffset else { continue }
            concepts += quantity.facts.columns.map {
                (code: "\(quantity.name).\($0)", text: "\(quantity.facts.label), \($0)")
            }
        }
        concepts += SleepStage.allCases.map { (code: "stage.\($0.name)", text: $0.name) }
        concepts += metrics.map { (code: code(metric: $0.id), text: $0.label) }
        concepts += [FHIRStatements.tag, FHIRStatements.correction]
        concepts += SleepCorrection.Kind.allCases.map(FHIRStatements.meaning)
        let list = concepts.map {
            "{\"code\":\(ExportText.quoted($0.code)),\"display\":\(ExportText.quoted($0.text))}"
        }.joined(separator: ",\n")
        return "{\"resourceType\":\"CodeSystem\",\"id\":\"hearth-codes\",\"url\":\"\(own)\","
            + "\"version\":\"2\",\"name\":\"HearthCodes\",\"status\":\"active\","
            + "\"caseSensitive\":true,\"content\":\"complete\",\"count\":\(concepts.count),"
            + "\"concept\":[\n\(list)\n]}\n"
    }
}
