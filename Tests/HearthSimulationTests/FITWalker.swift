// SPDX-License-Identifier: Apache-2.0

/// A slow, obvious FIT reader that shares nothing with the writer: one dictionary a message.
struct FITWalker {
    struct Message {
        let global: Int
        /// Field number to bytes.
        let fields: [Int: [UInt8]]

        func integer(_ field: Int) -> Int? {
            fields[field].map { $0.reversed().reduce(0) { $0 * 256 + Int($1) } }
        }
    }

    enum Fault: Error, Equatable {
        case header, dataSize, headerChecksum, fileChecksum, undefinedLocal, overrun, badField
    }

    private struct Definition {
        let global: Int
        let fields: [(number: Int, size: Int)]
    }

    /// Every data message of a file of one part.
    static func messages(_ bytes: [UInt8]) throws -> [Message] {
        guard bytes.count > 16, bytes[0] == 14, bytes[1] == 0x20,
            Array(bytes[8..<12]) == Array(".FIT".utf8)
        else { throw Fault.header }
        let size = (4..<8).reversed().reduce(0) { $0 * 256 + Int(bytes[$1]) }
        guard 14 + size + 2 == bytes.count else { throw Fault.dataSize }
        // A checksum over data and its own checksum is zero.
        guard bitwiseCRC(Array(bytes[..<14])) == 0 else { throw Fault.headerChecksum }
        guard bitwiseCRC(bytes) == 0 else { throw Fault.fileChecksum }
        return try walk(Array(bytes[14..<14 + size]))
    }

    private static func walk(_ data: [UInt8]) throws -> [Message] {
        var definitions: [Int: Definition] = [:]
        var messages: [Message] = []
        var at = 0
        func take(_ count: Int) throws -> [UInt8] {
            guard at + count <= data.count else { throw Fault.overrun }
            defer { at += count }
            return Array(data[at..<at + count])
        }
        while at < data.count {
            let header = Int(try take(1)[0])
            guard header < 0x80, header & 0x30 == 0 else { throw Fault.badField }
            if header & 0x40 != 0 {
                let fixed = try take(5)
                var fields: [(Int, Int)] = []
                for _ in 0..<Int(fixed[4]) {
                    let field = try take(3)
                    let width = widths[field[2]] ?? 0
                    guard width > 0, Int(field[1]) % width == 0 else { throw Fault.badField }
                    fields.append((Int(field[0]), Int(field[1])))
                }
                guard fixed[1] == 0 else { throw Fault.badField }
                definitions[header & 15] = Definition(
                    global: Int(fixed[2]) + 256 * Int(fixed[3]), fields: fields)
                continue
            }
            guard let definition = definitions[header & 15] else { throw Fault.undefinedLocal }
            var fields: [Int: [UInt8]] = [:]
            for (number, size) in definition.fields { fields[number] = try take(size) }
            messages.append(Message(global: definition.global, fields: fields))
        }
        return messages
    }

    private static let widths: [UInt8: Int] = [
        0x00: 1, 0x02: 1, 0x07: 1, 0x0D: 1, 0x83: 2, 0x84: 2, 0x86: 4, 0x88: 4, 0x8C: 4,
    ]

    private static func bitwiseCRC(_ bytes: [UInt8]) -> Int {
        var crc = 0
        for byte in bytes {
            crc ^= Int(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ 0xA001 : crc >> 1 }
        }
        return crc
    }
}
