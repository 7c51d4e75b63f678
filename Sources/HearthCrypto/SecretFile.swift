// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Secrets of a fixed length in open files, such as the key file on a memory stick.
public enum SecretFile {
    /// The whole content of an open file, which must have exactly `count` bytes.
    ///
    /// - Throws: `damagedInput` for another length or a failed reading, `cannotLockMemory`.
    public static func read(descriptor: Int32, count: Int) throws(CryptoError) -> SecretBytes {
        // One byte more shows a longer file.
        var content = try SecretBytes(count: count + 1)
        let filled = unsafe content.withMutablePointer { buffer in
            var filled = 0
            while filled <= count {
                let got = unsafe systemRead(descriptor, buffer + filled, count + 1 - filled)
                if got < 0, errno == EINTR { continue }
                if got <= 0 { break }
                filled += got
            }
            return filled
        }
        guard filled == count else {
            throw CryptoError(.damagedInput, "a key file has exactly \(count) bytes; this has not")
        }
        return try content.prefix(count)
    }

    /// Writes a secret to an open file and makes it durable.
    ///
    /// - Throws: `unavailable` if the system refuses.
    public static func write(
        _ secret: borrowing SecretBytes, descriptor: Int32
    ) throws(CryptoError) {
        let count = secret.count
        let isWritten = unsafe secret.withPointer { bytes in
            var done = 0
            while done < count {
                let put = unsafe systemWrite(descriptor, bytes + done, count - done)
                if put < 0, errno == EINTR { continue }
                if put <= 0 { return false }
                done += put
            }
            return fsync(descriptor) == 0
        }
        guard isWritten else {
            throw CryptoError(.unavailable, "the key file cannot be written")
        }
    }
}

private func systemRead(
    _ descriptor: Int32, _ buffer: UnsafeMutablePointer<UInt8>, _ count: Int
) -> Int { unsafe read(descriptor, buffer, count) }

private func systemWrite(
    _ descriptor: Int32, _ buffer: UnsafePointer<UInt8>, _ count: Int
) -> Int { unsafe write(descriptor, buffer, count) }
