// SPDX-License-Identifier: Apache-2.0

/// Writes an age version 1 file, which `age` and every other program of that format opens.
///
/// Bytes come in pieces and leave in pieces; no more than two chunks of 64 KiB are held. What is
/// written opens only as a whole: call ``finish(into:)``, or the file counts as cut.
///
/// - Source: the specification of age version 1 (`age-v1`).
public struct AgeWriter: ~Copyable {
    /// Steps of key derivation for a passphrase, as a power of two: about a second, 256 MiB.
    public static let standardWork = 18
    /// The fewest recipients' parts a header has room for is far above this.
    public static let maximumRecipients = 200

    private var header: [UInt8]
    private var stream: AgeStream
    private var pending: [UInt8] = []

    /// For everybody who holds one of the recipients' identities.
    ///
    /// - Throws: `badKey` for no recipients or more than ``maximumRecipients``; `crypto`.
    public init(recipients: [AgeRecipient]) throws(AgeError) {
        guard (1...Self.maximumRecipients).contains(recipients.count) else {
            throw AgeError(.badKey, "an age file is for 1 to \(Self.maximumRecipients) recipients")
        }
        let fileKey = try Self.newFileKey()
        var stanzas: [AgeStanza] = []
        for recipient in recipients {
            stanzas.append(try AgeWrapping.stanza(fileKey, for: recipient))
        }
        try self.init(stanzas, fileKey)
    }

    /// For whoever knows the passphrase. `workFactor` is from 10 to 22.
    ///
    /// - Throws: `tooMuchWork` for another work factor; `crypto`.
    public init(
        passphrase: borrowing SecretBytes, workFactor: Int = standardWork
    ) throws(AgeError) {
        guard (10...AgeReader.largestWork).contains(workFactor) else {
            throw AgeError(
                .tooMuchWork, "the work factor is from 10 to \(AgeReader.largestWork)")
        }
        let fileKey = try Self.newFileKey()
        let stanza = try AgeWrapping.stanza(
            fileKey, passphrase: passphrase, workFactor: workFactor)
        try self.init([stanza], fileKey)
    }

    private init(_ stanzas: [AgeStanza], _ fileKey: borrowing SecretBytes) throws(AgeError) {
        let nonce = SecureRandom.bytes(AgeWrapping.payloadNonceBytes)
        let covered = AgeHeader.covered(stanzas)
        let tag = try AgeWrapping.tag(covered, fileKey)
        let key = try AgeWrapping.payloadKey(fileKey, nonce)
        header = covered + AgeHeader.end(tag: tag) + nonce
        stream = AgeStream(key: key)
    }

    private static func newFileKey() throws(AgeError) -> SecretBytes {
        do { return try SecretBytes.random(AgeWrapping.fileKeyBytes) } catch {
            throw AgeError(error)
        }
    }

    /// Takes the next bytes of the content and appends what can be written to `output`.
    ///
    /// - Throws: `crypto`.
    public mutating func write(
        _ bytes: Span<UInt8>, into output: inout [UInt8]
    ) throws(AgeError) {
        takeHeader(&output)
        var start = 0
        while start < bytes.count {
            // A full chunk is written only when more follows: the last one is marked.
            if pending.count == AgeStream.chunkBytes {
                output += try sealed(isLast: false)
                pending.reserveCapacity(AgeStream.chunkBytes)
            }
            let count = min(AgeStream.chunkBytes - pending.count, bytes.count - start)
            for index in start..<(start + count) { pending.append(bytes[index]) }
            start += count
        }
    }

    /// Appends the rest of the file to `output`. Call it once, at the end.
    ///
    /// - Throws: `crypto`.
    public mutating func finish(into output: inout [UInt8]) throws(AgeError) {
        takeHeader(&output)
        output += try sealed(isLast: true)
    }

    /// Seals what is pending, and wipes it.
    private mutating func sealed(isLast: Bool) throws(AgeError) -> [UInt8] {
        var piece: [UInt8] = []
        swap(&piece, &pending)
        let sealed = try stream.seal(piece.span, isLast: isLast)
        for index in piece.indices { piece[index] = 0 }
        return sealed
    }

    private mutating func takeHeader(_ output: inout [UInt8]) {
        output += header
        header = []
    }
}
