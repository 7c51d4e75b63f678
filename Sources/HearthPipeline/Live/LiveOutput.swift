// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Where the lines go: an open descriptor, or a file of our own that grows.
public final class LiveOutput {
    private let descriptor: Int32
    /// The file's name; `nil` for a descriptor that others gave.
    let path: String?
    /// Bytes of the file; of a descriptor those written.
    private(set) var length: Int64
    private var isDirty = false

    /// Standard output or another descriptor; it stays open.
    public init(descriptor: Int32) {
        self.descriptor = descriptor
        path = nil
        length = 0
    }

    /// A file, made if it is not there, readable by its owner alone.
    ///
    /// - Throws: ``LiveError/Code/cannotWrite``.
    public init(path: String) throws(LiveError) {
        guard let descriptor = Descriptor.openForAppending(path) else {
            throw LiveError(.cannotWrite, "\(path) cannot be written")
        }
        self.descriptor = descriptor
        self.path = path
        length = Descriptor.size(descriptor)
    }

    deinit { if path != nil { Descriptor.end(descriptor) } }

    func write(_ bytes: [UInt8]) throws(LiveError) {
        guard !bytes.isEmpty else { return }
        if let problem = Descriptor.write(descriptor, bytes) {
            throw problem == EPIPE
                ? LiveError(.outputClosed, "whoever read the output has gone")
                : LiveError(.cannotWrite, "the output cannot be written; is the disk full?")
        }
        length += Int64(bytes.count)
        isDirty = true
    }

    /// Makes what was written to a file durable.
    func sync() throws(LiveError) {
        guard path != nil, isDirty else { return }
        guard Descriptor.sync(descriptor) else {
            throw LiveError(.cannotWrite, "the output cannot be made durable")
        }
        isDirty = false
    }

    /// Cuts the file back to `length`, behind which at most a beginning of `pending` may lie: lines
    /// that are written again.
    ///
    /// - Throws: ``LiveError/Code/outputChanged`` if it holds something else, or less.
    func reconcile(to length: Int64, pending: [UInt8]) throws(LiveError) {
        let changed = LiveError(
            .outputChanged, "the output file is not as it was left; move it away to begin a new one"
        )
        guard self.length >= length, self.length - length <= Int64(pending.count) else {
            throw changed
        }
        var tail = [UInt8](repeating: 0, count: Int(self.length - length))
        var found: [UInt8] = []
        guard Descriptor.seek(descriptor, to: length) else { throw changed }
        while found.count < tail.count {
            let count = Descriptor.read(descriptor, into: &tail)
            guard count > 0 else { break }
            found += tail[..<count]
        }
        guard pending.starts(with: found), Descriptor.truncate(descriptor, to: length) else {
            throw changed
        }
        self.length = length
    }
}
