// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthTestSupport
import Testing

@testable import HearthVault

/// What SQLite leaves of a deleted row in pages that it keeps, and that rewriting the rows around
/// removes it.
@Suite struct ResidueTests {
    @Test func `rewriting the neighbours removes what a deletion left in a page`() throws {
        var random = SeededRandom(seed: 20_260_101)
        var found = 0
        for _ in 0..<40 where found == 0 {
            let fixture = try VaultFixture()
            let path = fixture.root + "/plain.db"
            let database = try PackDatabase.create(path)
            var held: [UInt64: [UInt8]] = [:]
            for _ in 0..<12 {
                var scan = ByteScan()
                let gone = held.keys.sorted().filter { _ in
                    Int.random(in: 0..<3, using: &random) == 0
                }
                try database.transaction { writer in
                    for id in gone {
                        scan.add(held[id]![...], of: id)
                        held[id] = nil
                        try writer.delete(id)
                    }
                    for _ in 0..<20 {
                        let id = UInt64.random(in: 0...UInt64.max, using: &random)
                        let size = Bool.random(using: &random) ? 4096 : 16_384
                        // Only the beginning is looked for.
                        let start = (0..<40).map { _ in UInt8.random(in: 0...255, using: &random) }
                        let bytes = start + [UInt8](repeating: 0, count: size - 40)
                        held[id] = bytes
                        try writer.insert(id, bytes)
                    }
                }
                #expect(try database.compact())
                let left = try scan.hits(in: path).compactMap { $0 }
                guard !left.isEmpty else { continue }
                found += 1
                try database.rewrite(around: left, reach: 16)
                #expect(try database.compact())
                #expect(try scan.hits(in: path).isEmpty)
                let ids = held.keys.sorted()
                #expect(try database.packs(ids) == ids.map { held[$0] })
                #expect(try database.allIDs().count == held.count)
            }
            try database.close()
        }
        #expect(found > 0, "no deletion left anything, so nothing is shown")
    }

    /// Looked at without a call that compacts: what one transaction leaves.
    @Test(arguments: [true, false])
    func `a deletion that shrinks the file leaves no free page`(shrinks: Bool) throws {
        var random = SeededRandom(seed: 20_260_102)
        let fixture = try VaultFixture()
        let path = fixture.root + "/plain.db"
        let database = try PackDatabase.create(path)
        func packs(_ numbers: Range<UInt64>) -> [UInt64: [UInt8]] {
            var made: [UInt64: [UInt8]] = [:]
            for number in numbers {
                made[number &* 0x9E37_79B9_7F4A_7C15 >> 1] = (0..<8192).flatMap { _ in
                    withUnsafeBytes(of: random.next()) { Array($0) }
                }
            }
            return made
        }
        var held = packs(0..<60)
        try database.transaction { writer in
            for (id, bytes) in held { try writer.insert(id, bytes) }
        }
        #expect(try database.compact())
        let before = try Data(contentsOf: URL(filePath: path)).count
        var scan = ByteScan()
        let (gone, new) = (held.keys.sorted().filter { $0 % 3 != 0 }, packs(60..<65))
        for id in gone {
            // Behind the part that lies in the table itself; see above.
            for start in stride(from: 4096, to: 65_536, by: 4096) {
                scan.add(held[id]![start...], of: id)
            }
        }
        #expect(try scan.hits(in: path).count > gone.count, "the control: they are there")
        try database.transaction(shrinks: shrinks) { writer in
            for id in gone { try writer.delete(id) }
            for (id, bytes) in new { try writer.insert(id, bytes) }
        }
        held = held.filter { !gone.contains($0.key) }.merging(new) { $1 }
        try database.close()
        #expect(!FileManager.default.fileExists(atPath: path + "-wal"))
        let file = try Data(contentsOf: URL(filePath: path))
        let free = file[36..<40].reduce(0) { $0 << 8 | Int($1) }
        #expect((free == 0) == shrinks)
        #expect((file.count < before - gone.count * 50_000) == shrinks)
        #expect(try scan.hits(in: path).isEmpty)
        let again = try PackDatabase.open(path)
        let ids = held.keys.sorted()
        #expect(try again.packs(ids) == ids.map { held[$0] })
        #expect(try again.allIDs().count == held.count)
        try again.close()
    }
}
