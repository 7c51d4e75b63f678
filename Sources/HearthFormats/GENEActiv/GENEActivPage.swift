// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// What the lines ahead of a page's digits tell.
struct GENEActivPage: Sendable {
    private(set) var number: Int64?
    private(set) var wallTime: Int64?
    private(set) var temperature: Float?
    private(set) var period: Period?

    /// Takes one `Key:Value` line without blanks around it.
    mutating func take(_ line: Span<UInt8>) -> GENEActivHeader.Taken {
        let colon = XMLByteSearch.first(UInt8(ascii: ":"), in: line, from: 0)
        guard colon < line.count else { return .unknown }
        let key = 0..<colon
        let value = line.extracting(Self.trimmed(line, colon + 1..<line.count))
        switch line[0] {
        case UInt8(ascii: "S") where XMLByteSearch.equal(line, key, "Sequence Number"):
            guard let number = TextNumber.integer(value) else { return .invalid }
            self.number = number
        case UInt8(ascii: "P") where XMLByteSearch.equal(line, key, "Page Time"):
            guard let time = GENEActivLine.wallTime(value) else { return .invalid }
            wallTime = time
        case UInt8(ascii: "T") where XMLByteSearch.equal(line, key, "Temperature"):
            guard let temperature = TextNumber.float(value, decimalComma: true) else {
                return .invalid
            }
            self.temperature = temperature
        case UInt8(ascii: "M") where XMLByteSearch.equal(line, key, "Measurement Frequency"):
            guard let period = GENEActivLine.period(value) else { return .invalid }
            self.period = period
        case UInt8(ascii: "D"), UInt8(ascii: "B"), UInt8(ascii: "U"): return .known
        default: return .unknown
        }
        return .used
    }

    /// The range without blanks and the carriage return around.
    static func trimmed(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, isBlank(bytes[start]) { start += 1 }
        while end > start, isBlank(bytes[end - 1]) { end -= 1 }
        return start..<end
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0D
    }
}
