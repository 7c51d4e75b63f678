// SPDX-License-Identifier: Apache-2.0

/// Reads an age version 1 file, plain or as text (ASCII armor), cut in any way.
///
/// What it hands out is authentic, piece by piece, but the file is whole only when
/// ``finish(into:)`` has returned: until then its end may be missing. At most a header and one chunk
/// are held. The first error is the last word; nothing may be read after it.
///
/// - Source: the specification of age version 1 (`age-v1`).
public struct AgeReader: ~Copyable {
    /// How a file is written down.
    public enum Form: Sendable {
        /// Told from the first byte.
        case automatic
        case binary
        case armored
    }

    /// The most work that a reader may be told to do: 4 GiB of memory.
    public static let largestWork = 22
    /// The most work a file may demand if nothing else is said: 1 GiB of memory, about 4 s.
    public static let defaultWork = 20

    private enum Phase { case header, nonce, payload }

    /// What opens the file. Classes, as an enumeration cannot lend what it holds.
    private enum Opener {
        final class Identity {
            let identity: AgeIdentity
            init(_ identity: consuming AgeIdentity) { self.identity = identity }
        }
        final class Passphrase {
            let secret: SecretBytes
            init(_ secret: consuming SecretBytes) { self.secret = secret }
        }
        case identity(Identity)
        case passphrase(Passphrase, maximumWork: Int)
    }

    private let opener: Opener
    private var form: Form
    private var armor = AgeArmorReader()
    private var phase = Phase.header
    private var pending: [UInt8] = []
    private var fileKey: SecretBytes?
    private var stream: AgeStream?

    /// Opens files for the recipient of this identity.
    public init(identity: consuming AgeIdentity, form: Form = .automatic) {
        opener = .identity(Opener.Identity(identity))
        self.form = form
    }

    /// Opens files for this passphrase that demand at most 2^`maximumWork` steps.
    public init(
        passphrase: consuming SecretBytes, maximumWork: Int = defaultWork,
        form: Form = .automatic
    ) {
        precondition(
            (1...Self.largestWork).contains(maximumWork), "a work factor is from 1 to 22")
        opener = .passphrase(Opener.Passphrase(passphrase), maximumWork: maximumWork)
        self.form = form
    }

    /// Takes the next bytes of the file and appends the content they complete to `output`, up to the
    /// place where they turn out to be wrong.
    ///
    /// - Throws: `header`, `noMatch`, `hmac`, `payload`, `armor`, `tooMuchWork`, `crypto`.
    public mutating func read(
        _ bytes: Span<UInt8>, into output: inout [UInt8]
    ) throws(AgeError) {
        guard bytes.count > 0 else { return }
        if form == .automatic { form = Self.form(of: bytes[0]) }
        if form == .binary { return try take(bytes, &output) }
        var plain: [UInt8] = []
        do { try armor.read(bytes, into: &plain) } catch {
            try take(plain.span, &output)
            throw error
        }
        try take(plain.span, &output)
    }

    /// Says that the file ends here, and appends what is left of its content.
    ///
    /// - Throws: as ``read(_:into:)``.
    public mutating func finish(into output: inout [UInt8]) throws(AgeError) {
        if form == .armored {
            var plain: [UInt8] = []
            try armor.finish(into: &plain)
            try take(plain.span, &output)
        }
        guard phase == .payload else { throw AgeError(.header, "the header ends early") }
        let piece = pending
        guard let plain = stream?.open(piece.span, isLast: true) else {
            // A whole chunk that is not the last is authentic; only what should follow is missing.
            if piece.count == AgeStream.sealedBytes,
                let plain = stream?.open(piece.span, isLast: false)
            {
                output += plain
            }
            throw AgeError(.payload, "the content was changed or cut")
        }
        guard !plain.isEmpty || stream?.count == 1 else {
            throw AgeError(.payload, "the content ends in an empty piece")
        }
        pending = []
        output += plain
    }

    /// A file begins with its version; armor with a hyphen, or blanks before it.
    private static func form(of first: UInt8) -> Form {
        first == UInt8(ascii: "-") || AgeArmorReader.isBlank(first) ? .armored : .binary
    }

    private mutating func take(_ bytes: Span<UInt8>, _ output: inout [UInt8]) throws(AgeError) {
        var start = 0
        while start < bytes.count {
            switch phase {
            case .header: try takeHeader(bytes, &start)
            case .nonce:
                while start < bytes.count, pending.count < AgeWrapping.payloadNonceBytes {
                    pending.append(bytes[start])
                    start += 1
                }
                if pending.count == AgeWrapping.payloadNonceBytes { try beginPayload() }
            case .payload: try takePayload(bytes, &start, &output)
            }
        }
    }

    /// Takes a line, or what there is of it.
    private mutating func takeHeader(_ bytes: Span<UInt8>, _ start: inout Int) throws(AgeError) {
        var isLine = false
        while start < bytes.count, !isLine {
            isLine = bytes[start] == 10
            pending.append(bytes[start])
            start += 1
        }
        guard AgeHeader.canBegin(pending) else {
            throw AgeError(.header, "this is not an age file of version 1")
        }
        guard pending.count <= AgeHeader.maximumBytes else {
            throw AgeError(.header, "the header has more than \(AgeHeader.maximumBytes) bytes")
        }
        guard isLine, AgeHeader.isFooter(lastLineOf: pending) else { return }
        let header = try AgeHeader(pending)
        pending = []
        let key = try fileKey(header.stanzas)
        guard constantTimeEqual(try AgeWrapping.tag(header.covered, key), header.tag) else {
            throw AgeError(.hmac, "the header was changed")
        }
        fileKey = .some(consume key)
        phase = .nonce
    }

    private func fileKey(_ stanzas: [AgeStanza]) throws(AgeError) -> SecretBytes {
        let key: SecretBytes?
        switch opener {
        case .identity(let box):
            key = try AgeWrapping.fileKey(stanzas, box.identity)
        case .passphrase(let box, let maximumWork):
            key = try AgeWrapping.fileKey(stanzas, box.secret, maximumWork: maximumWork)
        }
        guard let key else {
            throw AgeError(.noMatch, "the file is for another key or passphrase")
        }
        return key
    }

    private mutating func beginPayload() throws(AgeError) {
        guard let key = fileKey.take() else { return }
        stream = AgeStream(key: try AgeWrapping.payloadKey(key, pending))
        pending = []
        phase = .payload
    }

    /// Fills a chunk; a full one is opened when more follows, since the last is marked.
    private mutating func takePayload(
        _ bytes: Span<UInt8>, _ start: inout Int, _ output: inout [UInt8]
    ) throws(AgeError) {
        if pending.count == AgeStream.sealedBytes {
            var piece: [UInt8] = []
            swap(&piece, &pending)
            if let plain = stream?.open(piece.span, isLast: false) {
                output += plain
            } else if let plain = stream?.open(piece.span, isLast: true) {
                output += plain
                throw AgeError(.payload, "something follows the end of the content")
            } else {
                throw AgeError(.payload, "the content was changed or cut")
            }
        }
        let count = min(AgeStream.sealedBytes - pending.count, bytes.count - start)
        pending.reserveCapacity(AgeStream.sealedBytes)
        for index in start..<(start + count) { pending.append(bytes[index]) }
        start += count
    }
}
