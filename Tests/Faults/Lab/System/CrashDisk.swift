// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthTestSupport

/// What may be on a disk when the power goes, as the record is played up to an instant.
///
/// The contents of a file are safe once that file was synced; names are safe once their folder
/// was. What was not synced may be there wholly, in part, in pieces of 512 bytes, in another order,
/// or not at all.
struct CrashDisk {
    /// A change of a file's contents that was not synced.
    private enum Change {
        case write(Int, Range<Int>)
        case size(Int)
    }

    private struct File {
        var isFolder = false
        var safe: [UInt8] = []
        var now: [UInt8] = []
        var pending: [Change] = []
    }

    /// A change of names that was not synced.
    private enum Naming {
        case add(Int, String, Int)
        case remove(Int, String)
        case move(Int, String, Int, String)

        func touches(_ folder: Int) -> Bool {
            switch self {
            case .add(let one, _, _), .remove(let one, _): one == folder
            case .move(let one, _, let two, _): one == folder || two == folder
            }
        }
    }

    private typealias Names = [Int: [String: Int]]

    private let log: [UInt8]
    private var files: [File] = [File(isFolder: true)]
    private var open: [Int32: Int] = [:]
    private var names: Names = [0: [:]]
    private var safeNames: Names = [0: [:]]
    private var pendingNames: [Naming] = []

    init(_ log: CrashLog) { self.log = log.bytes }

    /// What is not synced: the number of changes that may or may not be on the disk.
    var pending: Int { pendingNames.count + files.reduce(0) { $0 + $1.pending.count } }

    // MARK: Playing

    mutating func play(_ entry: CrashLog.Entry) {
        switch entry.kind {
        case .open: play(opening: entry)
        case .close: open[entry.file] = nil
        case .write:
            guard let file = open[entry.file] else { return }
            change(file, .write(entry.number, entry.data))
        case .truncate:
            guard let file = open[entry.file] else { return }
            change(file, .size(entry.number))
        case .allocate:
            guard let file = open[entry.file], entry.number > files[file].now.count,
                entry.number < 8 << 20
            else { return }
            change(file, .size(entry.number))
        case .sync:
            guard let file = open[entry.file] else { return }
            sync(file)
        case .rename:
            let (from, to) = (resolve(entry.path), resolve(entry.other))
            name(.move(from.folder, from.name, to.folder, to.name))
        case .unlink, .rmdir:
            let place = resolve(entry.path)
            name(.remove(place.folder, place.name))
        case .mkdir:
            let place = resolve(entry.path)
            files.append(File(isFolder: true))
            names[files.count - 1] = [:]
            safeNames[files.count - 1] = [:]
            name(.add(place.folder, place.name, files.count - 1))
        }
    }

    private mutating func play(opening entry: CrashLog.Entry) {
        let place = resolve(entry.path)
        if entry.number & 1 != 0 {
            files.append(File())
            name(.add(place.folder, place.name, files.count - 1))
        }
        guard let file = place.name.isEmpty ? place.folder : names[place.folder]?[place.name]
        else { return }
        open[entry.file] = file
        if entry.number & 2 != 0 { change(file, .size(0)) }
    }

    private mutating func change(_ file: Int, _ change: Change) {
        apply(change, to: &files[file].now)
        files[file].pending.append(change)
    }

    private mutating func sync(_ file: Int) {
        if files[file].isFolder {
            for naming in pendingNames where naming.touches(file) {
                Self.apply(naming, to: &safeNames)
            }
            pendingNames.removeAll { $0.touches(file) }
        } else if !files[file].pending.isEmpty {
            files[file].safe = files[file].now
            files[file].pending = []
        }
    }

    private mutating func name(_ naming: Naming) {
        Self.apply(naming, to: &names)
        pendingNames.append(naming)
    }

    private static func apply(_ naming: Naming, to names: inout Names) {
        switch naming {
        case .add(let folder, let name, let file): names[folder]?[name] = file
        case .remove(let folder, let name): names[folder]?[name] = nil
        case .move(let one, let from, let two, let to):
            guard let file = names[one]?.removeValue(forKey: from) else { return }
            names[two]?[to] = file
        }
    }

    private func resolve(_ path: String) -> (folder: Int, name: String) {
        let parts = path.split(separator: "/").map(String.init)
        var folder = 0
        for part in parts.dropLast() { folder = names[folder]?[part] ?? folder }
        return (folder, parts.last ?? "")
    }

    private func apply(_ change: Change, to bytes: inout [UInt8]) {
        switch change {
        case .size(let size): Self.resize(&bytes, size)
        case .write(let offset, let data): copy(data, to: &bytes, at: offset)
        }
    }

    private static func resize(_ bytes: inout [UInt8], _ size: Int) {
        if bytes.count > size {
            bytes.removeLast(bytes.count - size)
        } else if bytes.count < size {
            bytes.append(contentsOf: [UInt8](repeating: 0, count: size - bytes.count))
        }
    }

