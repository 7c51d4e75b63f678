// SPDX-License-Identifier: Apache-2.0

/// The keys at the start of a JSON document, to tell what it is.
struct JSONSniff: Sendable {
    /// Paths of keys with dots between; arrays are not written: `data.day`.
    private(set) var paths: Set<String> = []
    private(set) var isList = false

    /// Keys looked at, and how deep they may lie.
    private static let mostKeys = 512
    private static let deepest = 6

    /// - Parameter prefix: the first bytes of the document; `nil` if they are no object or array.
    init?(_ prefix: Span<UInt8>) {
        var index = 0
        while index < prefix.count, FitbitReader.isBeforeText(prefix[index]) { index += 1 }
        guard index < prefix.count,
            prefix[index] == UInt8(ascii: "{") || prefix[index] == UInt8(ascii: "[")
        else { return nil }
        isList = prefix[index] == UInt8(ascii: "[")
        var tokenizer = JSONTokenizer(limits: .standard, allowsBareNumbers: true)
        var open: [String] = []
        var key = ""
        while let token = (try? tokenizer.next(prefix, &index)) ?? nil {
            switch token {
            case .key:
                key = String(decoding: tokenizer.text.prefix(128), as: UTF8.self)
                guard paths.count < Self.mostKeys else { return }
                guard open.count <= Self.deepest else { continue }
                paths.insert((open + [key]).filter { !$0.isEmpty }.joined(separator: "."))
            case .beginObject, .beginArray:
                open.append(open.isEmpty ? "" : key)
                key = ""
            case .endObject, .endArray:
                if !open.isEmpty { open.removeLast() }
                key = ""
                if tokenizer.isComplete { return }
            case .string, .number, .yes, .no, .null, .notANumber: break
            }
        }
    }

    /// Whether all of the paths are there.
    func has(_ paths: String...) -> Bool { self.paths.isSuperset(of: paths) }

    /// Whether one of the paths is there.
    func hasAny(_ paths: String...) -> Bool { !self.paths.isDisjoint(with: paths) }
}
