// SPDX-License-Identifier: Apache-2.0

/// A piece of JSON; the text of keys, strings and numbers is in ``JSONTokenizer/text``.
enum JSONToken: Sendable, Equatable {
    case beginObject, endObject, beginArray, endArray
    case key, string, number, yes, no, null
    /// `NaN`, `Infinity` or `-Infinity`, only where ``JSONTokenizer`` was told to take them.
    case notANumber
}

/// Why bytes are not JSON this reader takes.
struct JSONProblem: Error, Sendable, Equatable {
    var code: ReadIssueCode
    var found: String
    var expected: String
}

/// Reads JSON (RFC 8259) from bytes that arrive in any pieces, one token at a time.
///
/// Iterative; memory is bounded by ``ReadLimits/depth`` and ``ReadLimits/fieldBytes``. Strict:
/// no comments, no trailing commas, numbers and UTF-8 are checked. Lone surrogates become U+FFFD.
struct JSONTokenizer: Sendable {
    /// The text of the last key, string (UTF-8, escapes resolved) or number (as written).
    private(set) var text: [UInt8] = []
    /// How many objects and arrays are open.
    var depth: Int { isObject.count }
    /// True if one whole value was read and nothing else is begun.
    var isComplete: Bool { grammar == .end && lexical == .between }
    /// True if nothing of a value was read yet.
    var isUntouched: Bool { grammar == .value && lexical == .between && isObject.isEmpty }
    /// True inside a string: the reading stopped there.
    var isInString: Bool { lexical == .string }
    /// True straight behind a value in an object or array.
    var awaitsComma: Bool { grammar == .commaOrEnd && lexical == .between }
    /// True until a value that is due was read whole.
    var awaitsValue: Bool { grammar == .value || grammar == .valueOrEnd }

    private enum Grammar: Sendable {
        case value, valueOrEnd, keyOrEnd, key, colon, commaOrEnd, end
    }
    private enum Lexical: Sendable {
        case between, string, number, word
    }

    private var grammar = Grammar.value
    private var lexical = Lexical.between
    /// What is open, outermost first: true for an object.
    private var isObject: [Bool] = []
    private var isKey = false
    private var string = JSONStringState()
    private var word: [UInt8] = []
    private var wordIndex = 0
    private var wordToken = JSONToken.null
    private let maximumDepth: Int
    private let maximumText: Int
    private let allowsBareNumbers: Bool

    /// - Parameter allowsBareNumbers: takes `NaN`, `Infinity` and `-Infinity`, which some programs
    ///   write although JSON has no such words.
    init(limits: ReadLimits, allowsBareNumbers: Bool = false) {
        self.maximumDepth = max(1, limits.depth)
        self.maximumText = max(1, limits.fieldBytes)
        self.allowsBareNumbers = allowsBareNumbers
    }

    /// Where reading goes on behind damage.
    enum Place: Sendable { case value, key, afterValue }

    /// Goes on inside the objects (true) and arrays (false) of `open`, outermost first.
    mutating func resume(in open: [Bool], _ place: Place) {
        isObject = Array(open.prefix(maximumDepth))
        lexical = .between
        text.removeAll(keepingCapacity: true)
        switch place {
        case .value: grammar = .value
        case .key: grammar = .key
        case .afterValue: grammar = isObject.isEmpty ? .end : .commaOrEnd
        }
    }

    /// Starts over; `inArray` as if the `[` of an array had just been read.
    mutating func reset(inArray: Bool = false) {
        grammar = inArray ? .valueOrEnd : .value
        lexical = .between
        isObject.removeAll(keepingCapacity: true)
        if inArray { isObject.append(false) }
        text.removeAll(keepingCapacity: true)
    }

