// SPDX-License-Identifier: Apache-2.0

/// A recording of several files as one stream of bytes, so that its reader is like any other.
///
/// Layout: ``magic``; then for each part a `UInt16` length of its name (little endian), the name in
/// UTF-8, chunks of a `UInt32` length and that many bytes, and a chunk of length 0 as its end. The
/// caller (a folder, an archive) writes the parts in the order the reader asks for; names are data.
public enum PartStream {
    public static let magic = Array("HEARTHPARTS1\n".utf8)

    /// Names are cut to this many bytes.
    public static let nameBytes = 1024

    public static func appendBegin(_ name: String, to output: inout [UInt8]) {
        let bytes = Array(name.utf8.prefix(nameBytes))
        output.append(UInt8(bytes.count & 0xFF))
        output.append(UInt8(bytes.count >> 8))
        output.append(contentsOf: bytes)
    }

    /// The header of a chunk of `count` bytes, which follow it; 0 ends the part.
    public static func appendChunkHeader(_ count: UInt32, to output: inout [UInt8]) {
        for shift in [0, 8, 16, 24] as [UInt32] {
            output.append(UInt8(truncatingIfNeeded: count >> shift))
        }
    }

    /// A whole stream from parts at hand.
    public static func bytes(_ parts: [(name: String, bytes: [UInt8])]) -> [UInt8] {
        var output = magic
        for part in parts {
            appendBegin(part.name, to: &output)
            if !part.bytes.isEmpty {
                appendChunkHeader(UInt32(part.bytes.count), to: &output)
                output.append(contentsOf: part.bytes)
            }
            appendChunkHeader(0, to: &output)
        }
        return output
    }
}

/// Takes a ``PartStream`` apart, in any cut.
struct PartSplitter: Sendable {
    enum Event: Equatable {
        /// A part begins; its name is in ``PartSplitter/name``.
        case began
        /// Bytes of the part, as a range of the piece at hand; ``PartSplitter/offset`` is where in
        /// the part they begin.
        case bytes(Range<Int>)
        case ended
    }

    private enum State: Sendable { case magic, nameLength, name, chunkLength, chunk }

    /// The name of the part at hand.
    private(set) var name: [UInt8] = []
    /// Where in its part the range handed out last begins.
    private(set) var offset: Int64 = 0
    /// Bytes of the whole stream taken so far.
    private(set) var consumed: Int64 = 0
    /// False if the stream ended inside a part.
    var isBetweenParts: Bool { state == .nameLength && header.isEmpty }

    private var state = State.magic
    private var header: [UInt8] = []
    private var left = 0
    private var next: Int64 = 0

    /// The next event in `bytes` from `index` on; `nil` when more bytes are needed.
    ///
    /// - Throws: if the stream is not one.
    mutating func next(_ bytes: Span<UInt8>, _ index: inout Int) throws(ReadError) -> Event? {
        while index < bytes.count {
            switch state {
            case .magic:
                guard gather(PartStream.magic.count, bytes, &index) else { return nil }
                guard header == PartStream.magic else { throw notParts() }
                begin(.nameLength)
            case .nameLength:
                guard gather(2, bytes, &index) else { return nil }
                let length = Int(header[0]) | Int(header[1]) << 8
                guard length > 0, length <= PartStream.nameBytes else { throw notParts() }
                begin(.name)
                left = length
            case .name:
                guard gather(left, bytes, &index) else { return nil }
                swap(&name, &header)
                begin(.chunkLength)
                next = 0
                return .began
            case .chunkLength:
                guard gather(4, bytes, &index) else { return nil }
                let length = (0..<4).reduce(0) { $0 | Int(header[$1]) << (8 * $1) }
                begin(length == 0 ? .nameLength : .chunk)
                left = length
                if length == 0 { return .ended }
            case .chunk:
                let count = min(left, bytes.count - index)
                let range = index..<index + count
                index += count
                consumed += Int64(count)
                left -= count
                offset = next
                next += Int64(count)
                if left == 0 { begin(.chunkLength) }
                return .bytes(range)
            }
        }
        return nil
    }

    private mutating func begin(_ state: State) {
        self.state = state
        header.removeAll(keepingCapacity: true)
    }

    /// True when `header` holds `count` bytes.
    private mutating func gather(_ count: Int, _ bytes: Span<UInt8>, _ index: inout Int) -> Bool {
        while header.count < count, index < bytes.count {
            header.append(bytes[index])
            index += 1
            consumed += 1
        }
        return header.count == count
    }

    private func notParts() -> ReadError {
        ReadError(
            .damaged, at: ReadPosition(byte: consumed), found: "bytes that are no stream of parts",
            expected: "parts with names and chunks")
    }
}
