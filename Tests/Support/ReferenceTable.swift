// SPDX-License-Identifier: Apache-2.0
public import Foundation

/// A table that another decoder wrote: text cells below a header row.
public struct ReferenceTable {
    public let header: [String]
    public let rows: [[String]]

    public init(_ bytes: [UInt8]) {
        let all = referenceCSVRows(bytes, delimiter: UInt8(ascii: ",")).map { row in
            row.map { String(decoding: $0, as: UTF8.self) }
        }
        header = all.first ?? []
        rows = Array(all.dropFirst())
    }

    /// - Parameter url: a CSV file, gzipped if its name ends in `.gz`.
    public init(contentsOf url: URL) throws { self.init(try Self.bytes(of: url)) }

    /// The cells of a column, row by row; a row that is too short has an empty one.
    public subscript(_ column: String) -> [String] {
        guard let index = header.firstIndex(of: column) else { return [] }
        return rows.map { index < $0.count ? $0[index] : "" }
    }

    /// The file of this name, or with `.gz` behind it; `nil` if there is neither.
    public static func file(_ path: String) -> URL? {
        [path, path + ".gz"].first { FileManager.default.fileExists(atPath: $0) }
            .map { URL(filePath: $0) }
    }

    public static func bytes(of url: URL) throws -> [UInt8] {
        guard url.pathExtension == "gz" else { return [UInt8](try Data(contentsOf: url)) }
        let gzip = Process()
        gzip.executableURL = URL(filePath: "/usr/bin/env")
        gzip.arguments = ["gzip", "-dc", url.path]
        let pipe = Pipe()
        gzip.standardOutput = pipe
        try gzip.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        gzip.waitUntilExit()
        return [UInt8](output)
    }
}
