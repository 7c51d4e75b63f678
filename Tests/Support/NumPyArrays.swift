// SPDX-License-Identifier: Apache-2.0
public import Foundation

/// Arrays that NumPy saved without compression (`.npz`), as numbers in the order of the file.
public struct NumPyArrays {
    public let arrays: [String: (shape: [Int], values: [Double])]

    public init(_ url: URL) throws {
        let bytes = [UInt8](try Data(contentsOf: url))
        var arrays: [String: (shape: [Int], values: [Double])] = [:]
        var at = 0
        // Local file headers, one behind the other; sizes stand in them or in the field of ZIP64.
        while at + 30 <= bytes.count, bytes[at..<at + 4].elementsEqual([0x50, 0x4B, 3, 4]) {
            let nameLength = Int(Self.word(bytes, at + 26, 2))
            let extraLength = Int(Self.word(bytes, at + 28, 2))
            var size = Self.word(bytes, at + 22, 4)
            let name = String(decoding: bytes[at + 30..<at + 30 + nameLength], as: UTF8.self)
            let extra = at + 30 + nameLength
            if size == 0xFFFF_FFFF { size = Self.word(bytes, extra + 4, 8) }
            let start = extra + extraLength
            let isStored = Self.word(bytes, at + 8, 2) == 0
            guard isStored, let end = Int(exactly: UInt64(start) + size), end <= bytes.count else {
                throw CocoaError(.fileReadCorruptFile)
            }
            arrays[String(name.dropLast(4))] = try Self.array(Array(bytes[start..<end]))
            at = end
        }
        self.arrays = arrays
    }

    public func values(_ name: String) -> [Double] { arrays[name]?.values ?? [] }

    /// One column of a table.
    public func column(_ name: String, _ column: Int) -> [Double] {
        guard let array = arrays[name], array.shape.count == 2 else { return [] }
        return stride(from: column, to: array.values.count, by: array.shape[1]).map {
            array.values[$0]
        }
    }

    private static func array(_ bytes: [UInt8]) throws -> (shape: [Int], values: [Double]) {
        guard bytes.count > 10, bytes[0] == 0x93 else { throw CocoaError(.fileReadCorruptFile) }
        let isLong = bytes[6] > 1
        let length = Int(word(bytes, 8, isLong ? 4 : 2))
        let start = (isLong ? 12 : 10) + length
        let header = String(decoding: bytes[10..<start], as: UTF8.self)
        guard header.contains("'fortran_order': False"), let open = header.firstIndex(of: "("),
            let close = header.firstIndex(of: ")")
        else { throw CocoaError(.fileReadCorruptFile) }
        let shape = header[header.index(after: open)..<close].split(separator: ",").compactMap {
            Int($0.trimmingCharacters(in: .whitespaces))
        }
        let isFloat = header.contains("'<f8'")
        guard isFloat || header.contains("'<i8'") else { throw CocoaError(.fileReadCorruptFile) }
        let values = stride(from: start, to: bytes.count, by: 8).map { at -> Double in
            let bits = word(bytes, at, 8)
            return isFloat ? Double(bitPattern: bits) : Double(Int64(bitPattern: bits))
        }
        return (shape, values)
    }

    private static func word(_ bytes: [UInt8], _ at: Int, _ count: Int) -> UInt64 {
        (0..<count).reduce(0) { $0 | UInt64(bytes[at + $1]) << UInt64(8 * $1) }
    }
}
