// SPDX-License-Identifier: Apache-2.0

extension CanonicalJSON {
    /// What a text may hold at most.
    public struct Limits: Sendable {
        /// Bytes of the whole text.
        public var bytes: Int
        /// Lists and objects inside each other.
        public var depth = 16
        /// Values of every kind, counted together.
        public var values: Int
        /// Whether numbers may have a fraction or exponent.
        public var allowsFractions: Bool

        public init(bytes: Int, values: Int, allowsFractions: Bool) {
            self.bytes = bytes
            self.values = values
            self.allowsFractions = allowsFractions
        }
    }

    /// Reads a text that must be in canonical form to the last byte.
    ///
    /// - Throws: `damaged` for anything that is not JSON or not canonical, `limitExceeded`.
    public init(canonical bytes: [UInt8], limits: Limits) throws(InferenceError) {
        guard bytes.count <= limits.bytes else {
            throw InferenceError(
                .limitExceeded, found: "\(bytes.count) bytes of JSON",
                expected: "at most \(limits.bytes)")
        }
        var reader = CanonicalJSONReader(bytes: bytes, limits: limits)
        self = try reader.document()
    }
}

/// Reads JSON by recursive descent; depth, values and bytes are bounded.
struct CanonicalJSONReader {
    private let bytes: [UInt8]
    private let limits: CanonicalJSON.Limits
    private var place = 0
    private var values = 0

    init(bytes: [UInt8], limits: CanonicalJSON.Limits) {
        self.bytes = bytes
        self.limits = limits
    }

    mutating func document() throws(InferenceError) -> CanonicalJSON {
        let value = try value(depth: 0)
        guard place == bytes.count else { throw fault("more text", "the end of the text") }
        // Numbers and escapes have many spellings; only the one the writer gives is canonical.
        let canonical = value.bytes
        guard canonical == bytes else {
            let shared = zip(canonical, bytes).prefix { $0 == $1 }.count
            throw InferenceError(
                .damaged, at: shared, found: "another spelling of a value",
                expected: "canonical JSON")
        }
        return value
    }

    private mutating func value(depth: Int) throws(InferenceError) -> CanonicalJSON {
        values += 1
        guard values <= limits.values else {
            throw InferenceError(
                .limitExceeded, at: place, found: "more values",
                expected: "at most \(limits.values)")
        }
        guard depth <= limits.depth else {
            throw InferenceError(
                .limitExceeded, at: place, found: "values nested deeper",
                expected: "at most \(limits.depth) levels")
        }
        switch peek() ?? 0 {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try list(depth: depth)
        case UInt8(ascii: "\""): return .text(try text())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: throw fault(foundHere, "a value")
        }
    }

    private mutating func object(depth: Int) throws(InferenceError) -> CanonicalJSON {
        place += 1
        var members: [CanonicalJSON.Member] = []
        if take(UInt8(ascii: "}")) { return .object(members) }
        while true {
            let start = place
            let name = try text()
            if let last = members.last?.name {
                if name.utf8.elementsEqual(last.utf8) {
                    throw InferenceError(
                        .damaged, at: start, found: "a member twice", expected: "each name once")
                }
                guard last.utf16.lexicographicallyPrecedes(name.utf16) else {
                    throw InferenceError(
                        .damaged, at: start, found: "members out of order or twice",
                        expected: "names sorted by UTF-16 units")
                }
            }
            guard take(UInt8(ascii: ":")) else { throw fault(foundHere, "a colon") }
            members.append(.init(name, try value(depth: depth + 1)))
            if take(UInt8(ascii: ",")) { continue }
            guard take(UInt8(ascii: "}")) else { throw fault(foundHere, "a comma or }") }
            return .object(members)
        }
    }

    private mutating func list(depth: Int) throws(InferenceError) -> CanonicalJSON {
        place += 1
        var elements: [CanonicalJSON] = []
        if take(UInt8(ascii: "]")) { return .list(elements) }
        while true {
            elements.append(try value(depth: depth + 1))
            if take(UInt8(ascii: ",")) { continue }
            guard take(UInt8(ascii: "]")) else { throw fault(foundHere, "a comma or ]") }
            return .list(elements)
        }
    }

    private mutating func text() throws(InferenceError) -> String {
        guard take(UInt8(ascii: "\"")) else { throw fault(foundHere, "a text") }
        let start = place
        var content: [UInt8] = []
        while let byte = peek(), byte != UInt8(ascii: "\"") {
            guard byte >= 0x20 else { throw fault("a control character", "an escape") }
            place += 1
            content.append(byte == UInt8(ascii: "\\") ? try escape() : byte)
        }
        guard take(UInt8(ascii: "\"")) else { throw fault(foundHere, "the end of a text") }
        guard let text = String(validating: content, as: UTF8.self) else {
            throw InferenceError(
                .damaged, at: start, found: "a text that is not UTF-8", expected: "UTF-8")
        }
        return text
    }

    /// The byte that an escape stands for; only those that canonical JSON needs are known.
    private mutating func escape() throws(InferenceError) -> UInt8 {
        let letter = peek()
        place += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): return letter ?? 0
        case UInt8(ascii: "b"): return 0x08
        case UInt8(ascii: "t"): return 0x09
        case UInt8(ascii: "n"): return 0x0A
        case UInt8(ascii: "f"): return 0x0C
        case UInt8(ascii: "r"): return 0x0D
        case UInt8(ascii: "u"):
            guard place + 4 <= bytes.count, bytes[place] == 0x30, bytes[place + 1] == 0x30,
                let code = Hexadecimal.bytes(bytes[place + 2..<place + 4])?.first, code < 0x20
            else { throw fault("an escape without need", "the character itself") }
            place += 4
            return code
        default: throw fault("an unknown escape", "one of \\\" \\\\ \\b \\t \\n \\f \\r \\u00")
        }
    }

    private mutating func number() throws(InferenceError) -> CanonicalJSON {
        let start = place
        while let byte = peek(), Self.isOfNumber(byte) { place += 1 }
        let spelling = String(decoding: bytes[start..<place], as: UTF8.self)
        if let whole = Int64(spelling), whole.magnitude <= UInt64(CanonicalJSON.largestInteger) {
            return .integer(whole)
        }
        guard limits.allowsFractions else {
            throw InferenceError(
                .damaged, at: start, found: "a number with a fraction or out of range",
                expected: "a whole number below 2^53")
        }
        guard let value = Double(spelling), value.isFinite else {
            throw InferenceError(
                .damaged, at: start, found: "no finite number", expected: "a finite number")
        }
        return .number(value)
    }

    private static func isOfNumber(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"),
            UInt8(ascii: "."), UInt8(ascii: "e"):
            true
        default: false
        }
    }

    private mutating func word(
        _ word: String, _ value: CanonicalJSON
    ) throws(InferenceError) -> CanonicalJSON {
        let end = place + word.utf8.count
        guard end <= bytes.count, bytes[place..<end].elementsEqual(word.utf8) else {
            throw fault("an unknown word", "true, false or null")
        }
        place = end
        return value
    }

    private func peek() -> UInt8? { place < bytes.count ? bytes[place] : nil }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard peek() == byte else { return false }
        place += 1
        return true
    }

    private var foundHere: String { place < bytes.count ? "another byte" : "the end of the text" }

    private func fault(_ found: String, _ expected: String) -> InferenceError {
        InferenceError(.damaged, at: place, found: found, expected: expected)
    }
}
