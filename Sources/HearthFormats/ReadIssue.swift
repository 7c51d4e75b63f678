// SPDX-License-Identifier: Apache-2.0

/// A place in a recording.
public struct ReadPosition: Sendable, Hashable, Codable {
    /// Bytes from the start of the recording (after decompression).
    public var byte: Int64
    /// Record, message, row or element number counted from 1; 0 if not known.
    public var record: Int64

    public init(byte: Int64, record: Int64 = 0) {
        self.byte = byte
        self.record = record
    }
}

/// What kind of problem was met. A struct over a closed list, so that it can grow.
public struct ReadIssueCode: Sendable, Hashable, Codable {
    enum Code: String, Sendable, Codable, CaseIterable {
        case truncated, checksumMismatch, damaged, unknownElement, unknownField, invalidValue
        case implausibleValue, sentinelValue, unanchoredTime, timeBackwards, duplicate
        case limitExceeded, ignored, misplaced, encoding, unsupported
    }
    let code: Code

    /// The stable name, such as `checksum-mismatch`.
    public var name: String {
        code.rawValue.reduce(into: "") { text, letter in
            if letter.isUppercase { text += "-" }
            text += letter.lowercased()
        }
    }

    /// The recording ends in the middle of something.
    public static let truncated = Self(code: .truncated)
    public static let checksumMismatch = Self(code: .checksumMismatch)
    /// Bytes that cannot be part of the format; reading went on behind them.
    public static let damaged = Self(code: .damaged)
    /// A message, table or element this reader does not know; skipped.
    public static let unknownElement = Self(code: .unknownElement)
    public static let unknownField = Self(code: .unknownField)
    /// A value that is not in the form the format asks for; dropped.
    public static let invalidValue = Self(code: .invalidValue)
    /// A value outside the quantity's plausible range; dropped.
    public static let implausibleValue = Self(code: .implausibleValue)
    /// The format's own mark for "no value"; dropped.
    public static let sentinelValue = Self(code: .sentinelValue)
    /// A time that cannot be placed on the calendar for certain. `samplesLost` tells whether it cost
    /// the sample, or only the zone is unknown and it was read as UTC.
    public static let unanchoredTime = Self(code: .unanchoredTime)
    public static let timeBackwards = Self(code: .timeBackwards)
    /// The same measurement again in the same recording; dropped.
    public static let duplicate = Self(code: .duplicate)
    public static let limitExceeded = Self(code: .limitExceeded)
    /// Known and deliberately not read, such as personal data.
    public static let ignored = Self(code: .ignored)
    public static let misplaced = Self(code: .misplaced)
    public static let encoding = Self(code: .encoding)
    /// A known feature of the format that this reader does not read.
    public static let unsupported = Self(code: .unsupported)
}

extension ReadIssueCode {
    /// The code of that stable name.
    public init?(name: String) {
        let codes = Code.allCases.map { ReadIssueCode(code: $0) }
        guard let found = codes.first(where: { $0.name == name }) else { return nil }
        self = found
    }
}

/// A problem that did not end the reading.
///
/// `found` and `expected` describe structure only; no issue ever holds a sample value, a name or
/// other personal data. Readers add up like issues and report each kind once.
public struct ReadIssue: Sendable, Hashable, Codable {
    public var code: ReadIssueCode
    /// Where it was met first.
    public var position: ReadPosition
    public var found: String
    public var expected: String
    /// How often it was met.
    public var count: Int
    /// How many samples were lost by it.
    public var samplesLost: Int

    public init(
        _ code: ReadIssueCode, at position: ReadPosition, found: String, expected: String,
        count: Int = 1, samplesLost: Int = 0
    ) {
        self.code = code
        self.position = position
        self.found = found
        self.expected = expected
        self.count = count
        self.samplesLost = samplesLost
    }
}

/// Nothing further in this recording can be used.
public struct ReadError: Error, Sendable, Hashable {
    public var code: ReadIssueCode
    public var position: ReadPosition
    public var found: String
    public var expected: String

    public init(
        _ code: ReadIssueCode, at position: ReadPosition, found: String, expected: String
    ) {
        self.code = code
        self.position = position
        self.found = found
        self.expected = expected
    }
}

extension ReadError: CustomStringConvertible {
    /// `byte 236, record 4: found …; expected …`
    public var description: String { position.text + ": found \(found); expected \(expected)" }
}

extension ReadIssue: CustomStringConvertible {
    public var description: String {
        position.text + ": \(code.name): found \(found); expected \(expected)"
            + (count > 1 ? " (\(count) times)" : "")
    }
}

extension ReadPosition {
    var text: String { record > 0 ? "byte \(byte), record \(record)" : "byte \(byte)" }
}
