// SPDX-License-Identifier: Apache-2.0

/// What went wrong with an input, as a closed list that can grow.
public struct IntakeErrorCode: Sendable, Hashable {
    enum Code: String, Sendable, CaseIterable {
        case notFound, notReadable, isDirectory, notAFile, empty, unknownFormat, holdsNoRecording
        case changedWhileRead, archiveDamaged, archiveLimit, archiveEncrypted, databaseDamaged,
            readFailed
        case workerFailed, notIsolated
    }
    let code: Code

    init(_ code: Code) { self.code = code }

    /// The code of that stable name.
    init?(name: String) {
        guard let found = Code.allCases.first(where: { Self($0).name == name }) else { return nil }
        code = found
    }

    /// The stable name, such as `changed-while-read`.
    public var name: String {
        code.rawValue.reduce(into: "") { text, letter in
            if letter.isUppercase { text += "-" }
            text += letter.lowercased()
        }
    }

    public static let notFound = Self(.notFound)
    public static let notReadable = Self(.notReadable)
    public static let isDirectory = Self(.isDirectory)
    /// A socket, a device or another thing that is neither file nor folder.
    public static let notAFile = Self(.notAFile)
    public static let empty = Self(.empty)
    public static let unknownFormat = Self(.unknownFormat)
    /// A sound archive, but nothing in it is a recording.
    public static let holdsNoRecording = Self(.holdsNoRecording)
    public static let changedWhileRead = Self(.changedWhileRead)
    public static let archiveDamaged = Self(.archiveDamaged)
    /// A limit of ``ArchiveLimits`` was passed; the message names it.
    public static let archiveLimit = Self(.archiveLimit)
    public static let archiveEncrypted = Self(.archiveEncrypted)
    public static let databaseDamaged = Self(.databaseDamaged)
    public static let readFailed = Self(.readFailed)
    /// The worker process ended before the input was read; the message says by what.
    public static let workerFailed = Self(.workerFailed)
    /// Isolation was required and could not be had.
    public static let notIsolated = Self(.notIsolated)
}

/// An input that cannot be read. The message holds no content of the input.
public struct IntakeError: Error, Sendable, Hashable {
    public var code: IntakeErrorCode
    public var message: String

    public init(_ code: IntakeErrorCode, _ message: String) {
        self.code = code
        self.message = message
    }
}

extension IntakeError {
    static let readable =
        "expected a recording or export of a kind that docs/formats lists, or a zip or tar of them"
    public static let emptyFile = IntakeError(.empty, "found an empty file")
    public static let unknownFormat = IntakeError(
        .unknownFormat, "found no format that Hearth reads; \(readable)")
}
