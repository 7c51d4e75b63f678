// SPDX-License-Identifier: Apache-2.0

/// A checker for FHIR R4 (4.0.1): the rules of the resources that an export of a wearable uses.
///
/// Element names, required elements, types, value sets with a required binding, the invariants obs-6,
/// qty-3, vs-2, bdl-7, units of UCUM, and references that must lead to something. It knows no
/// extension and no terminology beyond that.
/// - Source: the resource pages of the R4 specification (`hl7fhir2019`).
public struct FHIRCheck {
    public init() {}

    /// What is wrong with a resource, each with a path; empty if nothing is.
    public func problems(in resource: JSONValue) -> [String] {
        var found = FHIRProblems()
        check(resource, "", &found)
        return found.list
    }

    private func check(_ value: JSONValue, _ path: String, _ found: inout FHIRProblems) {
        guard case .object(let members) = value,
            case .text(let type)? = members["resourceType"]
        else { return found.add(path, "no resource") }
        guard let known = Self.elements[type] else { return found.add(path, "unknown \(type)") }
        let common: Set<String> = [
            "resourceType", "id", "meta", "implicitRules", "language", "text", "contained",
            "extension", "modifierExtension",
        ]
        for name in members.keys.sorted() where !known.contains(name) && !common.contains(name) {
            found.add("\(path)/\(name)", "not an element of \(type)")
        }
        if let id = members["id"] { FHIRTypes.id(id, "\(path)/id", &found) }
        if let meta = members["meta"] { FHIRTypes.meta(meta, "\(path)/meta", &found) }
        switch type {
        case "Bundle": bundle(members, path, &found)
        case "Observation": FHIRObservationCheck(members, path).check(&found)
        case "Device": device(members, path, &found)
        case "CodeSystem": codeSystem(members, path, &found)
        case "DeviceMetric":
            FHIRTypes.required(["type", "category"], members, path, &found)
            FHIRTypes.code(
                members["category"], ["measurement", "setting", "calculation", "unspecified"],
                "\(path)/category", &found)
        default: break
        }
    }

    private static let elements: [String: Set<String>] = [
        "Bundle": ["identifier", "type", "timestamp", "total", "link", "entry", "signature"],
        "Patient": [
            "identifier", "active", "name", "telecom", "gender", "birthDate", "deceasedBoolean",
            "deceasedDateTime", "address", "maritalStatus", "multipleBirthBoolean",
            "multipleBirthInteger", "photo", "contact", "communication", "generalPractitioner",
            "managingOrganization", "link",
        ],
        "Device": [
            "identifier", "definition", "udiCarrier", "status", "statusReason",
            "distinctIdentifier",
            "manufacturer", "manufactureDate", "expirationDate", "lotNumber", "serialNumber",
            "deviceName", "modelNumber", "partNumber", "type", "specialization", "version",
            "property", "patient", "owner", "contact", "location", "url", "note", "safety",
            "parent",
        ],
        "DeviceMetric": [
            "identifier", "type", "unit", "source", "parent", "operationalStatus", "color",
            "category", "measurementPeriod", "calibration",
        ],
        "CodeSystem": [
            "url", "identifier", "version", "name", "title", "status", "experimental", "date",
            "publisher", "contact", "description", "caseSensitive", "valueSet", "content", "count",
            "filter", "property", "concept",
        ],
        "Observation": [
            "identifier", "basedOn", "partOf", "status", "category", "code", "subject", "focus",
            "encounter", "effectiveDateTime", "effectivePeriod", "effectiveTiming",
            "effectiveInstant", "issued", "performer", "valueQuantity", "valueCodeableConcept",
            "valueString", "valueBoolean", "valueInteger", "valueRange", "valueRatio",
            "valueSampledData", "valueTime", "valueDateTime", "valuePeriod", "dataAbsentReason",
            "interpretation", "note", "bodySite", "method", "specimen", "device", "referenceRange",
            "hasMember", "derivedFrom", "component",
        ],
    ]

    // MARK: Resources

    private func bundle(
        _ members: [String: JSONValue], _ path: String, _ found: inout FHIRProblems
    ) {
        FHIRTypes.required(["type"], members, path, &found)
        FHIRTypes.code(
            members["type"],
            [
                "document", "message", "transaction", "transaction-response", "batch",
                "batch-response", "history", "searchset", "collection",
            ], "\(path)/type", &found)
        if let time = members["timestamp"] { FHIRTypes.instant(time, "\(path)/timestamp", &found) }
        guard case .list(let entries)? = members["entry"] else { return }
        var urls: Set<String> = []
        for (index, entry) in entries.enumerated() {
            let place = "\(path)/entry/\(index)"
            guard let resource = entry["resource"] else { continue }
            check(resource, place, &found)
            guard case .text(let url)? = entry["fullUrl"] else { continue }
            if !urls.insert(url).inserted { found.add(place, "bdl-7: the fullUrl is there twice") }
        }
        for (index, entry) in entries.enumerated() {
            guard let resource = entry["resource"] else { continue }
            for reference in FHIRTypes.references(resource)
            where reference.hasPrefix("urn:") && !urls.contains(reference) {
                found.add("\(path)/entry/\(index)", "a reference leads nowhere")
            }
        }
    }

    private func device(
        _ members: [String: JSONValue], _ path: String, _ found: inout FHIRProblems
    ) {
        guard case .list(let names)? = members["deviceName"] else { return }
        let types: Set<String> = [
            "udi-label-name", "user-friendly-name", "patient-reported-name", "manufacturer-name",
            "model-name", "other",
        ]
        for name in names {
            if name["name"] == nil { found.add("\(path)/deviceName", "no name") }
            FHIRTypes.code(name["type"], types, "\(path)/deviceName/type", &found)
        }
    }

    private func codeSystem(
        _ members: [String: JSONValue], _ path: String, _ found: inout FHIRProblems
    ) {
        FHIRTypes.required(["status", "content"], members, path, &found)
        FHIRTypes.code(
            members["status"], ["draft", "active", "retired", "unknown"], "\(path)/status", &found)
        FHIRTypes.code(
            members["content"],
            ["not-present", "example", "fragment", "complete", "supplement"], "\(path)/content",
            &found)
        guard case .list(let concepts)? = members["concept"] else { return }
        let codes = concepts.compactMap { concept -> String? in
            if case .text(let code)? = concept["code"] { code } else { nil }
        }
        if Set(codes).count != concepts.count { found.add(path, "csd-1: a code is there twice") }
        if case .number(let count)? = members["count"], Int(count) != concepts.count {
            found.add("\(path)/count", "not the number of concepts")
        }
    }
}

/// The problems found so far.
struct FHIRProblems {
    private(set) var list: [String] = []
    mutating func add(_ path: String, _ text: String) { list.append("\(path): \(text)") }
}
