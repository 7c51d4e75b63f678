// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats

/// A file that grows, read to its end again and again, and noticed when another takes its name.
final class FollowedFile {
    enum Step: Equatable {
        /// So many bytes are at the front of the buffer.
        case bytes(Int)
        case nothing
        /// Another file has the name; the old one is read to its end.
        case replaced
        /// The file became shorter than what was read of it.
        case truncated
    }

    let path: String
    private var descriptor: Int32
    private(set) var identity: Descriptor.Identity
    private(set) var offset: Int64 = 0

    /// - Throws: ``LiveError/Code/noInput``.
    init(path: String) throws(LiveError) {
        self.path = path
        guard let descriptor = Descriptor.openForReading(path),
            let identity = Descriptor.identity(descriptor)
        else { throw LiveError(.noInput, "\(path) cannot be opened as a file to follow") }
        self.descriptor = descriptor
        self.identity = identity
    }

    deinit { Descriptor.end(descriptor) }

    var size: Int64 { Descriptor.size(descriptor) }

    var position: LivePosition.Input {
        LivePosition.Input(path: path, identity: identity, offset: offset)
    }

    func read(into buffer: inout [UInt8]) -> Step {
        if size < offset { return .truncated }
        let count = Descriptor.read(descriptor, into: &buffer)
        if count > 0 {
            offset += Int64(count)
            return .bytes(count)
        }
        if let now = Descriptor.identity(at: path), now != identity { return .replaced }
        return .nothing
    }

    /// Begins at the first byte of the file that has the name now; false if there is none.
    func begin() -> Bool {
        guard let next = Descriptor.openForReading(path), let found = Descriptor.identity(next)
        else { return false }
        Descriptor.end(descriptor)
        (descriptor, identity, offset) = (next, found, 0)
        return true
    }
}
