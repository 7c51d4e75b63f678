// SPDX-License-Identifier: Apache-2.0

/// The rules of the R4 Observation and of its vital-signs profiles.
struct FHIRObservationCheck {
    private let members: [String: JSONValue]
    private let path: String

    init(_ members: [String: JSONValue], _ path: String) {
        self.members = members
        self.path = path
    }

    func check(_ found: inout FHIRProblems) {
        FHIRTypes.required(["status", "code"], members, path, &found)
        FHIRTypes.code(
            members["status"],
            [
                "registered", "preliminary", "final", "amended", "corrected", "cancelled",
                "entered-in-error", "unknown",
            ], "\(path)/status", &found)
        FHIRTypes.concept(members["code"], "\(path)/code", &found)
        FHIRTypes.concept(members["method"], "\(path)/method", &found)
        if let categories = members["category"] {
            guard case .list(let list) = categories else {
                return found.add("\(path)/category", "no list")
            }
            for one in list { FHIRTypes.concept(one, "\(path)/category", &found) }
        }
        if members.keys.count(where: { $0.hasPrefix("effective") }) > 1 {
            found.add(path, "more than one effective[x]")
        }
        FHIRTypes.dateTime(members["effectiveDateTime"], "\(path)/effectiveDateTime", &found)
        FHIRTypes.period(members["effectivePeriod"], "\(path)/effectivePeriod", &found)
        if let issued = members["issued"] { FHIRTypes.instant(issued, "\(path)/issued", &found) }
        value(members, path, &found)
        components(&found)
        vitalSigns(&found)
        profiles(&found)
    }

    /// The value or why there is none, of the observation or of a component.
    private func value(
        _ members: [String: JSONValue], _ path: String, _ found: inout FHIRProblems
    ) {
        let values = members.keys.count { $0.hasPrefix("value") }
        if values > 1 { found.add(path, "more than one value[x]") }
        if values > 0, members["dataAbsentReason"] != nil {
            found.add(path, "obs-6: a value and a reason for its absence")
        }
        FHIRTypes.concept(members["dataAbsentReason"], "\(path)/dataAbsentReason", &found)
        FHIRTypes.concept(members["valueCodeableConcept"], "\(path)/valueCodeableConcept", &found)
        FHIRTypes.quantity(members["valueQuantity"], "\(path)/valueQuantity", &found)
        FHIRTypes.sampledData(members["valueSampledData"], "\(path)/valueSampledData", &found)
        FHIRTypes.dateTime(members["valueDateTime"], "\(path)/valueDateTime", &found)
        if let number = members["valueInteger"] {
            guard case .number(let value) = number, value == value.rounded() else {
                return found.add("\(path)/valueInteger", "no integer")
            }
        }
    }

    private func components(_ found: inout FHIRProblems) {
        guard let all = members["component"] else { return }
        guard case .list(let list) = all, !list.isEmpty else {
            return found.add("\(path)/component", "an empty list")
        }
        for (index, one) in list.enumerated() {
            let place = "\(path)/component/\(index)"
            guard case .object(let part) = one else { return found.add(place, "no component") }
            FHIRTypes.required(["code"], part, place, &found)
            FHIRTypes.concept(part["code"], "\(place)/code", &found)
            value(part, place, &found)
        }
    }

    // MARK: Vital signs

    private func codes(_ system: String) -> [String] {
        guard case .list(let codings)? = members["code"]?["coding"] else { return [] }
        return codings.compactMap { coding in
            guard coding["system"] == .text(system), case .text(let code)? = coding["code"] else {
                return nil
            }
            return code
        }
    }

    private var isVitalSign: Bool {
        guard case .list(let categories)? = members["category"] else { return false }
        return categories.contains { category in
            guard case .list(let codings)? = category["coding"] else { return false }
            return codings.contains {
                $0["code"] == .text("vital-signs")
                    && $0["system"]
                        == .text("http://terminology.hl7.org/CodeSystem/observation-category")
            }
        }
    }

    /// What the base profile asks for, and the units that its codes fix.
    private func vitalSigns(_ found: inout FHIRProblems) {
        guard isVitalSign else { return }
        FHIRTypes.required(["subject"], members, path, &found)
        let hasTime = members["effectiveDateTime"] != nil || members["effectivePeriod"] != nil
        if !hasTime { found.add(path, "a vital sign without its time") }
        if case .text(let time)? = members["effectiveDateTime"], time.count < 8 {
            found.add(path, "vs-1: not precise to the day")
        }
        let hasValue =
            members.keys.contains { $0.hasPrefix("value") } || members["dataAbsentReason"] != nil
            || members["component"] != nil || members["hasMember"] != nil
        if !hasValue { found.add(path, "vs-2: neither value nor reason") }
    }

    private static let profiles: [String: (codes: Set<String>, units: Set<String>)] = [
        "heartrate": (["8867-4"], ["/min"]), "resprate": (["9279-1"], ["/min"]),
        "oxygensat": (["2708-6"], ["%"]), "bodytemp": (["8310-5"], ["Cel", "[degF]"]),
        "bodyweight": (["29463-7"], ["g", "kg", "[lb_av]"]),
    ]

    /// The specific profiles an observation says it follows.
    private func profiles(_ found: inout FHIRProblems) {
        guard case .list(let named)? = members["meta"]?["profile"] else { return }
        for one in named {
            guard case .text(let url) = one,
                url.hasPrefix("http://hl7.org/fhir/StructureDefinition/"),
                let name = url.split(separator: "/").last,
                let rule = Self.profiles[String(name)]
            else { continue }
            if !isVitalSign { found.add(path, "\(name): not filed under vital signs") }
            if !rule.codes.isSubset(of: codes("http://loinc.org")) {
                found.add("\(path)/code", "\(name): without its LOINC code")
            }
            let quantity = members["valueQuantity"]
            if quantity == nil, members["dataAbsentReason"] == nil {
                found.add(path, "\(name): neither a quantity nor a reason")
            }
            guard let quantity else { continue }
            guard case .text(let unit)? = quantity["code"], rule.units.contains(unit),
                quantity["system"] == .text(FHIRTypes.ucum), quantity["value"] != nil,
                quantity["unit"] != nil
            else {
                found.add("\(path)/valueQuantity", "\(name): not in the unit of the profile")
                continue
            }
        }
    }
}
