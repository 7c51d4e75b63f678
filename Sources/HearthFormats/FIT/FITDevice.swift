// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Who wrote the recording. The serial number becomes a hash at once and is not kept.
extension FITSampler {
    /// A file_id (0) names the device of its part, and of later parts that have none.
    mutating func fileID(
        _ values: FITValues, name: String, into sink: inout some SampleSink & ~Copyable
    ) {
        if let created = values[4].flatMap({ UInt32(exactly: $0) }) { clock.began(created) }
        change(
            to: Self.device(
                manufacturer: values[1], product: values[2], serial: values[3],
                name: name),
            into: &sink)
    }

    /// The creator among the device_info messages (23) stands in where no file_id was met.
    mutating func deviceInfo(
        _ values: FITValues, name: String, into sink: inout some SampleSink & ~Copyable
    ) {
        guard device == SourceDevice(vendor: "", model: ""), values[1] == 0 else { return }
        change(
            to: Self.device(
                manufacturer: values[2], product: values[3], serial: values[4],
                name: name),
            into: &sink)
    }

    private static func device(
        manufacturer: Int64?, product: Int64?, serial: Int64?, name: String
    ) -> SourceDevice {
        let vendorNumber = manufacturer.flatMap { UInt16(exactly: $0) }
        let productNumber = product.flatMap { UInt16(exactly: $0) }
        let vendor = vendorNumber.map(FITProfile.vendor) ?? ""
        var model = name
        model = withoutOwner(model)
        // Some write `Suunto Ocean` where the manufacturer is told beside it.
        if !vendor.isEmpty, model.lowercased().hasPrefix(vendor.lowercased() + " ") {
            model.removeFirst(vendor.count + 1)
        }
        if model.isEmpty, let productNumber {
            model = FITProfile.product(productNumber, manufacturer: vendorNumber ?? 0)
        }
        return SourceDevice(
            vendor: vendor, model: model,
            unit: serial.map { unit(serial: UInt64(bitPattern: $0)) } ?? 0)
    }

    /// Phones and watches are often named for their owner: `Anna's Watch`, `Watch von Anna`.
    private static func withoutOwner(_ name: String) -> String {
        let words = name.split(separator: " ")
        if let owner = words.lastIndex(where: { $0.hasSuffix("'s") || $0.hasSuffix("\u{2019}s") }) {
            return words[(owner + 1)...].joined(separator: " ")
        }
        if let link = words.firstIndex(where: { ["von", "de", "di", "of", "van"].contains($0) }) {
            return words[..<link].joined(separator: " ")
        }
        return name
    }

    /// FNV-1a, 64 bits, over the serial number's four bytes, lowest first (`fowler1991`).
    static func unit(serial: UInt64) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in 0..<4 {
            hash ^= serial >> UInt64(8 * byte) & 0xFF
            hash = hash &* 0x0000_0100_0000_01B3
        }
        return hash
    }
}

extension FITArray {
    /// The longest product name that is kept; real ones stay under 30 bytes.
    private static let longestName = 64

    /// A text field up to its first NUL, without control characters; empty if absent.
    func text(_ bytes: Span<UInt8>) -> String {
        guard isText else { return "" }
        var letters: [UInt8] = []
        for index in 0..<min(count, Self.longestName) {
            let letter = byte(bytes, index)
            if letter == 0 { break }
            letters.append(letter)
        }
        var text = String(decoding: letters, as: UTF8.self)
        text.unicodeScalars.removeAll { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) }
        while text.last == " " { text.removeLast() }
        return text
    }
}
