// SPDX-License-Identifier: Apache-2.0

/// The part of an age file that tells one recipient how to find the file key.
struct AgeStanza {
    /// The type, then what the type defines; no blank in any of them.
    var arguments: [[UInt8]]
    var body: [UInt8]

    var type: [UInt8] { arguments.first ?? [] }
}

/// The text in front of the content of an age file: version, stanzas and tag.
///
/// - Source: the specification of age version 1 (`age-v1`).
struct AgeHeader {
    static let version = Array("age-encryption.org/v1".utf8)
    static let columns = 64
    /// No header is longer: some 400 stanzas of X25519, and room for kinds we do not know.
    static let maximumBytes = 64 << 10
    private static let footer = Array("---".utf8)
    private static let start = Array("-> ".utf8)
    private static let tagLetters = 43

    var stanzas: [AgeStanza] = []
    /// What the tag covers: everything up to and with the three hyphens.
    private(set) var covered: [UInt8] = []
    private(set) var tag: [UInt8] = []

    // MARK: Writing

    /// The bytes that the tag covers.
    static func covered(_ stanzas: [AgeStanza]) -> [UInt8] {
        var text = version + [10]
        for stanza in stanzas {
            text += start + Array(stanza.arguments.joined(separator: [32])) + [10]
            let body = StrictBase64.encode(stanza.body, isPadded: false)
            var index = 0
            while body.count - index >= columns {
                text += body[index..<(index + columns)] + [10]
                index += columns
            }
            text += body[index...] + [10]
        }
        return text + footer
    }

    /// The end of the header, after what the tag covers.
    static func end(tag: [UInt8]) -> [UInt8] {
        [32] + StrictBase64.encode(tag, isPadded: false) + [10]
    }

    // MARK: Reading

    /// Whether the line that `bytes` ends with is the last of a header.
    static func isFooter(lastLineOf bytes: [UInt8]) -> Bool {
        let before = bytes.dropLast().lastIndex(of: 10).map { $0 + 1 } ?? 0
        return bytes[before...].starts(with: footer)
    }

    /// Whether `bytes`, the beginning of a file, can still become a header.
    static func canBegin(_ bytes: [UInt8]) -> Bool {
        let first = version + [10]
        return bytes.prefix(first.count).elementsEqual(first.prefix(bytes.count))
    }

    /// Reads a whole header.
    init(_ bytes: [UInt8]) throws(AgeError) {
        var lines = bytes.split(separator: 10, omittingEmptySubsequences: false)[...]
        guard lines.popFirst().map(Array.init) == Self.version else {
            throw AgeError(.header, "this is not an age file of version 1")
        }
        while let line = lines.popFirst() {
            if line.starts(with: Self.footer) {
                try readFooter(line)
                covered = Array(bytes[..<(line.startIndex + Self.footer.count)])
                guard !stanzas.isEmpty else { throw AgeError(.header, "it is for no recipient") }
                return
            }
            try readStanza(line, &lines)
        }
        throw AgeError(.header, "the header ends early")
    }

    private mutating func readStanza(
        _ line: ArraySlice<UInt8>, _ lines: inout ArraySlice<ArraySlice<UInt8>>
    ) throws(AgeError) {
        guard line.starts(with: Self.start) else {
            throw AgeError(.header, "a recipient's part does not begin with an arrow")
        }
        let arguments = line.dropFirst(Self.start.count)
            .split(separator: 32, omittingEmptySubsequences: false)
        guard arguments.allSatisfy({ !$0.isEmpty && $0.allSatisfy { (33...126).contains($0) } })
        else {
            throw AgeError(.header, "a recipient's part has an argument that is none")
        }
        var body: [UInt8] = []
        while true {
            guard let text = lines.popFirst(), text.count <= Self.columns,
                let piece = StrictBase64.decode(text, isPadded: false)
            else { throw AgeError(.header, "a recipient's part is malformed") }
            body += piece
            if text.count < Self.columns { break }
        }
        stanzas.append(AgeStanza(arguments: arguments.map(Array.init), body: body))
    }

    private mutating func readFooter(_ line: ArraySlice<UInt8>) throws(AgeError) {
        let text = line.dropFirst(Self.footer.count + 1)
        guard line.dropFirst(Self.footer.count).first == 32, text.count == Self.tagLetters,
            let bytes = StrictBase64.decode(text, isPadded: false)
        else { throw AgeError(.header, "the tag of the header is malformed") }
        tag = bytes
    }
}
