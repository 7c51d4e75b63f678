// SPDX-License-Identifier: Apache-2.0

/// Looks for given byte strings in files: after an erase nothing of what was destroyed may be found.
struct ByteScan {
    /// Bytes of a probe: enough that a random match never happens.
    static let probeBytes = 32
    private static let chunk = 1 << 20

    /// Which three-byte beginnings occur: most places of a file are passed over by this alone.
    private var beginnings = [UInt64](repeating: 0, count: 1 << 18)
    private var probes: [[UInt8]: UInt64?] = [:]

    /// Adds a string to look for; shorter ones are not looked for.
    ///
    /// - Parameter pack: the number of the pack it is from, if it is from one.
    mutating func add(_ bytes: ArraySlice<UInt8>, of pack: UInt64? = nil) {
        guard bytes.count >= Self.probeBytes else { return }
        let probe = Array(bytes.prefix(Self.probeBytes))
        probes[probe] = pack
        let key = Int(probe[0]) | Int(probe[1]) << 8 | Int(probe[2]) << 16
        beginnings[key >> 6] |= 1 << UInt64(key & 63)
    }

    var count: Int { probes.count }

    /// The places of the file that hold one of the strings, each as the number of its pack.
    func hits(in path: String) throws(VaultError) -> [UInt64?] {
        guard SystemError.exists(path), !probes.isEmpty else { return [] }
        let file = try StoreFile(path, .read)
        let size = try file.size
        var hits: [UInt64?] = []
        var start = 0
        while start < size {
            let bytes = try file.read(at: start, count: Self.chunk + Self.probeBytes)
            hits += found(in: bytes, places: min(Self.chunk, bytes.count))
            start += Self.chunk
        }
        return hits
    }

    private func found(in bytes: [UInt8], places: Int) -> [UInt64?] {
        var hits: [UInt64?] = []
        let last = min(places, bytes.count - Self.probeBytes + 1)
        guard last > 0 else { return [] }
        for at in 0..<last {
            let key = Int(bytes[at]) | Int(bytes[at + 1]) << 8 | Int(bytes[at + 2]) << 16
            guard beginnings[key >> 6] & (1 << UInt64(key & 63)) != 0 else { continue }
            if let pack = probes[Array(bytes[at..<(at + Self.probeBytes)])] { hits.append(pack) }
        }
        return hits
    }
}
