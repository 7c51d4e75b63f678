// SPDX-License-Identifier: Apache-2.0

/// Some sealed packs of samples on their way into a new store: opened on any thread.
public struct SealCheck: Sendable {
    private struct Item: Sendable {
        let pack: MonthIndex.RawPack
        let sealed: [UInt8]
        let key: DataKey
    }

    private let sealer: PackSealer
    private var items: [Item] = []

    init(_ sealer: PackSealer) { self.sealer = sealer }

    mutating func add(_ pack: MonthIndex.RawPack, _ sealed: [UInt8], _ key: DataKey) {
        items.append(Item(pack: pack, sealed: sealed, key: key))
    }

    func sealed(_ place: Int) -> [UInt8] { items[place].sealed }

    /// Opens every pack, and says of each whether it is the one that the index names.
    public func run() -> [Bool] {
        items.map { item in
            do {
                _ = try sealer.open(
                    item.sealed, item.pack.ref, .raw, item.pack.packClass, under: item.key)
                return true
            } catch { return false }
        }
    }
}
