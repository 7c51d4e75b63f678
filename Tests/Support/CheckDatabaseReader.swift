// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
public import HearthFormats
public import Testing

/// Reads a whole database.
public func readDatabase(
    _ source: borrowing some RowSource & ~Copyable, as kind: FileKind,
    _ context: ReadContext = ReadContext()
) -> CollectingSink {
    var sink = CollectingSink()
    do throws(ReadError) {
        try DatabaseCatalog.read(kind, source, context, into: &sink)
    } catch {
        sink.error = error
    }
    return sink
}

/// The contract of every `DatabaseReader`, checked on one sound database.
///
/// - Parameter samples: how many samples it holds (delivered plus lost).
public func checkDatabaseReader(
    _ source: SimulatedRowSource, as kind: FileKind, samples: Int, seed: UInt64 = 1,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(DatabaseCatalog.kind(of: source.tables) == kind, sourceLocation: sourceLocation)
    let whole = readDatabase(source, as: kind)
    #expect(whole.error == nil, "a sound database was refused", sourceLocation: sourceLocation)
    #expect(
        whole.sampleCount + whole.samplesLost == samples,
        "samples delivered + samples lost != samples present", sourceLocation: sourceLocation)
    checkOrder(source, kind, whole, seed, sourceLocation)
    checkCells(source, kind, sourceLocation)
    checkMissingParts(source, kind, sourceLocation)
    checkLimits(source, kind, whole, sourceLocation)
}

/// The order of tables and rows does not matter.
private func checkOrder(
    _ source: SimulatedRowSource, _ kind: FileKind, _ whole: CollectingSink, _ seed: UInt64,
    _ sourceLocation: SourceLocation
) {
    var random = SeededRandom(seed: seed)
    for round in 0..<10 {
        var shuffled = source
        shuffled.simulated.shuffle(using: &random)
        for index in shuffled.simulated.indices {
            shuffled.simulated[index].rows.shuffle(using: &random)
        }
        let other = readDatabase(shuffled, as: kind)
        #expect(
            other.streams.mapValues { $0.sorted() } == whole.streams.mapValues { $0.sorted() },
            "samples depend on the order of rows, round \(round)", sourceLocation: sourceLocation)
        #expect(
            other.samplesLost == whole.samplesLost, "losses depend on the order of rows",
            sourceLocation: sourceLocation)
    }
}

/// What a cell may hold that no sound database has there.
let hostileCells: [CellValue] = [
    .null, .integer(.max), .integer(.min), .integer(0), .integer(-1), .integer(255),
    .integer(1 << 31), .integer(4_102_444_800_001), .real(.nan), .real(.infinity),
    .real(-1.5e308), .real(0.5), .text([]), .text([0xFF, 0xC0, 0x80]),
    .text(Array("2024-02-30 25:61:61 +9999".utf8)), .text(Array("1e999".utf8)),
    .text([UInt8](repeating: 0x39, count: 70_000)), .blob([]), .blob([0, 1, 2]), .oversized,
]

private func checkCells(
    _ source: SimulatedRowSource, _ kind: FileKind, _ sourceLocation: SourceLocation
) {
    for (tableIndex, table) in source.simulated.enumerated() {
        for column in table.columns.indices {
            for cell in hostileCells {
                var damaged = source
                for row in table.rows.indices {
                    damaged.simulated[tableIndex].rows[row][column] = cell
                }
                expectHonest(damaged, kind, "\(table.name), column \(column)", sourceLocation)
            }
        }
    }
    var empty = source
    for table in empty.simulated.indices {
        for row in empty.simulated[table].rows.indices {
            let width = empty.simulated[table].columns.count
            empty.simulated[table].rows[row] = Array(repeating: .null, count: width)
        }
    }
    expectHonest(empty, kind, "nothing but nulls", sourceLocation)
}

private func checkMissingParts(
    _ source: SimulatedRowSource, _ kind: FileKind, _ sourceLocation: SourceLocation
) {
    for (tableIndex, table) in source.simulated.enumerated() {
        var without = source
        without.simulated.remove(at: tableIndex)
        expectHonest(without, kind, "without \(table.name)", sourceLocation)
        for column in table.columns.indices {
            var narrow = source
            narrow.simulated[tableIndex].columns.remove(at: column)
            for row in table.rows.indices {
                narrow.simulated[tableIndex].rows[row].remove(at: column)
            }
            expectHonest(narrow, kind, "\(table.name) without a column", sourceLocation)
        }
        for rows in 0..<table.rows.count {
            var cut = source
            cut.simulated[tableIndex].damagedAfter = rows
            let sink = expectHonest(cut, kind, "damage in \(table.name)", sourceLocation)
            #expect(
                sink.error == nil, "damage in one table ended the reading",
                sourceLocation: sourceLocation)
        }
    }
}

private func checkLimits(
    _ source: SimulatedRowSource, _ kind: FileKind, _ whole: CollectingSink,
    _ sourceLocation: SourceLocation
) {
    guard whole.sampleCount > 2 else { return }
    var context = ReadContext()
    context.limits.samples = 2
    let sink = readDatabase(source, as: kind, context)
    #expect(sink.error?.code == .limitExceeded, sourceLocation: sourceLocation)
    #expect(sink.sampleCount > 0, "what was read is delivered", sourceLocation: sourceLocation)
}

