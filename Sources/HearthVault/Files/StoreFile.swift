// SPDX-License-Identifier: Apache-2.0
internal import CHearthSystem

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// One open file of the store: read and written at offsets, synced when asked.
///
/// An error of a sync is final: the descriptor is not used again for writing.
final class StoreFile {
    enum Mode { case read, update, create }

    let path: String
    private let descriptor: Int32
    private var isOpen = true

    /// Opens the file, never through a symbolic link; `create` refuses a file that exists.
    init(_ path: String, _ mode: Mode) throws(VaultError) {
        self.path = path
        let flags: Int32 =
            switch mode {
            case .read: O_RDONLY
            case .update: O_RDWR
            case .create: O_RDWR | O_CREAT | O_EXCL
            }
        descriptor = unsafe open(path, flags | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SystemError.error("open", path) }
    }

    deinit { end() }

    /// Closes the file now, and so gives its lock back; nothing may be read or written after it.
    func end() {
        guard isOpen else { return }
        isOpen = false
        close(descriptor)
    }

    var size: Int {
        get throws(VaultError) {
            var status = stat()
            guard unsafe fstat(descriptor, &status) == 0 else {
                throw SystemError.error("stat", path)
            }
            return Int(status.st_size)
        }
    }

    /// Up to `count` bytes from `offset`; fewer only at the end of the file.
    func read(at offset: Int, count: Int) throws(VaultError) -> [UInt8] {
        var failed = false
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            filled = 0
            while filled < count {
                let done = unsafe pread(
                    descriptor, buffer.baseAddress.map { unsafe $0 + filled }, count - filled,
                    off_t(offset + filled))
                if done < 0, errno == EINTR { continue }
                failed = done < 0
                if done <= 0 { break }
                filled += done
            }
        }
        guard !failed else { throw SystemError.error("read", path) }
        return bytes
    }

    /// Fills `bytes` from `offset`; says how many, fewer than it has only at the end of the file.
    func read(into bytes: inout [UInt8], at offset: Int) throws(VaultError) -> Int {
        var filled = 0
        while filled < bytes.count {
            let done = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe pread(
                    descriptor, buffer.baseAddress.map { unsafe $0 + filled },
                    buffer.count - filled, off_t(offset + filled))
            }
            if done < 0, errno == EINTR { continue }
            guard done >= 0 else { throw SystemError.error("read", path) }
            if done == 0 { break }
            filled += done
        }
        return filled
    }

    /// Writes all bytes of `range` of `bytes` at `offset`.
    func write(_ bytes: [UInt8], _ range: Range<Int>, at offset: Int) throws(VaultError) {
        var done = range.lowerBound
        while done < range.upperBound {
            let written = unsafe bytes.withUnsafeBufferPointer { buffer in
                unsafe pwrite(
                    descriptor, buffer.baseAddress.map { unsafe $0 + done },
                    range.upperBound - done, off_t(offset + done - range.lowerBound))
            }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw SystemError.error("write", path) }
            done += written
        }
    }

    func write(_ bytes: [UInt8], at offset: Int) throws(VaultError) {
        try write(bytes, 0..<bytes.count, at: offset)
    }

    /// Makes the bytes durable.
    func syncData() throws(VaultError) {
        guard hearth_sync_data(descriptor) == 0 else { throw SystemError.error("sync", path) }
    }

    /// Makes bytes and metadata durable.
    func sync() throws(VaultError) {
        guard hearth_sync_file(descriptor) == 0 else { throw SystemError.error("sync", path) }
    }

    /// Reserves blocks for `length` bytes.
    func preallocate(_ length: Int) throws(VaultError) {
        guard hearth_preallocate(descriptor, Int64(length)) == 0 else {
            throw SystemError.error("reserve", path)
        }
    }

    /// Tries to take the lock of this file, shared with others of the kind or alone; false if another
    /// process holds it in a way that does not go with that.
    func tryLock(shared: Bool) throws(VaultError) -> Bool {
        let result =
            shared ? hearth_flock_shared_try(descriptor) : hearth_flock_try(descriptor)
        guard result >= 0 else { throw SystemError.error("lock", path) }
        return result == 0
    }

    /// Takes the exclusive lock of this file, trying for `wait`, or says that another process
    /// holds it.
    func lock(within wait: Duration = .zero) throws(VaultError) {
        let clock = ContinuousClock()
        let end = clock.now + wait
        while clock.now < end {
            do { return try tryLock() } catch {
                guard error.code == .lockedByAnotherProcess else { throw error }
            }
            // Not a round figure in step with others who wait.
            usleep(UInt32.random(in: 10_000...30_000))
        }
        try tryLock()
    }

    private func tryLock() throws(VaultError) {
        switch hearth_flock_try(descriptor) {
        case 0: return
        case 1:
            throw VaultError(
                .lockedByAnotherProcess, "another process has this vault open; close it first")
        default: throw SystemError.error("lock", path)
        }
    }
}

