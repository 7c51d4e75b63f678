// SPDX-License-Identifier: Apache-2.0

/// The limits of archives, each with its reason. Passing one refuses the archive and names it.
public struct ArchiveLimits: Sendable, Hashable {
    /// Bytes out for each byte of the file, over all levels of nesting. Health exports reach 30; a
    /// bomb reaches 1,000 or more.
    public var ratio: Int64 = 200
    /// Bytes out for each byte that one entry takes. Deflate cannot pass 1,032.
    public var entryRatio: Int64 = 1100
    /// Bytes out before the ratios are looked at, so that tiny archives of tiny files pass.
    public var ratioGrace: Int64 = 8 << 20
    /// Bytes out before the ratio is also looked at on the way, for each byte of the file taken so
    /// far: a large bomb is refused no later than a small one. Nothing that wearables write stays
    /// that dense for so long.
    public var frontBytes: Int64 = 2 << 20
    /// Entries over all levels. The largest Takeout known has 33,000 files.
    public var entries = 200_000
    /// Bytes of one entry after decompression, as for any recording.
    public var entryBytes: Int64 = 16 << 30
    /// Archives inside each other. Garmin's export is a zip with zips of FIT files in it.
    public var depth = 2
    /// Bytes of an inner archive that are held in memory, so that its directory can be read; a larger
    /// one is read as a stream.
    public var memoryBytes = 16 << 20
    /// Bytes of a database, which has to be held in memory as a whole.
    public var databaseBytes = 256 << 20

    public init() {}

    public static let standard = ArchiveLimits()
}

/// What an archive has cost so far. All levels of nesting share one.
final class ArchiveBudget {
    let limits: ArchiveLimits
    /// Bytes of the file on disk; of a stream, those read so far.
    var fileBytes: Int64
    private var bytesOut: Int64 = 0
    /// Bytes of the file that became bytes out.
    private var bytesTaken: Int64 = 0
    private var entries = 0

    init(_ limits: ArchiveLimits, fileBytes: Int64) {
        self.limits = limits
        self.fileBytes = fileBytes
    }

    func countEntry() throws(IntakeError) {
        entries += 1
        if entries > limits.entries {
            throw IntakeError(.archiveLimit, "more than \(limits.entries) entries (limit: entries)")
        }
    }

    /// - Parameters:
    ///   - count: bytes that came out now.
    ///   - entryOut: bytes of the entry so far.
    ///   - entryIn: bytes of its archive that it took.
    ///   - taken: bytes that were taken from the file now.
    ///   - archiveOut: bytes of all entries of the archive so far.
    ///   - archiveIn: bytes of the archive that they took.
    func count(
        _ count: Int, entryOut: Int64, entryIn: Int64, taken: Int64, archiveOut: Int64,
        archiveIn: Int64
    ) throws(IntakeError) {
        bytesOut += Int64(count)
        bytesTaken += taken
        if bytesOut > limits.ratioGrace, bytesOut / max(1, fileBytes) >= limits.ratio {
            throw Self.tooDense(limits)
        }
        // Of the file, and of an archive inside, which was taken as a whole before it is read.
        for (out, taken) in [(bytesOut, bytesTaken), (archiveOut, archiveIn)]
        where out > limits.frontBytes && out / max(1, taken) >= limits.ratio {
            throw Self.tooDense(limits)
        }
        if entryOut > limits.ratioGrace, entryOut / max(1, entryIn) > limits.entryRatio {
            throw IntakeError(
                .archiveLimit,
                "an entry grows more than \(limits.entryRatio)-fold (limit: entryRatio)")
        }
        if entryOut > limits.entryBytes {
            throw IntakeError(
                .archiveLimit,
                "an entry unpacks to more than \(limits.entryBytes) bytes (limit: entryBytes)")
        }
    }

    static func tooDense(_ limits: ArchiveLimits) -> IntakeError {
        IntakeError(
            .archiveLimit, "grows more than \(limits.ratio)-fold when unpacked (limit: ratio)")
    }
}
