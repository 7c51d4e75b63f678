// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
public import HearthVault

/// Only counts: the sizes a tar's headers want before the bytes.
final class SizingSink: ExportSink {
    private(set) var sizes: [String: Int] = [:]
    private var name = ""

    func begin(_ name: String) { self.name = name }
    func write(_ bytes: Span<UInt8>) { sizes[name, default: 0] += bytes.count }
    func end() { sizes[name, default: 0] += 0 }
}

/// An export as one tar (POSIX ustar), handed out in pieces: nothing of it lies in a file.
///
/// Two passes: the first finds the sizes, the second writes. Both see the same vault, and the bytes of
/// an export depend on it alone. Names, owners and times are the same for everybody.
final class TarSink: ExportSink {
    private static let block = 512
    private let sizes: [String: Int]
    private let modified: Int64
    private let emit: (Span<UInt8>) throws(RightsError) -> Void
    private var name = ""
    private var left = 0

    /// - Parameters:
    ///   - sizes: the bytes of each file.
    ///   - modified: seconds since the epoch.
    init(
        sizes: [String: Int], modified: Int64,
        _ emit: @escaping (Span<UInt8>) throws(RightsError) -> Void
    ) {
        self.sizes = sizes
        self.modified = modified
        self.emit = emit
    }

    func begin(_ name: String) throws(RightsError) {
        guard let size = sizes[name], let header = Self.header(name, size, modified) else {
            throw RightsError(.cannotWrite, "\(name) has no place in a tar")
        }
        self.name = name
        left = size
        try emit(header.span)
    }

    func write(_ bytes: Span<UInt8>) throws(RightsError) {
        left -= bytes.count
        guard left >= 0 else { throw changed }
        try emit(bytes)
    }

    func end() throws(RightsError) {
        guard left == 0 else { throw changed }
        let over = (sizes[name] ?? 0) % Self.block
        if over > 0 { try emit([UInt8](repeating: 0, count: Self.block - over).span) }
    }

    /// Two empty blocks end a tar.
    func finish() throws(RightsError) {
        try emit([UInt8](repeating: 0, count: 2 * Self.block).span)
    }

    private var changed: RightsError {
        RightsError(.cannotWrite, "the vault changed while it was exported; export again")
    }

    /// `nil` for a name over 86 bytes or a size over eleven octal digits (8 GiB).
    private static func header(_ name: String, _ size: Int, _ modified: Int64) -> [UInt8]? {
        guard name.utf8.count <= 86, size < 1 << 33, (0..<1 << 33).contains(modified) else {
            return nil
        }
        var header: [UInt8] = []
        func text(_ text: String, _ width: Int) {
            header += Array(text.utf8)
            header += [UInt8](repeating: 0, count: width - text.utf8.count)
        }
        func octal(_ number: Int64, _ width: Int) {
            let digits = String(number, radix: 8)
            text(String(repeating: "0", count: width - 1 - digits.count) + digits, width)
        }
        text("hearth-export/" + name, 100)
        octal(0o600, 8)
        octal(0, 8)
        octal(0, 8)
        octal(Int64(size), 12)
        octal(modified, 12)
        let sumPlace = header.count
        text("        ", 8)
        text("0", 1)
        text("", 100)
        text("ustar", 6)
        text("00", 2)
        text("", 32 + 32)
        octal(0, 8)
        octal(0, 8)
        text("", 155 + 12)
        let sum = header.reduce(0) { $0 + Int64($1) }
        let digits = String(sum, radix: 8)
        let field = String(repeating: "0", count: 6 - digits.count) + digits + "\0 "
        header.replaceSubrange(sumPlace..<sumPlace + 8, with: Array(field.utf8))
        return header
    }
}

extension Exporter {
    /// Exports as one tar, in pieces, for a file that is sealed as it is written.
    ///
    /// The folder in the tar is `hearth-export`. SQLite needs a file of its own and cannot be in it.
    /// - Throws: ``RightsError`` if `emit` fails or a file has more than 8 GiB, `VaultError` if the vault
    ///   does.
    public func exportTar(
        _ query: SampleQuery, _ emit: @escaping (Span<UInt8>) throws(RightsError) -> Void
    ) throws -> ExportSummary {
        let sizing = SizingSink()
        _ = try export(query, to: sizing)
        let tar = TarSink(sizes: sizing.sizes, modified: made.seconds, emit)
        let summary = try export(query, to: tar)
        try tar.finish()
        return summary
    }
}
