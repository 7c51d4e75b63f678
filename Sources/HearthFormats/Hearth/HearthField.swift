// SPDX-License-Identifier: Apache-2.0

/// The fields of a row of Hearth's own formats: the columns of the CSV and the keys of the NDJSON.
enum HearthField: Int, CaseIterable, Sendable {
    case time, duration, quantity, value, value2, value3, quality
    case unit, device, vendor, model, origin, derivation

    /// The name in the header row and as a key.
    var name: String {
        switch self {
        case .time: "time"
        case .duration: "duration_s"
        case .quantity: "quantity"
        case .value: "value"
        case .value2: "value2"
        case .value3: "value3"
        case .quality: "quality"
        case .unit: "unit"
        case .device: "device"
        case .vendor: "vendor"
        case .model: "model"
        case .origin: "origin"
        case .derivation: "derivation"
        }
    }

    /// The fields that together name a stream.
    static let stream: [HearthField] = [
        .quantity, .unit, .device, .vendor, .model, .origin, .derivation,
    ]

    private static let names = allCases.map { Array($0.name.utf8) }

    /// The field of that name, letter case ignored.
    init?(name: Span<UInt8>) {
        for field in Self.allCases where Self.matches(name, Self.names[field.rawValue]) {
            self = field
            return
        }
        return nil
    }

    private static func matches(_ bytes: Span<UInt8>, _ name: [UInt8]) -> Bool {
        guard bytes.count == name.count else { return false }
        for index in name.indices {
            let byte = bytes[index]
            let isUpper = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
            guard (isUpper ? byte | 0x20 : byte) == name[index] else { return false }
        }
        return true
    }
}

/// Where the fields of one row lie in its bytes; absent fields are empty.
struct HearthRow: Sendable {
    private var bounds: [Range<Int>] = Array(repeating: 0..<0, count: HearthField.allCases.count)

    subscript(field: HearthField) -> Range<Int> {
        get { bounds[field.rawValue] }
        set { bounds[field.rawValue] = newValue }
    }

    mutating func clear() {
        for index in bounds.indices { bounds[index] = 0..<0 }
    }
}

/// Text that a spreadsheet would take for a formula gets an apostrophe in front, and loses it again.
///
/// One apostrophe is added before `=`, `+`, `-`, `@`, tab, carriage return and apostrophe, and one
/// is taken away where one of these follows it, so every text comes back as it was.
enum FormulaGuard {
    static func isNeeded(_ first: UInt8?) -> Bool {
        guard let first else { return false }
        return [0x3D, 0x2B, 0x2D, 0x40, 0x09, 0x0D, 0x27].contains(first)
    }

    /// The bytes without the apostrophe that was added.
    static func removed(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.count > 1, bytes[0] == 0x27, isNeeded(bytes[1]) else { return bytes }
        return Array(bytes.dropFirst())
    }
}
