// SPDX-License-Identifier: Apache-2.0

/// The types of an Avro writer's schema as a flat list; the first is the root.
///
/// Named types may be used before they are defined and may hold themselves: how deep values nest is
/// held by the decoder.
/// - Source: Apache Avro 1.11 specification, "Schema Declaration" (`avro2022`).
struct AvroSchema: Sendable {
    enum Kind: Sendable {
        case null, boolean, integer, single, double, bytes
        case fixed(Int64)
        case symbols([[UInt8]])
        case record([Field])
        case array(Int)
        case map(Int)
        case union([Int])
        case named([UInt8])
    }
    struct Field: Sendable {
        var name: EmbracePlusName
        var type: Int
    }

    private(set) var kinds: [Kind] = []
    private var names: [[UInt8]: Int] = [:]
    /// Types whose kind is still to be read from JSON.
    private var open: [Pending] = []

    private struct Pending {
        var json: Int
        var type: Int
        var namespace: [UInt8]
    }

    /// Bytes of a full name; real ones stay under 60.
    static let nameBytes = 1024

    /// - Throws: if the bytes are not JSON or not a schema.
    init(_ bytes: Span<UInt8>, limits: ReadLimits) throws(JSONProblem) {
        let json = try AvroJSON(bytes, limits: limits)
        _ = add(0, [])
        while let next = open.popLast() { try resolve(next, json) }
        for index in kinds.indices {
            guard case .named(let name) = kinds[index] else { continue }
            guard let target = names[name] else { throw Self.problem("a type that is not defined") }
            kinds[index] = kinds[target]
        }
    }

    private mutating func add(_ json: Int, _ namespace: [UInt8]) -> Int {
        let type = kinds.count
        kinds.append(.null)
        open.append(Pending(json: json, type: type, namespace: namespace))
        return type
    }

    private mutating func resolve(_ next: Pending, _ json: AvroJSON) throws(JSONProblem) {
        switch json.values[next.json] {
        case .text(let name):
            kinds[next.type] = try Self.plain(name, next.namespace)
        case .list(let branches):
            kinds[next.type] = .union(branches.map { add($0, next.namespace) })
        case .object:
            try resolveObject(next, json)
        case .number, .other:
            throw Self.problem("a value that is no type")
        }
    }

    private mutating func resolveObject(_ next: Pending, _ json: AvroJSON) throws(JSONProblem) {
        guard let type = json.member("type", of: next.json) else {
            throw Self.problem("an object without a type")
        }
        guard let word = json.text(type) else {
            open.append(Pending(json: type, type: next.type, namespace: next.namespace))
            return
        }
        switch String(decoding: word, as: UTF8.self) {
        case "record", "error":
            let namespace = try define(next, json)
            kinds[next.type] = .record(try fields(next.json, json, namespace))
        case "enum":
            _ = try define(next, json)
            kinds[next.type] = .symbols(Self.symbols(next.json, json))
        case "fixed":
            _ = try define(next, json)
            guard let size = json.member("size", of: next.json),
                case .number(let count?) = json.values[size], count >= 0
            else { throw Self.problem("a fixed type without a size") }
            kinds[next.type] = .fixed(count)
        case "array":
            kinds[next.type] = .array(try inner("items", next, json))
        case "map":
            kinds[next.type] = .map(try inner("values", next, json))
        default:
            kinds[next.type] = try Self.plain(word, next.namespace)
        }
    }

    private mutating func inner(
        _ key: StaticString, _ next: Pending, _ json: AvroJSON
    ) throws(JSONProblem) -> Int {
        guard let inner = json.member(key, of: next.json) else {
            throw Self.problem("an array or map without the type of its items")
        }
        return add(inner, next.namespace)
    }

    private mutating func fields(
        _ object: Int, _ json: AvroJSON, _ namespace: [UInt8]
    ) throws(JSONProblem) -> [Field] {
        guard let list = json.member("fields", of: object),
            case .list(let items) = json.values[list]
        else { throw Self.problem("a record without fields") }
        var fields: [Field] = []
        for item in items {
            guard let name = json.text(json.member("name", of: item)),
                let type = json.member("type", of: item)
            else { throw Self.problem("a field without name or type") }
            fields.append(Field(name: EmbracePlusName(name), type: add(type, namespace)))
        }
        return fields
    }

    private static func symbols(_ object: Int, _ json: AvroJSON) -> [[UInt8]] {
        guard let list = json.member("symbols", of: object),
            case .list(let items) = json.values[list]
        else { return [] }
        return items.map { json.text($0) ?? [] }
    }

    /// Remembers a named type; answers the namespace of what stands inside it.
    private mutating func define(
        _ next: Pending, _ json: AvroJSON
    ) throws(JSONProblem) -> [UInt8] {
        guard let name = json.text(json.member("name", of: next.json)) else {
            throw Self.problem("a named type without a name")
        }
        let space = json.text(json.member("namespace", of: next.json)) ?? next.namespace
        let full = try Self.fullName(name, space)
        if names[full] == nil { names[full] = next.type }
        guard let dot = full.lastIndex(of: UInt8(ascii: ".")) else { return [] }
        return Array(full[..<dot])
    }

    private static func plain(
        _ name: [UInt8], _ namespace: [UInt8]
    ) throws(JSONProblem) -> Kind {
        switch String(decoding: name, as: UTF8.self) {
        case "null": .null
        case "boolean": .boolean
        case "int", "long": .integer
        case "float": .single
        case "double": .double
        case "bytes", "string": .bytes
        default: .named(try fullName(name, namespace))
        }
    }

    private static func fullName(
        _ name: [UInt8], _ namespace: [UInt8]
    ) throws(JSONProblem) -> [UInt8] {
        guard name.count + namespace.count < nameBytes else {
            throw JSONProblem(
                code: .limitExceeded, found: "a longer name in the schema",
                expected: "at most \(nameBytes) bytes, the limit nameBytes")
        }
        if name.contains(UInt8(ascii: ".")) || namespace.isEmpty { return name }
        return namespace + [UInt8(ascii: ".")] + name
    }

    private static func problem(_ found: String) -> JSONProblem {
        JSONProblem(code: .damaged, found: "\(found) in the schema", expected: "an Avro schema")
    }
}
