// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats

/// Which files make one recording together, told from names and headers. Nothing is opened here.
struct PartAssembly: Sendable {
    /// A header names its parts within this many bytes.
    static let headerBytes = 64 << 10

    /// A recording that is a whole archive: its kind and the names of its parts in the reader's order,
    /// from the names of all entries; `nil` if the archive is no such recording.
    var wholeArchive: @Sendable (_ names: [String]) -> (kind: FileKind, parts: [String])?
    /// Whether these first bytes are the header of a recording whose signals are in other files.
    var isHeader: @Sendable (_ prefix: [UInt8]) -> Bool
    /// Plain names of the signal files a header names, and of its segments, whose own headers are
    /// `NAME.hea`.
    var partNames: @Sendable (_ header: [UInt8]) -> (signals: [String], segments: [String])
    /// The kind of recording that a header begins.
    var headerKind: FileKind

    /// The assemblies of the readers at hand. A reader of several files is plugged in here.
    static let standard = PartAssembly(
        wholeArchive: { names in GT3XReader.parts(of: names).map { (.gt3x, $0) } },
        isHeader: { WFDBReader.isHeader($0.span) },
        partNames: { WFDBHeader.partNames(in: $0) },
        headerKind: .wfdb)

    /// The files of the recording behind its header, in the reader's order: headers of segments, then
    /// signal files, each once, then annotations.
    ///
    /// - Parameter open: the bytes of the file of that plain name, or `nil` if there is none.
    func parts(
        _ header: [UInt8], named name: String,
        _ open: (String) throws(IntakeError) -> (any ByteSource)?
    ) throws(IntakeError) -> [String] {
        let own = partNames(header)
        let headers = own.segments.prefix(Companions.countLimit).map { $0 + ".hea" }
        var signals = own.signals
        for segment in headers {
            guard let source = try open(segment) else { continue }
            signals += partNames(try source.take(Self.headerBytes)).signals
        }
        var seen: Set<String> = [name]
        return (headers + signals + [Companions.annotations(of: name)]).filter {
            seen.insert($0).inserted
        }
    }
}

/// Which files beside a header a caller should hand in with it.
public enum Companions {
    /// How much of a file ``names(inHeader:named:among:)`` looks at.
    public static let headerBytes = PartAssembly.headerBytes
    /// Parts of one recording at most.
    public static let countLimit = 256

    /// The plain names of the headers of its segments that a header asks for.
    public static func segments(inHeader header: [UInt8]) -> [String] {
        let assembly = PartAssembly.standard
        guard assembly.isHeader(header) else { return [] }
        return assembly.partNames(header).segments.prefix(countLimit).map { $0 + ".hea" }
    }

    /// The names among `siblings` that may be parts of the recording with this header: those that
    /// stand in it as words, also without `.hea` or `.dat`, and its own annotations, `.atr`.
    ///
    /// Only names that the caller listed are returned, so that nothing in a file can name a path.
    public static func names(
        inHeader header: [UInt8], named name: String, among siblings: [String]
    ) -> [String] {
        PartAssembly.standard.isHeader(header) ? mentioned(in: header, name, siblings) : []
    }

    /// The name of a record's own annotations.
    static func annotations(of name: String) -> String {
        (name.hasSuffix(".hea") ? String(name.dropLast(4)) : name) + ".atr"
    }

    static func mentioned(in header: [UInt8], _ name: String, _ siblings: [String]) -> [String] {
        let words = header.prefix(headerBytes).split { $0 <= 32 }
        var wanted = Set<[UInt8]>()
        for word in words where word.count <= 255 {
            wanted.insert(Array(word))
            for ending in [".hea", ".dat"] { wanted.insert(word + Array(ending.utf8)) }
        }
        wanted.insert(Array(annotations(of: name).utf8))
        return Array(
            siblings.filter { $0 != name && wanted.contains(Array($0.utf8)) }.prefix(countLimit))
    }
}

/// A recording of several files as one stream of bytes; see ``PartStream``.
final class PartSource: ByteSource {
    struct Part {
        var name: String
        /// Opens the part's bytes; `nil` if it is not there after all.
        var open: () throws(IntakeError) -> (any ByteSource)?
    }

    var length: Int64? { nil }
    private var parts: [Part]
    private var current: (any ByteSource)?
    private var ready: [UInt8]
    private var taken = 0

    init(_ parts: [Part]) {
        self.parts = parts.reversed()
        ready = PartStream.magic
    }

    func seek(to offset: Int64) {}

    func read(into buffer: inout [UInt8]) throws(IntakeError) -> Int {
        var filled = 0
        while filled < buffer.count {
            if taken == ready.count {
                ready.removeAll(keepingCapacity: true)
                taken = 0
                guard try prepare() else { break }
            }
            let count = min(buffer.count - filled, ready.count - taken)
            buffer.replaceSubrange(filled..<filled + count, with: ready[taken..<taken + count])
            taken += count
            filled += count
        }
        return filled
    }

    /// Makes further bytes ready; false at the end.
    private func prepare() throws(IntakeError) -> Bool {
        if let current {
            let piece = try current.take(RecordingFeed.chunkBytes)
            PartStream.appendChunkHeader(UInt32(piece.count), to: &ready)
            ready += piece
            if piece.isEmpty { self.current = nil }
            return true
        }
        while let part = parts.popLast() {
            guard let source = try part.open() else { continue }
            PartStream.appendBegin(part.name, to: &ready)
            current = source
            return true
        }
        return false
    }
}
