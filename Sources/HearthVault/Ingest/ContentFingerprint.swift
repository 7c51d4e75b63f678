// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
internal import HearthCrypto

/// A keyed hash of a file's bytes: it says whether the file was ingested before, and nothing to
/// anybody without the vault's key.
public struct ContentFingerprint: Sendable, Hashable {
    let bytes: [UInt8]
}

/// Fingerprints a file as it is read: a keyed tag of its bytes, and their number.
public final class ContentFingerprinter {
    private let tag: KeyedFingerprint
    private var length: UInt64 = 0

    init(_ keys: VaultKeys) { tag = KeyedFingerprint(key: keys.fingerprint) }

    /// Takes the next bytes of the file.
    public func update(_ bytes: Span<UInt8>) {
        tag.update(bytes)
        length &+= UInt64(bytes.count)
    }

    /// The fingerprint of all bytes; call it once.
    public func finish() -> ContentFingerprint {
        var writer = ByteWriter()
        writer.raw(tag.finish())
        writer.u64(length)
        writer.u64(0)
        return ContentFingerprint(bytes: writer.bytes)
    }
}

extension Vault {
    /// Starts the fingerprint of a file; feed it every byte, in order.
    public func makeFingerprinter() -> ContentFingerprinter { ContentFingerprinter(keys) }

    /// Whether a file with these bytes was ingested for the person.
    public func isIngested(
        _ fingerprint: ContentFingerprint, by person: PersonID
    ) throws(VaultError) -> Bool {
        try fingerprints(of: person).contains(fingerprint.bytes)
    }

    /// Starts an ingest; nothing is stored until it is committed or its buffer is full.
    public func beginIngest(for person: PersonID) throws(VaultError) -> IngestSession {
        _ = try state.index(of: person)
        return IngestSession(vault: self, person: person)
    }
}
