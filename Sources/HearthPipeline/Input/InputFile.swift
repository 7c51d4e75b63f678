// SPDX-License-Identifier: Apache-2.0
import HearthIntake

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// An input file, opened read-only, that notices when it changes underneath.
///
/// The name given is opened as it is; names found inside archives never come here.
struct InputFile: ~Copyable {
    /// What must stay the same while the file is read.
    fileprivate struct Stamp: Equatable {
        var size: Int64
        var modifiedSeconds: Int
        var modifiedNanoseconds: Int
    }

    /// Tells whether a file has changed since it was opened; good as long as it is open.
    struct Watch {
        fileprivate let descriptor: Int32
        fileprivate let opened: Stamp

        /// True if size or modification time differ from when the file was opened.
        var hasChanged: Bool { InputFile.stamp(of: descriptor).0 != opened }
    }

    let size: Int64
    let descriptor: Int32
    private let opened: Stamp

    var watch: Watch { Watch(descriptor: descriptor, opened: opened) }

    /// - Parameter followLinks: false for names that a person did not give.
    /// - Throws: ``IntakeErrorCode/notFound``, `notReadable`, `isDirectory`, `notAFile`.
    init(path: String, followLinks: Bool = true) throws(IntakeError) {
        let descriptor = unsafe open(
            path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | (followLinks ? 0 : O_NOFOLLOW))
        guard descriptor >= 0 else { throw Self.openError(errno) }
        let (stamp, mode) = Self.stamp(of: descriptor)
        let kind = mode & S_IFMT
        guard kind == S_IFREG else {
            close(descriptor)
            throw kind == S_IFDIR
                ? IntakeError(.isDirectory, "found a folder; expected a file")
                : IntakeError(.notAFile, "found a device, pipe or socket; expected a file")
        }
        self.descriptor = descriptor
        self.opened = stamp
        self.size = stamp.size
    }

    /// An open file whose content lies in memory; it is closed with this.
    init(adopting descriptor: Int32) {
        self.descriptor = descriptor
        opened = Self.stamp(of: descriptor).0
        size = opened.size
    }

    private init(nothing: Void) throws(IntakeError) {
        descriptor = unsafe open("/dev/null", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.openError(errno) }
        opened = Stamp(size: 0, modifiedSeconds: 0, modifiedNanoseconds: 0)
        size = 0
    }

    /// An input without bytes.
    static func null() throws(IntakeError) -> InputFile { try InputFile(nothing: ()) }

    deinit { close(descriptor) }

    mutating func read(into buffer: inout [UInt8]) throws(IntakeError) -> Int {
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { bytes in
                unsafe systemRead(descriptor, bytes.baseAddress, bytes.count)
            }
            if count >= 0 { return count }
            if errno != EINTR {
                throw IntakeError(.readFailed, "reading failed: \(Self.reason(errno))")
            }
        }
    }

    /// The first `count` bytes, fewer if the file is shorter. The next byte read is the one behind.
    mutating func prefix(_ count: Int) throws(IntakeError) -> [UInt8] {
        rewind()
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            var rest = [UInt8](repeating: 0, count: count - filled)
            let got = try read(into: &rest)
            if got == 0 { break }
            bytes.replaceSubrange(filled..<filled + got, with: rest[..<got])
            filled += got
        }
        bytes.removeSubrange(filled...)
        return bytes
    }

    /// Starts again at the first byte.
    mutating func rewind() { lseek(descriptor, 0, SEEK_SET) }

    fileprivate static func stamp(of descriptor: Int32) -> (Stamp, mode_t) {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else {
            return (Stamp(size: -1, modifiedSeconds: 0, modifiedNanoseconds: 0), 0)
        }
        #if canImport(Darwin)
            let modified = status.st_mtimespec
        #else
            let modified = status.st_mtim
        #endif
        let stamp = Stamp(
            size: Int64(status.st_size), modifiedSeconds: modified.tv_sec,
            modifiedNanoseconds: modified.tv_nsec)
        return (stamp, status.st_mode)
    }

    private static func openError(_ code: Int32) -> IntakeError {
        switch code {
        case ENOENT, ENOTDIR: IntakeError(.notFound, "no such file or folder")
        case EACCES, EPERM: IntakeError(.notReadable, "no permission to read it")
        default: IntakeError(.notReadable, "cannot be opened: \(reason(code))")
        }
    }

    private static func reason(_ code: Int32) -> String {
        guard let text = unsafe strerror(code) else { return "error \(code)" }
        return unsafe String(cString: text).lowercased()
    }
}

private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int)
    -> Int
{
    guard let buffer = unsafe buffer else { return 0 }
    return unsafe read(descriptor, buffer, count)
}