    /// The next token in `bytes` from `index` on; `nil` when more bytes are needed.
    ///
    /// - Throws: at the first byte that cannot follow; `index` is at it.
    mutating func next(
        _ bytes: Span<UInt8>, _ index: inout Int
    ) throws(JSONProblem) -> JSONToken? {
        while true {
            switch lexical {
            case .between:
                skipSpace(bytes, &index)
                guard index < bytes.count else { return nil }
                if let token = try begin(bytes[index]) {
                    index += 1
                    return token
                }
                // A number's first byte is read again as part of the number.
                if lexical != .number { index += 1 }
            case .string:
                guard try takeString(bytes, &index) else { return nil }
                lexical = .between
                return isKey ? after(.key, .colon) : afterValue(.string)
            case .number:
                guard try takeNumber(bytes, &index) else { return nil }
                if allowsBareNumbers, text == [UInt8(ascii: "-")], bytes[index] == UInt8(ascii: "I")
                {
                    beginWord("Infinity", .notANumber)
                    index += 1
                    continue
                }
                return try endNumber()
            case .word:
                guard try takeWord(bytes, &index) else { return nil }
                lexical = .between
                return afterValue(wordToken)
            }
        }
    }

    /// The input has ended: a last number at top level, or `nil`.
    ///
    /// - Throws: if the JSON is cut off.
    mutating func finish() throws(JSONProblem) -> JSONToken? {
        if lexical == .number { return try endNumber() }
        guard isComplete else {
            throw JSONProblem(
                code: .truncated, found: "the end of the input inside JSON",
                expected: "the rest of the value")
        }
        return nil
    }

    private func skipSpace(_ bytes: Span<UInt8>, _ index: inout Int) {
        while index < bytes.count {
            let byte = bytes[index]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            index += 1
        }
    }

    /// Starts what the first byte of a token announces; returns tokens of a single byte.
    private mutating func begin(_ byte: UInt8) throws(JSONProblem) -> JSONToken? {
        switch (grammar, byte) {
        case (.value, _), (.valueOrEnd, _):
            if byte == UInt8(ascii: "]"), grammar == .valueOrEnd { return close(.endArray) }
            return try beginValue(byte)
        case (.keyOrEnd, UInt8(ascii: "}")): return close(.endObject)
        case (.keyOrEnd, UInt8(ascii: "\"")), (.key, UInt8(ascii: "\"")):
            beginString(isKey: true)
            return nil
        case (.colon, UInt8(ascii: ":")):
            grammar = .value
            return nil
        case (.commaOrEnd, UInt8(ascii: ",")):
            grammar = isObject.last == true ? .key : .value
            return nil
        case (.commaOrEnd, UInt8(ascii: "}")) where isObject.last == true:
            return close(.endObject)
        case (.commaOrEnd, UInt8(ascii: "]")) where isObject.last == false:
            return close(.endArray)
        default: throw problem("a byte that cannot stand here", expectation)
        }
    }

    private var expectation: String {
        switch grammar {
        case .value, .valueOrEnd: "a value"
        case .keyOrEnd, .key: "a key in quotes"
        case .colon: "a colon"
        case .commaOrEnd: "a comma or the end of the object or array"
        case .end: "the end of the input"
        }
    }

    private mutating func beginValue(_ byte: UInt8) throws(JSONProblem) -> JSONToken? {
        switch byte {
        case UInt8(ascii: "{"): return try open(.beginObject)
        case UInt8(ascii: "["): return try open(.beginArray)
        case UInt8(ascii: "\""): beginString(isKey: false)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            text.removeAll(keepingCapacity: true)
            lexical = .number
        case UInt8(ascii: "t"): beginWord("true", .yes)
        case UInt8(ascii: "f"): beginWord("false", .no)
        case UInt8(ascii: "n"): beginWord("null", .null)
        case UInt8(ascii: "N") where allowsBareNumbers: beginWord("NaN", .notANumber)
        case UInt8(ascii: "I") where allowsBareNumbers: beginWord("Infinity", .notANumber)
        default: throw problem("a byte that begins no value", expectation)
        }
        return nil
    }

