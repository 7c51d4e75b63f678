// SPDX-License-Identifier: Apache-2.0

/// Numbers in the eight characters a header has for them.
struct EDFNumber: Equatable, Sendable {
    static let width = 8
    /// What a reader of the text will find.
    let value: Double
    let text: String

    /// `nil` if the value needs more digits before the point than there are.
    init?(_ value: Double, _ rule: FloatingPointRoundingRule = .toNearestOrAwayFromZero) {
        guard value.isFinite, abs(value) < 1e8 else { return nil }
        var places = 6
        while places >= 0 {
            let scale = Self.powers[places]
            let scaled = (value * scale).rounded(rule)
            let text = Self.text(Int64(scaled), places)
            if text.utf8.count <= Self.width {
                self.value = scaled / scale
                self.text = text
                return
            }
            places -= 1
        }
        return nil
    }

    /// Seconds with all their digits; `nil` if they do not fit.
    static func seconds(_ nanoseconds: Int64) -> String? {
        let text = secondsText(nanoseconds)
        return text.utf8.count <= width ? text : nil
    }

    static func secondsText(_ nanoseconds: Int64) -> String {
        var bytes: [UInt8] = []
        TextNumber.appendSeconds(nanoseconds: nanoseconds, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private static let powers: [Double] = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000]

    private static func text(_ scaled: Int64, _ places: Int) -> String {
        var digits = String(scaled.magnitude)
        if places > 0 {
            let missing = places + 1 - digits.utf8.count
            if missing > 0 { digits = String(repeating: "0", count: missing) + digits }
            digits.insert(".", at: digits.index(digits.endIndex, offsetBy: -places))
            while digits.hasSuffix("0") { digits.removeLast() }
            if digits.hasSuffix(".") { digits.removeLast() }
        }
        return scaled < 0 ? "-" + digits : digits
    }
}
