// SPDX-License-Identifier: Apache-2.0

/// The watch in the simulated files. The names say that it is simulated.
enum FITDevice {
    static let manufacturer: UInt16 = 1
    static let product: UInt16 = 3906
    static let serial: UInt32 = 3_000_000_007
    static let name = "Simulated Watch"
    static let software: UInt16 = 1020

    /// File types of the published and (49, 68) unpublished kind.
    enum FileType: UInt8 {
        case activity = 4
        case monitoring = 32
        case sleep = 49
        case hrvStatus = 68
    }

    /// Opens a file: file_id on local message 0 and device_info on 1, both free again afterwards.
    static func begin(_ type: FileType, created: Int64, number: Int) -> FITEncoder {
        var encoder = FITEncoder()
        encoder.define(
            0, 0,
            [
                .enumeration(0), .uint16(1), .uint16(2), .uint32z(3), .uint32(4), .uint16(5),
                .text(8, 16),
            ])
        encoder.write(
            0,
            [
                .byte(type.rawValue), .short(manufacturer), .short(product), .long(serial),
                .time(created), .short(UInt16(number)), .text(name, 16),
            ])
        encoder.define(
            1, 23, [.timestamp, .uint8(0), .uint16(2), .uint32z(3), .uint16(4), .uint16(5)])
        encoder.write(
            1,
            [
                .time(created), .byte(0), .short(manufacturer), .long(serial), .short(product),
                .short(software),
            ])
        return encoder
    }
}
