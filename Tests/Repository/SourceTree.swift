// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The project's own files, as the house rules see them.
enum SourceTree {
    struct File {
        /// Path from the root of the project.
        var path: String
        var lines: [Substring]
    }

    static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// Every Swift file below a folder of the project, by path.
    static func swiftFiles(below folder: String) throws -> [File] {
        try files(below: folder).filter { $0.hasSuffix(".swift") }.map { path in
            let text = try String(contentsOf: root.appending(path: path), encoding: .utf8)
            return File(
                path: path, lines: text.split(separator: "\n", omittingEmptySubsequences: false))
        }
    }

    /// Paths of all files below a folder of the project, build products left out.
    static func files(below folder: String) throws -> [String] {
        let start = root.appending(path: folder)
        guard let walker = FileManager.default.enumerator(atPath: start.path) else { return [] }
        return walker.compactMap { $0 as? String }
            .filter { path in
                !path.split(separator: "/").contains { part in
                    part.hasPrefix(".build") || part == "__pycache__" || part == "target"
                }
            }
            .map { "\(folder)/\($0)" }.sorted()
    }

    static func text(of path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// The target a source file belongs to: the folder below `Sources`.
    static func target(of path: String) -> String {
        let parts = path.split(separator: "/")
        return parts.count > 1 ? String(parts[1]) : ""
    }

    /// The modules a file imports.
    static func imports(of file: File) -> [String] {
        file.lines.compactMap { line in
            let words = line.split(separator: " ")
            guard let index = words.firstIndex(of: "import"), index <= 2, words.count > index + 1,
                !line.hasPrefix("//")
            else { return nil }
            return String(words[index + 1])
        }
    }
}
