// SPDX-License-Identifier: Apache-2.0

/// A span of recorded samples that the person set right, or had left out.
public struct AmendedSamples: Sendable, Codable, Hashable {
    /// The amendment's number, as `hearth amend show` lists it.
    public var number: UInt32
    public var quantity: Quantity
    /// Samples that start at or after `from` and before `to`.
    public var from: Timestamp
    public var to: Timestamp
    /// They were left out; otherwise they have another value.
    public var isRemoved: Bool

    public init(
        number: UInt32, quantity: Quantity, from: Timestamp, to: Timestamp, isRemoved: Bool
    ) {
        self.number = number
        self.quantity = quantity
        self.from = from
        self.to = to
        self.isRemoved = isRemoved
    }
}
