// SPDX-License-Identifier: Apache-2.0

/// What went wrong with an input, as a closed list that can grow.
public struct PipelineErrorCode: Sendable, Hashable {
    enum Code: String, Sendable {
        case notFound, notReadable, isDirectory, notAFile, empty, unknownFormat, changedWhileRead
        case archiveDamaged, archiveLimit, archiveEncrypted, readFailed
    }
    let code: Code

    /// The stable name, such as `changed-while-read`.
    public var name: String {
        code.rawValue.reduce(into: "") { text, letter in
            if letter.isUppercase { text += "-" }
            text += letter.lowercased()
        }
    }

    public static let notFound = Self(code: .notFound)
    public static let notReadable = Self(code: .notReadable)
    public static let isDirectory = Self(code: .isDirectory)
    /// A socket, a device or another thing that is neither file nor folder.
    public static let notAFile = Self(code: .notAFile)
    public static let empty = Self(code: .empty)
    public static let unknownFormat = Self(code: .unknownFormat)
    public static let changedWhileRead = Self(code: .changedWhileRead)
    public static let archiveDamaged = Self(code: .archiveDamaged)
    /// A limit of ``ArchiveLimits`` was passed; the message names it.
    public static let archiveLimit = Self(code: .archiveLimit)
    public static let archiveEncrypted = Self(code: .archiveEncrypted)
    public static let readFailed = Self(code: .readFailed)
}

/// An input that cannot be read. The message holds no content of the input.
public struct PipelineError: Error, Sendable, Hashable {
    public var code: PipelineErrorCode
    public var message: String

    public init(_ code: PipelineErrorCode, _ message: String) {
        self.code = code
        self.message = message
    }
}

extension PipelineError {
    static let readable =
        "expected FIT, an Apple Health export, a Fitbit export, Hearth CSV or NDJSON, or a zip or "
        + "tar of them"
    static let unknownFormatMessage = "found no format that Hearth reads; \(readable)"
}
