// SPDX-License-Identifier: Apache-2.0

import CSodium

/// The hash function BLAKE2b (RFC 7693) with a chosen output length of 1 to 64 bytes.
public enum BLAKE2b {
    /// The keyed hash of `bytes`; the key has 1 to 64 bytes.
    public static func hash(
        _ bytes: Span<UInt8>, key: borrowing SecretBytes, length: Int = 32
    ) -> [UInt8] {
        precondition((1...64).contains(key.count), "a BLAKE2b key has 1 to 64 bytes")
        return unsafe key.withPointer { pointer in
            unsafe digest(bytes, pointer, key.count, length)
        }
    }

    /// The hash of `bytes` without a key.
    public static func hash(unkeyed bytes: Span<UInt8>, length: Int = 32) -> [UInt8] {
        unsafe digest(bytes, nil, 0, length)
    }

    /// The hash of an array without a key.
    public static func hash(unkeyed bytes: [UInt8], length: Int = 32) -> [UInt8] {
        hash(unkeyed: bytes.span, length: length)
    }

    /// The keyed hash as a secret: a key made from a key.
    ///
    /// - Throws: `cannotLockMemory`, `outOfMemory`.
    public static func secretHash(
        _ bytes: Span<UInt8>, key: borrowing SecretBytes, length: Int = 32
    ) throws(CryptoError) -> SecretBytes {
        precondition((1...64).contains(key.count), "a BLAKE2b key has 1 to 64 bytes")
        precondition((1...64).contains(length), "a BLAKE2b hash has 1 to 64 bytes")
        var result = try SecretBytes(count: length)
        unsafe result.withMutablePointer { output in
            unsafe key.withPointer { start in
                unsafe bytes.withUnsafeBufferPointer { input in
                    _ = unsafe crypto_generichash_blake2b(
                        output, length, input.baseAddress, UInt64(input.count), start, key.count)
                }
            }
        }
        return result
    }

    private static func digest(
        _ bytes: Span<UInt8>, _ key: UnsafePointer<UInt8>?, _ keyCount: Int, _ length: Int
    ) -> [UInt8] {
        HearthCrypto.requireStarted()
        precondition((1...64).contains(length), "a BLAKE2b hash has 1 to 64 bytes")
        var result = [UInt8](repeating: 0, count: length)
        unsafe bytes.withUnsafeBufferPointer { input in
            _ = unsafe crypto_generichash_blake2b(
                &result, length, input.baseAddress, UInt64(input.count), key, keyCount)
        }
        return result
    }
}

/// BLAKE2b over bytes that come in pieces.
///
/// The inner state tells as much as the key does, so it lives in locked memory too.
public struct BLAKE2bHasher: ~Copyable {
    static let stateBytes = crypto_generichash_blake2b_statebytes()

    private var state: SecretBytes
    private let length: Int
    private var isFinished = false

    /// A keyed hash; the key has 1 to 64 bytes, the result has `length`, 1 to 64, bytes.
    ///
    /// Traps if the memory for its 384 bytes cannot be locked; after ``HearthCrypto/start()`` this
    /// takes dozens of hashers at once with the lock limit used up.
    public init(key: borrowing SecretBytes, length: Int = 32) {
        precondition((1...64).contains(key.count), "a BLAKE2b key has 1 to 64 bytes")
        self.init(length: length)
        let keyCount = key.count
        unsafe state.withMutablePointer { memory in
            unsafe key.withPointer { key in
                _ = unsafe crypto_generichash_blake2b_init(
                    Self.cast(memory), key, keyCount, length)
            }
        }
    }

    /// A hash without a key; see ``init(key:length:)``.
    public init(unkeyedLength length: Int) {
        self.init(length: length)
        unsafe state.withMutablePointer { memory in
            _ = unsafe crypto_generichash_blake2b_init(Self.cast(memory), nil, 0, length)
        }
    }

    private init(length: Int) {
        HearthCrypto.requireStarted()
        precondition((1...64).contains(length), "a BLAKE2b hash has 1 to 64 bytes")
        self.length = length
        do {
            self.state = try SecretBytes(count: Self.stateBytes)
        } catch {
            preconditionFailure("no locked memory is left for a hash")
        }
    }

    /// Takes the next piece.
    public mutating func update(_ bytes: Span<UInt8>) {
        precondition(!isFinished, "a finished hash takes no more bytes")
        unsafe state.withMutablePointer { memory in
            unsafe bytes.withUnsafeBufferPointer { input in
                _ = unsafe crypto_generichash_blake2b_update(
                    Self.cast(memory), input.baseAddress, UInt64(input.count))
            }
        }
    }

    /// The hash of all pieces. Call it once.
    public mutating func finish() -> [UInt8] {
        precondition(!isFinished, "a hash is finished once")
        isFinished = true
        let length = length
        var result = [UInt8](repeating: 0, count: length)
        unsafe state.withMutablePointer { memory in
            _ = unsafe crypto_generichash_blake2b_final(Self.cast(memory), &result, length)
        }
        state.wipe()
        return result
    }

    private static func cast(_ memory: UnsafeMutablePointer<UInt8>) -> OpaquePointer {
        OpaquePointer(memory)
    }
}
