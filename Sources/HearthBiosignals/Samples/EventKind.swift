// SPDX-License-Identifier: Apache-2.0

/// What a sample of ``Quantity/event`` stands for: its value.
public struct EventKind: RawRepresentable, Hashable, Sendable {
    public var rawValue: UInt16
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// The wearer pressed a button or set a mark.
    public static let marker = EventKind(rawValue: 1)
    /// The recorder slept to save power and recorded nothing; has a duration.
    public static let recorderIdle = EventKind(rawValue: 2)
    /// The recorder started, or started again.
    public static let recorderStart = EventKind(rawValue: 3)
    /// The recorder stopped.
    public static let recorderStop = EventKind(rawValue: 4)
    /// A note of a person or a program; its text is not kept.
    public static let note = EventKind(rawValue: 5)

    /// An annotation of a WFDB record: 256 and the type's code, such as 257 for a normal beat.
    public static func wfdb(_ code: UInt8) -> EventKind {
        EventKind(rawValue: 256 + UInt16(code))
    }

    public var value: Float { Float(rawValue) }
}
