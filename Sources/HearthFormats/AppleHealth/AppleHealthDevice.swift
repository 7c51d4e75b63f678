// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Turns the `device` and `sourceName` attributes of a row into a ``SourceDevice``.
///
/// A device reads `<<HKDevice: 0x28…>, name:Apple Watch, manufacturer:Apple Inc., model:Watch,
/// hardware:Watch6,2, software:10.6.1>`. The address changes from row to row, and the names may be a
/// person's: manufacturer and model are kept, everything else at most as a hash.
enum AppleHealthDevice {
    /// The part of the attribute that stays the same for one device: all behind the address.
    @inline(__always)
    static func stablePart(of value: Range<Int>, in bytes: Span<UInt8>) -> Range<Int> {
        let addressStart = value.lowerBound + addressPrefix.utf8CodeUnitCount
        guard addressStart <= value.upperBound,
            XMLByteSearch.equal(bytes, value.lowerBound..<addressStart, addressPrefix)
        else { return value }
        var index = addressStart
        while index < value.upperBound, isHexDigit(bytes[index]) { index += 1 }
        return index..<value.upperBound
    }

    /// The digits of the address, if the stable part begins behind them.
    static func address(of value: Range<Int>, stable: Range<Int>) -> Range<Int>? {
        guard stable.lowerBound > value.lowerBound else { return nil }
        return value.lowerBound + addressPrefix.utf8CodeUnitCount..<stable.lowerBound
    }

    private static let addressPrefix: StaticString = "&lt;&lt;HKDevice: 0x"

    @inline(__always)
    static func isHexDigit(_ byte: UInt8) -> Bool {
        byte &- UInt8(ascii: "0") <= 9 || (byte | 0x20) &- UInt8(ascii: "a") <= 5
    }

    /// The device of a row, from the bytes of its attributes with entities expanded.
    ///
    /// A row without a device comes from another app or was typed in.
    static func source(device: [UInt8], sourceName: [UInt8]) -> SourceDevice {
        let fields = Fields(String(decoding: device, as: UTF8.self))
        let unit = hash(sourceName, fields.hardware)
        if fields.isEmpty { return SourceDevice(vendor: "", model: "other app", unit: unit) }
        let vendor = fields.manufacturer.hasPrefix("Apple") ? "Apple" : shown(fields.manufacturer)
        // Apple's hardware name tells the model; that of others is mostly a revision.
        let model =
            vendor == "Apple" && !fields.hardware.isEmpty || fields.model.isEmpty
            ? fields.hardware : fields.model
        return SourceDevice(vendor: vendor, model: shown(model), unit: unit)
    }

    private struct Fields {
        var manufacturer = ""
        var model = ""
        var hardware = ""

        var isEmpty: Bool { manufacturer.isEmpty && model.isEmpty && hardware.isEmpty }

        /// Fields are separated by a comma and a space; `Watch6,2` shows why the space counts.
        init(_ text: String) {
            let inner = text.hasSuffix(">") ? text.dropLast() : Substring(text)
            for part in inner.split(separator: ", ") {
                guard let colon = part.firstIndex(of: ":") else { continue }
                let value = String(part[part.index(after: colon)...])
                switch part[..<colon] {
                case "manufacturer": manufacturer = value
                case "model": model = value
                case "hardware": hardware = value
                default: continue
                }
            }
        }
    }

    /// Vendor and model without what looks like a serial number or a Bluetooth address.
    private static func shown(_ text: String) -> String {
        let words = text.split { $0.isWhitespace }.filter { word in
            let isLong = word.utf8.count >= 6
            let looksSerial = word.utf8.allSatisfy { isHexDigit($0) || $0 == UInt8(ascii: ":") }
            return !(isLong && looksSerial && word.utf8.contains { $0 &- UInt8(ascii: "0") <= 9 })
        }
        let plain = words.joined(separator: " ").unicodeScalars.filter { $0.value >= 0x20 }
        return String(String.UnicodeScalarView(plain.prefix(64)))
    }

    /// FNV-1a over the source's name and the hardware: tells two devices of one model apart.
    private static func hash(_ sourceName: [UInt8], _ hardware: String) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in sourceName + [0] + Array(hardware.utf8) {
            hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
        }
        return hash
    }
}
