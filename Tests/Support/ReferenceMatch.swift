// SPDX-License-Identifier: Apache-2.0

/// How what a reader found compares with what another decoder found, value by value.
///
/// Differences are told by kind and count; no value of a recording is ever shown.
public struct ReferenceMatch: Sendable {
    /// What was compared, such as `python-fitparse records`.
    public let reference: String
    /// What one comparison is about, in the plural with an s.
    public let unit: String
    public private(set) var compared = 0
    /// Kinds of difference with the number of times met.
    public private(set) var differences: [String: Int] = [:]
    /// What could not be compared, and why.
    public private(set) var remarks: [String] = []

    public init(_ reference: String, unit: String = "values") {
        self.reference = reference
        self.unit = unit
    }

    /// One comparison; `what` names its kind and must not hold a value.
    public mutating func expect(_ holds: Bool, _ what: @autoclosure () -> String) {
        compared += 1
        if !holds { differences[what(), default: 0] += 1 }
    }

    /// A condition that is no comparison of its own, such as that both found as many.
    public mutating func require(_ holds: Bool, _ what: @autoclosure () -> String) {
        if !holds { differences[what(), default: 0] += 1 }
    }

    public mutating func remark(_ text: String) { remarks.append(text) }

    public var holds: Bool { differences.isEmpty && compared > 0 }

    /// One line for a table.
    public var sentence: String {
        let remark = remarks.isEmpty ? "" : " (" + remarks.joined(separator: "; ") + ")"
        let unit = compared == 1 ? String(unit.dropLast()) : unit
        guard !differences.isEmpty else {
            return "\(reference): \(Self.grouped(compared)) \(unit) equal" + remark
        }
        let kinds = differences.sorted { $0.key < $1.key }.map { "\($0.key) ×\($0.value)" }
        return "\(reference): **\(Self.grouped(compared)) \(unit) compared, different: "
            + kinds.joined(separator: ", ") + "**" + remark
    }

    /// `1234567` as `1,234,567`.
    public static func grouped(_ number: Int) -> String {
        var digits = String(number)
        var place = digits.count - 3
        while place > 0 {
            digits.insert(",", at: digits.index(digits.startIndex, offsetBy: place))
            place -= 3
        }
        return digits
    }
}
