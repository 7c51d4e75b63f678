// SPDX-License-Identifier: Apache-2.0

/// What a bundle may hold at most. Each is far above what a model for a wrist needs.
public enum BundleLimits {
    /// Bytes of the whole file. The shipped bundles stay below 400 KB.
    public static let fileBytes = 16 << 20
    /// Bytes of one entry.
    public static let entryBytes = 8 << 20
    public static let entries = 64
    /// Bytes of an entry's name.
    public static let nameBytes = 64
    public static let signatures = 8
    /// Texts are read before or soon after the signature is checked, so they are kept small.
    public static let envelope = CanonicalJSON.Limits(
        bytes: 512 << 10, values: 64, allowsFractions: false)
    public static let manifest = CanonicalJSON.Limits(
        bytes: 256 << 10, values: 16_384, allowsFractions: false)
    public static let card = CanonicalJSON.Limits(
        bytes: 64 << 10, values: 2048, allowsFractions: true)
    public static let parameters = CanonicalJSON.Limits(
        bytes: 1 << 20, values: 65_536, allowsFractions: true)
}
