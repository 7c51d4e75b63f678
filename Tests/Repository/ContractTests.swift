// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// Every member of a family runs the family's contract.
@Suite struct ContractTests {
    @Test func `every reader runs checkReader`() throws {
        let readers = try Self.conformers(of: "RecordingReader")
        #expect(readers.count >= 5)
        let tests = try Self.tests(that: "checkReader(")
        for reader in readers {
            #expect(tests.contains { $0.contains("\(reader)(") }, "\(reader)")
        }
    }

    @Test func `every reader of databases runs checkDatabaseReader`() throws {
        let readers = try Self.conformers(of: "DatabaseReader")
        #expect(readers.count >= 3)
        let tests = try Self.tests(that: "checkDatabaseReader(")
        for reader in readers {
            #expect(tests.contains { $0.contains("struct \(reader)Tests") }, "\(reader)")
        }
    }

    @Test func `every operator runs checkOperator`() throws {
        let operators = try Self.conformers(of: "StreamOperator")
        #expect(operators.count >= 8)
        let tests = try Self.tests(that: "checkOperator(")
        for name in operators {
            #expect(tests.contains { $0.contains("\(name)(") }, "\(name)")
        }
    }

    /// Names of the structs in `Sources` that declare a protocol.
    private static func conformers(of name: String) throws -> [String] {
        try SourceTree.swiftFiles(below: "Sources").flatMap { file in
            file.lines.compactMap { line -> String? in
                guard line.contains("struct "), line.contains(": \(name)"),
                    let start = line.range(of: "struct ")
                else { return nil }
                return String(line[start.upperBound...].prefix { $0.isLetter || $0.isNumber })
            }
        }
    }

    /// The texts of test files that call a contract.
    private static func tests(that call: String) throws -> [String] {
        try SourceTree.swiftFiles(below: "Tests").filter { !$0.path.hasPrefix("Tests/Support") }
            .map { $0.lines.joined(separator: "\n") }.filter { $0.contains(call) }
    }
}
