// SPDX-License-Identifier: Apache-2.0

/// The last elements of a growing sequence under the indices they had from its start.
struct Trail<Element: Codable & Sendable>: Codable, Sendable {
    private var kept: [Element] = []
    /// Index of the first element still kept.
    private var start = 0

    /// Elements so far, those let go included.
    var count: Int { start + kept.count }

    var last: Element? { kept.last }

    /// - Precondition: the element is still kept.
    subscript(index: Int) -> Element {
        get { kept[index - start] }
        set { kept[index - start] = newValue }
    }

    mutating func append(_ element: Element) { kept.append(element) }

    /// Lets go what lies before an index, now and then: one move for many elements.
    mutating func forget(before index: Int) {
        let idle = index - start
        guard idle >= 256 else { return }
        kept.removeFirst(min(idle, kept.count))
        start = index
    }

    mutating func removeAll() {
        kept.removeAll(keepingCapacity: true)
        start = 0
    }
}
