// SPDX-License-Identifier: Apache-2.0
internal import HearthCrypto

extension Vault {
    /// How many files wait in the inbox, and how many were left aside; needs no secret.
    public static func inboxCount(at location: VaultLocation) -> (waiting: Int, aside: Int) {
        let folder = InboxFolder(store: location.store)
        return (folder.waiting.count, folder.aside.count)
    }

    /// The files that wait in the inbox, by the random names they have there.
    public var inboxFiles: [String] { inbox.waiting }

    var inbox: InboxFolder { InboxFolder(store: location.store) }

    /// Opens an arrival and hands out its content in pieces, all of them authentic; what was handed
    /// out is complete only if this returns.
    ///
    /// - Throws: `damaged` for a file that was changed, cut, or sealed to another key; `io`; and what
    ///   `body` throws.
    public func openArrival(
        _ file: String, header: (ArrivalHeader) throws -> Void, _ body: ([UInt8]) throws -> Void
    ) throws {
        let path = "\(inbox.path)/\(file)"
        guard SystemError.isRegular(path) else { throw VaultError.damaged("it is no file") }
        let source = try StoreFile(path, .read)
        let size = try source.size
        let body0 = size - SealedArrival.headerBytes
        guard body0 > 0, body0.isMultiple(of: SealedArrival.sealedChunkBytes),
            body0 <= 2 * SealedArrival.largestContent
        else { throw VaultError.damaged("its length is none that a sealed file has") }
        let key = try arrivalKey(try source.read(at: 0, count: SealedArrival.headerBytes))
        let chunks = body0 / SealedArrival.sealedChunkBytes
        var rest = 0
        for number in 0..<chunks {
            var plain = try chunk(number, of: chunks, source, key)
            if number == 0 {
                var reader = ByteReader(plain)
                let found = ArrivalHeader(
                    name: try reader.text(), person: try reader.text(),
                    size: Int(clamping: try reader.u64()))
                guard found.name.utf8.count <= SealedArrival.longestName,
                    found.person.utf8.count <= SealedArrival.longestLabel
                else { throw VaultError.damaged("its name or label is longer than any") }
                guard found.size <= chunks * SealedArrival.chunkBytes - reader.offset else {
                    throw VaultError.damaged("it says that it is longer than it is")
                }
                try header(found)
                rest = found.size
                plain.removeFirst(reader.offset)
            }
            let used = min(rest, plain.count)
            if used > 0 { try body(Array(plain.prefix(used))) }
            rest -= used
        }
    }

    private func arrivalKey(_ header: [UInt8]) throws(VaultError) -> HeldSecret {
        var reader = ByteReader(header)
        guard try reader.raw(8) == SealedArrival.magic else {
            throw .damaged("it is no sealed file of this program")
        }
        guard try reader.raw(16) == keys.vaultID else {
            throw .damaged("it is sealed to another vault")
        }
        let ephemeral = try reader.raw(32)
        do {
            return HeldSecret(
                try SealedArrival.key(
                    keys.inbox, with: ephemeral, vaultID: keys.vaultID, ephemeral: ephemeral,
                    recipient: try KeyAgreement.publicKey(of: keys.inbox)))
        } catch { throw VaultError(.damaged, "it was not sealed by this program", cause: error) }
    }

    private func chunk(
        _ number: Int, of chunks: Int, _ source: StoreFile, _ key: HeldSecret
    ) throws(VaultError) -> [UInt8] {
        let sealed = try source.read(
            at: SealedArrival.headerBytes + number * SealedArrival.sealedChunkBytes,
            count: SealedArrival.sealedChunkBytes)
        do {
            return try SealedBox.open(
                sealed.span, key: key.bytes,
                nonce: SealedArrival.nonce(number, isLast: number == chunks - 1),
                aad: SealedArrival.aad(keys.vaultID))
        } catch {
            throw VaultError(
                .damaged, "it was changed, cut, or sealed to another key", cause: error)
        }
    }

    /// Overwrites and removes an arrival that is stored.
    public func removeArrival(_ file: String) throws(VaultError) { try inbox.destroy(file) }

    /// Leaves an arrival aside that cannot be used, so that it is not tried again.
    public func setArrivalAside(_ file: String) throws(VaultError) { try inbox.setAside(file) }

    /// Removes what senders that were broken off left in the inbox.
    public func tidyInbox() throws(VaultError) { try inbox.removeDrafts() }

    /// Lets arrivals that were left aside wait again.
    public func retryArrivals() throws(VaultError) { try inbox.takeBackAside() }
}
