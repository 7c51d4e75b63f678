// SPDX-License-Identifier: Apache-2.0
internal import Dispatch
internal import Synchronization

/// Looks for given byte strings in files: after an erase nothing of what was destroyed may be found.
///
/// A file is looked at every 32 bytes only. Of each string the eight bytes at each of its first
/// 32 places are known, so that wherever its beginning lies, one look meets it.
struct ByteScan {
    /// Bytes of a string that are compared: those that looks may meet.
    static let probeBytes = step + word
    private static let step = 32
    private static let word = 8
    /// Bytes between the first looks of two readings.
    private static let chunk = 1 << 19
    /// Bytes of a file, a multiple of ``chunk``, that are searched beside others.
    static let part = 1 << 26

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
    ///
    /// The parts of a large file are searched on all processors.
    func hits(in path: String) throws(VaultError) -> [UInt64?] {
        guard SystemError.exists(path), !probes.isEmpty else { return [] }
        let size = try StoreFile(path, .read).size
        let starts = Array(stride(from: 0, to: size, by: Self.part))
        let found = Mutex<[Int: Result<[UInt64?], VaultError>]>([:])
        DispatchQueue.concurrentPerform(iterations: starts.count) { place in
            let (start, end) = (starts[place], min(starts[place] + Self.part, size))
            let hits = Result { () throws(VaultError) in try self.hits(in: path, start..<end) }
            found.withLock { $0[place] = hits }
        }
        let results = found.withLock { $0 }
        var hits: [UInt64?] = []
        for place in starts.indices {
            guard let part = results[place] else { throw VaultError(.io, "a search did not end") }
            hits += try part.get()
        }
        return hits
    }

    /// Those that looks in a range of the file meet; it begins at a multiple of ``chunk``.
    private func hits(in path: String, _ range: Range<Int>) throws(VaultError) -> [UInt64?] {
        let file = try StoreFile(path, .read)
        // A string may begin before a look and end behind it.
        var bytes = [UInt8](repeating: 0, count: Self.probeBytes + Self.chunk + Self.probeBytes)
        var hits: [UInt64?] = []
        for start in stride(from: range.lowerBound, to: range.upperBound, by: Self.chunk) {
            let before = min(start, Self.probeBytes)
            let count = try file.read(into: &bytes, at: start - before)
            hits += found(in: bytes, before: before, count: count)
        }
        return hits
    }

    /// The packs of the strings that the looks of one reading meet.
    private func found(in bytes: [UInt8], before: Int, count: Int) -> [UInt64?] {
        var hits: [UInt64?] = []
        let end = min(before + Self.chunk, count - Self.word + 1)
        for at in stride(from: before, to: end, by: Self.step) {
            let word = Self.word(of: bytes, at: at)
            guard isKnown(word), let place = words[word] else { continue }
            let probe = probes[place / Self.step]
            let start = at - place % Self.step
            guard start >= 0, start + Self.probeBytes <= count else { continue }
            if bytes[start..<(start + Self.probeBytes)].elementsEqual(probe.bytes) {
                hits.append(probe.pack)
            }
        }
        return hits
    }

    private func isKnown(_ word: UInt64) -> Bool {
        let bit = Self.hash(word)
        return known[bit >> 6] & (1 << UInt64(bit & 63)) != 0
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
