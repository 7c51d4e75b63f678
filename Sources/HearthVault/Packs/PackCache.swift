// SPDX-License-Identifier: Apache-2.0

/// Opened raw packs, up to a number of bytes; the oldest go first.
struct PackCache {
    /// A few weeks of one person's minute data.
    static let limit = 16 << 20
    private var plains: [UInt64: [UInt8]] = [:]
    private var order: [UInt64] = []
    private var bytes = 0

    subscript(id: UInt64) -> [UInt8]? { plains[id] }

    mutating func insert(_ plain: [UInt8], _ id: UInt64) {
        guard plains[id] == nil else { return }
        plains[id] = plain
        order.append(id)
        bytes += plain.count
        guard bytes > Self.limit else { return }
        // Half at a time, so that the list is not shifted for every pack.
        let dropped = order.prefix(order.count / 2)
        for old in dropped { bytes -= plains.removeValue(forKey: old)?.count ?? 0 }
        order.removeFirst(dropped.count)
    }

    mutating func removeAll() { self = PackCache() }
}
