// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthCrypto
import HearthTestSupport
import HearthVault

/// Small vaults of made-up people.
enum LabVault {
    static let passphrase = "correct horse battery staple"
    /// 2024-02-20: a leap day is near.
    static let firstDay: Int64 = 19_773
    static let dayNanoseconds: Int64 = 86_400_000_000_000
    /// Words that stand in the vault and must stand nowhere in its files.
    static let markers = [
        "Marker Ada", "Marker Bob", "Clockwork", "Chronoscope", "Goldsmith", "Annulus",
        "a note of Marker",
    ]
    static let watch = SourceDevice(vendor: "Clockwork", model: "Chronoscope 7", unit: 41)
    static let ring = SourceDevice(vendor: "Goldsmith", model: "Annulus", unit: 3)

    static func location(in folder: String) -> VaultLocation {
        VaultLocation(store: "\(folder)/store", state: "\(folder)/state")
    }

    static func secret(_ text: String = passphrase) throws -> SecretBytes {
        try HearthCrypto.start()
        return try SecretBytes(copying: Array(text.utf8).span)
    }

    static func create(in folder: String, slots: Int = 64) throws -> Vault {
        try Vault.create(
            at: location(in: folder), passphrase: try secret(), kdf: .minimum, slots: slots)
    }

    static func open(in folder: String, _ derived: DerivedKeys? = nil) throws -> Vault {
        guard let derived else {
            return try Vault.open(at: location(in: folder), with: try secret())
        }
        return try Vault.open(at: location(in: folder), with: try secret(), derived: derived)
    }

    static func time(day: Int64, second: Int64) -> Int64 {
        (firstDay + day) * dayNanoseconds + second * 1_000_000_000
    }

    /// `count` samples of one column spread over a day, the same for the same `random`.
    static func block(
        _ quantity: Quantity, day: Int64, count: Int, device: SourceDevice = watch,
        _ random: inout SeededRandom
    ) -> SampleBlock {
        let step = 86_400 / Int64(count)
        let times = (0..<Int64(count)).map { time(day: day, second: $0 * step) }
        let values = times.map { _ in Float(Int.random(in: 40...160, using: &random)) }
        let isSum = quantity == .steps
        return SampleBlock(
            device: device, quantity: quantity, origin: Origin(file: .hearthCSV),
            times: .irregular(times),
            durations: isSum ? times.map { _ in step * 1_000_000_000 } : [],
            columns: [.float32(values)])
    }

    /// Three axes of a wrist at rest or in motion.
    static func acceleration(
        day: Int64, second: Int64 = 0, seconds: Int, hertz: Int = 50, _ random: inout SeededRandom
    ) -> SampleBlock {
        let count = seconds * hertz
        let axes = (0..<3).map { axis in
            (0..<count).map { _ in
                Int16(truncatingIfNeeded: axis * 100 + Int.random(in: -40...40, using: &random))
            }
        }
        return SampleBlock(
            device: watch, quantity: .acceleration, origin: Origin(file: .hearthCSV),
            times: .regular(
                start: Timestamp(nanoseconds: time(day: day, second: second)),
                period: Period(hertz: Int64(hertz)), count: count),
            columns: axes.map { .int16($0, HearthBiosignals.Scale(factor: 1 / 256)) })
    }

    @discardableResult
    static func ingest(
        _ blocks: [SampleBlock], into vault: Vault, for person: PersonID
    ) throws -> IngestOutcome {
        let session = try vault.beginIngest(for: person)
        for block in blocks { try session.append(block) }
        return try session.commit()
    }

    static let quantities: [Quantity] = [.heartRate, .steps, .oxygenSaturation]

    /// Records of rights that hide nothing of what is stored.
    private static func addRecords(_ vault: Vault, _ person: PersonID) throws {
        let now = Timestamp(nanoseconds: time(day: 0, second: 0))
        _ = try vault.addConsent(
            ConsentEvent(
                kind: .given, time: now, purposes: [.keep, .insight], categories: [.heart],
                how: "a note of Marker"), of: person)
        _ = try vault.addRestriction(
            Restriction(
                categories: [.temperature], from: now, to: .distantFuture, made: now,
                reason: "a note of Marker"), of: person)
    }

