// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals

/// Instants as the person's wall clock showed them.
enum WallClock {
    /// `yyyy-MM-dd HH:mm:ss`
    static func text(_ time: Timestamp, in zone: ZoneTimeline) -> String {
        let second = zone.secondsOfDay(at: time)
        let parts = [second / 3600, second / 60 % 60, second % 60].map {
            $0 < 10 ? "0\($0)" : "\($0)"
        }
        return "\(zone.localDate(at: time)) \(parts.joined(separator: ":"))"
    }
}

/// Instants without a person's zone, and the clock of this machine.
enum WallTime {
    static var now: Date { Date() }

    /// `yyyy-MM-ddTHH:mm:ssZ`
    static func text(_ time: Timestamp) -> String {
        Date(timeIntervalSince1970: TimeInterval(time.seconds)).formatted(.iso8601)
    }
}
