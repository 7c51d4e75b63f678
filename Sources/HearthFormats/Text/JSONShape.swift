// SPDX-License-Identifier: Apache-2.0

/// Names of places in a JSON document, each an enumeration's case whose raw value is its path.
///
/// A path is keys with dots between, `[]` for the elements of an array, `|` between alternatives:
/// `heart_rate.items[]`. Paths are relative to the record they lie in.
protocol JSONNames: RawRepresentable, CaseIterable, Hashable, Sendable
where RawValue == String {}

/// The places of a document that a reader knows. Everything else is skipped without being kept.
///
/// - `Field`: scalars kept in a record.
/// - `Cut`: objects and arrays that are records of their own, cut out of the record around them.
struct JSONShape<Field: JSONNames, Cut: JSONNames>: Sendable {
    /// The place of a record itself.
    static var root: Int { 0 }
    /// A place that is not known.
    static var unknown: Int { -1 }

    private struct Node: Sendable {
        var keys: [[UInt8]] = []
        var children: [Int] = []
        var element = -1
        var field: Field?
        var cut: Cut?
    }
    private var nodes = [Node()]

    init() {
        for field in Field.allCases {
            for path in field.rawValue.split(separator: "|") { nodes[insert(path)].field = field }
        }
        for cut in Cut.allCases {
            for path in cut.rawValue.split(separator: "|") { nodes[insert(path)].cut = cut }
        }
    }

    /// The place of a member of an object.
    func child(_ node: Int, _ key: [UInt8]) -> Int {
        guard node >= 0, let index = nodes[node].keys.firstIndex(of: key) else {
            return Self.unknown
        }
        return nodes[node].children[index]
    }

    /// The place of the elements of an array.
    func element(_ node: Int) -> Int { node >= 0 ? nodes[node].element : Self.unknown }
    func field(_ node: Int) -> Field? { node >= 0 ? nodes[node].field : nil }
    func cut(_ node: Int) -> Cut? { node >= 0 ? nodes[node].cut : nil }

    private mutating func insert(_ path: Substring) -> Int {
        var node = Self.root
        for part in path.split(separator: ".") {
            var name = part
            var elements = 0
            while name.hasSuffix("[]") {
                name.removeLast(2)
                elements += 1
            }
            if !name.isEmpty { node = insert(Array(name.utf8), below: node) }
            for _ in 0..<elements { node = insertElement(below: node) }
        }
        return node
    }

    private mutating func insert(_ key: [UInt8], below node: Int) -> Int {
        let known = child(node, key)
        if known >= 0 { return known }
        nodes.append(Node())
        nodes[node].keys.append(key)
        nodes[node].children.append(nodes.count - 1)
        return nodes.count - 1
    }

    private mutating func insertElement(below node: Int) -> Int {
        if nodes[node].element >= 0 { return nodes[node].element }
        nodes.append(Node())
        nodes[node].element = nodes.count - 1
        return nodes.count - 1
    }
}
