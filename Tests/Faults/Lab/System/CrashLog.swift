// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The record of everything that was done to the files below a folder.
struct CrashLog {
    enum Kind: UInt8 {
        case open = 1
        case close, write, truncate, allocate, sync, rename, unlink, mkdir, rmdir
    }

    struct Entry {
        var kind: Kind
        var file: Int32
        /// The offset of a write, the size of a truncation; of an open: bit 0 made, bit 1 emptied.
        var number: Int
        var path = ""
        var other = ""
        /// Where the written bytes lie in ``bytes``.
        var data: Range<Int> = 0..<0
    }

    /// An act as the acting process told it.
    struct Mark {
        var index: Int
        var isDone: Bool
        var name: String
        var digest: UInt64
        var passphrase: Int
        var audit: Int
    }

    enum Step {
        case change(Entry)
        case mark(Mark)
    }

    let bytes: [UInt8]
    var steps: [Step] = []

    /// Reads a record; paths are told from `root` on.
    init(_ path: String, root: String) throws {
        bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        var at = 0
        var marksFile: Int32 = -1
        while at + 25 <= bytes.count {
            func number<T: FixedWidthInteger>(_ offset: Int, _: T.Type) -> T {
                bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: at + offset, as: T.self) }
            }
            let lengths = (13..<25).strided(4).map { Int(number($0, UInt32.self)) }
            let texts = at + 25
            let data = texts + lengths[0] + lengths[1]
            guard let kind = Kind(rawValue: bytes[at]), data + lengths[2] <= bytes.count else {
                throw Unreadable()
            }
            func text(_ from: Int, _ length: Int) -> String {
                let whole = String(decoding: bytes[from..<(from + length)], as: UTF8.self)
                return whole.hasPrefix(root) ? String(whole.dropFirst(root.count)) : whole
            }
            let entry = Entry(
                kind: kind, file: number(1, Int32.self), number: Int(number(5, Int64.self)),
                path: text(texts, lengths[0]), other: text(texts + lengths[0], lengths[1]),
                data: data..<(data + lengths[2]))
            at = data + lengths[2]
            if kind == .open, entry.path == "/marks" {
                marksFile = entry.file
            } else if entry.file >= 0, entry.file == marksFile {
                if kind == .write, let mark = Mark(bytes[entry.data]) { steps.append(.mark(mark)) }
            } else {
                steps.append(.change(entry))
            }
        }
    }

    struct Unreadable: Error {}

    var marks: [Mark] {
        steps.compactMap { if case .mark(let mark) = $0 { mark } else { nil } }
    }

    /// The record with every anchor written before the transaction that it belongs to: the order
    /// that must not be.
    var withAnchorsFirst: CrashLog {
        var log = self
        log.steps = []
        var names: [Int32: String] = [:]
        var transaction: Int?
        var place = 0
        while place < steps.count {
            guard case .change(let entry) = steps[place] else {
                log.steps.append(steps[place])
                place += 1
                continue
            }
            if entry.kind == .open { names[entry.file] = entry.path }
            let isLog = names[entry.file]?.hasSuffix("-wal") == true
            if isLog, entry.kind == .write, transaction == nil { transaction = log.steps.count }
            if entry.kind == .open, entry.path.hasSuffix("/anchor.new"), let start = transaction {
                var group: [Step] = []
                var syncs = 0
                while place < steps.count, syncs < 2 {
                    group.append(steps[place])
                    if case .change(let one) = steps[place], one.kind == .sync { syncs += 1 }
                    place += 1
                }
                // The folder is closed too, so that its number is free again.
                if place < steps.count { group.append(steps[place]) }
                place += 1
                log.steps.insert(contentsOf: group, at: start)
                transaction = nil
                continue
            }
            log.steps.append(steps[place])
            place += 1
        }
        return log
    }
}

extension CrashLog.Mark {
    /// Such as `done 3 1234 0 2 store results`.
    init?(_ bytes: ArraySlice<UInt8>) {
        let fields = String(decoding: bytes, as: UTF8.self)
            .split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
        guard fields.count == 6, let index = Int(fields[1]), let digest = UInt64(fields[2]),
            let passphrase = Int(fields[3]), let audit = Int(fields[4])
        else { return nil }
        self.init(
            index: index, isDone: fields[0] == "done", name: String(fields[5]), digest: digest,
            passphrase: passphrase, audit: audit)
    }

    var line: String {
        "\(isDone ? "done" : "begin") \(index) \(digest) \(passphrase) \(audit) \(name)"
    }
}

extension Range<Int> {
    func strided(_ step: Int) -> [Int] { Array(stride(from: lowerBound, to: upperBound, by: step)) }
}
