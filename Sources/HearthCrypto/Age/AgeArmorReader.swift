// SPDX-License-Identifier: Apache-2.0

/// The text form of an age file: Base64 between two lines, read in pieces.
///
/// Strict, so that a file has one text only, but for line ends and blanks around it.
struct AgeArmorReader {
    static let begin = Array("-----BEGIN AGE ENCRYPTED FILE-----".utf8)
    static let end = Array("-----END AGE ENCRYPTED FILE-----".utf8)
    /// Blanks before and behind that are let pass.
    static let maximumBlanks = 1024

    private enum Phase { case before, body, after }

    private var phase = Phase.before
    private var line: [UInt8] = []
    private var blanks = 0
    /// A line of less than 64 columns was read, so only the end may follow.
    private var isShort = false

    static func isBlank(_ byte: UInt8) -> Bool { [32, 9, 10, 13].contains(byte) }

    mutating func read(_ text: Span<UInt8>, into output: inout [UInt8]) throws(AgeError) {
        for index in text.indices {
            let byte = text[index]
            if phase == .after || (phase == .before && line.isEmpty && Self.isBlank(byte)) {
                guard Self.isBlank(byte) else {
                    throw AgeError(.armor, "something follows the last line")
                }
                blanks += 1
                guard blanks <= Self.maximumBlanks else {
                    throw AgeError(.armor, "there are too many blanks around the text")
                }
            } else if byte == 10 {
                try endLine(&output)
            } else {
                line.append(byte)
                guard line.count <= AgeHeader.columns + 1 else {
                    throw AgeError(.armor, "a line has more than \(AgeHeader.columns) columns")
                }
            }
        }
    }

    mutating func finish(into output: inout [UInt8]) throws(AgeError) {
        if phase == .body, !line.isEmpty { try endLine(&output) }
        guard phase == .after else { throw AgeError(.armor, "the last line is missing") }
    }

    private mutating func endLine(_ output: inout [UInt8]) throws(AgeError) {
        if line.last == 13 { line.removeLast() }
        defer { line.removeAll(keepingCapacity: true) }
        if phase == .before {
            guard line == Self.begin else { throw AgeError(.armor, "the first line is another") }
            phase = .body
            blanks = 0
        } else if line == Self.end {
            phase = .after
        } else {
            guard !isShort, !line.isEmpty, line.count <= AgeHeader.columns,
                let bytes = StrictBase64.decode(line[...], isPadded: true)
            else { throw AgeError(.armor, "a line is not Base64 of 64 columns") }
            isShort = line.count < AgeHeader.columns || line.last == UInt8(ascii: "=")
            output += bytes
        }
    }
}
