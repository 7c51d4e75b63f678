// SPDX-License-Identifier: Apache-2.0

/// A small checker for JSON Schema, drafts 4, 7 and 2020-12: the keywords the schemas use and no
/// others.
///
/// A keyword it does not know is a problem of its own, so a schema cannot say something that
/// nothing checks. References between files are looked up in a ``JSONSchemaLibrary``.
public struct JSONSchemaCheck {
    private let root: JSONValue
    private let space: String
    private let library: JSONSchemaLibrary

    public init(
        schema: JSONValue, space: String = "", library: JSONSchemaLibrary = JSONSchemaLibrary()
    ) {
        root = schema
        self.space = space
        self.library = library
    }

    public init(schema text: String) throws { self.init(schema: try JSONValue(parsing: text)) }

    /// What is wrong with `value`, each with a path such as `vitals/0/unit`; empty if it is valid.
    public func problems(in value: JSONValue) -> [String] {
        check(value, root, path: "", depth: 0)
    }

    private static let annotations: Set<String> = [
        "$schema", "$id", "$defs", "title", "description", "examples", "$comment", "definitions",
        "definition", "references", "deprecation",
    ]

    /// Up to draft 7 nothing beside a reference counts.
    private var isOld: Bool {
        guard case .text(let draft)? = root["$schema"] else { return false }
        return draft.contains("draft-0")
    }

    private func check(
        _ value: JSONValue, _ schema: JSONValue, path: String, depth: Int
    ) -> [String] {
        guard depth < 64 else { return ["\(path): the schema refers to itself without end"] }
        if case .bool(let allowed) = schema { return allowed ? [] : ["\(path): not allowed"] }
        guard case .object(var keywords) = schema else { return ["\(path): not a schema"] }
        if isOld, let reference = keywords["$ref"] { keywords = ["$ref": reference] }
        return keywords.sorted { $0.key < $1.key }.flatMap { keyword, rule -> [String] in
            switch keyword {
            case "$ref":
                return follow(rule, value, path, depth)
            case "anyOf":
                return anyOf(value, rule, path, depth)
            case "allOf":
                guard case .list(let all) = rule else { return ["\(path): allOf is not a list"] }
                return all.flatMap { check(value, $0, path: path, depth: depth + 1) }
            case "oneOf":
                return oneOf(value, rule, path, depth)
            case "not":
                return check(value, rule, path: path, depth: depth + 1).isEmpty
                    ? ["\(path): what the schema rules out"] : []
            case "properties", "required", "additionalProperties":
                return members(value, keyword, rule, keywords, path, depth)
            case "items":
                guard case .list(let items) = value else { return [] }
                return items.enumerated().flatMap {
                    check($0.element, rule, path: "\(path)/\($0.offset)", depth: depth + 1)
                }
            case _ where Self.annotations.contains(keyword):
                return []
            default:
                return simple(value, keyword, rule).map { ["\(path): \($0)"] } ?? []
            }
        }
    }

    /// A reference inside this document or to another; one that the library lacks holds for all.
    private func follow(
        _ rule: JSONValue, _ value: JSONValue, _ path: String, _ depth: Int
    ) -> [String] {
        if let target = resolve(rule) {
            return check(value, target, path: path, depth: depth + 1)
        }
        guard case .text(let name) = rule, !name.hasPrefix("#"), !library.isEmpty else {
            return ["\(path): $ref leads nowhere"]
        }
        guard let found = library.document(name, from: space) else { return [] }
        let other = JSONSchemaCheck(schema: found.schema, space: found.space, library: library)
        return other.check(value, found.schema, path: path, depth: depth + 1)
    }

    private func anyOf(
        _ value: JSONValue, _ rule: JSONValue, _ path: String, _ depth: Int
    ) -> [String] {
        guard case .list(let choices) = rule else { return ["\(path): anyOf is not a list"] }
        let found = choices.map { check(value, $0, path: path, depth: depth + 1) }
        if found.contains(where: \.isEmpty) { return [] }
        // The choice that comes closest says most.
        return found.min { $0.count < $1.count } ?? ["\(path): anyOf is empty"]
    }

