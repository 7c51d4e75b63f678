// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// The rules of style that a test can hold.
@Suite struct StyleTests {
    static let code = ["Sources", "Tests", "Benchmarks"]

    @Test func `no file is longer than 600 lines`() throws {
        for folder in Self.code {
            for file in try SourceTree.swiftFiles(below: folder) {
                #expect(file.lines.count <= 601, "\(file.path) has \(file.lines.count) lines")
            }
        }
    }

    @Test func `no function of the product is longer than 70 lines`() throws {
        for file in try SourceTree.swiftFiles(below: "Sources") {
            for function in Self.functions(in: file) {
                #expect(
                    function.length <= 70,
                    "\(file.path):\(function.line) has \(function.length) lines")
            }
        }
    }

    @Test func `every file starts with its licence`() throws {
        for folder in Self.code {
            for file in try SourceTree.swiftFiles(below: folder) {
                let named = file.lines.prefix(2).contains("// SPDX-License-Identifier: Apache-2.0")
                #expect(named, "\(file.path)")
            }
        }
    }

    @Test func `nothing in the product is left unfinished or traps on purpose`() throws {
        let forbidden = ["TODO", "FIXME", "XXX", "HACK", "fatalError(", "try!", " as! "]
        for file in try SourceTree.swiftFiles(below: "Sources") {
            for (index, line) in file.lines.enumerated() {
                for word in forbidden {
                    #expect(!line.contains(word), "\(file.path):\(index + 1) has \(word)")
                }
            }
        }
    }

    /// Escapes from the compiler's checks, each with its reason.
    static let escapes: [String: String] = [:]

    @Test func `unchecked concurrency is used only where the list says why`() throws {
        for file in try SourceTree.swiftFiles(below: "Sources") {
            let escapes = file.lines.contains {
                $0.contains("@unchecked Sendable") || $0.contains("nonisolated(unsafe)")
            }
            #expect(!escapes || Self.escapes[file.path] != nil, "\(file.path)")
        }
    }

    @Test func `the project names no machine it was made on`() throws {
        let words = ["/work" + "/", "/opt/" + "swift-packages"]
        for folder in Self.code + ["docs", "scripts", "Schemas", ".ci"] {
            for path in try SourceTree.files(below: folder) {
                guard let text = try? SourceTree.text(of: path) else { continue }
                for word in words where text.contains(word) {
                    #expect(!Self.names(word, in: text), "\(path) names \(word)")
                }
            }
        }
    }

    /// True if a path starts with `word`, which may stand inside another path or label too.
    private static func names(_ word: String, in text: String) -> Bool {
        text.components(separatedBy: word).dropLast().contains { before in
            guard let last = before.last else { return true }
            return !last.isLetter && !last.isNumber
        }
    }

    /// Functions found by indentation: from `func` or `init` to the closing brace below it.
    private static func functions(in file: SourceTree.File) -> [(line: Int, length: Int)] {
        var found: [(line: Int, length: Int)] = []
        for (index, line) in file.lines.enumerated() {
            let trimmed = line.drop { $0 == " " }
            let words = trimmed.split(separator: " ").map(String.init)
            let isFunction = words.contains("func") || words.contains { $0.hasPrefix("init(") }
            guard isFunction, !trimmed.hasPrefix("//"), !trimmed.hasSuffix("}") else { continue }
            let close = String(repeating: " ", count: line.count - trimmed.count) + "}"
            guard let end = file.lines[index...].firstIndex(where: { $0 == close }) else {
                continue
            }
            found.append((index + 1, end - index + 1))
        }
        return found
    }
}
