// SPDX-License-Identifier: Apache-2.0

/// Takes the members of an object one by one and refuses what is missing, of another type or unknown.
struct JSONFields {
    private let owner: String
    private var members: [CanonicalJSON.Member]

    /// - Throws: `damaged` if `json` is not an object.
    init(_ json: CanonicalJSON, of owner: String) throws(InferenceError) {
        guard case .object(let members) = json else {
            throw InferenceError(
                .damaged, found: "\(owner): no object", expected: "an object")
        }
        self.owner = owner
        self.members = members
    }

    mutating func value(_ name: String) throws(InferenceError) -> CanonicalJSON {
        guard
            let index = members.firstIndex(where: {
                $0.name.utf8.elementsEqual(name.utf8)
            })
        else {
            throw InferenceError(
                .damaged, found: "\(owner): no \(name)", expected: "the member \(name)")
        }
        return members.remove(at: index).value
    }

    mutating func text(_ name: String) throws(InferenceError) -> String {
        guard let text = try value(name).text else { throw wrongType(name, "a text") }
        return text
    }

    mutating func integer(
        _ name: String, in range: ClosedRange<Int64>
    ) throws(InferenceError) -> Int64 {
        guard let value = try value(name).integer else { throw wrongType(name, "a whole number") }
        guard range.contains(value) else {
            throw InferenceError(
                .damaged, found: "\(owner): \(name) out of range",
                expected: "\(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    mutating func list(_ name: String) throws(InferenceError) -> [CanonicalJSON] {
        guard let list = try value(name).list else { throw wrongType(name, "a list") }
        return list
    }

    /// A list of texts, none of them empty.
    mutating func texts(
        _ name: String, atLeast least: Int = 0
    ) throws(InferenceError) -> [String] {
        guard let texts = try value(name).texts, texts.count >= least,
            texts.allSatisfy({ !$0.isEmpty })
        else {
            throw wrongType(name, "a list of texts, at least \(least), none of them empty")
        }
        return texts
    }

    mutating func object(_ name: String) throws(InferenceError) -> CanonicalJSON {
        let value = try value(name)
        guard case .object = value else { throw wrongType(name, "an object") }
        return value
    }

    /// - Throws: `damaged` if a member was not taken.
    func close() throws(InferenceError) {
        guard members.isEmpty else {
            throw InferenceError(
                .damaged, found: "\(owner): \(members.count) unknown members", expected: "none")
        }
    }

    func wrongType(_ name: String, _ expected: String) -> InferenceError {
        InferenceError(.damaged, found: "\(owner): \(name) of another form", expected: expected)
    }
}