    private func copy(_ data: Range<Int>, to bytes: inout [UInt8], at offset: Int) {
        if bytes.count < offset + data.count { Self.resize(&bytes, offset + data.count) }
        bytes.withUnsafeMutableBytes { target in
            log.withUnsafeBytes { source in
                UnsafeMutableRawBufferPointer(rebasing: target[offset...])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[data]))
            }
        }
    }

    // MARK: Images

    /// What a power loss may leave: paths, nil contents for a folder.
    struct Image {
        var entries: [(path: String, bytes: [UInt8]?)] = []

        func bytes(_ path: String) -> [UInt8]? { entries.first { $0.path == path }?.bytes ?? nil }
    }

    /// Variant 0: everything so far is on the disk. 1: only what was synced. Others: by chance.
    func image(_ variant: Int, _ random: inout SeededRandom) -> Image {
        var image = Image()
        let names = self.names(variant, &random)
        // Now and then all files agree in what became of them.
        let common =
            variant > 1 && Int.random(in: 0..<3, using: &random) == 0
            ? Int.random(in: 0..<5, using: &random) : nil
        collect(0, "", names, into: &image) { file in
            switch variant {
            case 0: return file.now
            case 1: return file.safe
            default:
                let manner = common ?? Int.random(in: 0..<5, using: &random)
                return contents(file, manner, &random)
            }
        }
        return image
    }

    private func collect(
        _ folder: Int, _ path: String, _ names: Names, into image: inout Image,
        _ contents: (File) -> [UInt8]
    ) {
        for (name, number) in (names[folder] ?? [:]).sorted(by: { $0.key < $1.key }) {
            let file = files[number]
            let place = "\(path)/\(name)"
            image.entries.append((place, file.isFolder ? nil : contents(file)))
            if file.isFolder { collect(number, place, names, into: &image, contents) }
        }
    }

    private func names(_ variant: Int, _ random: inout SeededRandom) -> Names {
        if variant == 0 { return names }
        var names = safeNames
        if variant == 1 { return names }
        switch Int.random(in: 0..<4, using: &random) {
        case 0: return self.names
        case 1: return names
        case 2:
            // As a file system with a journal of names keeps them: in their order.
            for naming in pendingNames.prefix(
                Int.random(in: 0...pendingNames.count, using: &random))
            {
                Self.apply(naming, to: &names)
            }
        default:
            for naming in pendingNames where Bool.random(using: &random) {
                Self.apply(naming, to: &names)
            }
        }
        return names
    }

    private func contents(
        _ file: File, _ manner: Int, _ random: inout SeededRandom
    ) -> [UInt8] {
        guard !file.pending.isEmpty else { return file.now }
        var bytes = file.safe
        switch manner {
        case 0: return file.now
        case 1: return bytes
        case 2:
            for change in file.pending where Bool.random(using: &random) {
                apply(change, to: &bytes)
            }
        case 3:
            // All but one or two at most; one of them torn.
            let torn = Int.random(in: 0..<file.pending.count, using: &random)
            for (place, change) in file.pending.enumerated() {
                if place == torn {
                    tear(change, &bytes, &random)
                } else if Int.random(in: 0..<8, using: &random) > 0 {
                    apply(change, to: &bytes)
                }
            }
        default:
            let kept = Int.random(in: 0...file.pending.count, using: &random)
            for change in file.pending.shuffled(using: &random).prefix(kept) {
                apply(change, to: &bytes)
            }
        }
        return bytes
    }

    /// Writes some of the pieces of 512 bytes of a change.
    private func tear(_ change: Change, _ bytes: inout [UInt8], _ random: inout SeededRandom) {
        guard case .write(let offset, let data) = change else { return apply(change, to: &bytes) }
        var start = data.lowerBound
        while start < data.upperBound {
            let at = offset + start - data.lowerBound
            let end = min(data.upperBound, start + 512 - at % 512)
            if Bool.random(using: &random) { copy(start..<end, to: &bytes, at: at) }
            start = end
        }
    }
}

extension CrashDisk.Image {
    /// A hash of names and contents.
    func hash(_ calls: ShimCalls) -> UInt64 {
        var state: UInt64 = 1
        for (path, bytes) in entries {
            state = Array(path.utf8).withUnsafeBufferPointer {
                calls.hash($0.baseAddress, $0.count, state)
            }
            guard let bytes else { continue }
            state = bytes.withUnsafeBufferPointer { calls.hash($0.baseAddress, $0.count, state) }
        }
        return state
    }

    /// Puts the image into an empty folder.
    func write(to folder: String) throws {
        for (path, bytes) in entries {
            let place = folder + path
            guard let bytes else {
                mkdir(place, 0o700)
                continue
            }
            let file = open(place, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
            guard file >= 0 else { throw CrashLog.Unreadable() }
            defer { close(file) }
            let done = bytes.withUnsafeBytes { Foundation.write(file, $0.baseAddress, $0.count) }
            guard done == bytes.count else { throw CrashLog.Unreadable() }
        }
    }
}
