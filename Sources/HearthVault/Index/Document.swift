// SPDX-License-Identifier: Apache-2.0

/// Index pages, catalogs and results: bytes cut into pieces, one piece a small pack.
enum Document {
    static let pieceBytes = PackClass.small.blockCapacity

    /// The document as packs; an empty document is one empty pack.
    static func packs(_ bytes: [UInt8]) -> [PackPlain] {
        var packs: [PackPlain] = []
        var start = 0
        repeat {
            let end = min(start + pieceBytes, bytes.count)
            var plain = PackPlain(.small)
            plain.add(Pack.documentBlock, bytes[start..<end])
            packs.append(plain)
            start = end
        } while start < bytes.count
        return packs
    }

    /// The piece in an opened pack.
    static func piece(_ plain: [UInt8]) throws(VaultError) -> ArraySlice<UInt8> {
        let blocks = try PackPlain.blocks(of: plain)
        guard blocks.count == 1, blocks[0].type == Pack.documentBlock else {
            throw .damaged("a page of the index has another shape")
        }
        return plain[blocks[0].body]
    }
}
