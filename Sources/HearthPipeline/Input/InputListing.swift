// SPDX-License-Identifier: Apache-2.0
import HearthIntake

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A file to ingest and whether the person named it or it was found in a folder.
public struct InputPath: Sendable, Hashable {
    public var path: String
    /// Files found in folders that are no recordings are passed over; named ones are refused.
    public var isNamed: Bool

    public init(path: String, isNamed: Bool) {
        self.path = path
        self.isNamed = isNamed
    }
}

/// Finds the files below the paths a person gave, folders in byte order of their names.
public enum InputListing {
    /// Folders deeper than this are not entered: exports stay under 10.
    static let depthLimit = 32

    /// Symbolic links inside folders are not followed; a link that was named is.
    public static func files(below paths: [String]) -> [InputPath] {
        var found: [InputPath] = []
        for path in paths {
            if isFolder(path, followLinks: true) {
                for file in walk(path) { found.append(InputPath(path: file, isNamed: false)) }
            } else {
                found.append(InputPath(path: path, isNamed: true))
            }
        }
        return found
    }

    private static func walk(_ root: String) -> [String] {
        var files: [String] = []
        var pending = [(root, 0)]
        while let (folder, depth) = pending.popLast() {
            var subfolders: [(String, Int)] = []
            let names = names(in: folder)
            let segments = segments(among: names, in: folder)
            for name in names where !segments.contains(name) {
                let path = folder.hasSuffix("/") ? folder + name : folder + "/" + name
                if isFolder(path, followLinks: false) {
                    if depth < depthLimit { subfolders.append((path, depth + 1)) }
                } else if isRegular(path) {
                    files.append(path)
                }
            }
            pending.append(contentsOf: subfolders.reversed())
        }
        return files
    }

    /// Headers that belong to the record of another one, and are no records of their own.
    private static func segments(among names: [String], in folder: String) -> Set<String> {
        let headers = names.filter { $0.hasSuffix(".hea") }
        var segments: Set<String> = []
        guard headers.count > 1 else { return [] }
        for header in headers where !segments.contains(header) {
            let path = folder + "/" + header
            guard isRegular(path), let bytes = InputPrefix.of(path, Companions.headerBytes) else {
                continue
            }
            segments.formUnion(Companions.segments(inHeader: bytes))
        }
        return segments
    }

    /// Names in a folder, sorted, hidden ones left out.
    static func names(in folder: String) -> [String] {
        guard let handle = unsafe opendir(folder) else { return [] }
        defer { unsafe closedir(handle) }
        var names: [String] = []
        while let entry = unsafe readdir(handle) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) {
                    unsafe String(cString: $0)
                }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private static func mode(_ path: String, followLinks: Bool) -> mode_t {
        var status = stat()
        let result = unsafe followLinks ? stat(path, &status) : lstat(path, &status)
        return result == 0 ? status.st_mode & S_IFMT : 0
    }

    private static func isFolder(_ path: String, followLinks: Bool) -> Bool {
        mode(path, followLinks: followLinks) == S_IFDIR
    }

    private static func isRegular(_ path: String) -> Bool {
        mode(path, followLinks: false) == S_IFREG
    }
}
