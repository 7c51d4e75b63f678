// SPDX-License-Identifier: Apache-2.0

import CSodium
import Synchronization

/// The memory that secrets live in: locked against swapping, between guard pages, left out of core
/// files, zero before and after use.
///
/// libsodium's `sodium_malloc` gives each secret a page of its own and does not tell when the lock
/// limit (8 MiB on many systems) is reached: after 2048 small secrets it hands out memory that is
/// not locked. Here many secrets share a locked page, and the lock is checked. Addresses are kept
/// as numbers because the arena, not the compiler, decides who owns the memory behind them.
enum LockedArena {
    /// Secrets up to this size share chunks; a larger one has a chunk of its own.
    private static let largestSlot = 4_096
    private static let smallestSlot = 32
    /// A slot size starts with one small chunk, so that a few secrets of each size fit below a lock
    /// limit of 64 KiB, the default of older systems.
    private static let firstChunkBytes = 4_096
    /// Then come chunks for 512 data keys: 44,000 keys, ten years of them, lock less than 2 MiB.
    private static let chunkBytes = 16_384

    private struct State {
        /// Free slots, by slot size.
        var free: [Int: [UInt]] = [:]
        /// Chunks that could not be locked, with leave given.
        var unlocked: Set<UInt> = []
    }
    private static let state = Mutex(State())

    /// Leave to go on with memory that cannot be locked.
    static let allowsUnlocked = Atomic<Bool>(false)

    static var hasUnlocked: Bool { state.withLock { !$0.unlocked.isEmpty } }

    /// Locks memory and tells by 0 that it did; a parameter so that a refusal can be tested.
    typealias Lock = (UnsafeMutableRawPointer, Int) -> Int32

    /// Zeroed memory for `count` bytes, aligned to 64 where `count` is at least that.
    static func allocate(_ count: Int) throws(CryptoError) -> UInt {
        try unsafe allocate(count) { memory, size in unsafe sodium_mlock(memory, size) }
    }

    /// As ``allocate(_:)``, with another lock than the system's.
    static func allocate(_ count: Int, lock: Lock) throws(CryptoError) -> UInt {
        HearthCrypto.requireStarted()
        let size = slotSize(for: count)
        return try state.withLock { (state) throws(CryptoError) -> UInt in
            guard size <= largestSlot else { return try unsafe newChunk(size, &state, lock) }
            if state.free[size]?.isEmpty ?? true {
                try unsafe addSlots(of: size, to: &state, lock)
            }
            guard let address = state.free[size]?.popLast() else {
                throw CryptoError(.outOfMemory, "no memory for secrets is left")
            }
            return address
        }
    }

    /// Wipes the memory and takes it back.
    static func release(_ address: UInt, _ count: Int) {
        let size = slotSize(for: count)
        guard let memory = unsafe UnsafeMutableRawPointer(bitPattern: address) else { return }
        unsafe sodium_memzero(memory, size)
        guard size <= largestSlot else {
            state.withLock { _ = $0.unlocked.remove(address) }
            unsafe sodium_free(memory)
            return
        }
        state.withLock { $0.free[size, default: []].append(address) }
    }

    /// Makes sure that one allocation of `count` bytes will succeed.
    static func reserve(_ count: Int) throws(CryptoError) {
        let address = try allocate(count)
        release(address, count)
    }

    private static func addSlots(
        of size: Int, to state: inout State, _ lock: Lock
    ) throws(CryptoError) {
        let bytes = state.free[size] == nil ? firstChunkBytes : chunkBytes
        let chunk = try unsafe newChunk(bytes, &state, lock)
        // Backwards, so that the lowest address is handed out first.
        for offset in stride(from: bytes - size, through: 0, by: -size) {
            state.free[size, default: []].append(chunk + UInt(offset))
        }
    }

    private static func newChunk(
        _ size: Int, _ state: inout State, _ lock: Lock
    ) throws(CryptoError) -> UInt {
        guard let memory = unsafe sodium_malloc(size) else {
            throw CryptoError(.outOfMemory, "no memory for secrets is left")
        }
        // A second lock of the same pages costs nothing and, unlike the first, tells its result.
        if unsafe lock(memory, size) != 0 {
            guard allowsUnlocked.load(ordering: .acquiring) else {
                unsafe sodium_free(memory)
                throw CryptoError(
                    .cannotLockMemory,
                    "the system refused to lock memory for secrets; raise RLIMIT_MEMLOCK")
            }
            state.unlocked.insert(UInt(bitPattern: memory))
        }
        unsafe sodium_memzero(memory, size)
        return UInt(bitPattern: memory)
    }

    /// The next power of two up to the largest slot, then the next whole chunk size.
    private static func slotSize(for count: Int) -> Int {
        precondition(count >= 0 && count <= 1 << 30, "a secret has 0 bytes to 1 GiB")
        if count > largestSlot { return (count + chunkBytes - 1) / chunkBytes * chunkBytes }
        var size = smallestSlot
        while size < count { size *= 2 }
        return size
    }
}
