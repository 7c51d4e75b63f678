// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Decodes a sound Avro object container the slow and obvious way: the whole file in memory, one
/// recursive function, every value in a dictionary.
public struct ReferenceAvro {
    /// Each object as nested dictionaries and arrays.
    public private(set) var objects: [Any] = []

    private var bytes: [UInt8]
    private var place = 4
    private var named: [String: Any] = [:]

    private struct Broken: Error {}

    /// `nil` if the bytes are not sound.
    public init?(_ bytes: [UInt8]) {
        self.bytes = bytes
        guard bytes.starts(with: [0x4F, 0x62, 0x6A, 1]) else { return nil }
        do { try readFile() } catch { return nil }
    }

    private mutating func readFile() throws {
        var metadata: [String: [UInt8]] = [:]
        var count = try number()
        while count != 0 {
            if count < 0 { _ = try number() }
            for _ in 0..<abs(count) {
                let key = String(decoding: try text(), as: UTF8.self)
                metadata[key] = try text()
            }
            count = try number()
        }
        let mark = try take(16)
        let schema = try JSONSerialization.jsonObject(
            with: Data(metadata["avro.schema"] ?? []), options: .fragmentsAllowed)
        while place < bytes.count {
            let count = try number()
            let data = try take(Int(try number()))
            let isDeflated = metadata["avro.codec"].map { $0 == Array("deflate".utf8) } ?? false
            guard let plain = isDeflated ? referenceInflate(data) : data, try take(16) == mark
            else { throw Broken() }
            let (file, after) = (bytes, place)
            (bytes, place) = (plain, 0)
            for _ in 0..<count { objects.append(try value(schema, space: "")) }
            guard place == bytes.count else { throw Broken() }
            (bytes, place) = (file, after)
        }
    }

    private mutating func value(_ type: Any, space: String) throws -> Any {
        if let branches = type as? [Any] { return try value(branches[try number()], space: space) }
        guard let object = type as? [String: Any] else {
            guard let name = type as? String else { throw Broken() }
            return try plain(name, space: space)
        }
        guard let word = object["type"] as? String else {
            return try value(object["type"] ?? "", space: space)
        }
        var inner = space
        if let name = object["name"] as? String {
            let own = object["namespace"] as? String ?? space
            let full = name.contains(".") || own.isEmpty ? name : own + "." + name
            named[full] = object
            inner = full.components(separatedBy: ".").dropLast().joined(separator: ".")
        }
        switch word {
        case "record":
            var record: [String: Any] = [:]
            for case let field as [String: Any] in object["fields"] as? [Any] ?? [] {
                let name = field["name"] as? String ?? ""
                record[name] = try value(field["type"] ?? "", space: inner)
            }
            return record
        case "enum": return (object["symbols"] as? [String] ?? [])[try number()]
        case "fixed": return try take(object["size"] as? Int ?? 0)
        case "array", "map": return try items(object, word == "map", space: inner)
        default: return try plain(word, space: space)
        }
    }

    private mutating func items(_ object: [String: Any], _ isMap: Bool, space: String) throws -> Any
    {
        var list: [Any] = []
        var count = try number()
        while count != 0 {
            if count < 0 { _ = try number() }
            for _ in 0..<abs(count) {
                if isMap { _ = try text() }
                list.append(try value(object[isMap ? "values" : "items"] ?? "", space: space))
            }
            count = try number()
        }
        return list
    }

    private mutating func plain(_ name: String, space: String) throws -> Any {
        switch name {
        case "null": return NSNull()
        case "boolean": return try take(1)[0] != 0
        case "int", "long": return try number()
        case "float":
            let word = try take(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            return Float(bitPattern: word)
        case "double":
            let word = try take(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            return Double(bitPattern: word)
        case "bytes", "string": return String(decoding: try text(), as: UTF8.self)
        default:
            guard let type = named[name] ?? named[space + "." + name] else { throw Broken() }
            return try value(type, space: space)
        }
    }

    private mutating func number() throws -> Int {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let byte = try take(1)[0]
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return Int(Int64(value >> 1) ^ -Int64(value & 1)) }
            shift += 7
            guard shift < 70 else { throw Broken() }
        }
    }

    private mutating func text() throws -> [UInt8] { try take(try number()) }

    private mutating func take(_ count: Int) throws -> [UInt8] {
        guard count >= 0, count <= bytes.count - place else { throw Broken() }
        defer { place += count }
        return Array(bytes[place..<place + count])
    }
}
