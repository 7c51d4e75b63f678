// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthCrypto
import HearthPipeline
import HearthTestSupport
import HearthVault

/// R9: years of daily use.
public enum SimulatedYears: Experiment {
    public static let number = "R9"
    public static let title = "simulated time"
    public static let promise =
        "years of daily use, with clocks that jump, neither bloat nor slow the vault"

    public static func run(on bench: Bench) throws -> Outcome {
        let scratch = try Scratch(bench)
        var household = try Household(
            in: scratch.place("household"), seed: bench.seed,
            days: bench.scale == .full ? 3653 : 30)
        try household.live()
        return try household.outcome()
    }
}

/// Three people who use their vault every day.
struct Household {
    private let folder: String
    private let days: Int64
    private var isLong: Bool { days > 365 }
    private var random: SeededRandom
    private let derived = DerivedKeys()
    private var people: [PersonID] = []
    /// Samples that must be in the vault, by person.
    private var expected: [PersonID: Int] = [:]
    private var sizes: [(day: Int64, bytes: Int)] = []
    private var openings = 0
    private var reports = 0
    private var slowestReport = 0.0
    private var erases = 0
    private var suppressed = 0
    private var jumps = 0
    /// Nanoseconds by which the computer's clock is wrong.
    private var clockError: Int64 = 0
    private var offsets: [Int] = []
    private var problems: [String] = []

    private static let labels = ["Marker Ada", "Marker Bob", "Marker Cleo"]
    /// Most that a person's day may cost: five packs of samples, a share of index, results,
    /// audit and
    /// free pages.
    private static let bytesPerDay = 48_000

    init(in folder: String, seed: UInt64, days: Int64) throws {
        self.folder = folder
        self.days = days
        random = SeededRandom(seed: seed)
        let vault = try LabVault.create(in: folder, slots: 4096)
        for label in Self.labels { people.append(try vault.addPerson(label: label).id) }
        offsets = people.map { _ in Int.min }
        vault.close()
    }

    mutating func live() throws {
        for day in 0..<days {
            // A clock that was set wrong, and is set right after some days.
            if Int.random(in: 0..<45, using: &random) == 0 {
                jumps += 1
                let hours = [0, 0, -1, 1, -26, 5, -9000, 720].randomElement(using: &random) ?? 0
                clockError = Int64(hours) * 3_600_000_000_000
            }
            let now = LabVault.time(day: day, second: 75_600) + clockError
            let shift = now - Int64(Date().timeIntervalSince1970 * 1e9)
            try WallClockShift.$current.withValue(shift) { try live(day) }
            if day % 30 == 29 || day == days - 1 { sizes.append((day + 1, try size())) }
        }
    }

    private mutating func live(_ day: Int64) throws {
        let vault = try LabVault.open(in: folder, derived)
        defer { vault.close() }
        openings += 1
        for (number, person) in people.enumerated() {
            let outcome = try LabVault.ingest(blocks(number, day), into: vault, for: person)
            expected[person, default: 0] += outcome.added
            suppressed += outcome.suppressedByErasure
            // A report is the dearest of all in a debug build: a short run has one on the way.
            if isLong ? (day + Int64(number) * 3).isMultiple(of: 7) : day == 9 && number == 0 {
                try report(person, day, vault)
            }
            if Int.random(in: 0..<60, using: &random) == 0 { try eraseSome(person, day, vault) }
        }
        // What is older than two years is kept without its beats.
        if day.isMultiple(of: 90), day > 730 {
            for person in people {
                try erase(
                    ErasureScope(
                        person: person, quantities: [.rrInterval],
                        to: Timestamp(nanoseconds: LabVault.time(day: day - 730, second: 0))),
                    vault)
            }
        }
        try vault.appendAudit(command: "ingest", outcome: "day \(day)")
    }

    /// A day of a wearer as their watch tells it: local days, summer time, journeys, a watch
    /// whose own
    /// clock is off for a day.
    private mutating func blocks(_ number: Int, _ day: Int64) -> [SampleBlock] {
        var offset = Self.isSummer(day) ? 7200 : 3600
        if (day + Int64(number) * 50) % 180 < 12 { offset = number == 0 ? -18_000 : 32_400 }
        let error: Int64 =
            Int.random(in: 0..<80, using: &random) == 0
            ? Int64.random(in: -200_000...90_000, using: &random) : 0
        let shift = (error - Int64(offset)) * 1_000_000_000
        var blocks = [
            LabVault.block(.heartRate, day: day, count: 288, &random),
            LabVault.block(.steps, day: day, count: 24, &random),
            LabVault.block(.skinTemperature, day: day, count: 4, &random),
            LabVault.block(.rrInterval, day: day, count: 400, &random),
            sleep(day),
        ]
        for index in blocks.indices { blocks[index] = Self.moved(blocks[index], by: shift) }
        if offset != offsets[number] {
            offsets[number] = offset
            blocks.append(
                SampleBlock(
                    device: LabVault.watch, quantity: .zoneOffset,
                    origin: Origin(file: .hearthCSV),
                    times: .irregular([LabVault.time(day: day, second: 0) + shift]),
                    columns: [.float32([Float(offset)]), .float32([0])]))
        }
        return blocks
    }

    private mutating func sleep(_ day: Int64) -> SampleBlock {
        let stages = [3, 4, 3, 5, 3, 4, 3, 5, 1, 3]
        let length: Int64 = 2700
        let times = stages.indices.map {
            LabVault.time(day: day, second: 3600 + Int64($0) * length)
        }
        return SampleBlock(
            device: LabVault.watch, quantity: .sleepStage, origin: Origin(file: .hearthCSV),
            times: .irregular(times), durations: times.map { _ in length * 1_000_000_000 },
            columns: [.float32(stages.map(Float.init))])
    }

