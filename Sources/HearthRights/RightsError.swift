// SPDX-License-Identifier: Apache-2.0

/// Why an export, erasure or receipt check could not be done.
public struct RightsError: Error, Sendable, Hashable {
    public struct Code: Sendable, Hashable {
        enum Value: String, Sendable {
            case cannotWrite, notAReceipt, notAnAuditHead, nothingSelected
        }
        let value: Value
        public static let cannotWrite = Self(value: .cannotWrite)
        public static let notAReceipt = Self(value: .notAReceipt)
        public static let notAnAuditHead = Self(value: .notAnAuditHead)
        public static let nothingSelected = Self(value: .nothingSelected)
    }

    public var code: Code
    public var message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}
