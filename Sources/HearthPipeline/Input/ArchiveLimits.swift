// SPDX-License-Identifier: Apache-2.0

/// The limits of archives, each with its reason. Passing one refuses the archive and names it.
public struct ArchiveLimits: Sendable, Hashable {
    /// Bytes out for each byte of the archive. Health exports reach 30; a bomb reaches 1,000 or more.
    public var ratio: Int64 = 200
    /// Bytes out before the ratio is looked at, so that tiny archives of tiny files pass.
    public var ratioGrace: Int64 = 8 << 20
    /// Entries. The largest Takeout known has 33,000 files.
    public var entries = 200_000
    /// Bytes of one entry after decompression, as for any recording.
    public var entryBytes: Int64 = 16 << 30

    public init() {}

    public static let standard = ArchiveLimits()
}
