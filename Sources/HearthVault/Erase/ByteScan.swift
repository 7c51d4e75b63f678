// SPDX-License-Identifier: Apache-2.0

/// Looks for given byte strings in files: after an erase nothing of what was destroyed may be found.
struct ByteScan {
    /// Bytes of a probe: enough that a random match never happens.
    static let probeBytes = 32
    private static let chunk = 1 << 20

    /// Which three-byte beginnings occur: most places of a file are passed over by this alone.
    private var beginnings = [UInt64](repeating: 0, count: 1 << 18)
    private var probes: Set<[UInt8]> = []

    /// Adds a string to look for; shorter ones are not looked for.
    mutating func add(_ bytes: ArraySlice<UInt8>) {
        guard bytes.count >= Self.probeBytes else { return }
        let probe = Array(bytes.prefix(Self.probeBytes))
        probes.insert(probe)
        let key = Int(probe[0]) | Int(probe[1]) << 8 | Int(probe[2]) << 16
        beginnings[key >> 6] |= 1 << UInt64(key & 63)
    }

    var count: Int { probes.count }

    /// How many places of the file hold one of the strings.
    func hits(in path: String) throws(VaultError) -> Int {
        guard SystemError.exists(path), !probes.isEmpty else { return 0 }
        let file = try StoreFile(path, .read)
        let size = try file.size
        var hits = 0
        var start = 0
        while start < size {
            let bytes = try file.read(at: start, count: Self.chunk + Self.probeBytes)
            hits += count(in: bytes, places: min(Self.chunk, bytes.count))
            start += Self.chunk
        }
        return hits
    }

    private func count(in bytes: [UInt8], places: Int) -> Int {
        var hits = 0
        let last = min(places, bytes.count - Self.probeBytes + 1)
        guard last > 0 else { return 0 }
        for at in 0..<last {
            let key = Int(bytes[at]) | Int(bytes[at + 1]) << 8 | Int(bytes[at + 2]) << 16
            guard beginnings[key >> 6] & (1 << UInt64(key & 63)) != 0 else { continue }
            if probes.contains(Array(bytes[at..<(at + Self.probeBytes)])) { hits += 1 }
        }
        return hits
    }
}
