// SPDX-License-Identifier: Apache-2.0

/// One Heart Rate Measurement (Bluetooth characteristic 0x2A37), as a strap notifies it.
///
/// Layout: a byte of flags (bit 0: rate of 16 bits; bits 1 and 2: skin contact; bit 3: energy; bit 4:
/// intervals), the rate, energy in kJ (16 bits), then intervals of 16 bits in 1/1024 s, oldest first.
public struct HeartRatePacket: Sendable, Hashable {
    public enum Contact: Sendable {
        /// The strap does not tell.
        case unknown
        /// The strap can tell and finds no skin.
        case none
        case skin
    }

    /// Beats a minute; 0 if the strap has none.
    public let heartRate: UInt16
    public let contact: Contact
    /// Kilojoules since the strap was reset.
    public let energy: UInt16?
    /// Ticks of 1/1024 s, oldest first.
    public let intervals: [UInt16]
    /// True if bits were set that the characteristic keeps for later; what they announce is not read.
    public let hasReservedFlags: Bool

    /// False if the flags announce intervals and none came.
    private let isComplete: Bool

    /// Longer values do not fit into a notification.
    public static let maximumBytes = 512

    /// Decodes the value of a notification; `nil` if its length does not fit its flags.
    public init?(_ bytes: Span<UInt8>) {
        guard bytes.count >= 2, bytes.count <= Self.maximumBytes else { return nil }
        let flags = bytes[0]
        var index = 1
        func word(_ index: inout Int) -> UInt16? {
            guard bytes.count - index >= 2 else { return nil }
            defer { index += 2 }
            return UInt16(bytes[index]) | UInt16(bytes[index + 1]) << 8
        }
        if flags & 1 == 1 {
            guard let rate = word(&index) else { return nil }
            heartRate = rate
        } else {
            heartRate = UInt16(bytes[1])
            index = 2
        }
        switch flags & 6 {
        case 4: contact = .none
        case 6: contact = .skin
        default: contact = .unknown
        }
        if flags & 8 != 0 {
            guard let found = word(&index) else { return nil }
            energy = found
        } else {
            energy = nil
        }
        var found: [UInt16] = []
        if flags & 16 != 0 {
            while let interval = word(&index) { found.append(interval) }
        }
        intervals = found
        isComplete = flags & 16 == 0 || !found.isEmpty
        hasReservedFlags = flags & 0xE0 != 0
        guard index == bytes.count else { return nil }
    }

    /// Whether the values are those of a person or of a strap that lies on the table: what a
    /// detector asks for.
    var isPlausible: Bool {
        let isRate = (20...260).contains(heartRate) || heartRate == 0 && contact != .unknown
        return !hasReservedFlags && isComplete && isRate
            && intervals.allSatisfy { (150...8192).contains($0) }
    }
}
