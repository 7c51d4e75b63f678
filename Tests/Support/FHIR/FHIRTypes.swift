// SPDX-License-Identifier: Apache-2.0

/// The data types of FHIR R4 that the checked resources use.
enum FHIRTypes {
    static let ucum = "http://unitsofmeasure.org"

    static func required(
        _ names: [String], _ members: [String: JSONValue], _ path: String,
        _ found: inout FHIRProblems
    ) {
        for name in names where members[name] == nil { found.add("\(path)/\(name)", "missing") }
    }

    /// A code of a value set with a required binding.
    static func code(
        _ value: JSONValue?, _ allowed: Set<String>, _ path: String, _ found: inout FHIRProblems
    ) {
        guard let value else { return }
        guard case .text(let text) = value, allowed.contains(text) else {
            return found.add(path, "not in the value set")
        }
    }

    static func id(_ value: JSONValue, _ path: String, _ found: inout FHIRProblems) {
        guard case .text(let text) = value, text.wholeMatch(of: /[A-Za-z0-9\-.]{1,64}/) != nil
        else { return found.add(path, "not an id") }
    }

    static func meta(_ value: JSONValue, _ path: String, _ found: inout FHIRProblems) {
        for name in ["tag", "security"] {
            guard let list = value[name] else { continue }
            guard case .list(let codings) = list else { return found.add(path, "no list") }
            for coding in codings { self.coding(coding, "\(path)/\(name)", &found) }
        }
        if let profile = value["profile"] {
            guard case .list = profile else { return found.add("\(path)/profile", "no list") }
        }
    }

    static func coding(_ value: JSONValue, _ path: String, _ found: inout FHIRProblems) {
        if let system = value["system"] {
            guard case .text(let uri) = system, uri.contains(":"), !uri.contains(" ") else {
                return found.add("\(path)/system", "not an absolute URI")
            }
        }
        if let code = value["code"] {
            guard case .text(let text) = code, text.wholeMatch(of: /[^\s]+(\s[^\s]+)*/) != nil
            else { return found.add("\(path)/code", "not a code") }
        }
    }

    static func concept(_ value: JSONValue?, _ path: String, _ found: inout FHIRProblems) {
        guard let value else { return }
        guard case .object(let members) = value, !members.isEmpty else {
            return found.add(path, "no concept")
        }
        guard let list = members["coding"] else { return }
        guard case .list(let codings) = list, !codings.isEmpty else {
            return found.add("\(path)/coding", "an empty list")
        }
        for one in codings { coding(one, "\(path)/coding", &found) }
    }

    static func quantity(_ value: JSONValue?, _ path: String, _ found: inout FHIRProblems) {
        guard let value else { return }
        guard case .object(let members) = value else { return found.add(path, "no quantity") }
        if let number = members["value"] {
            guard case .number = number else { return found.add("\(path)/value", "no number") }
        }
        code(members["comparator"], ["<", "<=", ">=", ">"], "\(path)/comparator", &found)
        guard let code = members["code"] else { return }
        guard case .text(let system)? = members["system"] else {
            return found.add(path, "qty-3: a code without its system")
        }
        guard case .text(let unit) = code, system.contains(":") else {
            return found.add("\(path)/system", "not an absolute URI")
        }
        if system == ucum, !UCUMCheck.isUnit(unit) { found.add("\(path)/code", "no unit of UCUM") }
    }

    static func sampledData(_ value: JSONValue?, _ path: String, _ found: inout FHIRProblems) {
        guard let value else { return }
        guard case .object(let members) = value else { return found.add(path, "no sampled data") }
        required(["origin", "period", "dimensions"], members, path, &found)
        quantity(members["origin"], "\(path)/origin", &found)
        if members["origin"]?["value"] == nil { found.add("\(path)/origin", "no value") }
        if members["origin"]?["comparator"] != nil {
            found.add("\(path)/origin", "sqty-1: a comparator in a simple quantity")
        }
        guard case .number(let period)? = members["period"], period > 0 else {
            return found.add("\(path)/period", "not above zero")
        }
        guard case .number(let dimensions)? = members["dimensions"], dimensions >= 1,
            dimensions == dimensions.rounded()
        else { return found.add("\(path)/dimensions", "not a positive integer") }
        guard let data = members["data"] else { return }
        guard case .text(let text) = data else { return found.add("\(path)/data", "no text") }
        let values = text.split(separator: " ", omittingEmptySubsequences: false)
        let isSound = values.allSatisfy {
            $0.wholeMatch(of: /-?\d*\.?\d+|[EUL]/) != nil
        }
        if !isSound { found.add("\(path)/data", "neither decimals nor E, U or L") }
        if values.count % Int(dimensions) != 0 { found.add("\(path)/data", "not whole rows") }
    }

    static func dateTime(_ value: JSONValue?, _ path: String, _ found: inout FHIRProblems) {
        guard let value else { return }
        guard case .text(let text) = value else { return found.add(path, "no text") }
        if text.wholeMatch(of: /\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?/) != nil {
            return
        }
        if !isInstant(text) { found.add(path, "not a dateTime") }
    }

    static func instant(_ value: JSONValue, _ path: String, _ found: inout FHIRProblems) {
        guard case .text(let text) = value, isInstant(text) else {
            return found.add(path, "not an instant")
        }
    }

    /// To the second at least, with an offset of at most fourteen hours.
    static func isInstant(_ text: String) -> Bool {
        guard JSONFormat.isDateTime(text), let zone = text.last else { return false }
        if zone == "Z" { return true }
        guard let hours = Int(text.suffix(5).prefix(2)), let minutes = Int(text.suffix(2)) else {
            return false
        }
        return hours * 60 + minutes <= 14 * 60
    }

    /// per-1: the start is not behind the end.
    static func period(_ value: JSONValue?, _ path: String, _ found: inout FHIRProblems) {
        guard let value else { return }
        guard case .object(let members) = value, !members.isEmpty else {
            return found.add(path, "no period")
        }
        dateTime(members["start"], "\(path)/start", &found)
        dateTime(members["end"], "\(path)/end", &found)
    }

    /// Every text of a `reference`, wherever it is.
    static func references(_ value: JSONValue) -> [String] {
        switch value {
        case .object(let members):
            return members.flatMap { name, member -> [String] in
                if name == "reference", case .text(let text) = member { return [text] }
                return references(member)
            }
        case .list(let items): return items.flatMap(references)
        default: return []
        }
    }
}