    private mutating func open(_ token: JSONToken) throws(JSONProblem) -> JSONToken {
        guard isObject.count < maximumDepth else {
            throw JSONProblem(
                code: .limitExceeded, found: "deeper nesting",
                expected: "at most \(maximumDepth) levels")
        }
        isObject.append(token == .beginObject)
        grammar = token == .beginObject ? .keyOrEnd : .valueOrEnd
        return token
    }

    private mutating func close(_ token: JSONToken) -> JSONToken {
        isObject.removeLast()
        return afterValue(token)
    }

    private mutating func afterValue(_ token: JSONToken) -> JSONToken {
        after(token, isObject.isEmpty ? .end : .commaOrEnd)
    }

    private mutating func after(_ token: JSONToken, _ next: Grammar) -> JSONToken {
        grammar = next
        return token
    }

    private mutating func beginString(isKey: Bool) {
        self.isKey = isKey
        text.removeAll(keepingCapacity: true)
        string = JSONStringState()
        lexical = .string
    }

    /// Takes bytes of a string; true once the closing quote was taken.
    private mutating func takeString(
        _ bytes: Span<UInt8>, _ index: inout Int
    ) throws(JSONProblem) -> Bool {
        while index < bytes.count {
            if string.isPlain {
                if string.hasNothingPending { takePlainRun(bytes, &index) }
                guard text.count <= maximumText else { throw tooLong }
                guard index < bytes.count else { return false }
                if bytes[index] == UInt8(ascii: "\"") {
                    string.endSurrogate(&text)
                    index += 1
                    return true
                }
            }
            try string.take(bytes[index], &text)
            guard text.count <= maximumText else { throw tooLong }
            index += 1
        }
        return false
    }

    /// Takes bytes that stand for themselves; no more than one beyond the limit.
    private mutating func takePlainRun(_ bytes: Span<UInt8>, _ index: inout Int) {
        let end = min(bytes.count, index + maximumText + 1 - text.count)
        var stop = index
        while stop < end {
            let byte = bytes[stop]
            guard byte >= 0x20, byte < 0x80, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\")
            else { break }
            stop += 1
        }
        let run = index..<stop
        text.append(addingCapacity: run.count) { output in
            for index in run { output.append(bytes[index]) }
        }
        index = stop
    }

    /// Takes bytes of a number; true at the first byte that is no part of it.
    private mutating func takeNumber(
        _ bytes: Span<UInt8>, _ index: inout Int
    ) throws(JSONProblem) -> Bool {
        while index < bytes.count {
            let byte = bytes[index]
            let isPart =
                TextNumber.isDigit(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
                || byte == UInt8(ascii: "+") || byte | 0x20 == UInt8(ascii: "e")
            guard isPart else { return true }
            text.append(byte)
            guard text.count <= maximumText else { throw tooLong }
            index += 1
        }
        return false
    }

    private mutating func endNumber() throws(JSONProblem) -> JSONToken {
        lexical = .between
        guard TextNumber.isJSONNumber(text.span) else {
            throw problem("digits that form no number", "a number as JSON writes it")
        }
        return afterValue(.number)
    }

    private mutating func beginWord(_ word: StaticString, _ token: JSONToken) {
        self.word = Array(word.description.utf8)
        wordIndex = 1
        wordToken = token
        lexical = .word
    }

    private mutating func takeWord(
        _ bytes: Span<UInt8>, _ index: inout Int
    ) throws(JSONProblem) -> Bool {
        while wordIndex < word.count {
            guard index < bytes.count else { return false }
            guard bytes[index] == word[wordIndex] else {
                throw problem("a word that is none of JSON's", "true, false or null")
            }
            index += 1
            wordIndex += 1
        }
        return true
    }

    private var tooLong: JSONProblem {
        JSONProblem(
            code: .limitExceeded, found: "a longer text", expected: "at most \(maximumText) bytes")
    }

    private func problem(_ found: String, _ expected: String) -> JSONProblem {
        JSONProblem(code: .damaged, found: found, expected: expected)
    }
}
