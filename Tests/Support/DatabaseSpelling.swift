// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
import HearthFormats

/// Databases spelled in bytes, so that a fuzzer of bytes chooses tables, columns, types and values.
///
/// Any bytes are a database. Each token is one byte and what belongs to it, so that bytes put in or
/// taken out change a cell or a row and leave the rest as it was. Tables and columns are those of one
/// name: a token that names one again goes on with it, as no database has two of a name.
public struct DatabaseSpelling: Sendable {
    enum Token: UInt8, CaseIterable {
        case null
        /// One byte, signed.
        case small
        /// Eight bytes, the lowest first.
        case whole
        /// Eight bytes of a decimal, the lowest first.
        case real
        /// A length and so many bytes.
        case text
        case blob
        case oversized
        /// The cell of the row above, one up.
        case above
        case row
        /// A name each.
        case column
        case table
        /// Reading fails behind the rows so far.
        case damage
    }

    /// A byte below their count names one of these; any other is followed by a name in letters.
    private let words: [String]

    /// - Parameter seeds: databases whose names are a byte each.
    public init(_ kind: FileKind, _ seeds: [SimulatedRowSource]) {
        var words = Self.furtherWords(kind)
        for table in seeds.flatMap(\.simulated) { words += [table.name] + table.columns }
        self.words = Array(Set(words)).sorted()
    }

    /// Names that reach what the fixtures do not.
    private static func furtherWords(_ kind: FileKind) -> [String] {
        switch kind {
        case .gadgetbridge:
            [
                "HUAMI_EXTENDED_ACTIVITY_SAMPLE", "SLEEP", "DEEP_SLEEP", "REM_SLEEP",
                "CMF_SLEEP_STAGE_SAMPLE", "COLMI_SLEEP_STAGE_SAMPLE", "DURATION",
                "FIT_PRO_ACTIVITY_SAMPLE", "DISTANCE_METERS", "SPO2_PERCENT",
                "GARMIN_STRESS_SAMPLE", "HUAMI_SPO2_SAMPLE", "WENA3_ENERGY_SAMPLE", "ENERGY",
                "XIAOMI_DAILY_SUMMARY_SAMPLE", "HR_RESTING",
            ]
        case .healthConnect:
            [
                "skin_temperature_record_table", "skin_temperature_delta_table", "delta",
                "distance_record_table", "distance", "vo2_max_record_table", "vo2_max",
                "body_temperature_record_table", "temperature", "respiratory_rate_record_table",
                "rate", "SpeedRecordTable", "change_logs_table", "row_ID",
            ]
        default:
            [
                "rHeartRateVariabilitySDNN", "rOxygenSaturation", "rBodyTemperature",
                "rActiveEnergyBurned", "rDistanceWalkingRunning", "rAppleStandHour", "rx",
            ]
        }
    }

    // MARK: Reading

    public func database(_ bytes: [UInt8]) -> SimulatedRowSource {
        var rest = bytes[...]
        var tables: [SimulatedTable] = []
        var current = 0
        while let byte = rest.popFirst(), let token = Self.token(byte) {
            if token == .table {
                let name = name(&rest)
                let known = tables.firstIndex { $0.name.lowercased() == name.lowercased() }
                current = known ?? tables.count
                if known == nil { tables.append(SimulatedTable(name, [], [])) }
            } else if tables.indices.contains(current) {
                take(token, &rest, into: &tables[current])
            }
        }
        for index in tables.indices {
            let width = tables[index].columns.count
            tables[index].rows = tables[index].rows.map { row in
                Array((row + Array(repeating: .null, count: width)).prefix(width))
            }
        }
        return SimulatedRowSource(tables)
    }

    private static func token(_ byte: UInt8) -> Token? {
        Token(rawValue: byte % UInt8(Token.allCases.count))
    }

    private func take(
        _ token: Token, _ rest: inout ArraySlice<UInt8>, into table: inout SimulatedTable
    ) {
        switch token {
        case .table: break
        case .damage: table.damagedAfter = table.rows.count
        case .row: table.rows.append([])
        case .column:
            let name = name(&rest)
            let isNew = !table.columns.contains { $0.lowercased() == name.lowercased() }
            if isNew { table.columns.append(name) }
        default:
            guard let row = table.rows.indices.last else { return }
            let column = table.rows[row].count
            let above = row > 0 ? table.rows[row - 1].dropFirst(column).first : nil
            table.rows[row].append(Self.cell(token, &rest, above: above))
        }
    }

    private static func cell(
        _ token: Token, _ rest: inout ArraySlice<UInt8>, above: CellValue?
    ) -> CellValue {
        switch token {
        case .small: .integer(Int64(Int8(bitPattern: rest.popFirst() ?? 0)))
        case .whole: .integer(Int64(bitPattern: eight(&rest)))
        case .real: .real(Double(bitPattern: eight(&rest)))
        case .text: .text(counted(&rest))
        case .blob: .blob(counted(&rest))
        case .oversized: .oversized
        case .above:
            if case .integer(let value) = above { .integer(value &+ 1) } else { above ?? .null }
        default: .null
        }
    }

    private func name(_ rest: inout ArraySlice<UInt8>) -> String {
        let byte = Int(rest.popFirst() ?? 0)
        if byte < words.count { return words[byte] }
        return String(decoding: Self.counted(&rest), as: UTF8.self)
    }

    private static func counted(_ rest: inout ArraySlice<UInt8>) -> [UInt8] {
        let count = Int(rest.popFirst() ?? 0)
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }

    private static func eight(_ rest: inout ArraySlice<UInt8>) -> UInt64 {
        defer { rest = rest.dropFirst(8) }
        return rest.prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    // MARK: Writing

    /// The bytes of a database whose names are all known; texts are cut at 255 bytes.
    public func bytes(_ database: SimulatedRowSource) -> [UInt8] {
        var bytes: [UInt8] = []
        for table in database.simulated {
            bytes += name(.table, table.name) + table.columns.flatMap { name(.column, $0) }
            for (number, row) in table.rows.enumerated() {
                if number == table.damagedAfter { bytes.append(Token.damage.rawValue) }
                bytes.append(Token.row.rawValue)
                bytes += row.flatMap(Self.bytes)
            }
        }
        return bytes
    }

    private func name(_ token: Token, _ name: String) -> [UInt8] {
        [token.rawValue, UInt8(truncatingIfNeeded: words.firstIndex(of: name) ?? words.count)]
    }

    private static func bytes(_ cell: CellValue) -> [UInt8] {
        func eight(_ token: Token, _ bits: UInt64) -> [UInt8] {
            [token.rawValue] + (0..<8).map { UInt8(truncatingIfNeeded: bits >> (8 * $0)) }
        }
        func counted(_ token: Token, _ bytes: [UInt8]) -> [UInt8] {
            [token.rawValue, UInt8(min(255, bytes.count))] + bytes.prefix(255)
        }
        return switch cell {
        case .null: [Token.null.rawValue]
        case .integer(let value):
            Int8(exactly: value).map { [Token.small.rawValue, UInt8(bitPattern: $0)] }
                ?? eight(.whole, UInt64(bitPattern: value))
        case .real(let value): eight(.real, value.bitPattern)
        case .text(let bytes): counted(.text, bytes)
        case .blob(let bytes): counted(.blob, bytes)
        case .oversized: [Token.oversized.rawValue]
        }
    }
}
