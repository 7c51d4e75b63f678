// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

extension CellValue {
    var isNull: Bool { self == .null }

    /// The whole number of a numeric cell; a real one only if it is whole.
    @inline(__always)
    var wholeNumber: Int64? {
        switch self {
        case .integer(let value): value
        case .real(let value): Int64(exactly: value)
        default: nil
        }
    }

    /// The finite number of a numeric cell. Text is no number: the columns of all three kinds of
    /// database that hold numbers as text are read with ``decimal``.
    @inline(__always)
    var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .real(let value): value.isFinite ? value : nil
        default: nil
        }
    }

    /// The number of a numeric cell or of text that spells one.
    var decimal: Double? {
        guard case .text(let bytes) = self else { return number }
        return DecimalNumber.parse(bytes.span, 0..<bytes.count)
    }

    /// The bytes of a text, nothing for any other cell.
    var bytes: [UInt8] {
        guard case .text(let bytes) = self else { return [] }
        return bytes
    }
}

/// Times of databases that count from the Unix epoch.
enum DatabaseTime {
    /// 2000-01-01 to 2100-01-01, in seconds. No wearable recorded before, and seconds taken for
    /// milliseconds, or the other way round, fall outside.
    static let seconds: ClosedRange<Int64> = 946_684_800...4_102_444_800

    static func seconds(_ cell: CellValue) -> Timestamp? {
        guard let value = cell.wholeNumber, seconds.contains(value) else { return nil }
        return Timestamp(nanoseconds: value &* 1_000_000_000)
    }

    static func milliseconds(_ cell: CellValue) -> Timestamp? {
        guard let value = cell.wholeNumber,
            (seconds.lowerBound &* 1000...seconds.upperBound &* 1000).contains(value)
        else { return nil }
        return Timestamp(nanoseconds: value &* 1_000_000)
    }
}

/// What a database calls a device, without what could name a person or a unit.
enum DeviceText {
    /// Printable ASCII, at most 40 characters, without words that look like a serial number or an
    /// address.
    static func shown(_ bytes: [UInt8]) -> String {
        let printable = bytes.prefix(256).map { (0x20...0x7E).contains($0) ? $0 : 0x20 }
        let words = printable.split(separator: 0x20).filter { word in
            let isLong = word.count >= 6
            let looksSerial = word.allSatisfy { byte in
                isHexDigit(byte) || byte == UInt8(ascii: ":") || byte == UInt8(ascii: "-")
            }
            return !(isLong && looksSerial && word.contains { $0 &- UInt8(ascii: "0") <= 9 })
        }
        let joined = Array(words.joined(separator: [0x20]))
        return String(decoding: joined.prefix(40), as: UTF8.self)
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        byte &- UInt8(ascii: "0") <= 9 || (byte | 0x20) &- UInt8(ascii: "a") <= 5
    }
}

extension TableShape {
    /// The column of that name, whatever its case.
    func column(_ name: String) -> String? {
        columns.first { $0 == name } ?? columns.first { $0.lowercased() == name.lowercased() }
    }
}
