// SPDX-License-Identifier: Apache-2.0

/// A value of canonical JSON: one text for one value, so that a signature over the text is a
/// signature over the value.
///
/// The text is that of RFC 8785: no blanks, members sorted by the UTF-16 units of their names,
/// numbers as ECMAScript prints them, the shortest escapes, UTF-8.
///
/// - Source: `rfc8785`
public enum CanonicalJSON: Sendable, Equatable {
    /// A member of an object.
    public struct Member: Sendable, Equatable {
        public var name: String
        public var value: CanonicalJSON

        public init(_ name: String, _ value: CanonicalJSON) {
            self.name = name
            self.value = value
        }

        public static func == (a: Member, b: Member) -> Bool {
            a.name.utf8.elementsEqual(b.name.utf8) && a.value == b.value
        }
    }

    case null
    case bool(Bool)
    /// A whole number from -(2^53 - 1) to 2^53 - 1, the range in which every reader is exact.
    case integer(Int64)
    /// Any other finite number.
    case number(Double)
    case text(String)
    case list([CanonicalJSON])
    /// Members in the canonical order, no name twice.
    case object([Member])

    /// The largest whole number kept as an integer.
    public static let largestInteger: Int64 = 9_007_199_254_740_991

    /// An object of members in any order.
    ///
    /// - Precondition: no name stands twice.
    public static func sorted(_ members: [Member]) -> CanonicalJSON {
        let ordered = members.sorted {
            $0.name.utf16.lexicographicallyPrecedes($1.name.utf16)
        }
        for (a, b) in zip(ordered, ordered.dropFirst()) {
            precondition(!a.name.utf8.elementsEqual(b.name.utf8), "a member stands twice")
        }
        return .object(ordered)
    }

    /// The value of a member; `nil` if there is none or this is not an object.
    public subscript(name: String) -> CanonicalJSON? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name.utf8.elementsEqual(name.utf8) }?.value
    }

    /// The text, if this is one.
    public var text: String? {
        if case .text(let text) = self { text } else { nil }
    }

    /// The whole number, if this is one.
    public var integer: Int64? {
        if case .integer(let value) = self { value } else { nil }
    }

    /// The number, whole or not, if this is one.
    public var double: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    /// The elements, if this is a list.
    public var list: [CanonicalJSON]? {
        if case .list(let elements) = self { elements } else { nil }
    }

    /// The numbers, if this is a list of nothing else.
    public var doubles: [Double]? {
        guard let list else { return nil }
        let numbers = list.compactMap(\.double)
        return numbers.count == list.count ? numbers : nil
    }

    /// The texts, if this is a list of nothing else.
    public var texts: [String]? {
        guard let list else { return nil }
        let texts = list.compactMap(\.text)
        return texts.count == list.count ? texts : nil
    }

    public static func == (a: CanonicalJSON, b: CanonicalJSON) -> Bool {
        switch (a, b) {
        case (.null, .null): true
        case (.bool(let a), .bool(let b)): a == b
        case (.integer(let a), .integer(let b)): a == b
        case (.number(let a), .number(let b)): a == b
        // Bytes, not characters: two spellings of one letter are two texts.
        case (.text(let a), .text(let b)): a.utf8.elementsEqual(b.utf8)
        case (.list(let a), .list(let b)): a == b
        case (.object(let a), .object(let b)): a == b
        default: false
        }
    }
}
