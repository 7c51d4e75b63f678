// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A place that memory may be written to.
struct SwapArea: Encodable {
    var name: String
    var isEncrypted: Bool
    /// Compressed memory, which reaches no disk by itself.
    var inMemory: Bool
}

/// What the kernel tells of disks and memory; empty where there is no /proc.
enum SystemTables {
    static var swap: [SwapArea] {
        lines("/proc/swaps").dropFirst().compactMap { line in
            guard let name = line.split(separator: " ").first.map(String.init) else { return nil }
            let device = URL(filePath: name).resolvingSymlinksInPath().lastPathComponent
            let inMemory = device.hasPrefix("zram")
            let isFile = !name.hasPrefix("/dev/")
            let state = isFile ? encryption(below: name) : isEncrypted(block: device)
            return SwapArea(name: name, isEncrypted: state == "yes", inMemory: inMemory)
        }
    }

    static var corePattern: String? {
        lines("/proc/sys/kernel/core_pattern").first
    }

    static var lockLimit: UInt64? {
        let name = "Max locked memory"
        guard let line = lines("/proc/self/limits").first(where: { $0.hasPrefix(name) }) else {
            return nil
        }
        return line.dropFirst(name.count).split(separator: " ").first.flatMap { UInt64($0) }
    }

    /// Whether what a path lies on is an encrypted device: `yes`, `no` or `unknown`.
    static func encryption(below path: String) -> String {
        guard let device = device(of: path) else { return "unknown" }
        return isEncrypted(numbers: device)
    }

    /// Major and minor number of the device with the mount that holds the path.
    private static func device(of path: String) -> String? {
        var best: (point: String, device: String)?
        for line in lines("/proc/self/mountinfo") {
            let fields = line.split(separator: " ")
            guard fields.count > 5 else { continue }
            let point = String(fields[4])
            let isAbove = point == "/" || path == point || path.hasPrefix(point + "/")
            if isAbove, point.count >= best?.point.count ?? 0 {
                best = (point, String(fields[2]))
            }
        }
        return best?.device
    }

    private static func isEncrypted(numbers: String) -> String {
        // Major number 0 is no device of its own: memory, network, overlay, or a file system of many.
        guard !numbers.hasPrefix("0:") else { return "unknown" }
        let link = URL(filePath: "/sys/dev/block/\(numbers)").resolvingSymlinksInPath()
        guard FileManager.default.fileExists(atPath: link.path) else { return "unknown" }
        return isEncrypted(folder: link, depth: 0) ? "yes" : "no"
    }

    private static func isEncrypted(block name: String) -> String {
        let folder = URL(filePath: "/sys/class/block/\(name)").resolvingSymlinksInPath()
        guard FileManager.default.fileExists(atPath: folder.path) else { return "unknown" }
        return isEncrypted(folder: folder, depth: 0) ? "yes" : "no"
    }

    /// A device-mapper target whose name begins with CRYPT, here or in a layer below.
    private static func isEncrypted(folder: URL, depth: Int) -> Bool {
        if lines(folder.appending(path: "dm/uuid").path).first?.hasPrefix("CRYPT-") == true {
            return true
        }
        let below = folder.appending(path: "slaves")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: below.path)) ?? []
        guard depth < 8, !names.isEmpty else { return false }
        return names.allSatisfy {
            isEncrypted(
                folder: below.appending(path: $0).resolvingSymlinksInPath(), depth: depth + 1)
        }
    }

    private static func lines(_ path: String) -> [String] {
        // The kernel gives a page at a time, and its tables have no size to go by.
        guard let file = FileHandle(forReadingAtPath: path) else { return [] }
        var data = Data()
        while let part = try? file.read(upToCount: 4096), !part.isEmpty { data += part }
        return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}
