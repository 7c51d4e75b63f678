// SPDX-License-Identifier: Apache-2.0

/// Why a model bundle was refused: which check failed, and on what.
public struct BundleRefusal: Error, Sendable, Hashable, CustomStringConvertible {
    /// The checks, in the order in which they are made. The first that fails ends the loading.
    public enum Check: String, Sendable, Codable, CaseIterable {
        /// Magic, version, counts and lengths of the file.
        case container
        /// The signed envelope is there and in canonical form.
        case envelope
        /// Enough trusted keys signed the manifest.
        case signature
        /// The manifest is canonical and every field is sound.
        case manifest
        /// The entries are those the manifest lists, with its sizes and digests.
        case entries
        /// The engine is new enough.
        case engine
        /// The model wants the features that the engine computes.
        case features
        /// The time handed in is not past the manifest's.
        case expiry
        /// The card and the parameters are canonical and complete.
        case contents
    }

    public var check: Check
    /// What was found and what was expected; never a value, a name or a key.
    public var error: InferenceError

    public init(_ check: Check, _ error: InferenceError) {
        self.check = check
        self.error = error
    }

    init(
        _ check: Check, _ reason: InferenceError.Reason, at byte: Int? = nil, found: String,
        expected: String
    ) {
        self.init(check, InferenceError(reason, at: byte, found: found, expected: expected))
    }

    public var description: String { "the check of the \(check.rawValue) failed: \(error)" }

    /// Runs one check; what it throws carries the check's name.
    static func during<Value>(
        _ check: Check, _ body: () throws(InferenceError) -> Value
    ) throws(BundleRefusal) -> Value {
        do {
            return try body()
        } catch {
            throw BundleRefusal(check, error)
        }
    }
}
