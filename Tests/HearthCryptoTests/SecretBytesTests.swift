// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import HearthCrypto

@Suite(.serialized) struct SecretBytesTests {
    @Test func `bytes go in and come out`() throws {
        for count in [0, 1, 16, 32, 33, 64, 100, 4_096, 4_097, 40_000] {
            let bytes = SecureRandom.bytes(count)
            let secret = try secret(bytes)
            #expect(secret.count == count)
            #expect(secret.revealed() == bytes)
        }
    }

    @Test func `new memory is zero even where a secret lay before`() throws {
        for count in [16, 32, 100, 512, 4_096, 20_000] {
            for _ in 0..<50 {
                let fresh = try SecretBytes(count: count)
                #expect(fresh.revealed().allSatisfy { $0 == 0 })
                let dropped = try SecretBytes(copying: [UInt8](repeating: 0xA5, count: count).span)
                #expect(dropped.revealed().allSatisfy { $0 == 0xA5 })
            }
        }
    }

    @Test func `wiping leaves zeros`() throws {
        var secret = try SecretBytes.random(48)
        #expect(secret.revealed().contains { $0 != 0 })
        secret.wipe()
        #expect(secret.revealed() == [UInt8](repeating: 0, count: 48))
    }

    @Test func `writing changes only the bytes written`() throws {
        var secret = try SecretBytes(count: 4)
        secret.withMutableBytes { bytes in bytes[2] = 7 }
        #expect(secret.revealed() == [0, 0, 7, 0])
        #expect(try secret.prefix(3).revealed() == [0, 0, 7])
        #expect(try secret.prefix(9).revealed() == [0, 0, 7, 0])
    }

    @Test func `equality compares bytes and lengths`() throws {
        let a = try secret([1, 2, 3])
        let same = try secret([1, 2, 3])
        let other = try secret([1, 2, 4])
        let longer = try secret([1, 2, 3, 0])
        let answers = [a.isEqual(to: same), a.isEqual(to: other), a.isEqual(to: longer)]
        #expect(answers == [true, false, false])
    }

    @Test func `random secrets differ`() throws {
        let a = try SecretBytes.random(32)
        let b = try SecretBytes.random(32)
        #expect(a.revealed() != b.revealed())
    }

    @Test func `neither a description nor a mirror shows the bytes`() throws {
        // A noncopyable value cannot be passed to String(describing:) at all; its owner can.
        let bytes = Array("hunter2-hunter2-hunter2-hunter2-".utf8)
        let keeper = Keeper(try secret(bytes))
        var dumped = ""
        dump(keeper, to: &dumped)
        let shown = dumped + String(describing: keeper) + String(reflecting: keeper)
        #expect(!shown.contains("hunter2"))
        #expect(!shown.contains("104, 117, 110"))
        #expect(!shown.lowercased().contains("68756e74"))
        for child in Mirror(reflecting: keeper).children {
            #expect(!String(reflecting: child.value).contains("104"))
        }
        #expect(keeper.secret.revealed() == bytes)
    }

    @Test func `secrets do not overlap and survive their neighbours`() throws {
        var keepers: [Int: Keeper] = [:]
        for index in 0..<2_000 {
            let bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: index), count: 32)
            keepers[index] = Keeper(try secret(bytes))
        }
        for index in stride(from: 0, to: 2_000, by: 2) { keepers[index] = nil }
        for index in stride(from: 1, to: 2_000, by: 2) {
            let expected = UInt8(truncatingIfNeeded: index)
            #expect(keepers[index]?.secret.revealed().allSatisfy { $0 == expected } == true)
        }
    }

    #if os(Linux)
        @Test func `ten thousand keys are all in locked memory`() throws {
            // One page each, as sodium_malloc takes, would need 40 MB of locked memory.
            let before = try lockedKilobytes()
            var keepers: [Keeper] = []
            for _ in 0..<10_000 { keepers.append(Keeper(try SecretBytes.random(32))) }
            #expect(keepers.count == 10_000)
            #expect(!SecretBytes.hasUnlockedMemory)
            let growth = try lockedKilobytes() - before
            #expect(growth >= 250 && growth <= 1_000, "grew by \(growth) kB")
        }
    #endif

    @Test func `memory that cannot be locked is refused unless leave is given`() throws {
        let count = 100_000
        let refuse: LockedArena.Lock = { _, _ in -1 }
        #expect(!SecretBytes.allowUnlockedMemory)
        let refusal = code { () throws(CryptoError) in
            _ = try LockedArena.allocate(count, lock: refuse)
        }
        #expect(refusal == .cannotLockMemory)
        #expect(!SecretBytes.hasUnlockedMemory)

        SecretBytes.allowUnlockedMemory = true
        defer { SecretBytes.allowUnlockedMemory = false }
        let address = try LockedArena.allocate(count, lock: refuse)
        #expect(SecretBytes.hasUnlockedMemory)
        LockedArena.release(address, count)
        #expect(!SecretBytes.hasUnlockedMemory)
    }

    @Test func `starting twice is harmless`() throws {
        try HearthCrypto.start()
        try HearthCrypto.start()
    }

    private func lockedKilobytes() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmLck:") })
        return try #require(Int(line.filter(\.isNumber)))
    }
}