/// Names of system failures, and the operations on paths the vault needs.
enum SystemError {
    /// The failure that `errno` holds, with the name of the last path component only.
    static func error(_ verb: String, _ path: String) -> VaultError {
        let number = errno
        let name = path.split(separator: "/").last.map(String.init) ?? "a file"
        let code: VaultErrorCode =
            switch number {
            case ENOSPC, EDQUOT, EFBIG: .diskFull
            case EACCES, EPERM, EROFS: .readOnly
            case ELOOP, ENOTDIR: .damaged
            default: .io
            }
        return VaultError(code, "cannot \(verb) \(name): \(reason(number))")
    }

    static func reason(_ number: Int32) -> String {
        if number == ENOSPC { return "the disk is full" }
        return unsafe String(cString: strerror(number))
    }

    static func exists(_ path: String) -> Bool {
        var status = stat()
        return unsafe lstat(path, &status) == 0
    }

    /// Whether there is a regular file, not reached through a link.
    static func isRegular(_ path: String) -> Bool {
        var status = stat()
        return unsafe lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// Whether there is a folder, not reached through a link.
    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return unsafe lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    static func makeFolder(_ path: String) throws(VaultError) {
        guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw error("make folder", path)
        }
    }

    /// Makes a folder and those above it, durable each: what is synced in a folder is still lost
    /// with the folder if its own name is not.
    static func makeFolders(_ path: String) throws(VaultError) {
        guard !exists(path) else { return }
        let parent = StoreName.parent(of: path)
        try makeFolders(parent)
        try makeFolder(path)
        try syncFolder(parent)
    }

    static func rename(_ from: String, to: String) throws(VaultError) {
        guard systemRename(from, to) == 0 else { throw error("rename", to) }
    }

    static func remove(_ path: String) throws(VaultError) {
        guard unsafe unlink(path) == 0 || errno == ENOENT else { throw error("remove", path) }
    }

    /// Removes an empty folder, if it can be.
    static func removeFolder(_ path: String) { _ = unsafe rmdir(path) }

    /// Makes the entries of a folder durable.
    static func syncFolder(_ path: String) throws(VaultError) {
        let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw error("open", path) }
        defer { close(descriptor) }
        guard hearth_sync_file(descriptor) == 0 else { throw error("sync", path) }
    }

    static var userNumber: UInt32 { UInt32(getuid()) }

    /// Wall-clock nanoseconds since the Unix epoch.
    static var now: Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec) &+ WallClockShift.current
    }

    /// Type of the file system below `path` and its data mode; empty where not known.
    static func fileSystem(of path: String) -> (type: String, dataMode: String) {
        var type = [CChar](repeating: 0, count: 64)
        var mode = [CChar](repeating: 0, count: 64)
        let result = unsafe hearth_file_system(path, &type, type.count, &mode, mode.count)
        guard result == 0 else { return ("", "") }
        return (text(type), text(mode))
    }

    private static func text(_ characters: [CChar]) -> String {
        let bytes = characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func systemRename(_ from: String, _ to: String) -> Int32 {
        #if canImport(Glibc)
            unsafe Glibc.rename(from, to)
        #else
            unsafe Darwin.rename(from, to)
        #endif
    }
}

/// How far the vault's wall clock is off; the fault laboratory lets ten years pass with it.
package enum WallClockShift {
    /// Nanoseconds.
    @TaskLocal package static var current: Int64 = 0
}
