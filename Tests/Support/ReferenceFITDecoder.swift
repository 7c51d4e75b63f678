// SPDX-License-Identifier: Apache-2.0
package import HearthFormats

/// A FIT decoder that is slow and obvious: dictionaries, slices, one byte after another.
///
/// It stops at the first damage, so a fast decoder that reads on is compared up to there.
package struct ReferenceFITDecoder {
    private struct Layout {
        var global: UInt16
        var bigEndian: Bool
        var fields: [(number: UInt8, size: Int, type: UInt8)] = []
        var developerFields: [(number: UInt8, size: Int, index: UInt8)] = []
    }

    package private(set) var messages: [FITMessage] = []
    /// Where reading stopped, or the length of the recording.
    package private(set) var end = 0
    private let bytes: [UInt8]
    private var part = 0
    private var layouts: [UInt8: Layout] = [:]
    private var developerTypes: [[UInt8]: UInt8] = [:]
    private var lastTime: UInt32?

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
        while end < bytes.count, readPart() { part += 1 }
    }

    private mutating func readPart() -> Bool {
        guard bytes.count - end >= 12, Array(bytes[end + 8..<end + 12]) == Array(".FIT".utf8) else {
            return false
        }
        let headerSize = Int(bytes[end])
        let dataSize = Int(little(Array(bytes[end + 4..<end + 8])))
        guard (12...64).contains(headerSize), bytes.count - end >= headerSize, dataSize > 0 else {
            return false
        }
        end += headerSize
        let dataEnd = end + dataSize
        layouts = [:]
        developerTypes = [:]
        lastTime = nil
        while end < dataEnd {
            guard let next = readRecord(upTo: min(dataEnd, bytes.count)) else { return false }
            end = next
        }
        guard bytes.count - end >= 2 else { return false }
        end += 2
        return true
    }

    /// The place behind the record at `end`, or `nil` if it cannot be read.
    private mutating func readRecord(upTo limit: Int) -> Int? {
        guard end < limit else { return nil }
        let header = bytes[end]
        if header & 0x80 != 0 {
            return readMessage(header >> 5 & 3, timeOffset: UInt32(header & 31), upTo: limit)
        }
        if header & 0x40 == 0 { return readMessage(header & 15, timeOffset: nil, upTo: limit) }
        return readDefinition(header, upTo: limit)
    }

    private mutating func readDefinition(_ header: UInt8, upTo limit: Int) -> Int? {
        guard end + 6 <= limit else { return nil }
        let bigEndian = bytes[end + 2] & 1 == 1
        let global = number([bytes[end + 3], bytes[end + 4]], bigEndian)
        var layout = Layout(global: UInt16(global), bigEndian: bigEndian)
        var next = end + 6
        for _ in 0..<bytes[end + 5] {
            guard next + 3 <= limit else { return nil }
            layout.fields.append((bytes[next], Int(bytes[next + 1]), bytes[next + 2]))
            next += 3
        }
        if header & 0x20 != 0 {
            guard next < limit else { return nil }
            let count = bytes[next]
            next += 1
            for _ in 0..<count {
                guard next + 3 <= limit else { return nil }
                layout.developerFields.append(
                    (bytes[next], Int(bytes[next + 1]), bytes[next + 2]))
                next += 3
            }
        }
        let hasUnknown = layout.fields.contains { Self.widths[$0.type] == nil }
        guard bytes[end + 1] == 0 || !hasUnknown else { return nil }
        layouts[header & 15] = layout
        return next
    }

    private mutating func readMessage(
        _ local: UInt8, timeOffset: UInt32?, upTo limit: Int
    ) -> Int? {
        guard let layout = layouts[local] else { return nil }
        var message = FITMessage(
            part: part, byte: Int64(end), localType: local, globalNumber: layout.global, fields: [])
        var next = end + 1
        for field in layout.fields {
            guard next + field.size <= limit else { return nil }
            let value = value(Array(bytes[next..<next + field.size]), field.type, layout.bigEndian)
            message.fields.append(FITDecodedField(number: field.number, value: value))
            next += field.size
        }
        for field in layout.developerFields {
            guard next + field.size <= limit else { return nil }
            let type = developerTypes[[field.index, field.number]] ?? 0x0D
            let value = value(Array(bytes[next..<next + field.size]), type, layout.bigEndian)
            message.fields.append(
                FITDecodedField(number: field.number, developer: field.index, value: value))
            next += field.size
        }
        message.time = time(of: message, timeOffset)
        if layout.global == 206, let index = small(message, 0), let field = small(message, 1),
            let type = small(message, 2)
        {
            developerTypes[[index, field]] = type
        }
        messages.append(message)
        return next
    }

    private mutating func time(of message: FITMessage, _ offset: UInt32?) -> UInt32? {
        if case .integers(let times)? = message[253], let first = times.first,
            let time = UInt32(exactly: first), time != .max
        {
            lastTime = time
            return time
        }
        guard let offset, let last = lastTime else { return nil }
        var time = last / 32 * 32 &+ offset
        if offset < last % 32 { time = time &+ 32 }
        lastTime = time
        return time
    }

    private func small(_ message: FITMessage, _ field: UInt8) -> UInt8? {
        guard case .integers(let values)? = message[field], let first = values.first else {
            return nil
        }
        return UInt8(exactly: first)
    }

    private static let widths: [UInt8: Int] = [
        0x00: 1, 0x01: 1, 0x02: 1, 0x83: 2, 0x84: 2, 0x85: 4, 0x86: 4, 0x07: 1, 0x88: 4, 0x89: 8,
        0x0A: 1, 0x8B: 2, 0x8C: 4, 0x0D: 1, 0x8E: 8, 0x8F: 8, 0x90: 8,
        // Some writers forget the endian bit, or set it where it has no use.
        0x80: 1, 0x81: 1, 0x82: 1, 0x03: 2, 0x04: 2, 0x05: 4, 0x06: 4, 0x87: 1, 0x08: 4, 0x09: 8,
        0x8A: 1, 0x0B: 2, 0x0C: 4, 0x8D: 1, 0x0E: 8, 0x0F: 8, 0x10: 8,
    ]

    private func value(_ field: [UInt8], _ type: UInt8, _ bigEndian: Bool) -> FITValue {
        guard let width = Self.widths[type], type & 31 != 13, !field.isEmpty,
            field.count % width == 0
        else { return .bytes(field) }
        if type & 31 == 7 {
            return .text(String(decoding: field.prefix { $0 != 0 }, as: UTF8.self))
        }
        let patterns = stride(from: 0, to: field.count, by: width).map {
            number(Array(field[$0..<$0 + width]), bigEndian)
        }
        switch type & 31 {
        case 8: return .reals(patterns.map { Double(Float(bitPattern: UInt32($0))).bitPattern })
        case 9: return .reals(patterns)
        case 1: return .integers(patterns.map { Int64(Int8(bitPattern: UInt8($0))) })
        case 3: return .integers(patterns.map { Int64(Int16(bitPattern: UInt16($0))) })
        case 5: return .integers(patterns.map { Int64(Int32(bitPattern: UInt32($0))) })
        default: return .integers(patterns.map { Int64(bitPattern: $0) })
        }
    }

    private func number(_ field: [UInt8], _ bigEndian: Bool) -> UInt64 {
        little(bigEndian ? field.reversed() : field)
    }

    private func little(_ field: [UInt8]) -> UInt64 {
        field.reversed().reduce(0) { $0 * 256 + UInt64($1) }
    }
}
