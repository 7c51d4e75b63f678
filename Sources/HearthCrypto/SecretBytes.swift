// SPDX-License-Identifier: Apache-2.0

import CSodium
import Synchronization

/// Bytes that must not leak: keys, passphrases, seeds.
///
/// They live in locked memory between guard pages, are wiped when the owner lets go, cannot be
/// copied by accident, and have no description.
public struct SecretBytes: ~Copyable, Sendable {
    /// How many bytes there are.
    public let count: Int
    private let address: UInt

    /// Whether secrets may live in memory that the system refuses to lock; set it once, at start.
    ///
    /// False by default: a secret that can be swapped out may stay on the disk for years.
    public static var allowUnlockedMemory: Bool {
        get { LockedArena.allowsUnlocked.load(ordering: .acquiring) }
        set { LockedArena.allowsUnlocked.store(newValue, ordering: .releasing) }
    }

    /// True if secrets live in memory that is not locked.
    public static var hasUnlockedMemory: Bool { LockedArena.hasUnlocked }

    /// Zeros.
    ///
    /// - Throws: `cannotLockMemory`, `outOfMemory`.
    public init(count: Int) throws(CryptoError) {
        self.address = try LockedArena.allocate(count)
        self.count = count
    }

    /// A copy of `bytes`. The caller wipes the original.
    ///
    /// - Throws: `cannotLockMemory`, `outOfMemory`.
    public init(copying bytes: Span<UInt8>) throws(CryptoError) {
        try self.init(count: bytes.count)
        withMutableBytes { copy in
            for index in bytes.indices { copy[index] = bytes[index] }
        }
    }

    /// Random bytes from the operating system.
    ///
    /// - Throws: `cannotLockMemory`, `outOfMemory`.
    public static func random(_ count: Int) throws(CryptoError) -> SecretBytes {
        var secret = try SecretBytes(count: count)
        unsafe secret.withMutablePointer { bytes in unsafe randombytes_buf(bytes, count) }
        return secret
    }

    deinit { LockedArena.release(address, count) }

    /// Lends the bytes for reading. Do not copy them out.
    public borrowing func withBytes<R: ~Copyable, E: Error>(
        _ body: (Span<UInt8>) throws(E) -> R
    ) throws(E) -> R {
        let buffer = unsafe UnsafeBufferPointer(start: pointer, count: count)
        return try unsafe body(buffer.span)
    }

    /// Lends the bytes for writing.
    public mutating func withMutableBytes<R: ~Copyable, E: Error>(
        _ body: (inout MutableSpan<UInt8>) throws(E) -> R
    ) throws(E) -> R {
        let buffer = unsafe UnsafeMutableBufferPointer(start: pointer, count: count)
        var span = unsafe buffer.mutableSpan
        return try body(&span)
    }

    /// Overwrites the bytes with zeros now, before the owner lets go.
    public mutating func wipe() {
        let length = count
        unsafe withMutablePointer { bytes in unsafe sodium_memzero(bytes, length) }
    }

    /// The first `length` bytes as a secret of their own.
    ///
    /// - Throws: `cannotLockMemory`, `outOfMemory`.
    public borrowing func prefix(_ length: Int) throws(CryptoError) -> SecretBytes {
        try withBytes { bytes throws(CryptoError) in
            try SecretBytes(copying: bytes.extracting(first: length))
        }
    }

    /// A copy with an owner of its own.
    ///
    /// - Throws: `cannotLockMemory`, `outOfMemory`.
    public borrowing func copy() throws(CryptoError) -> SecretBytes { try prefix(count) }

    /// Whether both hold the same bytes, in a time that depends on the lengths only.
    public borrowing func isEqual(to other: borrowing SecretBytes) -> Bool {
        guard count == other.count else { return false }
        return unsafe withPointer { a in
            unsafe other.withPointer { b in unsafe sodium_memcmp(a, b, count) == 0 }
        }
    }

    /// Lends the address to C for reading.
    borrowing func withPointer<R: ~Copyable, E: Error>(
        _ body: (UnsafePointer<UInt8>) throws(E) -> R
    ) throws(E) -> R {
        try unsafe body(UnsafePointer(pointer))
    }

    /// Lends the address to C for writing.
    mutating func withMutablePointer<R: ~Copyable, E: Error>(
        _ body: (UnsafeMutablePointer<UInt8>) throws(E) -> R
    ) throws(E) -> R {
        try unsafe body(pointer)
    }

    private var pointer: UnsafeMutablePointer<UInt8> {
        // The arena never hands out address zero.
        unsafe UnsafeMutablePointer(bitPattern: address).unsafelyUnwrapped
    }
}

/// A secret that several owners hold; wiped when the last of them lets go.
public final class HeldSecret: Sendable {
    public let bytes: SecretBytes

    public init(_ bytes: consuming SecretBytes) { self.bytes = bytes }

    /// Holds a copy.
    ///
    /// - Throws: `cannotLockMemory`, `outOfMemory`.
    public init(copying bytes: borrowing SecretBytes) throws(CryptoError) {
        self.bytes = try bytes.copy()
    }
}
