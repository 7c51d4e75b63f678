// SPDX-License-Identifier: Apache-2.0

/// Why a live session cannot go on. The message never holds a sample value.
public struct LiveError: Error, Sendable, Hashable {
    public enum Code: Sendable {
        /// The input is in no form that is read live, or its header cannot be.
        case unreadable
        /// The file to follow cannot be opened.
        case noInput
        /// Whoever read the output went away.
        case outputClosed
        /// The output cannot be written.
        case cannotWrite
        /// Somebody else wrote to the output file.
        case outputChanged
    }

    public var code: Code
    public var message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}
