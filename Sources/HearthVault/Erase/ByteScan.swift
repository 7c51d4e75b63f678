// SPDX-License-Identifier: Apache-2.0

/// Looks for given byte strings in files: after an erase nothing of what was destroyed may be found.
///
/// A file is looked at every eight bytes only. Of each string the eight bytes at each of its first
/// eight places are known, so that wherever its beginning lies, one look meets it.
struct ByteScan {
    /// Bytes of a string that are compared: enough that a random match never happens.
    static let probeBytes = 32
    private static let step = 8
    private static let word = 8
    private static let chunk = 1 << 20

    private struct Probe {
        var bytes: [UInt8]
        var pack: UInt64?
    }

    private var probes: [Probe] = []
    /// Which probe holds a word, times the step, and at which of its places.
    private var words: [UInt64: Int] = [:]
    /// One bit a word, by its hash: nearly all looks end here.
    private var known = [UInt64](repeating: 0, count: 1 << 16)

    /// Adds a string to look for; shorter ones are not looked for.
    ///
    /// - Parameter pack: the number of the pack it is from, if it is from one.
    mutating func add(_ bytes: ArraySlice<UInt8>, of pack: UInt64? = nil) {
        guard bytes.count >= Self.probeBytes else { return }
        let probe = Array(bytes.prefix(Self.probeBytes))
        for place in 0..<Self.step {
            let word = Self.word(of: probe, at: place)
            words[word] = probes.count * Self.step + place
            let bit = Self.hash(word)
            known[bit >> 6] |= 1 << UInt64(bit & 63)
        }
        probes.append(Probe(bytes: probe, pack: pack))
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
            // A string may begin before a look and end behind it.
            let before = min(start, Self.probeBytes)
            let bytes = try file.read(
                at: start - before, count: before + Self.chunk + Self.probeBytes)
            hits += found(in: bytes, from: before, to: min(before + Self.chunk, bytes.count))
            start += Self.chunk
        }
        return hits
    }

    private func found(in bytes: [UInt8], from first: Int, to end: Int) -> [UInt64?] {
        var hits: [UInt64?] = []
        unsafe bytes.withUnsafeBytes { all in
            var at = first
            while at < end, at + Self.word <= all.count {
                let word = unsafe all.loadUnaligned(fromByteOffset: at, as: UInt64.self)
                let bit = Self.hash(word)
                if known[bit >> 6] & (1 << UInt64(bit & 63)) != 0 {
                    if let place = words[word] {
                        let probe = probes[place / Self.step]
                        if Self.holds(bytes, probe.bytes, at: at - place % Self.step) {
                            hits.append(probe.pack)
                        }
                    }
                }
                at += Self.step
            }
        }
        return hits
    }

    private static func holds(_ bytes: [UInt8], _ probe: [UInt8], at start: Int) -> Bool {
        guard start >= 0, start + probe.count <= bytes.count else { return false }
        return bytes[start..<(start + probe.count)].elementsEqual(probe)
    }

    private static func word(of bytes: [UInt8], at place: Int) -> UInt64 {
        unsafe bytes.withUnsafeBytes {
            unsafe $0.loadUnaligned(fromByteOffset: place, as: UInt64.self)
        }
    }

    private static func hash(_ word: UInt64) -> Int {
        Int(truncatingIfNeeded: (word &* 0x9E37_79B9_7F4A_7C15) >> 42)
    }
}
