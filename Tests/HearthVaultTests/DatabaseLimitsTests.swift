// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthTestSupport
import Testing

@testable import HearthVault

/// What the store's database connection refuses, beside a connection without limits.
@Suite struct DatabaseLimitsTests {
    static let forbidden = [
        "ATTACH DATABASE ':memory:' AS other",
        "SELECT length(zeroblob(2000000))",
        "SELECT load_extension('libm.so.6')",
        "INSERT INTO pack VALUES(5, zeroblob(1048577))",
        "SELECT \"no such column\"",
        "PRAGMA writable_schema = ON; DELETE FROM sqlite_master",
        "CREATE TABLE wide(\((0..<40).map { "c\($0)" }.joined(separator: ",")))",
    ]

    @Test(arguments: forbidden.indices)
    func `a statement that the store has no use for is refused`(_ index: Int) throws {
        let folder = FileManager.default.temporaryDirectory.path + "/hearth-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let database = try PackDatabase.create(folder + "/store.db")
        #expect(throws: VaultError.self, "\(Self.forbidden[index])") {
            try database.runUnchecked([Self.forbidden[index]])
        }
        // The control: a pack is stored.
        try database.runUnchecked(["INSERT INTO pack VALUES(7, zeroblob(65536))"])
        #expect(try database.allIDs() == [7])
        try database.close()
    }

    @Test func `triggers and views do not run`() throws {
        let folder = FileManager.default.temporaryDirectory.path + "/hearth-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let database = try PackDatabase.create(folder + "/store.db")
        try database.runUnchecked([
            "CREATE TRIGGER t AFTER INSERT ON pack BEGIN DELETE FROM pack; END",
            "INSERT INTO pack VALUES(7, zeroblob(10))",
        ])
        #expect(try database.allIDs() == [7])
        try database.close()
        // Without limits the trigger does its work.
        let open = try PackDatabase.openUnchecked(folder + "/store.db")
        try open.runUnchecked(["INSERT INTO pack VALUES(8, zeroblob(10))"])
        #expect(try open.allIDs() == [])
        try open.close()
    }
}
