// SPDX-License-Identifier: Apache-2.0

/// The number of a correction or a tag: counted from 1 for each person, never used again.
public struct CorrectionID: RawRepresentable, Hashable, Comparable, Sendable {
    public var rawValue: UInt32

    public init(rawValue: UInt32) { self.rawValue = rawValue }

    public static func < (a: CorrectionID, b: CorrectionID) -> Bool { a.rawValue < b.rawValue }
}

extension CorrectionID: Codable {
    public init(from decoder: any Decoder) throws {
        rawValue = try decoder.singleValueContainer().decode(UInt32.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}

extension CorrectionID: LosslessStringConvertible {
    public var description: String { String(rawValue) }

    /// Parses a decimal number from 1 on; anything else is `nil`.
    public init?(_ description: String) {
        guard let value = UInt32(description), value > 0 else { return nil }
        self.init(rawValue: value)
    }
}

/// Text a person typed: one line of bounded length.
///
/// It may be the most private thing in the vault, so no error and no log ever repeats it.
public enum OwnText {
    /// Bytes of UTF-8 a note may have.
    public static let longestNote = 1000
    /// Bytes of UTF-8 a label may have.
    public static let longestLabel = 60

    /// The text without blanks at its ends; `nil` if it is empty, longer than `limit` bytes, or
    /// holds a control character or line break.
    public static func line(_ text: String, limit: Int) -> String? {
        let blank: (Unicode.Scalar) -> Bool = { $0.properties.isWhitespace }
        let scalars = text.unicodeScalars
        guard let first = scalars.firstIndex(where: { !blank($0) }),
            let last = scalars.lastIndex(where: { !blank($0) })
        else { return nil }
        let line = String(scalars[first...last])
        let isPlain = line.unicodeScalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: false
            default: true
            }
        }
        return isPlain && line.utf8.count <= limit ? line : nil
    }
}
