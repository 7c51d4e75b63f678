// SPDX-License-Identifier: Apache-2.0
public import HearthFormats

/// A table as arrays of rows.
public struct SimulatedTable: Sendable, Hashable {
    public var name: String
    public var columns: [String]
    public var rows: [[CellValue]]
    /// Reading fails behind so many rows.
    public var damagedAfter: Int?

    /// - Parameter rows: whole numbers, decimals, texts, byte arrays or `nil`.
    public init(_ name: String, _ columns: [String], _ rows: [[Any?]]) {
        self.name = name
        self.columns = columns
        self.rows = rows.map { row in row.map(Self.cell) }
    }

    static func cell(_ value: Any?) -> CellValue {
        switch value {
        case let value as Int: .integer(Int64(value))
        case let value as Int64: .integer(value)
        case let value as Double: .real(value)
        case let value as String: .text(Array(value.utf8))
        case let value as [UInt8]: .blob(value)
        case let value as CellValue: value
        default: .null
        }
    }
}

/// A database that exists only in memory, as arrays.
public struct SimulatedRowSource: RowSource, Sendable {
    public var simulated: [SimulatedTable]
    public var issues: [ReadIssue] = []

    public init(_ tables: [SimulatedTable]) { simulated = tables }

    public var tables: [TableShape] {
        simulated.map { TableShape(name: $0.name, columns: $0.columns) }
    }

    public var cellCount: Int { simulated.reduce(0) { $0 + $1.rows.count * $1.columns.count } }

    public func forEachRow(
        of table: String, columns: [String], orderedBy order: [String],
        _ body: (_ row: Int64, _ cells: [CellValue]) throws(ReadError) -> Void
    ) throws(ReadError) {
        guard let table = simulated.first(where: { $0.name == table }) else { throw missing }
        let places = columns.compactMap { table.columns.firstIndex(of: $0) }
        let keys = order.compactMap { table.columns.firstIndex(of: $0) }
        guard places.count == columns.count, keys.count == order.count else { throw missing }
        let sorted = table.rows.enumerated().sorted { a, b in
            for key in keys where a.element[key] != b.element[key] {
                return Self.precedes(a.element[key], b.element[key])
            }
            return a.offset < b.offset
        }
        for (number, row) in sorted.enumerated() {
            if number == table.damagedAfter {
                throw ReadError(
                    .damaged, at: ReadPosition(byte: 0, record: Int64(number + 1)),
                    found: "damage in the database", expected: "sound pages")
            }
            try body(Int64(number + 1), places.map { row.element[$0] })
        }
    }

    private var missing: ReadError {
        ReadError(
            .damaged, at: ReadPosition(byte: 0), found: "no such table or column",
            expected: "a table of the schema and its columns")
    }

    /// The order of SQLite: nothing, numbers, texts, blobs.
    private static func precedes(_ a: CellValue, _ b: CellValue) -> Bool {
        func key(_ cell: CellValue) -> (Int, Double, [UInt8]) {
            switch cell {
            case .null: (0, 0, [])
            case .integer(let value): (1, Double(value), [])
            case .real(let value): (1, value.isNaN ? 0 : value, [])
            case .text(let bytes): (2, 0, bytes)
            case .blob(let bytes): (3, 0, bytes)
            case .oversized: (4, 0, [])
            }
        }
        let (left, right) = (key(a), key(b))
        if left.0 != right.0 { return left.0 < right.0 }
        if left.1 != right.1 { return left.1 < right.1 }
        return left.2.lexicographicallyPrecedes(right.2)
    }
}
