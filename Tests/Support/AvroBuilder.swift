// SPDX-License-Identifier: Apache-2.0

/// Writes Avro object containers as the EmbracePlus does, for tests.
public enum AvroBuilder {
    /// The mark between blocks of every container built here.
    public static let mark = Array("HearthAvroMark16".utf8)

    public static func number(_ value: Int64) -> [UInt8] {
        var rest = UInt64(bitPattern: (value << 1) ^ (value >> 63))
        var bytes: [UInt8] = []
        while rest > 0x7F {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }

    public static func text(_ text: String) -> [UInt8] {
        number(Int64(text.utf8.count)) + Array(text.utf8)
    }

    public static func single(_ value: Float) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * UInt32($0))) }
    }

    public static func double(_ value: Double) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * UInt64($0))) }
    }

    /// An array in blocks of at most `block` items.
    public static func array(_ items: [[UInt8]], block: Int = 1000, isSized: Bool = false)
        -> [UInt8]
    {
        var bytes: [UInt8] = []
        for start in stride(from: 0, to: items.count, by: block) {
            let part = items[start..<min(items.count, start + block)]
            let body = part.flatMap { $0 }
            bytes += number(Int64(isSized ? -part.count : part.count))
            if isSized { bytes += number(Int64(body.count)) }
            bytes += body
        }
        return bytes + [0]
    }

    public static func header(schema: String, codec: String? = nil) -> [UInt8] {
        var bytes: [UInt8] = [0x4F, 0x62, 0x6A, 1]
        bytes += number(codec == nil ? 1 : 2) + text("avro.schema") + text(schema)
        if let codec { bytes += text("avro.codec") + text(codec) }
        return bytes + [0] + mark
    }

    public static func block(_ data: [UInt8], objects: Int64 = 1) -> [UInt8] {
        number(objects) + number(Int64(data.count)) + data + mark
    }

    /// The bytes as deflate writes them where they do not shrink.
    public static func stored(_ data: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        var start = 0
        repeat {
            let end = min(data.count, start + 65_535)
            let count = UInt16(end - start)
            bytes.append(end == data.count ? 1 : 0)
            bytes += [UInt8(count & 0xFF), UInt8(count >> 8)]
            bytes += [UInt8(~count & 0xFF), UInt8(~count >> 8)]
            bytes += data[start..<end]
            start = end
        } while start < data.count
        return bytes
    }

    public static func record(_ name: String, _ fields: [(String, String)]) -> String {
        let list = fields.map { "{\"name\":\"\($0.0)\",\"type\":\($0.1)}" }
        return
            "{\"type\":\"record\",\"name\":\"\(name)\",\"fields\":[\(list.joined(separator: ","))]}"
    }

    public static func arrayType(_ items: String) -> String {
        "{\"type\":\"array\",\"items\":\(items)}"
    }
}
