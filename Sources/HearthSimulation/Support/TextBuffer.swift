// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Text being written, as UTF-8 bytes.
struct TextBuffer {
    private(set) var bytes: [UInt8] = []

    mutating func write(_ text: String) { bytes.append(contentsOf: text.utf8) }

    mutating func line(_ text: String) {
        write(text)
        bytes.append(10)
    }

    mutating func reserve(_ count: Int) { bytes.reserveCapacity(count) }
}

/// `value` with exactly `digits` decimals, a point and no grouping; rounds half away from zero.
func fixed(_ value: Double, _ digits: Int) -> String {
    var scale: Int64 = 1
    for _ in 0..<digits { scale *= 10 }
    let scaled = Int64((value * Double(scale)).rounded())
    let sign = scaled < 0 ? "-" : ""
    let magnitude = scaled.magnitude
    guard digits > 0 else { return "\(sign)\(magnitude)" }
    let whole = magnitude / UInt64(scale)
    return "\(sign)\(whole).\(padded(Int64(magnitude % UInt64(scale)), digits))"
}

/// A number that is not negative, with leading zeros.
func padded(_ value: Int64, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}

/// A reading of a wall clock.
struct ClockReading {
    let date: LocalDate
    let hour: Int64
    let minute: Int64
    let second: Int64

    /// The wall clock at `seconds` of Unix time where it shows UTC plus `offset`.
    init(_ seconds: Int64, offset: Int32 = 0) {
        let local = seconds + Int64(offset)
        date = LocalDate(dayNumber: Calendrical.floorDivide(local, 86_400))
        let rest = Calendrical.floorModulo(local, 86_400)
        hour = rest / 3600
        minute = rest / 60 % 60
        second = rest % 60
    }

    /// `HH:mm:ss`
    var time: String { "\(padded(hour, 2)):\(padded(minute, 2)):\(padded(second, 2))" }

    /// `yyyy-MM-ddTHH:mm:ss`
    var iso: String { "\(date)T\(time)" }
}

/// `yyyy-MM-ddTHH:mm:ssZ`
func utcText(_ seconds: Int64) -> String { ClockReading(seconds).iso + "Z" }
