// SPDX-License-Identifier: Apache-2.0

/// The named entries of a bundle file, found but not yet trusted.
///
/// The layout is in docs/model-bundle.md. There is one file for one set of entries: the envelope
/// first, then the others by name, no padding and nothing behind the last.
struct BundleContainer {
    struct Entry {
        var name: String
        var place: Range<Int>
    }

    static let magic: [UInt8] = [0x89, 0x48, 0x4D, 0x4F, 0x44, 0x45, 0x4C, 0x0A]
    static let version: UInt64 = 1
    static let headerBytes = 24
    static let envelopeName = "envelope.json"

    let entries: [Entry]

    /// - Throws: `damaged`, `unsupported` for another version, `limitExceeded`.
    init(_ bytes: Span<UInt8>) throws(InferenceError) {
        var walk = Walk(end: bytes.count)
        try Self.checkHeader(bytes, &walk)
        let count = try walk.number(of: 4, in: bytes)
        guard count >= 1, count <= UInt64(BundleLimits.entries) else {
            throw InferenceError(
                .limitExceeded, at: 12, found: "\(count) entries",
                expected: "1 to \(BundleLimits.entries)")
        }
        let length = try walk.number(of: 8, in: bytes)
        guard length == UInt64(bytes.count) else {
            throw InferenceError(
                .damaged, at: 16, found: "a file of \(bytes.count) bytes",
                expected: "\(length), as its header says")
        }
        var found: [Entry] = []
        for _ in 0..<count { found.append(try Self.entry(in: bytes, &walk, after: found.last)) }
        guard walk.place == bytes.count else {
            throw InferenceError(
                .damaged, at: walk.place, found: "bytes behind the last entry", expected: "none")
        }
        entries = found
    }

    private static func checkHeader(
        _ bytes: Span<UInt8>, _ walk: inout Walk
    ) throws(InferenceError) {
        guard bytes.count <= BundleLimits.fileBytes else {
            throw InferenceError(
                .limitExceeded, found: "a file of \(bytes.count) bytes",
                expected: "at most \(BundleLimits.fileBytes)")
        }
        for expected in magic {
            let found = try walk.number(of: 1, in: bytes)
            guard found == UInt64(expected) else {
                throw InferenceError(
                    .damaged, at: walk.place - 1, found: "another kind of file",
                    expected: "the magic of a model bundle")
            }
        }
        let version = try walk.number(of: 4, in: bytes)
        guard version == Self.version else {
            throw InferenceError(
                .unsupported, at: 8, found: "container version \(version)",
                expected: "\(Self.version)")
        }
    }

    private static func entry(
        in bytes: Span<UInt8>, _ walk: inout Walk, after last: Entry?
    ) throws(InferenceError) -> Entry {
        let start = walk.place
        let nameLength = try walk.number(of: 2, in: bytes)
        guard nameLength >= 1, nameLength <= UInt64(BundleLimits.nameBytes) else {
            throw InferenceError(
                .limitExceeded, at: start, found: "a name of \(nameLength) bytes",
                expected: "1 to \(BundleLimits.nameBytes)")
        }
        let name = try walk.skip(Int(nameLength))
        let text = String(decoding: name.map { bytes[$0] }, as: UTF8.self)
        guard isName(text) else {
            throw InferenceError(
                .damaged, at: name.lowerBound, found: "a name with other characters",
                expected: "a to z, 0 to 9, dot, hyphen, underscore; first a letter or digit")
        }
        try checkOrder(of: text, after: last?.name, at: start)
        let lengthPlace = walk.place
        let length = try walk.number(of: 4, in: bytes)
        guard length <= UInt64(BundleLimits.entryBytes) else {
            throw InferenceError(
                .limitExceeded, at: lengthPlace, found: "an entry of \(length) bytes",
                expected: "at most \(BundleLimits.entryBytes)")
        }
        return Entry(name: text, place: try walk.skip(Int(length)))
    }

    private static func checkOrder(
        of name: String, after last: String?, at place: Int
    ) throws(InferenceError) {
        guard let last else {
            guard name == envelopeName else {
                throw InferenceError(
                    .damaged, at: place, found: "another first entry", expected: "the envelope")
            }
            return
        }
        let follows =
            last == envelopeName
            ? name != envelopeName
            : name != envelopeName && last.utf8.lexicographicallyPrecedes(name.utf8)
        guard follows else {
            throw InferenceError(
                .damaged, at: place, found: "an entry out of order or twice",
                expected: "entries sorted by name")
        }
    }

    /// Whether a name is one that entries may have; such a name is also a safe file name.
    static func isName(_ name: String) -> Bool {
        guard let first = name.utf8.first, name.utf8.count <= BundleLimits.nameBytes else {
            return false
        }
        return isPlain(first) && name.utf8.allSatisfy { isPlain($0) || "._-".utf8.contains($0) }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}

/// A place in the file that never passes its end.
private struct Walk {
    var place = 0
    let end: Int

    init(end: Int) { self.end = end }

    mutating func skip(_ count: Int) throws(InferenceError) -> Range<Int> {
        guard count <= end - place else {
            throw InferenceError(
                .damaged, at: place, found: "\(end - place) bytes up to the end",
                expected: "\(count)")
        }
        defer { place += count }
        return place..<place + count
    }

    /// A little-endian number of `width` bytes.
    mutating func number(of width: Int, in bytes: Span<UInt8>) throws(InferenceError) -> UInt64 {
        var value: UInt64 = 0
        for (index, place) in try skip(width).enumerated() {
            value |= UInt64(bytes[place]) << UInt64(8 * index)
        }
        return value
    }
}