    private func oneOf(
        _ value: JSONValue, _ rule: JSONValue, _ path: String, _ depth: Int
    ) -> [String] {
        guard case .list(let choices) = rule else { return ["\(path): oneOf is not a list"] }
        let fitting = choices.count { check(value, $0, path: path, depth: depth + 1).isEmpty }
        return fitting == 1 ? [] : ["\(path): fits \(fitting) of oneOf"]
    }

    private func members(
        _ value: JSONValue, _ keyword: String, _ rule: JSONValue,
        _ schema: [String: JSONValue], _ path: String, _ depth: Int
    ) -> [String] {
        guard case .object(let members) = value else { return [] }
        let known: [String: JSONValue] =
            if case .object(let known) = schema["properties"] { known } else { [:] }
        switch (keyword, rule) {
        case ("properties", _):
            return members.sorted { $0.key < $1.key }.flatMap { name, member -> [String] in
                guard let rule = known[name] else { return [] }
                return check(member, rule, path: "\(path)/\(name)", depth: depth + 1)
            }
        case ("required", .list(let names)):
            return names.compactMap { name in
                guard case .text(let name) = name, members[name] == nil else { return nil }
                return "\(path)/\(name): missing"
            }
        case ("additionalProperties", .bool(true)):
            return []
        case ("additionalProperties", .bool(false)):
            return members.keys.sorted().filter { known[$0] == nil }.map {
                "\(path)/\($0): not a member of this object"
            }
        default:
            return ["\(path): the checker does not know this form of \(keyword)"]
        }
    }

    /// Keywords that look at one value only: a problem, or `nil`.
    private func simple(_ value: JSONValue, _ keyword: String, _ rule: JSONValue) -> String? {
        switch (keyword, rule) {
        case ("type", .text(let name)):
            return isType(value, name) ? nil : "not of type \(name)"
        case ("type", .list(let names)):
            let fits = names.contains {
                if case .text(let name) = $0 { isType(value, name) } else { false }
            }
            return fits ? nil : "of none of the types"
        case ("const", _):
            return value == rule ? nil : "not the constant"
        case ("enum", .list(let allowed)):
            return allowed.contains(value) ? nil : "not one of the values of enum"
        case ("minimum", .number(let limit)):
            if case .number(let number) = value, number < limit { return "below the minimum" }
            return nil
        case ("maximum", .number(let limit)):
            if case .number(let number) = value, number > limit { return "above the maximum" }
            return nil
        case ("minLength", .number(let limit)):
            guard case .text(let text) = value else { return nil }
            return Double(text.unicodeScalars.count) < limit ? "too short" : nil
        case ("minItems", .number(let limit)):
            guard case .list(let items) = value else { return nil }
            return Double(items.count) < limit ? "too few items" : nil
        case ("maxItems", .number(let limit)):
            guard case .list(let items) = value else { return nil }
            return Double(items.count) > limit ? "too many items" : nil
        case ("pattern", .text(let pattern)):
            guard case .text(let text) = value else { return nil }
            guard let regex = try? Regex(pattern) else { return "the pattern cannot be read" }
            return text.contains(regex) ? nil : "does not match the pattern"
        case ("format", .text(let format)):
            guard case .text(let text) = value else { return nil }
            return JSONFormat.problem(text, format)
        default:
            return "the checker does not know the keyword \(keyword)"
        }
    }

    private func isType(_ value: JSONValue, _ name: String) -> Bool {
        switch (value, name) {
        case (.null, "null"), (.bool, "boolean"), (.number, "number"), (.text, "string"),
            (.list, "array"), (.object, "object"):
            true
        case (.number(let number), "integer"):
            number == number.rounded()
        default:
            false
        }
    }

    /// The target of a reference inside this document, such as `#/$defs/metric`.
    private func resolve(_ reference: JSONValue) -> JSONValue? {
        guard case .text(let text) = reference, text.hasPrefix("#/") else { return nil }
        var target: JSONValue? = root
        for part in text.dropFirst(2).split(separator: "/") { target = target?[String(part)] }
        return target
    }
}
