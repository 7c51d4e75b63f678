// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The files of a vault and its anchor, to be put back quickly and often.
struct FileSet {
    private var image = CrashDisk.Image()
    private var sizes: [String: Int] = [:]

    /// Takes what is in a folder. The ballast is remembered by its size only.
    init(_ root: String) throws {
        let names = try FileManager.default.subpathsOfDirectory(atPath: root).sorted()
        for name in names {
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: "\(root)/\(name)", isDirectory: &isFolder)
            if isFolder.boolValue {
                image.entries.append(("/\(name)", nil))
            } else if name.hasSuffix("ballast") {
                image.entries.append(("/\(name)", []))
                sizes["/\(name)"] = 16 << 20
            } else {
                let data = try Data(contentsOf: URL(fileURLWithPath: "\(root)/\(name)"))
                image.entries.append(("/\(name)", [UInt8](data)))
            }
        }
    }

    /// Puts the files into a folder in place of what is there.
    func restore(to root: String, _ calls: ShimCalls) throws {
        calls.remove(root)
        mkdir(root, 0o700)
        try image.write(to: root)
        for (path, size) in sizes { truncate(root + path, size) }
    }
}
