// SPDX-License-Identifier: Apache-2.0
import CHearthSystem

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What the live session asks of open files: reading, appending, waiting.
enum Descriptor {
    /// What tells one file from another that took its name.
    struct Identity: Codable, Hashable {
        var device: UInt64
        var inode: UInt64
    }

    /// Bytes read, 0 at the end, -1 if reading failed.
    static func read(_ descriptor: Int32, into buffer: inout [UInt8]) -> Int {
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { bytes in
                unsafe systemRead(descriptor, bytes.baseAddress, bytes.count)
            }
            if count >= 0 || errno != EINTR { return count < 0 && errno == EAGAIN ? 0 : count }
        }
    }

    /// Writes all bytes; says the system's error if that fails.
    static func write(_ descriptor: Int32, _ bytes: [UInt8]) -> Int32? {
        unsafe bytes.withUnsafeBytes { bytes in
            var done = 0
            while done < bytes.count {
                let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[done...])
                let count = unsafe systemWrite(descriptor, rest.baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                if count < 0, errno == EAGAIN {
                    _ = wait([descriptor], for: Int16(POLLOUT), milliseconds: 1000)
                    continue
                }
                guard count > 0 else { return errno }
                done += count
            }
            return nil
        }
    }

    /// Waits until something happens on one of the descriptors; says on which.
    static func wait(
        _ descriptors: [Int32], for events: Int16 = Int16(POLLIN), milliseconds: Int32
    ) -> [Bool] {
        var waiting = descriptors.map { pollfd(fd: $0, events: events, revents: 0) }
        let count = unsafe poll(&waiting, nfds_t(waiting.count), milliseconds)
        return count > 0 ? waiting.map { $0.revents != 0 } : descriptors.map { _ in false }
    }

    /// Opens a regular file for reading; `nil` if there is none.
    static func openForReading(_ path: String) -> Int32? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        guard isRegular(descriptor) else {
            close(descriptor)
            return nil
        }
        return descriptor
    }

    /// Opens a regular file for appending, or makes one that its owner alone can read.
    static func openForAppending(_ path: String) -> Int32? {
        let descriptor = unsafe hearth_open_private(path)
        guard descriptor >= 0 else { return nil }
        guard isRegular(descriptor) else {
            close(descriptor)
            return nil
        }
        return descriptor
    }

    static func end(_ descriptor: Int32) { close(descriptor) }

    static func size(_ descriptor: Int32) -> Int64 {
        var status = stat()
        return unsafe fstat(descriptor, &status) == 0 ? Int64(status.st_size) : 0
    }

    static func identity(_ descriptor: Int32) -> Identity? {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { return nil }
        return Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    }

    /// The file that has the name now.
    static func identity(at path: String) -> Identity? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        return Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    }

    static func seek(_ descriptor: Int32, to offset: Int64) -> Bool {
        lseek(descriptor, off_t(offset), SEEK_SET) == off_t(offset)
    }

    static func truncate(_ descriptor: Int32, to length: Int64) -> Bool {
        ftruncate(descriptor, off_t(length)) == 0
    }

    static func sync(_ descriptor: Int32) -> Bool { hearth_sync_data(descriptor) == 0 }

    private static func isRegular(_ descriptor: Int32) -> Bool {
        var status = stat()
        return unsafe fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }
}

private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int)
    -> Int
{
    guard let buffer = unsafe buffer else { return 0 }
    return unsafe read(descriptor, buffer, count)
}

private func systemWrite(_ descriptor: Int32, _ buffer: UnsafeRawPointer?, _ count: Int) -> Int {
    guard let buffer = unsafe buffer else { return 0 }
    return unsafe write(descriptor, buffer, count)
}
