// SPDX-License-Identifier: Apache-2.0

/// A number over many days with the input it rests on, or the reason why there is none.
public struct Assessed<Value: Codable & Sendable & Hashable>: Codable, Sendable, Hashable {
    /// `nil` if a coverage rule was not met; then `missing` says which.
    public var value: Value?
    /// Share of the wanted input that was there, 0...1.
    public var coverage: Double
    /// Days that count.
    public var days: Int
    public var missing: String?

    public init(_ value: Value, coverage: Double, days: Int) {
        self.value = value
        self.coverage = coverage
        self.days = days
        self.missing = nil
    }

    public init(missing: String, coverage: Double = 0, days: Int = 0) {
        self.value = nil
        self.coverage = coverage
        self.days = days
        self.missing = missing
    }

    /// The same with another value; the coverage stays.
    public func map<Other>(_ transform: (Value) -> Other) -> Assessed<Other> {
        guard let value else {
            return Assessed<Other>(
                missing: missing ?? "There was no input.", coverage: coverage, days: days)
        }
        return Assessed<Other>(transform(value), coverage: coverage, days: days)
    }
}
