// SPDX-License-Identifier: Apache-2.0
#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// An input file, opened read-only, that notices when it changes underneath.
///
/// The name given is opened as it is; names found inside archives never come here.
struct InputFile: ByteSource, ~Copyable {
    /// What must stay the same while the file is read.
    private struct Stamp: Equatable {
        var size: Int64
        var modifiedSeconds: Int
        var modifiedNanoseconds: Int
    }

    let size: Int64
    private let descriptor: Int32
    private let opened: Stamp
    private let isStandardInput: Bool

    /// - Throws: ``PipelineErrorCode/notFound``, `notReadable`, `isDirectory`, `notAFile`.
    init(path: String) throws(PipelineError) {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard descriptor >= 0 else { throw Self.openError(errno) }
        let (stamp, mode) = Self.stamp(of: descriptor)
        let kind = mode & S_IFMT
        guard kind == S_IFREG else {
            close(descriptor)
            throw kind == S_IFDIR
                ? PipelineError(.isDirectory, "found a folder; expected a file")
                : PipelineError(.notAFile, "found a device, pipe or socket; expected a file")
        }
        self.descriptor = descriptor
        self.opened = stamp
        self.size = stamp.size
        self.isStandardInput = false
    }

    private init(standardInput: Void) {
        descriptor = 0
        opened = Stamp(size: 0, modifiedSeconds: 0, modifiedNanoseconds: 0)
        size = 0
        isStandardInput = true
    }

    /// The process's standard input: any length, never seen to change.
    static func standardInput() -> InputFile { InputFile(standardInput: ()) }

    deinit {
        if !isStandardInput { close(descriptor) }
    }

    mutating func read(into buffer: inout [UInt8]) throws(PipelineError) -> Int {
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { bytes in
                unsafe systemRead(descriptor, bytes.baseAddress, bytes.count)
            }
            if count >= 0 { return count }
            if errno != EINTR {
                throw PipelineError(.readFailed, "reading failed: \(Self.reason(errno))")
            }
        }
    }

    /// Starts again at the first byte.
    mutating func rewind() { lseek(descriptor, 0, SEEK_SET) }

    /// True if size or modification time differ from when the file was opened.
    borrowing func hasChanged() -> Bool {
        !isStandardInput && Self.stamp(of: descriptor).0 != opened
    }

    private static func stamp(of descriptor: Int32) -> (Stamp, mode_t) {
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

    private static func openError(_ code: Int32) -> PipelineError {
        switch code {
        case ENOENT, ENOTDIR: PipelineError(.notFound, "no such file or folder")
        case EACCES, EPERM: PipelineError(.notReadable, "no permission to read it")
        default: PipelineError(.notReadable, "cannot be opened: \(reason(code))")
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
