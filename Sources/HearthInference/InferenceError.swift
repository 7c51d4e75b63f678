// SPDX-License-Identifier: Apache-2.0

/// Why a model was not run. Carries structure only, never a sample value or a key.
public struct InferenceError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Reason: String, Sendable, Codable, CaseIterable {
        /// The bytes are not a model file.
        case damaged
        /// An operator, type or attribute outside the profile.
        case unsupported
        /// A size passes a limit.
        case limitExceeded
        /// Shapes do not fit each other.
        case shapeMismatch
        /// A digest or signature does not hold.
        case notAuthentic
        /// The model wants other features than the engine has.
        case schemaMismatch
    }

    public var reason: Reason
    /// Offset in the file; `nil` if the fault has no place.
    public var byte: Int?
    public var found: String
    public var expected: String

    public init(_ reason: Reason, at byte: Int? = nil, found: String, expected: String) {
        self.reason = reason
        self.byte = byte
        self.found = found
        self.expected = expected
    }

    public var description: String {
        let place = byte.map { "byte \($0): " } ?? ""
        return "\(place)found \(found); expected \(expected)"
    }
}
