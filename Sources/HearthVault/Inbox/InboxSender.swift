// SPDX-License-Identifier: Apache-2.0
internal import HearthCrypto

/// Puts files into the inbox of a vault that stays closed: with no secret, and while another process
/// has it open.
///
/// What is put in can be read by nobody, the sender included, before the vault is opened.
public final class InboxSender {
    private let folder: InboxFolder
    private let lock: StoreFile
    private let vaultID: [UInt8]
    private let recipient: [UInt8]

    /// Takes the public key from the key files and keeps a rotation of the keys away until it is let
    /// go.
    ///
    /// - Throws: `noVault`; `damaged` if the copies of the key do not agree; `refused` for a vault from
    ///   before there was an inbox and that nothing was written to since; `readOnly`, `io`.
    public init(at location: VaultLocation) throws(VaultError) {
        do { try HearthCrypto.start() } catch { throw VaultError(crypto: error) }
        guard Vault.exists(at: location) else {
            throw VaultError(.noVault, "there is no vault in this folder")
        }
        folder = InboxFolder(store: location.store)
        lock = try folder.lock(shared: true)
        let heads = try KeyFile.heads(in: location.store)
        guard let head = heads.first else { throw .damaged("no key file can be read") }
        // Nobody without a secret can tell which copy is right.
        guard heads.allSatisfy({ $0.inboxKey == head.inboxKey && $0.vaultID == head.vaultID })
        else { throw .damaged("the two key files name different keys for the inbox") }
        guard head.hasInboxKey else {
            throw VaultError(
                .refused,
                "this vault has no key for an inbox yet; any command that writes to it makes one")
        }
        vaultID = head.vaultID
        recipient = head.inboxKey
    }

    /// Seals one file; it is durable when this returns.
    ///
    /// - Parameters:
    ///   - name: the file's name; folders before it are dropped.
    ///   - person: label of the person, or empty.
    ///   - size: bytes of the content.
    ///   - read: gives the next bytes, none at the end.
    /// - Throws: `limitExceeded` for more than 1 GiB, `refused` if `read` does not give `size` bytes,
    ///   `diskFull`, `readOnly`, `io`, and what `read` throws.
    public func add(
        name: String, person: String, size: Int, read: (Int) throws -> [UInt8]
    ) throws {
        guard (0...SealedArrival.largestContent).contains(size) else {
            throw VaultError(.limitExceeded, "the inbox takes files of up to 1 GiB")
        }
        let plain = name.split(separator: "/").last.map(String.init) ?? ""
        guard plain.utf8.count <= SealedArrival.longestName,
            person.utf8.count <= SealedArrival.longestLabel
        else {
            throw VaultError(.limitExceeded, "a file's name has at most 255 bytes, a label 200")
        }
        try put(SealedArrival.preamble(name: plain, person: person, size: size), size, read)
    }

    /// Seals what stands before the content and the content, whatever it says.
    func put(_ preamble: [UInt8], _ size: Int, _ read: (Int) throws -> [UInt8]) throws {
        let (file, draft) = try folder.draft()
        do {
            try seal(preamble, size, into: file, read)
            try file.sync()
            try folder.publish(draft)
        } catch {
            folder.discardDraft(draft)
            throw error
        }
    }

    private func seal(
        _ preamble: [UInt8], _ size: Int, into file: StoreFile, _ read: (Int) throws -> [UInt8]
    ) throws {
        let secret = try SecretBytes.random(KeyAgreement.keyBytes)
        let ephemeral = try KeyAgreement.publicKey(of: secret)
        let key = try SealedArrival.key(
            secret, with: recipient, vaultID: vaultID, ephemeral: ephemeral, recipient: recipient)
        try file.write(SealedArrival.magic + vaultID + ephemeral, at: 0)
        let used = preamble.count + size
        let chunks = SealedArrival.paddedChunks(
            (used + SealedArrival.chunkBytes - 1) / SealedArrival.chunkBytes)
        let aad = SealedArrival.aad(vaultID)
        var pending = preamble
        var taken = 0
        for number in 0..<chunks {
            while pending.count < SealedArrival.chunkBytes, taken < size {
                let more = try read(min(SealedArrival.chunkBytes, size - taken))
                guard !more.isEmpty, more.count <= size - taken else {
                    throw VaultError(.refused, "the file became shorter while it was read")
                }
                taken += more.count
                pending += more
            }
            var chunk = Array(pending.prefix(SealedArrival.chunkBytes))
            pending.removeFirst(chunk.count)
            chunk += repeatElement(0, count: SealedArrival.chunkBytes - chunk.count)
            let sealed = try SealedBox.seal(
                chunk.span, key: key,
                nonce: SealedArrival.nonce(number, isLast: number == chunks - 1), aad: aad)
            try file.write(
                sealed, at: SealedArrival.headerBytes + number * SealedArrival.sealedChunkBytes)
        }
    }
}

extension KeyFile {
    /// The heads of the copies, without a secret and so unproven.
    static func heads(in folder: String) throws(VaultError) -> [KeyHead] {
        var heads: [KeyHead] = []
        for name in names where SystemError.exists("\(folder)/\(name)") {
            let file = try StoreFile("\(folder)/\(name)", .read)
            do {
                heads.append(try KeyHead(try file.read(at: 0, count: KeyLayout.headBytes)))
            } catch {
                if error.code == .unsupportedVersion { throw error }
            }
        }
        return heads
    }
}