    private static func moved(_ block: SampleBlock, by shift: Int64) -> SampleBlock {
        var block = block
        block.times = .irregular((0..<block.count).map { block.times[$0].nanoseconds + shift })
        return block
    }

    /// From about the last Sunday of March to that of October.
    private static func isSummer(_ day: Int64) -> Bool {
        let yearDay = Double(LabVault.firstDay + day).truncatingRemainder(dividingBy: 365.2425)
        return (86..<300).contains(yearDay)
    }

    private mutating func report(_ person: PersonID, _ day: Int64, _ vault: Vault) throws {
        let start = ContinuousClock.now
        let service = try ScoringService(vault: vault, person: person)
        _ = try service.summary(
            of: LocalDate(dayNumber: LabVault.firstDay + day), label: "Marker")
        reports += 1
        slowestReport = max(slowestReport, (ContinuousClock.now - start) / .seconds(1))
    }

    private mutating func eraseSome(_ person: PersonID, _ day: Int64, _ vault: Vault) throws {
        let first = Int64.random(in: 0...day, using: &random)
        try erase(
            ErasureScope(
                person: person, quantities: Bool.random(using: &random) ? [.heartRate] : nil,
                from: Timestamp(nanoseconds: LabVault.time(day: first, second: 0)),
                to: Timestamp(nanoseconds: LabVault.time(day: first + 1, second: 0))), vault)
    }

    private mutating func erase(_ scope: ErasureScope, _ vault: Vault) throws {
        let record = try vault.erase(scope)
        expected[scope.person, default: 0] -= record.samples
        erases += 1
        if !record.scanPassed { problems.append("an erase left something behind") }
    }

    private func size() throws -> Int {
        try StoreImage(of: folder).bytes
    }

    // MARK: In the end

    mutating func outcome() throws -> Outcome {
        var outcome = Outcome(attempts: Int(days))
        var vault = try LabVault.open(in: folder, derived)
        for problem in try vault.verify().problems { outcome.fail(problem) }
        for person in people {
            let held = try vault.streams(of: person).reduce(0) { $0 + $1.samples }
            if held != expected[person] {
                outcome.fail("\(held) samples are held, \(expected[person] ?? 0) should be")
            }
        }
        for problem in problems { outcome.fail(problem) }
        // Opening is timed with the derivation that a person's vault has.
        try vault.changePassphrase(to: try LabVault.secret(), kdf: .standard)
        vault.close()
        let start = ContinuousClock.now
        vault = try LabVault.open(in: folder)
        let unlock = (ContinuousClock.now - start) / .seconds(1)
        let lastSlowest = slowestReport
        slowestReport = 0
        for person in isLong ? people : Array(people.prefix(1)) {
            try report(person, days - 1, vault)
        }
        // A short run may be a debug build on a busy machine.
        if isLong, unlock > 1 { outcome.fail("unlocking takes \(unlock) s") }
        if isLong, slowestReport > 2 { outcome.fail("a report takes \(slowestReport) s") }
        vault.close()
        outcome.show("openings, reports, erases", "\(openings), \(reports), \(erases)")
        outcome.show("jumps of the computer's clock", jumps)
        outcome.show("samples held", expected.values.reduce(0, +))
        outcome.show("samples that an erase kept out", suppressed)
        outcome.show("unlocking at the end, standard derivation", Self.seconds(unlock))
        outcome.show("slowest report at the end", Self.seconds(slowestReport))
        outcome.show("slowest report on the way", Self.seconds(lastSlowest))
        judgeGrowth(&outcome)
        return outcome
    }

    /// The bytes that a day adds stay the same; the control is a model of growth with the square.
    private func judgeGrowth(_ outcome: inout Outcome) {
        guard let last = sizes.last else { return }
        let perDay = last.bytes / Int(last.day) / people.count
        outcome.show("bytes at the end", last.bytes)
        outcome.show("bytes a person and day", perDay)
        let fixed = 2 * (36_864 + 4096 * 128)
        if last.bytes - fixed > Self.bytesPerDay * Int(last.day) * people.count {
            outcome.fail("a day of a person costs \(perDay) bytes")
        }
        let square = sizes.map { (day: $0.day, bytes: $0.bytes + Int($0.day * $0.day) * 1000) }
        if days >= 1461 {
            let ratio = Self.growth(sizes)
            outcome.show(
                "growth of the last year against the second", String(format: "%.2f", ratio))
            if ratio > 1.15 { outcome.fail("the last year grew \(ratio) times the second") }
            outcome.control(
                "a store that grows with the square of time", isCaught: Self.growth(square) > 1.15,
                String(format: "%.2f times", Self.growth(square)))
        } else {
            let grown = fixed + Self.bytesPerDay * Int(last.day) * people.count * 2
            outcome.control(
                "a store that grows twice as fast",
                isCaught: grown - fixed > Self.bytesPerDay * Int(last.day) * people.count,
                "\(grown) bytes would be too many")
        }
    }

    private static func growth(_ sizes: [(day: Int64, bytes: Int)]) -> Double {
        func bytes(_ day: Int64) -> Double {
            Double(sizes.last { $0.day <= day }?.bytes ?? 0)
        }
        let last = sizes.last?.day ?? 0
        return (bytes(last) - bytes(last - 360)) / max(1, bytes(720) - bytes(360))
    }

    private static func seconds(_ value: Double) -> String { String(format: "%.2f s", value) }
}