    /// Two people with some days of three quantities, a recording, results, tags, corrections,
    /// records of rights, an audit log and the trace of an erase, in several commits.
    static func fill(
        _ vault: Vault, days: Int64 = 12, seed: UInt64, raw: Bool = true, erases: Bool = true
    ) throws {
        var random = SeededRandom(seed: seed)
        for label in ["Marker Ada", "Marker Bob"] {
            let person = try vault.addPerson(label: label).id
            for half in [0..<(days / 2), (days / 2)..<days] {
                try ingest(
                    half.flatMap { day in
                        quantities.map { block($0, day: day, count: 24, &random) }
                    }, into: vault, for: person)
            }
            try ingest(
                [block(.heartRate, day: 1, count: 12, device: ring, &random)], into: vault,
                for: person)
            try vault.storeResults(
                (0..<days).map {
                    StoredResult(
                        day: LocalDate(dayNumber: firstDay + $0), model: "day/1",
                        inputDigest: [1, 2], payload: Array("result \($0)".utf8))
                }, of: person)
            _ = try vault.addTag(
                "coffee", day: LocalDate(dayNumber: firstDay + 2),
                time: Timestamp(nanoseconds: time(day: 2, second: 43_200)), isWholeDay: true,
                of: person)
            _ = try vault.addSleepCorrection(
                .add, from: Timestamp(nanoseconds: time(day: 3, second: 0)),
                to: Timestamp(nanoseconds: time(day: 3, second: 20_000)),
                note: "a note of Marker", of: person)
            try addRecords(vault, person)
        }
        if raw, let person = vault.people.first?.id {
            try ingest([acceleration(day: 4, seconds: 60, &random)], into: vault, for: person)
        }
        if erases, let person = vault.people.last?.id {
            _ = try vault.erase(
                ErasureScope(
                    person: person, quantities: [.steps],
                    from: Timestamp(nanoseconds: time(day: days / 2, second: 0)),
                    to: Timestamp(nanoseconds: time(day: days / 2 + 2, second: 0))))
        }
        try vault.appendAudit(command: "fill", outcome: "done")
    }
}

/// What a vault holds, as one hash a person and day; the order of samples is no matter.
struct Holdings: Equatable, Sendable {
    struct Place: Hashable, Sendable {
        var person: PersonID
        var day: Int64
    }
    var days: [Place: UInt64] = [:]
    /// Of labels, corrections, tags, results and audit.
    var statements: UInt64 = 0
    var samples = 0
    /// The people whose samples were asked for, and those of them all of whose samples came.
    private(set) var asked: Set<PersonID> = []
    private(set) var whole: Set<PersonID> = []

    init() {}

    init(_ vault: Vault) throws { try read(vault) }

    /// Reads everything. Where something is refused, ``whole`` says whose samples came through.
    mutating func read(_ vault: Vault) throws {
        for person in vault.people {
            try addAll(vault, person)
            try addStatements(vault, person)
        }
        for entry in try vault.auditTrail() {
            Self.mix(entry.hash.utf8, into: &statements)
        }
    }

    /// All samples of a person.
    mutating func addAll(_ vault: Vault, _ person: Person) throws {
        asked.insert(person.id)
        try add(vault, person, SampleQuery(person: person.id))
        whole.insert(person.id)
    }

    mutating func addStatements(_ vault: Vault, _ person: Person) throws {
        Self.mix(person.label.utf8, into: &statements)
        for hash in [
            try vault.corrections(of: person.id).hashValue,
            try vault.records(of: person.id).hashValue,
        ] {
            statements = Self.hash(of: statements, UInt64(bitPattern: Int64(hash)))
        }
        let results = try vault.results(
            of: person.id, from: LocalDate(dayNumber: LabVault.firstDay - 400),
            through: LocalDate(dayNumber: LabVault.firstDay + 4000))
        for result in results {
            Self.mix(result.payload, into: &statements)
            Self.mix(result.inputDigest, into: &statements)
        }
    }

    mutating func add(_ vault: Vault, _ person: Person, _ query: SampleQuery) throws {
        try vault.read(query) { stream, block in
            let name = Self.hash(
                of: stream.device.rawValue,
                UInt64(stream.quantity.rawValue) << 32 | UInt64(stream.origin.file.rawValue))
            samples += block.count
            for (day, sum) in SampleHashes(block, name).sums {
                days[Place(person: person.id, day: day), default: 0] &+= sum
            }
        }
    }

    static func hash(of a: UInt64, _ b: UInt64) -> UInt64 {
        var z = a &* 0x9E37_79B9_7F4A_7C15 &+ b &+ 0x632B_E59B_D9B4_E019
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    static func mix(_ bytes: some Sequence<UInt8>, into hash: inout UInt64) {
        for byte in bytes { hash = Self.hash(of: hash, UInt64(byte)) }
    }
}
