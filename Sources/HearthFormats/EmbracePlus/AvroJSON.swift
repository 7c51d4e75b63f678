// SPDX-License-Identifier: Apache-2.0

/// A whole JSON text as a flat list of values; containers name their members by index.
struct AvroJSON: Sendable {
    enum Value: Sendable {
        case text([UInt8])
        case number(Int64?)
        case list([Int])
        case object([Member])
        case other
    }
    struct Member: Sendable {
        var key: [UInt8]
        var value: Int
    }

    private(set) var values: [Value] = []

    /// - Throws: if the bytes are not JSON, or pass ``ReadLimits/depth`` or ``ReadLimits/fieldBytes``.
    init(_ bytes: Span<UInt8>, limits: ReadLimits) throws(JSONProblem) {
        var tokenizer = JSONTokenizer(limits: limits)
        var index = 0
        var open: [Int] = []
        var key: [UInt8] = []
        while let token = try tokenizer.next(bytes, &index) {
            switch token {
            case .key: key = tokenizer.text
            case .endObject, .endArray: open.removeLast()
            case .beginObject: open.append(add(.object([]), to: open.last, key))
            case .beginArray: open.append(add(.list([]), to: open.last, key))
            case .string: _ = add(.text(tokenizer.text), to: open.last, key)
            case .number:
                _ = add(.number(TextNumber.integer(tokenizer.text.span)), to: open.last, key)
            case .yes, .no, .null, .notANumber: _ = add(.other, to: open.last, key)
            }
        }
        if let token = try tokenizer.finish(), token == .number { _ = add(.other, to: nil, []) }
        guard tokenizer.isComplete, !values.isEmpty else {
            throw JSONProblem(
                code: .truncated, found: "the end of the schema", expected: "the rest of its JSON")
        }
    }

    /// The member of an object, if `index` is one and has it.
    func member(_ key: StaticString, of index: Int) -> Int? {
        guard case .object(let members) = values[index] else { return nil }
        return members.first { Self.equal($0.key, key) }?.value
    }

    func text(_ index: Int?) -> [UInt8]? {
        guard let index, case .text(let text) = values[index] else { return nil }
        return text
    }

    private mutating func add(_ value: Value, to parent: Int?, _ key: [UInt8]) -> Int {
        let index = values.count
        values.append(value)
        guard let parent else { return index }
        // Taken out while it grows, so that it is not copied.
        var container = Value.other
        swap(&container, &values[parent])
        switch container {
        case .list(var list):
            container = .other
            list.append(index)
            values[parent] = .list(list)
        case .object(var members):
            container = .other
            members.append(Member(key: key, value: index))
            values[parent] = .object(members)
        default: values[parent] = container
        }
        return index
    }

    private static func equal(_ text: [UInt8], _ word: StaticString) -> Bool {
        text.count == word.utf8CodeUnitCount && XMLByteSearch.equal(text.span, 0..<text.count, word)
    }
}