@discardableResult
private func expectHonest(
    _ source: SimulatedRowSource, _ kind: FileKind, _ what: String,
    _ sourceLocation: SourceLocation
) -> CollectingSink {
    let sink = readDatabase(source, as: kind)
    let fault = databaseFault(sink, cells: source.cellCount)
    #expect(fault == nil, "\(what): \(fault ?? "")", sourceLocation: sourceLocation)
    return sink
}

/// What is wrong with what a reader of rows delivered; `nil` if it kept its contract.
public func databaseFault(_ sink: CollectingSink, cells: Int) -> String? {
    let positions = sink.issues.map(\.position) + (sink.error.map { [$0.position] } ?? [])
    if positions.contains(where: { $0.byte != 0 || $0.record < 0 }) {
        return "an issue points to a byte"
    }
    for samples in sink.streams.values {
        if samples.contains(where: { $0.duration < 0 || !$0.values.allSatisfy(\.isFinite) }) {
            return "a sample is not a number"
        }
    }
    if sink.issues.contains(where: { $0.samplesLost < 0 || $0.count <= 0 }) {
        return "an issue counts nothing"
    }
    let total = sink.sampleCount + sink.samplesLost
    return total > cells + 2 ? "more samples than cells" : nil
}

/// What became of the mutants of a database.
public struct DatabaseMutantRun: Sendable {
    public let kind: FileKind
    public let seeds: [SimulatedRowSource]
    public private(set) var count = 0
    public private(set) var refused = 0
    public private(set) var withIssues = 0
    public private(set) var withSamples = 0
    public private(set) var slowest = Duration.zero
    public private(set) var codes: Set<String> = []

    public init(_ kind: FileKind, seeds: [SimulatedRowSource]) {
        self.kind = kind
        self.seeds = seeds
    }

    /// Mutants of the fixtures of a kind; `nil` if its recordings are no databases.
    public init?(_ kind: FileKind) {
        switch kind {
        case .gadgetbridge: self.init(kind, seeds: [DatabaseFixtures.gadgetbridge])
        case .healthConnect: self.init(kind, seeds: [DatabaseFixtures.healthConnect])
        case .healthKitSQLite: self.init(kind, seeds: [DatabaseFixtures.healthKit])
        default: return nil
        }
    }

    /// Reads the mutant of a number: the same number is the same mutant.
    ///
    /// - Returns: what is wrong, or `nil` if the reader kept its contract.
    public mutating func take(number: Int) -> String? {
        var random = SeededRandom(seed: UInt64(truncatingIfNeeded: number))
        var source = seeds[random.below(seeds.count)]
        for _ in 0..<1 + random.below(6) { Self.change(&source, &random) }
        return take(source)
    }

    /// Reads a database.
    ///
    /// - Returns: what is wrong, or `nil` if the reader kept its contract.
    public mutating func take(_ source: SimulatedRowSource) -> String? {
        let clock = ContinuousClock()
        let began = clock.now
        let sink = readDatabase(source, as: kind)
        slowest = max(slowest, clock.now - began)
        count += 1
        if sink.error != nil { refused += 1 }
        if !sink.issues.isEmpty { withIssues += 1 }
        if !sink.streams.isEmpty { withSamples += 1 }
        codes.formUnion(sink.issues.map(\.code.name))
        return databaseFault(sink, cells: source.cellCount)
    }

    private static func change(_ source: inout SimulatedRowSource, _ random: inout SeededRandom) {
        guard !source.simulated.isEmpty else { return }
        let table = random.below(source.simulated.count)
        let rows = source.simulated[table].rows.count
        let columns = source.simulated[table].columns.count
        guard rows > 0, columns > 0 else { return }
        let row = random.below(rows)
        let column = random.below(columns)
        switch random.below(10) {
        case 0: source.simulated[table].rows.remove(at: row)
        case 1: source.simulated[table].rows.append(source.simulated[table].rows[row])
        case 2: source.simulated[table].damagedAfter = random.below(rows + 1)
        case 3:
            source.simulated[table].columns[column] =
                source.simulated[
                    random.below(source.simulated.count)
                ].columns.randomElement(using: &random) ?? "x"
        case 4:
            source.simulated[table].rows[row][column] =
                source.simulated[table].rows[random.below(rows)][random.below(columns)]
        case 5: nudge(&source.simulated[table].rows[row][column], &random)
        default:
            source.simulated[table].rows[row][column] =
                hostileCells[random.below(hostileCells.count)]
        }
    }

    private static func nudge(_ cell: inout CellValue, _ random: inout SeededRandom) {
        switch cell {
        case .integer(let value):
            cell = .integer(value ^ (1 << Int64(random.below(63))))
        case .real(let value): cell = .real(value * Double(random.below(2000)) - 1000)
        case .text(var bytes) where !bytes.isEmpty:
            bytes[random.below(bytes.count)] = UInt8(random.below(256))
            cell = .text(bytes)
        default: cell = .integer(Int64(random.below(100_000)))
        }
    }
}
