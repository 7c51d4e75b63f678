// SPDX-License-Identifier: Apache-2.0

/// A pack of fingerprints of ingested files.
enum FingerprintPage {
    static let bytes = 32
    /// Fingerprints a pack: whole ones only.
    static let capacity = Document.pieceBytes / bytes

    static func pack(_ fingerprints: ArraySlice<[UInt8]>) -> PackPlain {
        var plain = PackPlain(.small)
        plain.add(Pack.documentBlock, ArraySlice(fingerprints.flatMap { $0 }))
        return plain
    }

    static func fingerprints(_ piece: ArraySlice<UInt8>) -> [[UInt8]] {
        stride(from: piece.startIndex, to: piece.endIndex, by: bytes).map {
            Array(piece[$0..<min($0 + bytes, piece.endIndex)])
        }
    }
}

/// The fingerprints of a person's files in the order they came, with a quick look-up.
struct FingerprintList {
    private(set) var all: [[UInt8]] = []
    private var known: Set<[UInt8]> = []

    var count: Int { all.count }

    func contains(_ fingerprint: [UInt8]) -> Bool { known.contains(fingerprint) }

    mutating func append(contentsOf more: [[UInt8]]) {
        all += more
        known.formUnion(more)
    }
}
