// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// The time rules of FIT: full, compressed and shortened timestamps, and clocks without a date.
///
/// Times are seconds since 1989-12-31T00:00:00Z, or since power-up if below `0x1000_0000`.
struct FITClock: Sendable {
    /// Seconds from the Unix epoch to FIT's.
    static let epoch: Int64 = 631_065_600
    /// Below, a time counts from power-up.
    static let earliest: Int64 = 0x1000_0000
    /// From here on (the year 2058) a time is taken for damage.
    static let latest: Int64 = 0x8000_0000

    /// The latest full, compressed or shortened time in this part; the base of the next short one.
    private(set) var last: UInt32?
    /// The earliest calendar time at which the part is known to have begun.
    private(set) var partStart: UInt32?
    /// Seconds to add to a time since power-up.
    private(set) var anchor: Int64?
    private var anchorIsLocal = false

    mutating func full(_ seconds: UInt32) {
        last = seconds
        began(seconds)
    }

    /// Notes a calendar time that lies at or before the part's first sample.
    mutating func began(_ seconds: UInt32) {
        guard Int64(seconds) >= Self.earliest, Int64(seconds) < Self.latest else { return }
        partStart = min(partStart ?? seconds, seconds)
    }

    /// The time of a compressed header: the low five bits, running on from the last time.
    mutating func compressed(_ offset: UInt32) -> UInt32? {
        extend(by: last.map { (offset &- ($0 & 31)) & 31 })
    }

    /// The time of a field with the low 16 bits, running on from the last time.
    ///
    /// Events are written a minute ahead of the monitoring messages beside them, so a time up to an
    /// hour before the last one is a step back; every other one is a step forward, over the wrap.
    mutating func sixteenBits(_ value: UInt32) -> UInt32? {
        extend(by: last.map { Self.step(value &- ($0 & 0xFFFF), bits: 16, back: 3600) })
    }

    /// The time of a field with the low eight bits of the minute, running on from the last time;
    /// up to a quarter of an hour before it is a step back.
    mutating func eightBitMinutes(_ value: UInt32) -> UInt32? {
        guard let last else { return nil }
        let minute = last / 60
        let step = Self.step(value &- (minute & 0xFF), bits: 8, back: 15)
        self.last = (minute &+ step) &* 60
        return self.last
    }

    /// `difference` modulo two to the `bits`, in `-back ..< 2^bits - back`, as a wrapping number.
    private static func step(_ difference: UInt32, bits: UInt32, back: UInt32) -> UInt32 {
        let mask = (UInt32(1) << bits) - 1
        return ((difference &+ back) & mask) &- back
    }

    private mutating func extend(by step: UInt32?) -> UInt32? {
        guard let step, let last else { return nil }
        self.last = last &+ step
        return self.last
    }

    /// Ties a time since power-up to a calendar time. The local clock only serves until a better
    /// tie is met. Returns false if the pair says nothing.
    mutating func tie(
        powerUp: UInt32, to calendar: Int64, isLocal: Bool
    ) -> Bool {
        guard Int64(powerUp) < Self.earliest, (Self.earliest..<Self.latest).contains(calendar),
            anchor == nil || (anchorIsLocal && !isLocal)
        else { return false }
        anchor = calendar - Int64(powerUp)
        anchorIsLocal = isLocal
        return true
    }

    /// The offset of a local clock in seconds, to the nearest quarter of an hour.
    static func offset(local: Int64, utc: UInt32) -> Int64 {
        Calendrical.floorDivide(local - Int64(utc) + 450, 900) * 900
    }
}
