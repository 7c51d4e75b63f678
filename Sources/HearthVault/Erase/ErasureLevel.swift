// SPDX-License-Identifier: Apache-2.0

/// How far an erase got, named in every receipt. Each level holds what those below it hold.
public enum ErasureLevel: String, Sendable, Codable, CaseIterable, Comparable {
    /// No command shows it any more.
    case notShown = "E1"
    /// No file of the store holds its plain text, its sealed bytes or a wrapped key of it.
    case noFile = "E2"
    /// The file system's blocks hold no usable key of it: slots were overwritten where they lay.
    case noBlock = "E3"
    /// Even a raw copy of the drive and the passphrase of that day do not open it: the master key
    /// and everything that opened it were replaced afterwards.
    case rekeyed = "E4"

    public static func < (left: ErasureLevel, right: ErasureLevel) -> Bool {
        left.rawValue < right.rawValue
    }

    static func reached(
        keysReadBack: Bool, filesScanned: Bool, overwritesInPlace: Bool
    ) -> ErasureLevel {
        guard filesScanned else { return .notShown }
        return keysReadBack && overwritesInPlace ? .noBlock : .noFile
    }
}

/// What a file system lets an erase promise.
public struct FileSystemClaim: Sendable, Hashable {
    /// Such as `ext4 (data=ordered)`; `unknown` where the system does not tell.
    public let description: String
    /// A changed block is written where it lay, and nowhere else.
    public let isInPlace: Bool
    /// Why not, in a sentence without a full stop; `nil` where ``isInPlace``.
    public let reason: String?
    /// What an erase does not reach, whatever the file system.
    public let risks: [String]

    /// Asks the system about the folder.
    public init(at path: String) {
        self.init(SystemError.fileSystem(of: path))
    }

    init(_ system: (type: String, dataMode: String)) {
        let name = system.type.isEmpty ? "unknown" : system.type
        description = system.dataMode.isEmpty ? name : "\(name) (data=\(system.dataMode))"
        reason = Self.reason(name, system.dataMode)
        isInPlace = reason == nil
        let isUntold = ["ext3", "ext4"].contains(name) && system.dataMode.isEmpty
        risks =
            [
                "Copies made before the erase, such as backups and snapshots, are not reached.",
                "Files exported earlier are not reached.",
                "A flash drive may keep an old copy of an overwritten block that only its maker's "
                    + "tools can read.",
            ]
            + (isUntold
                ? [
                    "The system does not tell this file system's data mode: with data=journal, which "
                        + "is not the default, its journal would keep old blocks."
                ] : [])
    }

    private static let copyOnWrite: Set = ["btrfs", "zfs", "bcachefs", "apfs"]
    private static let network: Set = [
        "nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "fuse", "fuseblk", "9p", "afs", "ceph",
        "glusterfs", "virtiofs",
    ]

    private static func reason(_ name: String, _ dataMode: String) -> String? {
        if dataMode == "journal" { return "this file system keeps old blocks in its journal" }
        if ["ext2", "ext3", "ext4", "xfs"].contains(name) { return nil }
        if copyOnWrite.contains(name) || network.contains(where: { name.hasPrefix($0 + ".") }) {
            return "\(name) writes a changed block to another place and may keep the old one"
        }
        switch name {
        case "f2fs": return "f2fs writes to a log: an old block stays until it is cleaned"
        case "overlay":
            return "overlay hides what lies below: the file system that holds the blocks is unseen"
        case "tmpfs", "ramfs":
            return "\(name) is memory, which may have been written to swap"
        case let name where network.contains(name):
            return "\(name) is another machine's or program's storage: where it writes is unseen"
        default: return "\(name) may write a changed block to another place"
        }
    }
}
