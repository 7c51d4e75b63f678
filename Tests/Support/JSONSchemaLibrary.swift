// SPDX-License-Identifier: Apache-2.0
public import Foundation

/// Schemas that refer to each other by file name, in spaces such as `omh` and `ieee`.
///
/// A file that holds nothing but the name of another stands for that one, as a link does.
public struct JSONSchemaLibrary: Sendable {
    private var texts: [String: [String: String]] = [:]

    public init() {}

    public var isEmpty: Bool { texts.isEmpty }

    /// Adds every `.json` file below a folder to a space.
    public mutating func add(_ folder: URL, as space: String) throws {
        let walker = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        while let url = walker?.nextObject() as? URL {
            guard url.pathExtension == "json" else { continue }
            texts[space, default: [:]][url.lastPathComponent] = try String(
                contentsOf: url, encoding: .utf8)
        }
    }

    public func names(in space: String) -> [String] { (texts[space] ?? [:]).keys.sorted() }

    /// The document a reference of a document in `space` names; `nil` if it is not there.
    ///
    /// A part that Open mHealth gave up in favour of IEEE's of the same name is taken from there.
    public func document(
        _ reference: String, from space: String
    ) -> (schema: JSONValue, space: String)? {
        var space = space
        if reference.contains("://") { space = reference.contains("/ieee") ? "ieee" : "omh" }
        var name = reference.split(separator: "/").last.map(String.init) ?? reference
        for _ in 0..<4 {
            guard let text = texts[space]?[name] else {
                guard space == "omh", name.hasSuffix("-1.x.json") else { return nil }
                return document(name.replacing("-1.x.json", with: "-1.0.json"), from: "ieee")
            }
            if let schema = try? JSONValue(parsing: text) { return (schema, space) }
            name = text.trimmingCharacters(in: .whitespacesAndNewlines)
        }
        return nil
    }

    /// A checker for a schema of the library; `nil` if it is not there.
    public func check(_ name: String, in space: String) -> JSONSchemaCheck? {
        document(name, from: space).map {
            JSONSchemaCheck(schema: $0.schema, space: $0.space, library: self)
        }
    }

    /// References to files that the library lacks, by the file that has them.
    public func missing() -> [String: Set<String>] {
        var missing: [String: Set<String>] = [:]
        for (space, files) in texts {
            for (name, text) in files {
                for match in text.matches(of: /"\$ref"\s*:\s*"([^"#]+)"/)
                where document(String(match.1), from: space) == nil {
                    missing["\(space)/\(name)", default: []].insert(String(match.1))
                }
            }
        }
        return missing
    }
}

/// What `format` asks of a text.
enum JSONFormat {
    static func problem(_ text: String, _ format: String) -> String? {
        switch format {
        case "date-time": isDateTime(text) ? nil : "not a date-time of RFC 3339"
        case "uuid": UUID(uuidString: text) == nil ? "not a UUID" : nil
        case "uri", "iri": text.isEmpty ? "not a reference" : nil
        default: "the checker does not know the format \(format)"
        }
    }

    /// RFC 3339, 5.6: an offset is needed; a leap second may be written.
    static func isDateTime(_ text: String) -> Bool {
        let form =
            /(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(\.\d+)?([Zz]|[+-](\d\d):(\d\d))/
        guard let match = text.wholeMatch(of: form), let year = Int(match.1),
            let month = Int(match.2), let day = Int(match.3), let hour = Int(match.4),
            let minute = Int(match.5), let second = Int(match.6)
        else { return false }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard (1...12).contains(month), (1...lengths[month - 1]).contains(day), hour < 24,
            minute < 60, second <= 60
        else { return false }
        let offset = [match.9, match.10].compactMap { $0.flatMap { Int($0) } }
        return offset.isEmpty || (offset[0] < 24 && offset[1] < 60)
    }
}
