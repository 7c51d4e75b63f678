// SPDX-License-Identifier: Apache-2.0
public import Foundation

/// Real recordings outside the project, named by `HEARTH_DATA` (default `../shared/data`).
public enum SharedData {
    /// The folder, or `nil` if it is not on this machine; tests that need it are then skipped.
    public static let folder: URL? = {
        let named = ProcessInfo.processInfo.environment["HEARTH_DATA"]
        let package = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let url =
            named.map { URL(filePath: $0) }
            ?? package.deletingLastPathComponent().appending(path: "shared/data")
        var isDirectory: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: url.path, isDirectory: &isDirectory)
        return exists && isDirectory.boolValue ? url : nil
    }()

    public static let isPresent = folder != nil

    /// The bytes of a file below the folder.
    public static func bytes(_ path: String) throws -> [UInt8] {
        guard let folder else { throw CocoaError(.fileNoSuchFile) }
        return [UInt8](try Data(contentsOf: folder.appending(path: path)))
    }
}
